/** Every sentence that is said of values, and of options from JavaScript. */
import { oneLine } from "./printable.ts";

export const trailingBytes = "the value ends here, but there are more bytes";

export const noValueBegins = (byte: string): string => `no value begins with ${byte}`;

export const tablesTooDeep = (most: number): string => `tables nested deeper than ${most}`;

export const tooManyParts = (most: number): string => `more than ${most} parts`;

export const keyTwice = "the table already has this key";

export const numberTooLong = "the number has more than 31 bits";

export const keyNotPossible = "this can't be the key of a field";

export const endMissing = "the end is missing";

export const notCanonical = "this is not in its canonical form";

export const valueTooDeep = (most: number): string => `value: nested deeper than ${most}`;

export const noBytes = "there are no bytes";

export const notATable = "no table begins here";

export const unknownFormat = "no format begins with this byte";

export const typeNotGiven = (type: string): string => `a ${type} can't be given to Lua`;

export const loneSurrogate = "half of a surrogate pair has no bytes in UTF-8; give bytes as a Uint8Array";

export const bigintTooLarge = (value: bigint): string =>
  `the bigint ${value} does not fit into the 64 bits of a Lua integer`;

export const nullField = "null can't be given to Lua, whose tables hold no nil; leave the field out, or use undefined";

export const circular = "a value that contains itself can't be given to Lua";

export const nestedTooDeep = (most: number): string => `nested deeper than ${most} levels`;

export const notPlain = (what: string, hint: string): string =>
  `${what} can't be given to Lua; only plain data can${hint}`;

export const hole = "a hole in an array can't be given to Lua; use a Map with numbers as keys";

export const nullItem = "null can't be given to Lua, whose tables hold no nil; leave the item out";

export const badMapKey = "a key must be a string, a number, a bigint, a boolean or a Uint8Array";

export const sameKeyInLua = "two keys of the Map are the same key in Lua";

export const nullNotStored = (path: string): string => `${path}: null can't be stored`;

export const loneSurrogateInJson = (path: string): string =>
  `${path}: a string with half of a surrogate pair has no bytes in UTF-8; other bytes are written as {"$base64": "…"}`;

export const jsonTooDeep = (path: string, most: number): string => `${path}: nested deeper than ${most} levels`;

export const reservedName = (path: string, mark: string, key: string): string =>
  `${path}: a name that begins with "${mark}" is reserved for {"$float": 1}, {"$integer": "1"}, {"$base64": "…"} and {"$map": [[key, value]]}; a table with the key "${key}" is written as a $map`;

export const notAPair = (path: string): string => `${path}: expected a pair of key and value`;

export const optionsExpected = (place: string, names: string, got: string): string =>
  `${place}: expected options, an object with ${names}, got ${got}`;

export const noSuchOption = (place: string, name: string, hint: string): string =>
  `${place}: there is no option "${name}"; ${hint}`;

export const wrongOption = (name: string, expected: string, got: string): string =>
  `${name}: expected ${expected}, got ${got}`;

export const notAllowed = (name: string, allowed: string, got: string, hint: string): string =>
  `${name}: expected ${allowed}, got ${got}${hint}`;

export const wholeOutOfRange = (name: string, range: string, got: number): string =>
  `${name}: expected a whole number, ${range}, got ${got}`;

export const optionElsewhere = (name: string, advice: string): string => `there is no option "${name}" here; ${advice}`;

/** A file is where a folder was to be. */
export class NotAFolder extends Error {
  override readonly name = "NotAFolder";

  constructor(path: string) {
    super(`${oneLine(path)} is not a folder`);
  }
}
