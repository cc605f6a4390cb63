import { createRequire } from "node:module";
import { TextCache } from "../value/cache.ts";
import { patternSize } from "./pattern-size.ts";

/**
 * Regular expressions in RE2's syntax, which run in linear time whatever the pattern and the text. Most patterns of
 * policies are no more than a prefix (`^session:`); those need no engine, and the engine is loaded for the first that does.
 */

/** Whether the pattern is found anywhere in the text. */
export type Find = (text: string) => boolean;

const MAX_PATTERN = 1000;
/** Instructions that a pattern may come to, with its repetitions: some 30 milliseconds to compile it. */
const MAX_SIZE = 8000;
/** Of one that comes from data. */
const MAX_RUNTIME_SIZE = 1000;
const load = createRequire(import.meta.url);

/** Literal characters, between anchors or without: each is itself, or punctuation behind a backslash. */
const literal = /^(\^?)((?:[^\\^$.|?*+()[\]{}]|\\[!-/:-@[-`{-~])*)(\$?)$/;

function compileLiteral(pattern: string): Find | undefined {
  const match = literal.exec(pattern);
  if (match === null) return undefined;
  const [, start, escaped, end] = match;
  const text = escaped!.replace(/\\(.)/g, "$1");
  if (start !== "" && end !== "") return (subject) => subject === text;
  if (start !== "") return (subject) => subject.startsWith(text);
  return end !== "" ? (subject) => subject.endsWith(text) : (subject) => subject.includes(text);
}

function compile(pattern: string): Find {
  const simple = compileLiteral(pattern);
  if (simple !== undefined) return simple;
  const { RE2JS } = load("re2js") as typeof import("re2js");
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
}

/** @returns what is wrong, when it is not a pattern */
export function constantPattern(pattern: string, mostSize: number = MAX_SIZE): Find | string {
  if (pattern.length > MAX_PATTERN) return `a pattern has at most ${MAX_PATTERN} characters`;
  const size = patternSize(pattern);
  if (size > mostSize) return `a pattern comes to at most ${mostSize} instructions with its repetitions, got ${size}`;
  try {
    return compile(pattern);
  } catch (e) {
    return `not a pattern: ${(e as Error).message}`;
  }
}

/** Patterns that come from data, by their text; undefined: it is none. Bounded, so that data can't fill memory. */
const known = new TextCache<Find | undefined>({ most: 1000, bytes: 2 << 20, weight: 100 });

/** The same for a pattern that is known only when it is asked for. */
export function runtimePattern(pattern: string): Find | undefined {
  if (known.has(pattern)) return known.get(pattern);
  if (pattern.length > MAX_PATTERN) return undefined;
  const find = constantPattern(pattern, MAX_RUNTIME_SIZE);
  const found = typeof find === "string" ? undefined : find;
  known.set(pattern, found);
  return found;
}
