/**
 * Values as YAML, in block style. A text is written plainly where nobody can take it for anything else, as a block
 * where it has lines, and else as JSON writes it, which is YAML too.
 */

import { MoonkeepError } from "../../errors.ts";
import { allocate, work } from "../../lua/meter/meter.ts";
import { Text } from "../../lua/meter/text.ts";
import { decodeUtf8, discarded, inOnePiece } from "../../value/bytes.ts";
import { ByteString, type Bytes, Float, isWhole, Table, type TableKey, type Value } from "../../value/value.ts";
import { pathText } from "../json/encode.ts";
import { bytesNoYaml } from "./errors.ts";

export interface EncodeOptions {
  /** Names that come first, in this order, in every mapping. */
  readonly fieldOrder: readonly string[];
  /** The other names in byte order, instead of that of insertion. */
  readonly sort: boolean;
}

/** @throws MoonkeepError INVALID for a string that is not text, with its path */
export function encode(table: Table, { fieldOrder, sort }: EncodeOptions): Text {
  const writer = new Writer(new Map(fieldOrder.map((name, i) => [name, i])), sort);
  writer.node(table, 0, "");
  return writer.text;
}

/** What a field takes while fields are put in order: its place, its rank and its name. */
const FIELD: Bytes = 100;
/** Characters of a block that are read at a time. */
const PAGE = 4096;
/** What a character of them leaves behind. */
const GARBAGE: Bytes = 16;
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
  readonly text = new Text();
  readonly #order: ReadonlyMap<string, number>;
  readonly #sort: boolean;
  readonly #path: (string | number)[] = [];

  constructor(order: ReadonlyMap<string, number>, sort: boolean) {
    this.#order = order;
    this.#sort = sort;
  }

  #add(text: string): void {
    this.text.add(text);
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
    const { items, keys, values } = table;
    const count = items.length + keys.length;
    const order = this.#order.size > 0 || this.#sort ? this.#inOrder(table) : undefined;
    for (let i = 0; i < count; i++) {
      const place = order === undefined ? i : order[i]!;
      const [key, value] =
        place < items.length
          ? [place + 1, items[place]!]
          : [keys[place - items.length]!, values[place - items.length]!];
      const isInline = i === 0 && gap === " ";
      const name = key instanceof ByteString ? this.#string(key) : this.#scalar(key, 0);
      this.#add(`${isInline ? " " : "  ".repeat(level)}${name}:`);
      this.#path.push(key instanceof ByteString ? key.toString() : Number(key));
      if (value instanceof Table && (value.items.length > 0 || value.keys.length > 0))
        this.node(value, level + 1, " :");
      else this.node(value, level + 1, " ");
      this.#path.pop();
    }
  }

  /** The places of a table's fields: first its items, then its keys. */
  #inOrder({ items, keys }: Table): readonly number[] {
    const count = items.length + keys.length;
    allocate(FIELD * count);
    discarded(FIELD * count);
    work(count * Math.log2(count + 1));
    const all: readonly TableKey[] = [...items.map((_, i) => i + 1), ...keys];
    const ranks = all.map((key) => this.#order.get(String(key)) ?? this.#order.size);
    const names = all.map((key) => (!this.#sort ? "" : key instanceof ByteString ? key.binary : String(key)));
    return ranks.map((_, place) => place).sort((a, b) => ranks[a]! - ranks[b]! || compare(names[a]!, names[b]!));
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
    if (level === undefined || !text.includes("\n") || !isBlock(text)) return quoted(text);
    const end = text.endsWith("\n\n") || text === "\n" ? "+" : text.endsWith("\n") ? "" : "-";
    const lines = indented(text, "  ".repeat(Math.max(level, 1)));
    return `|${end}\n${end === "-" ? lines : lines.slice(0, -1)}`;
  }
}

/** A text's lines, a page at a time: of each line, the pattern notes a way back, and a change leaves garbage. */
function* pagesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf("\n", at + PAGE);
    const end = line < 0 ? text.length : line + 1;
    yield text.slice(at, end);
    at = end;
  }
}

function isBlock(text: string): boolean {
  for (const page of pagesOf(text)) if (!block.test(page)) return false;
  return true;
}

/** With that before each line that has something in it. */
function indented(text: string, indent: string): string {
  let all = "";
  for (const page of pagesOf(text)) {
    discarded(GARBAGE * page.length);
    all += inOnePiece(page.replace(/[^\n]+/g, `${indent}$&`));
  }
  return all;
}

/** JSON's way, with the line ends that YAML knows beside it written out. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
