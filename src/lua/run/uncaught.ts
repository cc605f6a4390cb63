/**
 * Errors that nothing in Lua caught, as whoever called the script gets them: with their fields and their Lua stack, and
 * with the text that an error object gives of itself.
 */
import { MoonkeepError } from "../../errors.ts";
import { MAX_DETAILS_BYTES } from "../../limits.ts";
import { toJs } from "../../value/js.ts";
import { sizeOf } from "../../value/value.ts";
import { errorOf } from "../boundary/handle-type.ts";
import { Refused, toValue } from "../boundary/marshal.ts";
import { captureStack, messageOf } from "../core/traceback.ts";
import { newCell } from "../vm/table.ts";
import { type LuaState, TABLE, type TValue } from "../vm/types.ts";
import { hasText } from "./error-text.ts";

/** The error that a thread ended with. What was raised may be any value, and even nil. */
export function uncaught(co: LuaState, cell: TValue): MoonkeepError {
  const known = errorOf(cell);
  if (known !== undefined) {
    if (known.luaStackDepth === 0) known.luaStack = captureStack(co);
    return known;
  }
  const error = new MoonkeepError("UNKNOWN", messageOf(cell), { details: fieldsOf(cell) });
  error.luaStack = captureStack(co);
  if (hasText(co, cell)) objects.set(error, newCell(cell.type, cell.value));
  return error;
}

/** The objects that were raised, and can say what they are. */
const objects = new WeakMap<MoonkeepError, TValue>();

/** The object that an error was made of, where it can say what it is: once, for it is asked once. */
export function takeObject(e: unknown): TValue | undefined {
  if (!(e instanceof MoonkeepError)) return undefined;
  const object = objects.get(e);
  objects.delete(e);
  return object;
}

/** The error with the text that its object gave; as it is where there is none. */
export function withText(error: MoonkeepError, text: string | undefined): MoonkeepError {
  if (text === undefined) return error;
  const { kind, details, luaStack } = error;
  const told = new MoonkeepError(kind, text, { details });
  told.luaStack = luaStack;
  return told;
}

/** What a table says that was raised, when its keys are text and it is plain data. */
function fieldsOf(cell: TValue): Readonly<Record<string, unknown>> | undefined {
  if (cell.type !== TABLE) return undefined;
  try {
    const value = toValue(cell, undefined, MAX_DETAILS_BYTES);
    if (value === undefined || sizeOf(value) > MAX_DETAILS_BYTES) return undefined;
    const fields = toJs(value);
    return Array.isArray(fields) || fields instanceof Map ? undefined : (fields as Readonly<Record<string, unknown>>);
  } catch (e) {
    if (e instanceof Refused) return undefined;
    throw e;
  }
}
