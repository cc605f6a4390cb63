/** `string.format`, on bytes. A `__tostring` may suspend the script between two directives. */

import { byItself } from "../../value/bytes.ts";
import type { ByteString } from "../../value/value.ts";
import { burn } from "../meter/fuel.ts";
import { handle, hold, newBuffer } from "../meter/meter.ts";
import { argError, fail, NEEDS_FRAME, R } from "../vm/direct.ts";
import { type Integer, lowOf } from "../vm/int64.ts";
import {
  BOOLEAN,
  type Continuation,
  FLOAT,
  INT64,
  INTEGER,
  type LuaCFunction,
  type LuaState,
  NIL,
  STRING,
  SUSPENDED,
  TABLE,
  USERDATA,
} from "../vm/types.ts";
import { floatArg, integerArg, stringArg } from "./args.ts";
import { type Args, answerString, argsFrom, argsOf, either, pushResults } from "./define.ts";
import { noLiteralForm, noValue, stringContainsZeros } from "./errors.ts";
import {
  bareSpec,
  formatFloat,
  formatInteger,
  formatUnsigned,
  pad,
  quoteFloat,
  quoteInteger,
  type Spec,
} from "./format-number.ts";
import { Builder, binaryOf } from "./text.ts";
import { callTostring, plainText, takeText, tostringMethod } from "./tostring.ts";

// ---- templates ----

/** Text as it is, or what stands for an argument. */
type Piece = string | Spec;

const bare: ReadonlyMap<string, Spec> = new Map([..."cdiuoxXaAeEfgGqs"].map((letter) => [letter, bareSpec(letter)]));
const FLAGS = "-+ #0";

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";

function parse(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let literal = "";
  for (let i = 0; ; ) {
    const percent = template.indexOf("%", i);
    literal += template.slice(i, percent < 0 ? undefined : percent);
    if (percent < 0) break;
    i = percent + 1;
    if (template[i] === "%") {
      literal += "%";
      i++;
      continue;
    }
    if (literal !== "") pieces.push(literal);
    literal = "";
    const spec = bare.get(template[i] ?? "") ?? parseSpec(template, i);
    pieces.push(spec);
    i = spec.isBare ? i + 1 : end.at;
  }
  if (literal !== "") pieces.push(literal);
  return pieces;
}

/** Where the directive ended that was read last. */
const end = { at: 0 };

/** A directive that is more than a letter, or none. */
function parseSpec(template: string, from: number): Spec {
  let i = from;
  while (i < template.length && FLAGS.includes(template[i]!)) i++;
  const flags = template.slice(from, i);
  const width = digits(template, i);
  i += width.length;
  let precision: string | undefined;
  if (template[i] === ".") {
    precision = digits(template, i + 1);
    i += 1 + precision.length;
  }
  const conversion = template[i] ?? "";
  end.at = i + 1;
  const error =
    flags.length > FLAGS.length
      ? "invalid format (repeated flags)"
      : isDigit(conversion)
        ? "invalid format (width or precision too long)"
        : bare.has(conversion)
          ? undefined
          : `invalid option '%${printable(conversion)}' to 'format'`;
  return {
    conversion,
    left: flags.includes("-"),
    plus: flags.includes("+"),
    space: flags.includes(" "),
    alternate: flags.includes("#"),
    zero: flags.includes("0"),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision),
    isBare: false,
    error,
  };
}

/** Two digits at most. */
function digits(template: string, at: number): string {
  return template.slice(at, isDigit(template[at]) ? (isDigit(template[at + 1]) ? at + 2 : at + 1) : at);
}

const printable = (c: string): string => (c >= " " && c <= "~" ? c : `<\\${c === "" ? 0 : c.charCodeAt(0)}>`);

/** Templates that were used last, which mean the same to all scripts. */
const known = new Map<string, readonly Piece[]>();
const MOST_KNOWN = 256;
const LONGEST_KNOWN = 256;
/** Characters that are read in the time of an instruction. */
const PER_STEP = 4;

function piecesOf(L: LuaState, template: ByteString): readonly Piece[] {
  const text = binaryOf(template);
  let pieces = known.get(text);
  if (pieces !== undefined) return pieces;
  burn(L, text.length / PER_STEP);
  if (text.length > LONGEST_KNOWN) newBuffer(2 * text.length);
  pieces = parse(text);
  if (text.length > LONGEST_KNOWN) return pieces;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, pieces);
  return pieces;
}

// ---- one call ----

/** Directives that cost an instruction. */
const PIECES_PER_STEP = 2;

class Formatting {
  readonly #pieces: readonly Piece[];
  readonly #args: Args;
  readonly #result = new Builder();
  #at = 0;
  #arg = 0;

  constructor(pieces: readonly Piece[], args: Args) {
    this.#pieces = pieces;
    this.#args = args;
  }

