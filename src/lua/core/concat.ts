/** `..` of any values. */
import { ByteString } from "../../value/value.ts";
import type { TValue } from "../vm/cell.ts";
import { numberText } from "../vm/numeral.ts";
import type { LuaState } from "../vm/thread.ts";
import { NIL, STRING } from "../vm/types.ts";
import { concatError } from "./errors.ts";
import { joined } from "./join.ts";
import { binaryMethod, callMetamethod } from "./metamethods.ts";
import { TM } from "./metatables.ts";

/** Makes a string of a number in its cell. @returns false for what is neither */
export function toText(cell: TValue): boolean {
  const { type } = cell;
  if (type === STRING) return true;
  if ((type & 0x0f) !== 3) return false;
  cell.value = ByteString.fromAscii(numberText(type, cell.value));
  cell.type = STRING;
  return true;
}

/** The `n` strings from `from` on as one, of this length. */
function join(stack: readonly TValue[], from: number, n: number, length: number): ByteString {
  const parts: ByteString[] = [];
  for (let at = from; at < from + n; at++) parts.push(stack[at]!.value as ByteString);
  return joined(parts, length);
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
