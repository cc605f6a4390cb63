/**
 * JSON text to values, byte by byte: integers and floats stay apart as they are written, strings are copied once, and
 * what is wrong is said with its line and column.
 */

import { MoonkeepError } from "../../errors.ts";
import { MAX_DEPTH } from "../../limits.ts";
import { work } from "../../lua/meter/meter.ts";
import { decodeUtf8, toBinary } from "../../value/bytes.ts";
import { MAX_PARTS } from "../../value/js.ts";
import { make, makeString } from "../../value/making.ts";
import {
  ByteString,
  type Bytes,
  float,
  integer,
  noItems,
  Table,
  type TableKey,
  type Value,
} from "../../value/value.ts";
import {
  atLine,
  badUnicodeEscape,
  controlCharacter,
  loneSurrogate,
  nestedTooDeep,
  noSuchEscape,
  notANumber,
  notUtf8,
  numberTooLarge,
  numberTooLong,
  tooManyParts,
  unexpectedToken,
} from "./errors.ts";
import { emptyArray, emptyObject, isNull, type Json, jsonNull } from "./null.ts";

/** Bytes that are looked at in the time of one instruction, and bytes that are read. */
const BYTES_CHECKED_A_STEP = 32;
const BYTES_A_STEP = 4;
/** What is read before it is counted. */
const BATCH: Bytes = 4096;

// What V8 takes for what is made here, on 64 bits.
const TABLE: Bytes = 150;
const PART: Bytes = 12;
const NUMBER: Bytes = 12;

export interface DecodeOptions {
  /** Keep nulls, as `json.null`; else a null leaves its place empty. */
  readonly nulls: boolean;
}