  /** Goes on to the end, or to an argument that has a `__tostring`. @returns whether it came to the end */
  advance(L: LuaState, mayCall: boolean): boolean {
    const pieces = this.#pieces;
    const { n, types, values } = this.#args;
    for (; this.#at < pieces.length; this.#at++) {
      const piece = pieces[this.#at]!;
      if (typeof piece === "string") {
        this.#result.add(piece);
        continue;
      }
      const arg = ++this.#arg;
      if (arg >= n) argError(L, arg + 1, noValue);
      const type = types[arg]!;
      const value = values[arg];
      if (mayCall && piece.conversion === "s" && piece.error === undefined && tostringMethod(L, type, value))
        return false;
      this.#result.add(formatOne(L, arg + 1, piece, type, value));
    }
    return true;
  }

  /** @returns what a host function does */
  run(L: LuaState): number {
    while (!this.advance(L, true)) {
      const type = this.#args.types[this.#arg]!;
      const value = this.#args.values[this.#arg];
      hold(L, this.#result.held);
      if (!callTostring(L, tostringMethod(L, type, value)!, type, value, this, goOn)) return SUSPENDED;
      this.take(L);
    }
    hold(L, 0);
    return pushResults(L, this.answer());
  }

  /** Takes the text of the argument that it came to. */
  take(L: LuaState): void {
    const spec = this.#pieces[this.#at++] as Spec;
    this.#result.add(formatString(L, this.#arg + 1, binaryOf(takeText(L)), spec));
  }

  answer(): unknown {
    return answerString(this.#result.toString());
  }
}

const goOn: Continuation = (L, _, context) => {
  const formatting = context as Formatting;
  formatting.take(L);
  return formatting.run(L);
};

function formatOne(L: LuaState, arg: number, spec: Spec, type: number, value: unknown): string {
  if (spec.error !== undefined) fail(L, spec.error);
  switch (spec.conversion) {
    case "d":
    case "i":
      return formatInteger(type === INTEGER ? (value as number) : integerArg(L, arg, type, value), spec);
    case "s":
      return formatString(L, arg, plainText(L, type, value), spec);
    case "c":
      return pad(String.fromCharCode(lowOf(integerArg(L, arg, type, value)) & 0xff), spec);
    case "q":
      return quote(L, arg, type, value);
    case "u":
    case "o":
    case "x":
    case "X":
      return formatUnsigned(integerArg(L, arg, type, value), spec);
    default:
      return formatFloat(floatArg(L, arg, type, value), spec);
  }
}

/** From this length on, a string without a precision is not looked at as C's strings are, nor padded. */
const LONG = 100;

function formatString(L: LuaState, arg: number, text: string, spec: Spec): string {
  if (spec.isBare) return text;
  handle(text.length);
  if (text.includes("\0")) argError(L, arg, stringContainsZeros);
  if (spec.precision >= 0) return pad(byItself(text.slice(0, spec.precision)), spec);
  return text.length >= LONG ? text : pad(text, spec);
}

// ---- literals ----

/** A literal that Lua reads back as the same value. */
function quote(L: LuaState, arg: number, type: number, value: unknown): string {
  switch (type) {
    case STRING:
      return quoteString(binaryOf(value as ByteString));
    case INTEGER:
    case INT64:
      return quoteInteger(value as Integer);
    case FLOAT:
      return quoteFloat(value as number);
    case NIL:
    case BOOLEAN:
      return plainText(L, type, value);
    default:
      return argError(L, arg, noLiteralForm);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
const escaped = /["\\\n\x00-\x1f\x7f]/;
const BACKSLASH = "\\";

function quoteString(text: string): string {
  handle(4 * text.length);
  if (!escaped.test(text)) return `"${text}"`;
  const quoted = new Builder();
  quoted.add('"');
  let done = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x22 && c !== 0x5c && c !== 0x7f) continue;
    const written = escapeOf(c, isDigit(text[i + 1]));
    if (written === undefined) continue;
    if (i > done) quoted.add(text.slice(done, i));
    quoted.add(written);
    done = i + 1;
  }
  quoted.add(text.slice(done));
  quoted.add('"');
  return quoted.toText();
}

/** How a byte is written; undefined for one that stands for itself. */
function escapeOf(byte: number, digitFollows: boolean): string | undefined {
  if (byte === 0x22 || byte === 0x5c || byte === 0x0a) return BACKSLASH + String.fromCharCode(byte);
  if (byte >= 0x20 && byte !== 0x7f) return undefined;
  return BACKSLASH + (digitFollows ? String(byte).padStart(3, "0") : byte);
}

/** Whether an argument may have a `__tostring`. */
const mayHaveMethod = (type: number | undefined, value: unknown): boolean =>
  (type === TABLE || type === USERDATA) && (value as { metatable: unknown }).metatable !== null;

export const format: LuaCFunction = either(
  (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
    if (mayHaveMethod(t1, v1) || mayHaveMethod(t2, v2) || mayHaveMethod(t3, v3)) return (R.type = NEEDS_FRAME);
    const pieces = piecesOf(L, stringArg(L, 1, t0, v0));
    burn(L, pieces.length / PIECES_PER_STEP);
    const formatting = new Formatting(pieces, argsFrom(n, t0, v0, t1, v1, t2, v2, t3, v3));
    formatting.advance(L, false);
    return formatting.answer();
  },
  (L) => {
    const { n, types, values } = argsOf(L);
    const pieces = piecesOf(L, stringArg(L, 1, n > 0 ? types[0] : undefined, values[0]));
    burn(L, pieces.length / PIECES_PER_STEP);
    // A list of its own: what is called may use the other.
    return new Formatting(pieces, { n, types: types.slice(0, n), values: values.slice(0, n) }).run(L);
  },
);
