/** `text.regexp`: regular expressions in RE2's syntax, over the bytes of strings. Positions count from 1, as Lua's do. */

import { MoonkeepError } from "../../errors.ts";
import { integer, optional } from "../../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../../lua/boundary/handle.ts";
import { plain } from "../../lua/boundary/module.ts";
import { concat, newString, STRING } from "../../lua/meter/meter.ts";
import { decodeUtf8 } from "../../value/bytes.ts";
import { MAX_PARTS } from "../../value/js.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { string } from "../params.ts";
import { type Bounds, Engine, type MeteredInput } from "./engine.ts";
import { patternNotUtf8, sourceTooLong, tooManyMatches } from "./errors.ts";
import { Held } from "./held.ts";
import { addReplacement, compileReplacement } from "./replacement.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

/** Beside its text, what a match takes until it is in Lua. */
const MATCH: Bytes = 100;
const PIECE: Bytes = 120;

/** A pattern has at most 1000 characters. */
const MAX_SOURCE: Bytes = 4000;

class Regexp {
  readonly source: ByteString;
  readonly #engine: Engine;

  constructor(source: ByteString) {
    if (source.length > MAX_SOURCE) throw invalid(sourceTooLong(MAX_SOURCE, source.length));
    const pattern = decodeUtf8(source.bytes);
    if (pattern === undefined) throw invalid(patternNotUtf8);
    this.source = source;
    this.#engine = new Engine(pattern);
  }

  get bytes(): Bytes {
    return this.#engine.bytes + this.source.length;
  }

  get groups(): number {
    return this.#engine.groups;
  }

  /** The names of the groups, after one that stands for the whole match; without a name it is "". */
  names(): string[] {
    const names: string[] = new Array(this.groups + 1).fill("");
    for (const [name, group] of Object.entries(this.#engine.names)) names[group] = name;
    return names;
  }

  test({ bytes }: ByteString): boolean {
    return this.#engine.test(this.#engine.input(bytes));
  }

  first({ bytes }: ByteString, withGroups: boolean): Bounds | undefined {
    return this.#engine.find(this.#engine.input(bytes), 0, withGroups);
  }

  /** The matches one after another, none of them within another; an empty one only where none ends. */
  *all({ bytes }: ByteString, withGroups: boolean): Iterable<Bounds> {
    const input = this.#engine.input(bytes);
    let count = 0;
    let last = -1;
    for (let at = 0; at <= bytes.length; ) {
      const bounds = this.#engine.find(input, at, withGroups);
      if (bounds === undefined) return;
      const [start, end] = bounds as [number, number];
      if (end > at || start !== last) {
        if (++count > MAX_PARTS) throw invalid(tooManyMatches(MAX_PARTS));
        yield bounds;
      }
      last = end;
      at = end > at ? end : at + widthAt(input, at);
    }
  }

  replaceAll(text: ByteString, template: ByteString): ByteString {
    const parts = compileReplacement(template, this.#engine);
    const held = new Held();
    const pieces: Uint8Array[] = [];
    let length = 0;
    const add = (piece: Uint8Array) => {
      held.add(PIECE);
      length += piece.length;
      newString(length);
      pieces.push(piece);
    };
    let end = 0;
    for (const bounds of this.all(text, true)) {
      if (bounds[0]! > end) add(text.bytes.subarray(end, bounds[0]));
      addReplacement(parts, text.bytes, bounds, add);
      end = bounds[1]!;
    }
    if (end === 0 && pieces.length === 0) return text;
    add(text.bytes.subarray(end));
    return new ByteString(concat(pieces));
  }

  /** What is between the matches; an empty match at the very beginning parts nothing. */
  split(text: ByteString, most: number): ByteString[] {
    if (most === 0) return [];
    const held = new Held();
    const parts: ByteString[] = [];
    const piece = pieceOf(text, held);
    let begin = 0;
    let end = 0;
    for (const [start, stop] of this.all(text, false) as Iterable<[number, number]>) {
      if (parts.length === most - 1) break;
      end = start;
      if (stop > 0) parts.push(piece(begin, end));
      begin = stop;
    }
    if (end < text.length || text.length === 0) parts.push(piece(begin, text.length));
    return parts;
  }
}

/** Of the character there, in bytes; past the end of the text, too, as if one followed. */
function widthAt(input: MeteredInput, at: Bytes): Bytes {
  return at < input.length ? input.step(at) & 7 : 1;
}

type Piece = (start: Bytes, end: Bytes) => ByteString;

const pieceOf =
  ({ bytes }: ByteString, held: Held): Piece =>
  (start, end) => {
    held.add(STRING + end - start);
    return new ByteString(bytes.slice(start, end));
  };

/** The first byte and the last; the last is before the first where nothing is between. */
const span = ([start, end]: Bounds): [number, number] => [start! + 1, end!];

/** A match and its groups; "" for one that took no part. */
function texts(bounds: Bounds, piece: Piece): ByteString[] {
  const found: ByteString[] = [];
  for (let i = 0; i < bounds.length; i += 2) found.push(piece(Math.max(0, bounds[i]!), Math.max(0, bounds[i + 1]!)));
  return found;
}

/** A method that gives what it makes of the first match; nil: there is none. */
const first = <T>(withGroups: boolean, make: (bounds: Bounds, piece: Piece) => T) =>
  plain([string("s")], (regexp: Regexp, s) => {
    const bounds = regexp.first(s, withGroups);
    return bounds && make(bounds, pieceOf(s, new Held()));
  });

/** One that gives a list of it for every match. */
function everything<T>(regexp: Regexp, s: ByteString, withGroups: boolean, make: (bounds: Bounds, piece: Piece) => T) {
  const held = new Held();
  const piece = pieceOf(s, held);
  const found: T[] = [];
  for (const bounds of regexp.all(s, withGroups)) {
    held.add(MATCH);
    found.push(make(bounds, piece));
  }
  return found;
}

const whole = ([start, end]: Bounds, piece: Piece) => piece(start!, end!);

export const regexpHandle: HandleDescription = defineHandle(
  "text.Regexp",
  Regexp,
  {},
  {
    functions: {
      match_string: plain([string("s")], (regexp: Regexp, s) => regexp.test(s)),
      find_string: first(false, whole),
      find_string_index: first(false, span),
      find_string_submatch: first(true, texts),
      find_all_string: plain([string("s")], (regexp: Regexp, s) => everything(regexp, s, false, whole)),
      find_all_string_index: plain([string("s")], (regexp: Regexp, s) => {
        const found = everything(regexp, s, false, span);
        return found.length === 0 ? undefined : found;
      }),
      find_all_string_submatch: plain([string("s")], (regexp: Regexp, s) => everything(regexp, s, true, texts)),
      replace_all_string: plain([string("s"), string("repl")], (regexp: Regexp, s, template) =>
        regexp.replaceAll(s, template),
      ),
      split: plain([string("s"), optional(integer("n"))], (regexp: Regexp, s, n) => regexp.split(s, n ?? -1)),
      num_subexp: plain([], (regexp: Regexp) => regexp.groups),
      subexp_names: plain([], (regexp: Regexp) => regexp.names()),
      string: plain([], (regexp: Regexp) => regexp.source),
    },
    tostring: ({ source }) => `text.Regexp{${source}}`,
    bytes: ({ bytes }) => bytes,
  },
);

/** @throws MoonkeepError INVALID for what is not a pattern, or too large a one */
export const compileRegexp = (pattern: ByteString): object => new Regexp(pattern);
