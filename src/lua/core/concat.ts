/** `..` of any values. */
import type { Binary } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { allocate, newBuffer, newString } from "../meter/meter.ts";
import type { TValue } from "../vm/cell.ts";
import { numberText } from "../vm/numeral.ts";
import type { LuaState } from "../vm/thread.ts";
import { NIL, STRING } from "../vm/types.ts";
import { concatError } from "./errors.ts";
import { binaryMethod, callMetamethod } from "./metamethods.ts";
import { TM } from "./metatables.ts";

/** Longer ones are copied as bytes. */
const SHORT = 256;
/** The binary form of no more bytes is made for this alone. */
const CHEAP = 16;

/** Where a look into a string ends up, so that V8 does not leave it out. */
const seen = { first: 0 };

/** Makes a string of a number in its cell. @returns false for what is neither */
export function toText(cell: TValue): boolean {
  const { type } = cell;
  if (type === STRING) return true;
  if ((type & 0x0f) !== 3) return false;
  cell.value = ByteString.fromAscii(numberText(type, cell.value));
  cell.type = STRING;
  return true;
}

/**
 * The `n` strings from `from` on as one, of this length. A short string is put together as JavaScript's strings are,
 * from the binary forms: most are keys, which are wanted in that form. Its bytes are made when somebody asks for them.
 */
function join(stack: readonly TValue[], from: number, n: number, length: number): ByteString {
  if (length <= SHORT) {
    let text = "";
    let at = from;
    for (; at < from + n; at++) {
      const s = stack[at]!.value as ByteString;
      if (!s.hasBinary && s.length > CHEAP) break;
      text += s.binary;
    }
    if (at === from + n) {
      newString(length);
      allocate(length);
      // V8 keeps a sum as a tree of its parts, which takes many times the memory, until somebody looks into it.
      seen.first = text.charCodeAt(0);
      return new ByteString(text as Binary);
    }
  }
  newString(length);
  newBuffer(length);
  const bytes = new Uint8Array(length);
  let to = 0;
  for (let at = from; at < from + n; at++) {
    const s = stack[at]!.value as ByteString;
    bytes.set(s.bytes, to);
    to += s.length;
  }
  return new ByteString(bytes);
}

/**
 * Joins the `total` values on top of the stack, from the last on; the result is left in place of the first.
 * @returns false when it is suspended in a metamethod
 */
export function concat(L: LuaState, total: number): boolean {
  const { stack } = L;
  let left = total;
  while (left > 1) {
    const { top } = L;
    const a = stack[top - 2]!;
    const b = stack[top - 1]!;
    let n = 2;
    if (!((a.type === STRING || (a.type & 0x0f) === 3) && toText(b))) {
      const method = binaryMethod(L, a, b, TM.CONCAT);
      if (method.type === NIL) concatError(L, a, b);
      if (!callMetamethod(L, method, a, b, a)) return false;
    } else {
      let length = (b.value as ByteString).length;
      for (n = 1; n < left && toText(stack[top - n - 1]!); n++)
        length += (stack[top - n - 1]!.value as ByteString).length;
      const first = stack[top - n]!;
      first.value = oneOf(stack, top, n, length) ?? join(stack, top - n, n, length);
      first.type = STRING;
    }
    left -= n - 1;
    L.top = top - (n - 1);
  }
  return true;
}

/** One of two strings, where the other is empty. */
function oneOf(stack: readonly TValue[], top: number, n: number, length: number): ByteString | undefined {
  if (n !== 2) return undefined;
  const a = stack[top - 2]!.value as ByteString;
  if (a.length === length) return a;
  return a.length === 0 ? (stack[top - 1]!.value as ByteString) : undefined;
}

/** Goes on after a metamethod that was suspended. `total` values are left below its result, which is on top. */
export function finishConcat(L: LuaState, total: number): boolean {
  const { top } = L;
  L.stack[top - 3]!.setfrom(L.stack[top - 1]!);
  L.top = top - 2;
  return concat(L, total);
}
