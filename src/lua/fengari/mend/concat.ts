import type { Binary } from "../../../value/bytes.ts";
import { ByteString } from "../../../value/value.ts";
import { allocate, newBuffer, newString } from "../../meter/meter.ts";
import type { LuaState } from "../../vm/types.ts";
import type { Edit } from "../private-copy.ts";

/**
 * `..` in Fengari makes an array of bytes for each result, which costs more than all else that it does, and pops its
 * operands with `delete`, which asks V8's runtime. Here a short string is put together as JavaScript's strings are, from
 * the binary forms: most are keys, which are wanted in that form. Its bytes are made when somebody asks for them.
 */
export const mendConcat: readonly Edit[] = [
  {
    find: `            let buff = new Uint8Array(tl);
            copy2buff(L, top, n, buff);
            let ts = luaS_bless(L, buff);`,
    put: "            let ts = joinStrings(L, top, n, tl);",
  },
  {
    find: `        for (; L.top > top-(n-1);)
            delete L.stack[--L.top];`,
    put: `        for (; L.top > top-(n-1);)
            L.stack[--L.top] = void 0;`,
  },
];

/** Longer ones are copied as bytes. */
const SHORT = 256;
/** The binary form of no more bytes is made for this alone. */
const CHEAP = 16;

/** Where a look into a string ends up, so that V8 does not leave it out. */
const seen = { first: 0 };

/** The `n` strings below `top` as one, of this length. */
export function joinStrings({ stack }: LuaState, top: number, n: number, length: number): ByteString {
  if (length <= SHORT) {
    let text = "";
    let at = top - n;
    for (; at < top; at++) {
      const s = stack[at]!.value as ByteString;
      if (!s.hasBinary && s.length > CHEAP) break;
      text += s.binary;
    }
    if (at === top) {
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
  for (let at = top - n; at < top; at++) {
    const s = stack[at]!.value as ByteString;
    bytes.set(s.bytes, to);
    to += s.length;
  }
  return new ByteString(bytes);
}
