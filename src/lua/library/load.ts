/** `load`: text alone, compiled in the environment of whoever asks. */

import { ByteString } from "../../value/value.ts";
import { attempt, pcallk } from "../core/protect.ts";
import { stateOf } from "../core/state-of.ts";
import { compile, type Source } from "../fengari/parser.ts";
import type { Holding } from "../limits/roots.ts";
import { handle, Pieces } from "../meter/meter.ts";
import { fail, typeError } from "../vm/direct.ts";
import { newCell, tableCell } from "../vm/table.ts";
import {
  type Continuation,
  FLOAT,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaClosure,
  type LuaState,
  type LuaTable,
  NIL,
  OK,
  STRING,
  SUSPENDED,
  type TValue,
  YIELD,
} from "../vm/types.ts";
import { isMissing, stringArg } from "./args.ts";
import { readerFunctionMustReturn } from "./errors.ts";
import { ensureStack, push, tagAt, valueAt } from "./stack.ts";

const NO_NAME = ByteString.fromAscii("=(load)");
const ANY_MODE = ByteString.fromAscii("bt");
const NONE = new Uint8Array(0);

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
    handle(name.length + mode.length);
    const environment = tagAt(L, 4);
    const env = environment === undefined ? undefined : newCell(environment, valueAt(L, 4));
    const wanted: Wanted = { name, mode, env: env ?? tableCell(own ?? stateOf(L).packages.globals) };
    if (text !== undefined) return compiled(L, text.bytes, wanted);
    if (t === undefined || (t & 0x0f) !== LUA_CLOSURE) typeError(L, 1, "function", t, valueAt(L, 1));
    return new Reading(L, wanted).run(L);
  };
  if (own !== undefined) load.holds = [tableCell(own)];
  return load;
}

interface Wanted {
  readonly name: ByteString;
  readonly mode: ByteString;
  readonly env: TValue;
}

function compiled(L: LuaState, text: Uint8Array, { name, mode, env }: Wanted): number {
  let closure: LuaClosure;
  const error = attempt(L, () => {
    closure = compile(L, once(text), name.bytes, mode.bytes);
  });
  if (error !== undefined) return failed(L, error);
  closure!.upvals[0] = env;
  ensureStack(L, 1);
  push(L, LUA_CLOSURE, closure!);
  return 1;
}

function failed(L: LuaState, { type, value }: Pick<TValue, "type" | "value">): number {
  ensureStack(L, 2);
  push(L, NIL, null);
  push(L, type, value);
  return 2;
}

/** Asks a function for the next part, again and again, until it gives none; then all of them are compiled. */
class Reading implements Holding {
  readonly holds: readonly TValue[];
  readonly #parts: Pieces;
  readonly #wanted: Wanted;

  constructor(L: LuaState, wanted: Wanted) {
    this.#parts = new Pieces(L);
    this.#wanted = wanted;
    this.holds = [wanted.env];
  }

  run(L: LuaState): number {
    for (;;) {
      ensureStack(L, 1);
      const off = L.top;
      const { type, value } = L.stack[L.ci.funcOff + 1]!;
      push(L, type, value);
      const status = pcallk(L, off, 1, L.handler, this, goOn);
      if (status === SUSPENDED) return SUSPENDED;
      const results = this.take(L, status);
      if (results !== undefined) return results;
    }
  }

  /** Takes a part, or an error, from the top of the stack. @returns how many results there are, when that was the last */
  take(L: LuaState, status: number): number | undefined {
    const { type, value } = L.stack[--L.top]!;
    if (status !== OK && status !== YIELD) return failed(L, newCell(type, value));
    if (type !== NIL && !isText(type)) return failed(L, attempt(L, () => fail(L, readerFunctionMustReturn))!);
    const bytes = type === NIL ? NONE : stringArg(L, 1, type, value).bytes;
    if (bytes.length === 0) return compiled(L, this.#parts.join(), this.#wanted);
    this.#parts.add(bytes);
    return undefined;
  }
}

const goOn: Continuation = (L, status, context) => {
  const reading = context as Reading;
  return reading.take(L, status) ?? reading.run(L);
};

const optString = (L: LuaState, arg: number, otherwise: ByteString): ByteString =>
  isMissing(tagAt(L, arg)) ? otherwise : stringArg(L, arg, tagAt(L, arg), valueAt(L, arg));

function once(text: Uint8Array): Source {
  let pending: Uint8Array | null = text;
  return () => {
    const part = pending;
    pending = null;
    return part;
  };
}
