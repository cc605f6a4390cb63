/** YAML 1.2 to values. Only the core tags: no dates, no octal zeros, no "yes" that means true, no merge keys. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import { MoonkeepError } from "../../errors.ts";
import { allocate, work } from "../../lua/meter/meter.ts";
import { fromJs } from "../../value/js.ts";
import { type ByteString, type Bytes, float, integer, type Value } from "../../value/value.ts";
import { compose, type Fault } from "../../yaml/compose.ts";
import { textOf as toText } from "../params.ts";
import {
  atLine,
  badKey,
  duplicateKey,
  emptyYaml,
  noSuchAnchor,
  notUtf8,
  numberTooLarge,
  sentences,
  yamlTooLong,
} from "./errors.ts";

/** Steps of the VM: of each character, which is counted before it is read, and of each word or sign while it is. */
const STEPS_A_CHARACTER = 5;
const STEPS_A_PART = 50;
/** What they take: a word or sign of the text in the tree that is made of it, and a part of the value that is made of that. */
const WORD: Bytes = 400;
const PART: Bytes = 400;
/** A line of a text, which a word may have any number of: it is cut out and put together again. */
const LINE: Bytes = 200;
/** A character, as the words of the text have it. */
const CHARACTER: Bytes = 2;
/** So many of them go uncounted. */
const FEW = 128;
/** A longer text is data, and better off as JSON. */
const MAX_BYTES: Bytes = 4 * 1024 * 1024;

/** @throws MoonkeepError INVALID, with line and column */
export function decode(text: string): Value | undefined {
  work(text.length * STEPS_A_CHARACTER);
  allocate(text.length * CHARACTER + linesOf(text) * LINE);
  return read(text);
}

function read(text: string): Value | undefined {
  const { document, faults } = compose(text, sentences, counting(WORD));
  if (faults.length > 0) throw problem(text, faults[0]!);
  try {
    // By aliases, a short text has many parts.
    return fromJs(new Reader(text).read(document!.contents as Node | null), "data", "outside", {
      count: counting(PART),
    });
  } catch (e) {
    void (e as Error).stack; // until it is read, V8 keeps what the methods in it belong to, and that has the whole text
    throw e instanceof TypeError ? new MoonkeepError("INVALID", e.message) : e; // too many parts, by aliases
  }
}

/** Counts what is made of a text while nobody who measures the script can find it: each time, all that there is by then. */
function counting(bytes: Bytes): () => void {
  let made = 0;
  let counted = FEW;
  return () => {
    work(STEPS_A_PART);
    if (++made < counted) return;
    allocate(counted * bytes);
    counted *= 2;
  };
}

function linesOf(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

function problem(text: string, { offset, message }: Fault): MoonkeepError {
  const lines = text.slice(0, offset).split("\n");
  return new MoonkeepError("INVALID", atLine(lines.length, lines.at(-1)!.length + 1, message));
}

const integerText = /^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$/;

/** The tree as plain JavaScript data, for `fromJs`. */
class Reader {
  readonly #text: string;
  readonly #anchors = new Map<string, unknown>();

  constructor(text: string) {
    this.#text = text;
  }

  read(node: Node | null): unknown {
    if (node === null) return undefined;
    if (isAlias(node)) return this.#follow(node);
    const { anchor } = node as { anchor?: string };
    const value = isScalar(node)
      ? this.#scalar(node)
      : isSeq(node)
        ? this.#list(node.items as Node[])
        : isMap(node)
          ? this.#map(node as YAMLMap<Node, Node | null>)
          : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  /** What an anchor stands for, which is complete when its alias comes: none is inside itself. */
  #follow(alias: Alias): unknown {
    if (this.#anchors.has(alias.source)) return this.#anchors.get(alias.source);
    throw this.#problem(alias, noSuchAnchor(alias.source));
  }

  #scalar(scalar: Scalar): unknown {
    const { value, source = "" } = scalar;
    if (typeof value !== "number") return value ?? undefined;
    if (!Number.isFinite(value) && /\d/.test(source)) {
      throw this.#problem(scalar, numberTooLarge(source.slice(0, 30)));
    }
    if (!integerText.test(source)) return float(value);
    if (value === 0) return 0; // an integer has no sign of zero
    return Number.isSafeInteger(value) ? value : (integer(BigInt(source)) ?? value);
  }

  /** A list; a null in it leaves its place empty. */
  #list(nodes: readonly Node[]): unknown {
    const items = nodes.map((node) => this.read(node));
    if (!items.includes(undefined)) return items;
    return new Map(items.flatMap((item, i) => (item === undefined ? [] : [[i + 1, item] as const])));
  }

  #map(map: YAMLMap<Node, Node | null>): Map<unknown, unknown> {
    const fields = new Map<unknown, unknown>();
    const given = new Set<unknown>();
    for (const { key, value } of map.items) {
      const name = this.read(key);
      const isKey =
        typeof name === "string" || typeof name === "boolean" || typeof name === "number" || typeof name === "bigint";
      if (!isKey || Number.isNaN(name)) throw this.#problem(key, badKey);
      if (given.has(name)) throw this.#problem(key, duplicateKey(JSON.stringify(name)));
      given.add(name);
      fields.set(name, this.read(value));
    }
    return fields;
  }

  #problem(node: Node, message: string): MoonkeepError {
    return problem(this.#text, { offset: node?.range?.[0] ?? 0, message });
  }
}

/** The text of YAML's bytes. @throws MoonkeepError INVALID for what is not text */
export function textOf(data: ByteString): string {
  if (data.length > MAX_BYTES) {
    throw new MoonkeepError("INVALID", yamlTooLong(MAX_BYTES, data.length));
  }
  const text = toText(data);
  if (!text.isWellFormed()) throw new MoonkeepError("INVALID", notUtf8);
  if (text.trim() === "") throw new MoonkeepError("INVALID", emptyYaml);
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
