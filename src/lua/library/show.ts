/**
 * Tables by their content, as `print` shows them, as the command shows results, and as `require("inspect")` gives them.
 * What is shown is bounded while it is made, and sorted, so that the same table always looks the same.
 */
import { toText } from "../../value/bytes.ts";
import { escapeOf } from "../../value/printable.ts";
import type { ByteString } from "../../value/value.ts";
import { burn } from "../meter/fuel.ts";
import { forEachAfter } from "../vm/lua-table.ts";
import { newCell, rawField } from "../vm/table.ts";
import { BOOLEAN, FLOAT, INTEGER, type LuaState, type LuaTable, STRING, TABLE, type TValue } from "../vm/types.ts";
import { type Group, layOut, type Node } from "./show-layout.ts";
import { plainString, tostringMethod } from "./tostring.ts";

export interface ShowOptions {
  /** How deeply tables are shown. Default: 6. */
  readonly depth?: number;
  /** How many entries of each table are shown. Default: 100. */
  readonly items?: number;
  /** How wide a line may be before a table is broken over several. Default: 80. */
  readonly width?: number;
}

/** Parts of all tables together, whatever the options say. */
export const MOST_PARTS = 2000;
/** Bytes of one text that are shown. */
export const LONGEST_TEXT = 500;
/** What a part costs, in instructions. */
const PART = 5;

/** Whether a value is a table that says nothing of how it is to be shown (`__tostring`, `__name`). */
export function isShownByContent({ type, value }: TValue): boolean {
  if (type !== TABLE) return false;
  const { metatable } = value as LuaTable;
  if (metatable === null) return true;
  return rawField(metatable, "__tostring") === undefined && rawField(metatable, "__name") === undefined;
}

/** The text of a value that has a `__tostring`. */
export type OwnText = (cell: TValue) => string;

/** A table by its content; anything else as it would stand in one: a string in quotes. Nothing of the script is called. */
export function show(L: LuaState, cell: TValue, options: ShowOptions = {}, ownText: OwnText): string {
  return layOut(new Describer(L, options, ownText).describe(cell, 0), options.width ?? 80);
}

class Describer {
  readonly #L: LuaState;
  readonly #depth: number;
  readonly #items: number;
  readonly #ownText: OwnText;
  readonly #ancestors: unknown[] = [];
  #left = MOST_PARTS;

  constructor(L: LuaState, { depth = 6, items = 100 }: ShowOptions, ownText: OwnText) {
    this.#L = L;
    this.#ownText = ownText;
    this.#depth = depth;
    this.#items = items;
  }

  describe(cell: TValue, depth: number): Node {
    burn(this.#L, PART);
    if (cell.type === STRING) return quoted(cell.value as ByteString);
    if (isShownByContent(cell)) return this.#table(cell.value as LuaTable, depth);
    const text = this.#text(cell);
    return /^(function|thread): /.test(text) ? `<${text.slice(0, text.indexOf(":"))}>` : bounded(escaped(text));
  }

  #table(t: LuaTable, depth: number): Node {
    if (this.#ancestors.includes(t)) return "<cycle>";
    if (t.size === 0) return "{}";
    if (depth >= this.#depth || this.#left <= 0) return "{…}";
    this.#ancestors.push(t);
    const entries = entriesOf(t, Math.min(this.#items, this.#left));
    const more = t.size - entries.length;
    this.#left -= entries.length;
    let position = 0;
    const parts: Group["parts"] = entries.map(([key, value]) => {
      const isNext = key.type === INTEGER && key.value === position + 1;
      if (isNext) position++;
      return { label: isNext ? "" : `${this.#key(key)} = `, value: this.describe(value, depth + 1) };
    });
    this.#ancestors.pop();
    return { parts: more > 0 ? [...parts, { label: "", value: `… ${more} more` }] : parts };
  }

  /** What `tostring` gives. */
  #text(cell: TValue): string {
    const { type, value } = cell;
    if (tostringMethod(this.#L, type, value) !== undefined) return this.#ownText(cell);
    return toText(plainString(this.#L, type, value).bytes.subarray(0, LONGEST_TEXT + 1));
  }

  #key(key: TValue): string {
    if (key.type === STRING) {
      const name = key.value as ByteString;
      const text = toText(clip(name.bytes));
      if (name.length === text.length && isName(text)) return text;
    }
    return `[${key.type === TABLE ? "<table>" : (this.describe(key, this.#depth) as string)}]`;
  }
}

const words = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);
const isName = (text: string) => /^[A-Za-z_]\w*$/.test(text) && !words.has(text);

/** The first entries of a table, numbers before names, each in order. */
function entriesOf(t: LuaTable, most: number): (readonly [key: TValue, value: TValue])[] {
  const entries: (readonly [TValue, TValue])[] = [];
  const enough = {};
  try {
    forEachAfter(t, 0, (key, value) => {
      if (entries.length === most) throw enough;
      entries.push([newCell(key.type, key.value), newCell(value.type, value.value)]);
    });
  } catch (e) {
    if (e !== enough) throw e;
  }
  return entries.sort(([a], [b]) => rank(a) - rank(b) || compare(a, b));
}

function rank({ type }: TValue): number {
  if (type === INTEGER || type === FLOAT) return 0;
  return type === STRING ? 1 : type === BOOLEAN ? 2 : 3;
}

function compare(a: TValue, b: TValue): number {
  if (rank(a) === 0) return (a.value as number) - (b.value as number);
  if (a.type !== STRING) return Number(a.value === true) - Number(b.value === true);
  const [first, second] = [(a.value as ByteString).binary, (b.value as ByteString).binary];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The beginning of a long text; no character is cut in the middle. */
function clip(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= LONGEST_TEXT) return bytes;
  let end = LONGEST_TEXT;
  while (end > LONGEST_TEXT - 4 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

const bounded = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);

function quoted(s: ByteString): string {
  const beginning = clip(s.bytes);
  const text = `"${escaped(toText(beginning)).replaceAll('"', '\\"')}"`;
  const more = s.length - beginning.length;
  return more === 0 ? text : `${text}… ${more} more bytes`;
}

const short: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

/** On one line, without anything that a terminal would obey. Bytes that are not text are as Lua writes them: `\xff`. */
function escaped(text: string): string {
  return text.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => short[c] ?? escapeOf(c));
}
