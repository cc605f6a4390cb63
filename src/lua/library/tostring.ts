/** Values as text, as `tostring` writes them. */

import { ByteString } from "../../value/value.ts";
import { metatableOf } from "../core/metatables.ts";
import { fail, typeName } from "../vm/direct.ts";
import { getString } from "../vm/lua-table.ts";
import { numberText } from "../vm/numeral.ts";
import { BOOLEAN, type Continuation, FLOAT, type LuaState, NIL, STRING, type TValue } from "../vm/types.ts";
import { tostringNotString } from "./errors.ts";
import { callk, ensureStack, push } from "./stack.ts";
import { binaryOf, newText } from "./text.ts";

const TOSTRING = ByteString.fromAscii("__tostring");
const NAME = ByteString.fromAscii("__name");

/** The `__tostring` of a value; undefined where it has none. */
export function tostringMethod(L: LuaState, type: number, value: unknown): TValue | undefined {
  const metatable = metatableOf(L, type, value);
  if (metatable === null) return undefined;
  const method = getString(metatable, TOSTRING);
  return method.type === NIL ? undefined : method;
}

/** The text of a value that has no `__tostring`, one character per byte. */
export function plainText(L: LuaState, type: number, value: unknown): string {
  if (type === STRING) return binaryOf(value as ByteString);
  if ((type & 0x0f) === FLOAT) return numberText(type, value);
  if (type === BOOLEAN) return value === true ? "true" : "false";
  return type === NIL ? "nil" : `${nameOf(L, type, value)}: ${address(L, value)}`;
}

/** The same as a string, which is itself where it is one. */
export const plainString = (L: LuaState, type: number, value: unknown): ByteString =>
  type === STRING ? (value as ByteString) : newText(plainText(L, type, value));

function nameOf(L: LuaState, type: number, value: unknown): string {
  const metatable = metatableOf(L, type, value);
  const name = metatable === null ? undefined : getString(metatable, NAME);
  return name?.type === STRING ? binaryOf(name.value as ByteString) : typeName(type);
}

/** What tells an object from others of its state. Nothing of the host can be read off it. */
export function address(L: LuaState, value: unknown): string {
  const { id } = value as { id?: number };
  return `0x${(id ?? numberOf(L, value as object)).toString(16)}`;
}

/** Of what has no number of the VM's, such as a host function: in the order in which they were shown. */
function numberOf(L: LuaState, object: object): number {
  const { ids } = L.l_G;
  let number = ids.get(object);
  if (number === undefined) {
    number = L.l_G.id_counter++;
    ids.set(object, number);
  }
  return number;
}

/**
 * Leaves the text of a value on top of the stack, by its `__tostring`.
 * @returns false when that is suspended: `k` goes on, with the text on top of the stack
 */
export function callTostring(
  L: LuaState,
  method: TValue,
  type: number,
  value: unknown,
  context: unknown,
  k: Continuation,
): boolean {
  ensureStack(L, 2);
  const off = L.top;
  push(L, method.type, method.value);
  push(L, type, value);
  return callk(L, off, 1, context, k);
}

/** Takes what a `__tostring` gave from the top of the stack. */
export function takeText(L: LuaState): ByteString {
  const { type, value } = L.stack[--L.top]!;
  return isText(type) ? plainString(L, type, value) : fail(L, tostringNotString);
}

/** Whether a value with this tag is a string, or a number, which is as good as one. */
export const isText = (type: number): boolean => type === STRING || (type & 0x0f) === FLOAT;