/** @throws MoonkeepError INVALID, with the place in the text */
export function decode(text: ByteString, options: DecodeOptions): Json {
  work(text.length / BYTES_CHECKED_A_STEP);
  if (decodeUtf8(text.bytes) === undefined) {
    throw new MoonkeepError("INVALID", notUtf8);
  }
  try {
    return new Decoder(text.bytes, options.nulls).decode();
  } catch (e) {
    void (e as Error).stack; // until it is read, V8 keeps what the methods in it belong to, and that has the whole text
    throw e;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;

/** Names that are longer are read each time anew. */
const LONGEST_NAME = 64;
/** The digits of a float, exactly written, are 767 at most; V8 takes seconds for those of a number of megabytes. */
const LONGEST_NUMBER = 1000;
/** Above this many names a set is faster than looking through them. */
const FEW = 12;

const number = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  "/": "/",
};
const encoder = new TextEncoder();

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #nulls: boolean;
  readonly #names = new Map<string, ByteString>();
  #at = 0;
  #depth = 0;
  #parts = 0;
  #counted = 0;

  constructor(bytes: Uint8Array, nulls: boolean) {
    this.#bytes = bytes;
    this.#nulls = nulls;
  }

  decode(): Json {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#bytes.length) throw this.#unexpected("the end of the text");
    return value;
  }

  #skip(): void {
    const bytes = this.#bytes;
    for (;;) {
      const c = bytes[this.#at];
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at++;
    }
  }

  #value(): Json {
    this.#skip();
    this.#charge(this.#at);
    const c = this.#bytes[this.#at];
    switch (c) {
      case QUOTE:
        this.#at++;
        return this.#string();
      case OPEN_OBJECT:
        return this.#nested(() => this.#object());
      case OPEN_LIST:
        return this.#nested(() => this.#list());
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", jsonNull as unknown as Json);
      default:
        if (c === MINUS || (c !== undefined && c >= ZERO && c <= NINE)) return this.#number();
        throw this.#unexpected("a value");
    }
  }

  /** Counts what was read, up to here. @throws Stopped when a limit is hit */
  #charge(at: number): void {
    if (at - this.#counted < BATCH) return;
    work((at - this.#counted) / BYTES_A_STEP);
    this.#counted = at;
  }

  #nested(read: () => Table): Table {
    if (++this.#depth > MAX_DEPTH) throw this.#problem(nestedTooDeep(MAX_DEPTH));
    this.#at++;
    make(TABLE);
    const table = read();
    this.#depth--;
    return table;
  }

  #count(): void {
    if (++this.#parts > MAX_PARTS) throw this.#problem(tooManyParts(MAX_PARTS));
    make(PART);
  }

  #word<T extends Json>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) throw this.#unexpected("a value");
    }
    this.#at += word.length;
    return value;
  }

  #list(): Table {
    const items: Json[] = [];
    if (this.#closes(CLOSE_LIST)) return emptyArray;
    do {
      this.#count();
      items.push(this.#value());
    } while (this.#goesOn(CLOSE_LIST));
    return this.#nulls || !items.some(isNull) ? new Table(items as Value[], noItems, noItems) : withHoles(items);
  }

  #object(): Table {
    if (this.#closes(CLOSE_OBJECT)) return emptyObject;
    const keys: ByteString[] = [];
    const values: Value[] = [];
    let places: Map<ByteString, number> | undefined;
    do {
      this.#count();
      const key = this.#name();
      const value = this.#value();
      if (keys.length === FEW) places ??= new Map(keys.map((one, i) => [one, i]));
      const known = places === undefined ? keys.indexOf(key) : (places.get(key) ?? -1);
      if (known !== -1)
        values[known] = value as Value; // the last one counts
      else {
        places?.set(key, keys.length);
        keys.push(key);
        values.push(value as Value);
      }
    } while (this.#goesOn(CLOSE_OBJECT));
    if (this.#nulls || !values.some(isNull)) return new Table(noItems, keys, values);
    const there = keys.filter((_, i) => !isNull(values[i]!));
    return new Table(
      noItems,
      there,
      values.filter((value) => !isNull(value)),
    );
  }

  #closes(bracket: number): boolean {
    this.#skip();
    if (this.#bytes[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #goesOn(bracket: number): boolean {
    this.#skip();
    const c = this.#bytes[this.#at];
    if (c !== COMMA && c !== bracket) throw this.#unexpected(`"," or "${String.fromCharCode(bracket)}"`);
    this.#at++;
    return c === COMMA;
  }

  /** A name with its colon. The same name is the same object throughout the text. */
  #name(): ByteString {
    this.#skip();
    if (this.#bytes[this.#at] !== QUOTE) throw this.#unexpected("a name in quotes");
    this.#at++;
    const start = this.#at;
    let end = start;
    while (this.#bytes[end] !== QUOTE && this.#bytes[end] !== BACKSLASH && end - start <= LONGEST_NAME) end++;
    let name: ByteString | undefined;
    let binary: string | undefined;
    if (this.#bytes[end] === QUOTE) {
      binary = toBinary(this.#bytes.subarray(start, end));
      name = this.#names.get(binary);
    }
    if (name === undefined) {
      name = this.#string();
      name = this.#names.get(name.binary) ?? name;
      this.#names.set(name.binary, name);
    } else this.#at = end + 1;
    this.#skip();
    if (this.#bytes[this.#at] !== COLON) throw this.#unexpected('":"');
    this.#at++;
    return name;
  }

  /** The rest of a string, after its first quote. */
  #string(): ByteString {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (;;) {
      const c = bytes[at];
      if (c === QUOTE) break;
      if (c === BACKSLASH) return this.#escaped(start, at);
      if ((at & 0xffff) === 0) this.#charge(at);
      if (c === undefined || c < 0x20) {
        this.#at = at;
        throw c === undefined ? this.#unexpected('"\\"" at the end of a string') : this.#control(c);
      }
      at++;
    }
    this.#at = at + 1;
    makeString(at - start);
    return new ByteString(bytes.slice(start, at));
  }

  #control(c: number): MoonkeepError {
    return this.#problem(controlCharacter(c.toString(16).padStart(4, "0")));
  }

  /** A string that has escapes; it is never longer than its text. */
  #escaped(start: number, backslash: number): ByteString {
    const bytes = this.#bytes;
    let end = backslash;
    while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
    makeString(2 * (end - start)); // and what it is put together in
    const out = new Uint8Array(end - start);
    out.set(bytes.subarray(start, backslash));
    let length = backslash - start;
    this.#at = backslash;
    for (;;) {
      const c = bytes[this.#at];
      this.#charge(this.#at);
      if (c === undefined) throw this.#unexpected('"\\"" at the end of a string');
      if (c < 0x20) throw this.#control(c);
      if (c === BACKSLASH) {
        const text = this.#escape();
        length += encoder.encodeInto(text, out.subarray(length)).written;
        continue;
      }
      this.#at++;
      if (c === QUOTE) return new ByteString(out.slice(0, length));
      out[length++] = c;
    }
  }

  /** The character that an escape stands for. */
  #escape(): string {
    const letter = String.fromCharCode(this.#bytes[this.#at + 1] ?? 0);
    if (Object.hasOwn(escapes, letter)) {
      this.#at += 2;
      return escapes[letter]!;
    }
    if (letter !== "u") throw this.#problem(noSuchEscape(letter));
    const unit = this.#unit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    const low = this.#bytes[this.#at] === BACKSLASH && this.#bytes[this.#at + 1] === 0x75 ? this.#unit() : 0;
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) throw this.#problem(loneSurrogate);
    return String.fromCharCode(unit, low);
  }

  /** The four digits of a \u escape. */
  #unit(): number {
    const digits = toBinary(this.#bytes.subarray(this.#at + 2, this.#at + 6));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#problem(badUnicodeEscape);
    this.#at += 6;
    return Number.parseInt(digits, 16);
  }

  #number(): Value {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (let c = bytes[at]; c !== undefined && isNumeric(c); c = bytes[++at]);
    if (at - start > LONGEST_NUMBER) throw this.#problem(numberTooLong(LONGEST_NUMBER));
    const text = toBinary(bytes.subarray(start, at));
    const match = number.exec(text);
    if (match === null) throw this.#problem(notANumber(JSON.stringify(text.slice(0, 30))));
    this.#at = at;
    const n = Number(text);
    if (!Number.isFinite(n)) throw this.#problem(numberTooLarge(text.slice(0, 30)));
    if ((n | 0) !== n) make(NUMBER);
    if (match[1] !== undefined || match[2] !== undefined) return float(n);
    if (!Number.isSafeInteger(n)) return integer(BigInt(text)) ?? n;
    return n === 0 ? 0 : n;
  }

  #unexpected(wanted: string): MoonkeepError {
    const rest = this.#bytes.subarray(this.#at, this.#at + 4);
    const [got] = new ByteString(rest).toString();
    return this.#problem(unexpectedToken(wanted, got === undefined ? "the end of the text" : JSON.stringify(got)));
  }

  /** Columns count characters. */
  #problem(what: string): MoonkeepError {
    let line = 1;
    let column = 1;
    for (let i = 0; i < this.#at; i++) {
      const byte = this.#bytes[i]!;
      if (byte === 0x0a) {
        line++;
        column = 1;
      } else if (byte >> 6 !== 2) column++;
    }
    return new MoonkeepError("INVALID", atLine(line, column, what));
  }
}

const isNumeric = (c: number) =>
  (c >= ZERO && c <= NINE) || c === MINUS || c === 0x2b || c === 0x2e || c === 0x65 || c === 0x45;

/** A list whose nulls are holes. */
function withHoles(items: readonly Json[]): Table {
  const first = items.findIndex(isNull);
  const keys: TableKey[] = [];
  const values: Value[] = [];
  for (let i = first; i < items.length; i++) {
    const item = items[i]!;
    if (isNull(item)) continue;
    keys.push(i + 1);
    values.push(item);
  }
  return new Table(first === 0 ? noItems : (items.slice(0, first) as Value[]), keys, values);
}
