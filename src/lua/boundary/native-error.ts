import { MoonkeepError, reasonOf } from "../../errors.ts";
import { captureStack } from "../core/traceback.ts";
import { nilCell, textCell } from "../vm/table.ts";
import type { LuaState, TValue } from "../vm/types.ts";
import { internalError } from "./errors.ts";
import { writeHandle } from "./handle-type.ts";

/**
 * What a script sees of a JavaScript exception: its own stack overflow and exhausted memory as Lua has them, and
 * anything else as an INTERNAL error without a word of the host. The embedder finds the exception as its `cause`.
 */
export function nativeError(L: LuaState, e: unknown): TValue {
  const message = e instanceof RangeError ? reasonOf(e) : "";
  if (/call stack/i.test(message)) return textCell("stack overflow");
  if (/array (buffer )?(length|allocation)|typed array length|string length|allocation failed/i.test(message)) {
    return textCell("not enough memory");
  }
  const error = new MoonkeepError("INTERNAL", internalError, { cause: e });
  error.luaStack = captureStack(L);
  const cell = nilCell();
  return writeHandle(L, error, cell) ? cell : textCell(error.message);
}
