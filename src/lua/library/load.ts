/** `load`: text alone, compiled in the environment of whoever asks. */

import { ByteString } from "../../value/value.ts";
import { call } from "../core/call.ts";
import { attempt } from "../core/protect.ts";
import { stateOf } from "../core/state-of.ts";
import { compile, type Source } from "../fengari/parser.ts";
import type { Holding } from "../limits/roots.ts";
import { fail, typeError } from "../vm/direct.ts";
import { newCell, tableCell } from "../vm/table.ts";
import {
  FLOAT,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaClosure,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
} from "../vm/types.ts";
import { isMissing, stringArg } from "./args.ts";
import { readerFunctionMustReturn } from "./errors.ts";
import { ensureStack, push, tagAt, valueAt } from "./stack.ts";

const NO_NAME = ByteString.fromAscii("=(load)");
const ANY_MODE = ByteString.fromAscii("bt");

const isText = (t: number | undefined): boolean => t !== undefined && (t === STRING || (t & 0x0f) === FLOAT);

/**
 * `load(chunk [, name [, mode [, env]]])`: the function, or nil and what is wrong.
 * @param own the globals of what is loaded; undefined: those of the state
 */
export function loadIn(own?: LuaTable): LuaCFunction & Holding {
  const load: LuaCFunction & Holding = (L) => {
    const t = tagAt(L, 1);
    const mode = optString(L, 3, ANY_MODE);
    const text = isText(t) ? stringArg(L, 1, t, valueAt(L, 1)) : undefined;
    const name = optString(L, 2, text ?? NO_NAME);
    const source = text === undefined ? reader(L, t) : once(text);
    const environment = tagAt(L, 4);
    const env = environment === undefined ? undefined : newCell(environment, valueAt(L, 4));
    let closure: LuaClosure;
    const error = attempt(L, () => {
      closure = compile(L, source, name.bytes, mode.bytes);
    });
    ensureStack(L, 2);
    if (error !== undefined) {
      push(L, NIL, null);
      push(L, error.type, error.value);
      return 2;
    }
    closure!.upvals[0] = env ?? tableCell(own ?? stateOf(L).globals);
    push(L, LUA_CLOSURE, closure!);
    return 1;
  };
  if (own !== undefined) load.holds = [tableCell(own)];
  return load;
}

const optString = (L: LuaState, arg: number, otherwise: ByteString): ByteString =>
  isMissing(tagAt(L, arg)) ? otherwise : stringArg(L, arg, tagAt(L, arg), valueAt(L, arg));

function once(text: ByteString): Source {
  let pending: Uint8Array | null = text.bytes;
  return () => {
    const part = pending;
    pending = null;
    return part;
  };
}

/** Asks a function for the next part, again and again, until it gives none. It can't wait. */
function reader(L: LuaState, t: number | undefined): Source {
  if (t === undefined || (t & 0x0f) !== LUA_CLOSURE) typeError(L, 1, "function", t, valueAt(L, 1));
  const at = L.ci.funcOff + 1;
  return () => {
    ensureStack(L, 1);
    const off = L.top;
    const { type, value } = L.stack[at]!;
    push(L, type, value);
    call(L, off, 1); // the parser has seen to it that nothing can be suspended
    const part = L.stack[off]!;
    L.top = off;
    if (part.type === NIL) return null;
    if (!isText(part.type)) fail(L, readerFunctionMustReturn);
    const { bytes } = stringArg(L, 1, part.type, part.value);
    return bytes.length === 0 ? null : bytes;
  };
}
