/**
 * Values as YAML, in block style. A text is written plainly where nobody can take it for anything else, as a block
 * where it has lines, and else as JSON writes it, which is YAML too.
 */

import { MoonkeepError } from "../../errors.ts";
import { allocate, newString, work } from "../../lua/meter/meter.ts";
import { decodeUtf8 } from "../../value/bytes.ts";
import { ByteString, Float, isWhole, Table, type TableKey, type Value } from "../../value/value.ts";
import { pathText } from "../json/encode.ts";
import { bytesNoYaml } from "./errors.ts";

export interface EncodeOptions {
  /** Names that come first, in this order, in every mapping. */
  readonly fieldOrder: readonly string[];
  /** The other names in byte order, instead of that of insertion. */
  readonly sort: boolean;
}

/** @throws MoonkeepError INVALID for a string that is not text, with its path */
export function encode(table: Table, { fieldOrder, sort }: EncodeOptions): string {
  const writer = new Writer(new Map(fieldOrder.map((name, i) => [name, i])), sort);
  writer.node(table, 0, "");
  return writer.text;
}

/** Characters that are reserved at a time. */
const STEP = 4096;
const CHARACTERS_A_STEP = 8;
/** Bytes that are looked through in the time of one instruction. */
const BYTES_A_STEP = 4;
/** A longer text is not a block for people to read, and is written as JSON writes it. */
const LONG = 1024 * 1024;

/** A word that is nothing but text in any version of YAML: it begins with a letter, and has no signs that mean more. */
const plain = /^[A-Za-z_/][\w ./@+-]*$/;
const special = /^(?:true|false|yes|no|on|off|null|nan|inf|y|n)$|\s$|\s{2}/i;
/** Lines that a block can show as they are: no line begins with a space or a tab, or ends with one, or has controls. */
const block = /^(?:[^\s\p{C}](?:[^\n\p{C}]*[^\s\p{C}])?(?:\n|$)|\n)*$/u;

class Writer {
  text = "";
  #reserved = 0;
  readonly #order: ReadonlyMap<string, number>;
  readonly #sort: boolean;
  readonly #path: (string | number)[] = [];

  constructor(order: ReadonlyMap<string, number>, sort: boolean) {
    this.#order = order;
    this.#sort = sort;
  }

  #add(text: string): void {
    this.text += text;
    const more = this.text.length - this.#reserved;
    if (more <= 0) return;
    this.#reserved += more + STEP;
    newString(this.#reserved);
    allocate(more + STEP);
    work((more + STEP) / CHARACTERS_A_STEP);
  }

  /**
   * What stands after a dash or a colon, or at the beginning, with the end of its last line.
   * @param gap between the sign and what stands on its line
   */
  node(value: Value, level: number, gap: string): void {
    if (!(value instanceof Table)) this.#add(`${gap}${this.#scalar(value, level)}\n`);
    else if (value.items.length === 0 && value.keys.length === 0) this.#add(`${gap}[]\n`);
    else if (value.keys.length === 0) this.#list(value, level, gap);
    else this.#mapping(value, level, gap);
  }

  /** A list in a list begins on the line of its dash; one in a mapping below the name. */
  #list({ items }: Table, level: number, gap: string): void {
    if (gap === " :") this.#add("\n");
    items.forEach((item, i) => {
      const isInline = i === 0 && gap === " ";
      this.#add(`${isInline ? " " : "  ".repeat(level)}-`);
      this.#path.push(i + 1);
      this.node(item, level + 1, " ");
      this.#path.pop();
    });
  }

  #mapping(table: Table, level: number, gap: string): void {
    const isNamed = gap === " :";
    if (isNamed) this.#add("\n");
    this.#fields(table).forEach(([key, value], i) => {
      const isInline = i === 0 && gap === " ";
      const name = key instanceof ByteString ? this.#string(key) : this.#scalar(key, 0);
      this.#add(`${isInline ? " " : "  ".repeat(level)}${name}:`);
      this.#path.push(key instanceof ByteString ? key.toString() : Number(key));
      if (value instanceof Table && (value.items.length > 0 || value.keys.length > 0))
        this.node(value, level + 1, " :");
      else this.node(value, level + 1, " ");
      this.#path.pop();
    });
  }

  #fields({ items, keys, values }: Table): readonly (readonly [TableKey, Value])[] {
    const fields = [
      ...items.map((item, i) => [i + 1, item] as const),
      ...keys.map((key, i) => [key, values[i]!] as const),
    ];
    if (this.#order.size === 0 && !this.#sort) return fields;
    const rank = (key: TableKey) => this.#order.get(String(key)) ?? this.#order.size;
    return fields.sort(([a], [b]) => rank(a) - rank(b) || (this.#sort ? compare(String(a), String(b)) : 0));
  }

  #scalar(value: Value, level: number): string {
    if (value instanceof ByteString) return this.#string(value, level);
    if (typeof value === "boolean" || typeof value === "bigint") return String(value);
    const n = value instanceof Float ? value.value : (value as number);
    if (Number.isNaN(n)) return ".nan";
    if (!Number.isFinite(n)) return n > 0 ? ".inf" : "-.inf";
    if (value instanceof Float) return `${Object.is(n, -0) ? "-0" : n}.0`;
    const text = String(n)
      .replace("e+", "e")
      .replace(/^(-?\d+)e/, "$1.0e");
    return isWhole(n) || text.includes(".") || text.includes("e") ? text : `${text}.0`;
  }

  /** @param level of the lines of a block; left out where none may be */
  #string(s: ByteString, level?: number): string {
    work(s.length / BYTES_A_STEP);
    return this.#text(s, s.length < LONG ? level : undefined);
  }

  #text(s: ByteString, level?: number): string {
    const text = decodeUtf8(s.bytes);
    if (text === undefined) {
      throw new MoonkeepError("INVALID", bytesNoYaml(pathText("data", this.#path)));
    }
    if (plain.test(text) && !special.test(text)) return text;
    if (level === undefined || !text.includes("\n") || !block.test(text)) return quoted(text);
    const end = text.endsWith("\n\n") || text === "\n" ? "+" : text.endsWith("\n") ? "" : "-";
    const lines = (end === "-" ? text : text.slice(0, -1)).split("\n");
    const indent = "  ".repeat(Math.max(level, 1));
    return `|${end}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
  }
}

/** JSON's way, with the line ends that YAML knows beside it written out. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
