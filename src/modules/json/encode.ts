/** Values to JSON text. What JSON has no word for is refused, with the path to it. */

import { MoonkeepError } from "../../errors.ts";
import { Text } from "../../lua/meter/text.ts";
import { decodeUtf8, toBinary } from "../../value/bytes.ts";
import { ByteString, type Bytes, Float, isWhole, Table, type TableKey, type Value } from "../../value/value.ts";
import { bytesNoJson, holeInList, keyNoJson, mixedTable, noJson } from "./errors.ts";
import { emptyArray, emptyObject, isNull, type Json } from "./null.ts";

export interface EncodeOptions {
  /** Spaces of each level; 0: all on one line. */
  readonly indent: number;
  /** What a table without anything in it is. */
  readonly empty: "array" | "object";
  /** Names in byte order, instead of that of insertion. */
  readonly sort: boolean;
}

/** @throws MoonkeepError INVALID for what has no JSON, with its path */
export function encode(json: Json, options: EncodeOptions): Text {
  return new Encoder(options).encode(json);
}

/** Shorter strings keep their other form. */
const SHORT: Bytes = 4096;
/** Longer strings are written in parts of this length. */
const LONG: Bytes = 64 * 1024;

/** The end of the character that goes on or begins here, in UTF-8. */
export function endOfCharacter(bytes: Uint8Array, at: number): number {
  let end = Math.min(at, bytes.length);
  for (let i = 0; i < 3 && end < bytes.length && bytes[end]! >> 6 === 2; i++) end++;
  return end;
}

/** Text that needs no look at its bytes. */
const plainAscii = /^[ !#-[\]-~]*$/;

class Encoder {
  readonly #options: EncodeOptions;
  readonly #path: (string | number)[] = [];
  readonly #text = new Text();

  constructor(options: EncodeOptions) {
    this.#options = options;
  }

  encode(json: Json): Text {
    this.#value(json);
    return this.#text;
  }

  #add(text: string): void {
    this.#text.add(text);
  }

  #value(json: Json): void {
    if (isNull(json)) this.#add("null");
    else if (json instanceof ByteString) this.#string(json);
    else if (json instanceof Table) this.#table(json);
    else this.#add(typeof json === "boolean" ? String(json) : this.#number(json));
  }

  #number(number: number | bigint | Float): string {
    if (typeof number === "bigint") return String(number);
    const n = number instanceof Float ? number.value : number;
    if (!Number.isFinite(n)) throw this.#refuse(noJson(Number.isNaN(n) ? "NaN" : "an infinite number"));
    if (number instanceof Float) return `${Object.is(n, -0) ? "-0" : n}.0`; // a float, and read as one again
    const text = String(n).replace("e+", "e");
    return isWhole(n) || /[.e]/.test(text) ? text : `${text}.0`;
  }

  /** A long one in parts, so that what it takes is counted meanwhile. */
  #string(s: ByteString): void {
    if (s.length < LONG) {
      this.#add(this.#quoted(s));
      return;
    }
    this.#add('"');
    for (let at = 0; at < s.length; ) {
      const end = endOfCharacter(s.bytes, at + LONG);
      this.#add(this.#quoted(new ByteString(s.bytes.subarray(at, end))).slice(1, -1));
      at = end;
    }
    this.#add('"');
  }

  #quoted(s: ByteString): string {
    const binary = s.length < SHORT ? s.binary : toBinary(s.bytes);
    if (plainAscii.test(binary)) return `"${binary}"`;
    const text = decodeUtf8(s.bytes);
    if (text === undefined) throw this.#refuse(bytesNoJson);
    return JSON.stringify(text);
  }

  #table(table: Table): void {
    const { items, keys } = table;
    if (keys.length === 0) {
      if (items.length === 0) this.#empty(table);
      else this.#list(items);
      return;
    }
    const stray = keys.find((key) => !(key instanceof ByteString));
    if (items.length > 0 && stray === undefined) throw this.#refuse(mixedTable);
    const isLater =
      typeof stray === "bigint" ? stray > 0n : typeof stray === "number" && Number.isInteger(stray) && stray > 0;
    if (isLater) throw this.#refuse(holeInList(stray));
    if (stray !== undefined) {
      throw this.#refuse(keyNoJson(String(stray)));
    }
    this.#object(table);
  }

  #empty(table: Table): void {
    const isList = table === emptyArray || (table !== emptyObject && this.#options.empty === "array");
    this.#add(isList ? "[]" : "{}");
  }

  #list(items: readonly Value[]): void {
    this.#add("[");
    this.#path.push(0);
    for (let i = 0; i < items.length; i++) {
      this.#path[this.#path.length - 1] = i + 1;
      this.#add(this.#separator(i));
      this.#value(items[i]!);
    }
    this.#path.pop();
    this.#add(`${this.#newline()}]`);
  }

  #object({ keys, values }: Table): void {
    const { sort, indent } = this.#options;
    const order = keys.map((_, i) => i);
    if (sort) order.sort((a, b) => compare(keys[a]!, keys[b]!));
    this.#add("{");
    this.#path.push("");
    order.forEach((place, i) => {
      const key = keys[place] as ByteString;
      this.#path[this.#path.length - 1] = key.toString();
      this.#add(this.#separator(i));
      this.#string(key);
      this.#add(indent > 0 ? ": " : ":");
      this.#value(values[place]!);
    });
    this.#path.pop();
    this.#add(`${this.#newline()}}`);
  }

  #separator(i: number): string {
    return (i === 0 ? "" : ",") + this.#newline();
  }

  #newline(): string {
    const { indent } = this.#options;
    return indent === 0 ? "" : `\n${" ".repeat(indent * this.#path.length)}`;
  }

  #refuse(what: string): MoonkeepError {
    return new MoonkeepError("INVALID", `${pathText("value", this.#path)}: ${what}`);
  }
}

const compare = (a: TableKey, b: TableKey): number => {
  const [left, right] = [(a as ByteString).binary, (b as ByteString).binary];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** What shows of a name in a path. */
const LONGEST_NAME = 60;

/** A place as a script would write it: `value.user["first name"][3]`. */
export function pathText(root: string, path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = step.length > LONGEST_NAME ? `${step.slice(0, LONGEST_NAME)}…` : step;
    return /^[A-Za-z_]\w*$/.test(name) ? `${text}.${name}` : `${text}[${JSON.stringify(name)}]`;
  }, root);
}
