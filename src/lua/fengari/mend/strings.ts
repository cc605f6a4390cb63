import { type Binary, toBinary } from "../../../value/bytes.ts";
import { ByteString } from "../../../value/value.ts";
import { allocate, handle, newString, work } from "../../meter/meter.ts";
import type { Lapi, Lstring } from "../../vm/types.ts";

/**
 * From this length on the binary form is counted before it is made, that of shorter strings when it is met; and going
 * through the bytes counts as work.
 */
const LONG = 1000;

/**
 * Fengari hashes a string by writing each byte in hexadecimal without padding. So "\1\35" and "\18\3" are one table
 * key, and since the same text decides order, "\t" < "a" is false. It also takes a rope of 57 bytes for each byte.
 *
 * Here a string's hash is its binary form: one character per byte, exact, in byte order, made once by one native call.
 * It can't meet the hash of anything else: other values hash to numbers, booleans and objects.
 */
export function mendStrings(lstring: Lstring): void {
  lstring.TString = ByteString;
  lstring.luaS_hash = toBinary;
  lstring.luaS_hashlongstr = hashOfString;
  lstring.luaS_eqlngstr = (a, b) => a === b || (a.length === b.length && sameString(a, b));
  lstring.luaS_bless = (_, bytes) => {
    newString(bytes.length);
    return new ByteString(bytes);
  };
  // A function, not an arrow: Fengari also calls it with `new`.
  lstring.luaS_new = function copy(_, bytes) {
    newString(bytes.length);
    allocate(bytes.length);
    handle(bytes.length);
    return new ByteString(Uint8Array.prototype.slice.call(bytes));
  };
  lstring.luaS_newliteral = (_, text) => ByteString.fromText(text);
}

/** What a string is found by in a Map. */
export function hashOfString(s: ByteString): Binary {
  if (s.length > LONG) {
    handle(s.length);
    if (!s.hasBinary) allocate(s.length);
  }
  return s.binary;
}

/**
 * The libraries take every string that they work on, and every item of a table, through here. What they do with a string
 * is about as long as it is.
 */
export function mendAccess(lapi: Lapi): void {
  const { lua_geti, lua_tolstring } = lapi;
  const counted: typeof lua_tolstring = (L, index) => {
    const bytes = lua_tolstring(L, index);
    if (bytes !== null) handle(bytes.length);
    return bytes;
  };
  lapi.lua_tolstring = counted;
  lapi.lua_tostring = counted;
  lapi.lua_geti = (L, index, n) => {
    work(1);
    return lua_geti(L, index, n);
  };
}

/** Whether two strings of one length are the same, by the form that both have. */
function sameString(a: ByteString, b: ByteString): boolean {
  const { length } = a;
  if (length > MIDDLE) handle(length);
  if (a.hasBinary && b.hasBinary) return a.binary === b.binary;
  const [x, y] = [a.bytes, b.bytes];
  if (length > MIDDLE) return Buffer.compare(x, y) === 0;
  for (let i = 0; i < length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** Bytes that are compared one by one in the time of a native call. */
const MIDDLE = 64;
