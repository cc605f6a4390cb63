/**
 * Patches as text: the hunks of the unified format, with characters in place of lines, as diff-match-patch writes them.
 * Positions count characters from 1. What is not printable ASCII, and `%`, is written as `%0A`, by its bytes.
 */

import { MoonkeepError } from "../../errors.ts";
import { handle, reserveString } from "../../lua/meter/meter.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { atLine, badPercent, badSign, hunkHeader, noHunkHeader } from "./errors.ts";
import type { Held } from "./held.ts";
import type { Change } from "./myers.ts";
import { joined, type Symbols, symbolsOf, textOf } from "./symbols.ts";

/** A part of a hunk: what stays, goes or comes. */
export interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: Symbols;
}

export interface Hunk {
  /** Where it begins, from 0, in the text before and in the text after. */
  readonly start: number;
  readonly newStart: number;
  readonly lines: readonly Line[];
}

/** Changes with what is around them; those that are near each other share a hunk. */
export function hunksOf(a: Symbols, b: Symbols, changes: readonly Change[], margin: number): Hunk[] {
  const hunks: Hunk[] = [];
  for (let i = 0; i < changes.length; ) {
    const first = changes[i]!;
    const before = Math.max(0, first.a0 - margin);
    const lines: Line[] = [];
    const add = (sign: Line["sign"], text: Symbols) => {
      if (text.length > 0) lines.push({ sign, text });
    };
    let at = before;
    do {
      const { a0, a1, b0, b1 } = changes[i++]!;
      add(" ", a.subarray(at, a0));
      add("-", a.subarray(a0, a1));
      add("+", b.subarray(b0, b1));
      at = a1;
    } while (i < changes.length && changes[i]!.a0 - at <= 2 * margin);
    add(" ", a.subarray(at, at + margin));
    hunks.push({ start: before, newStart: first.b0 - (first.a0 - before), lines });
  }
  return hunks;
}

const only = (lines: readonly Line[], other: "-" | "+") => lines.filter(({ sign }) => sign !== other);

/** What a hunk expects to find, and what it leaves. */
export const before = ({ lines }: Hunk): Symbols => joined(only(lines, "+").map(({ text }) => text));
export const after = ({ lines }: Hunk): Symbols => joined(only(lines, "-").map(({ text }) => text));

// ---- as text ----

const special = /[^A-Za-z0-9;,/?:@&=+$\-_.!~*'()# ]/g;
const hex = (byte: string) => byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");

export function writeHunk(hunk: Hunk): ByteString {
  const { start, newStart, lines } = hunk;
  const length = (other: "-" | "+") => only(lines, other).reduce((sum, { text }) => sum + text.length, 0);
  let text = `@@ -${writeSpan(start, length("+"))} +${writeSpan(newStart, length("-"))} @@\n`;
  for (const { sign, text: symbols } of lines) {
    const { binary } = textOf(symbols);
    handle(binary.length * 20);
    text += `${sign}${binary.replace(special, (byte) => `%${hex(byte)}`)}\n`;
  }
  reserveString(text.length);
  return ByteString.fromAscii(text);
}

/** An empty one begins behind the character that it names. */
function writeSpan(start: number, length: number): string {
  if (length === 0) return `${start},0`;
  return length === 1 ? `${start + 1}` : `${start + 1},${length}`;
}

const head = /^@@ -(\d{1,15})(?:,(\d{1,15}))? \+(\d{1,15})(?:,(\d{1,15}))? @@$/;

/** What a hunk takes that was read, beside its symbols, and what each of those takes. */
const HUNK: Bytes = 500;
const SYMBOL: Bytes = 4;

/** @param name of the text, for errors: `patches[1].text` */
export function readHunks(source: ByteString, name: string, held: Held): Hunk[] {
  held.add(HUNK + SYMBOL * source.length);
  handle(source.length * 20);
  const hunks: Hunk[] = [];
  let lines: Line[] = [];
  source.binary.split("\n").forEach((line, i) => {
    if (line === "") return;
    const wrong = (what: string) => new MoonkeepError("INVALID", atLine(name, i + 1, what));
    const sign = line[0]!;
    if (sign === "@") {
      const found = head.exec(line);
      if (found === null) throw wrong(hunkHeader);
      const [, start, length, newStart, newLength] = found;
      lines = [];
      hunks.push({ start: readStart(start!, length), newStart: readStart(newStart!, newLength), lines });
    } else if (sign === " " || sign === "-" || sign === "+") {
      if (hunks.length === 0) throw wrong(noHunkHeader);
      const text = readText(line.slice(1));
      if (text === undefined) throw wrong(badPercent);
      lines.push({ sign, text });
    } else throw wrong(badSign(JSON.stringify(sign)));
  });
  return hunks;
}

const readStart = (start: string, length: string | undefined) => Math.max(0, Number(start) - (length === "0" ? 0 : 1));

function readText(line: string): Symbols | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(line)) return undefined;
  const text = line.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return symbolsOf(new ByteString(Uint8Array.from(Buffer.from(text, "latin1"))));
}
