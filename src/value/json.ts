/**
 * Values as JSON, exactly. Where JSON has a word, it is that word; where it has none, an object with one name that
 * begins with a dollar sign:
 *
 * | Lua | JSON |
 * |---|---|
 * | boolean; integer up to 2^53; string of UTF-8 | the same |
 * | integer beyond | `{"$integer": "9223372036854775807"}` |
 * | float with a fraction, or from 1e21 on | a number |
 * | float whose digits look like an integer | `{"$float": 1}` |
 * | float that JSON has no number for | `{"$float": "-0"}`, `"nan"`, `"inf"`, `"-inf"` |
 * | string of other bytes | `{"$base64": "/w=="}` |
 * | sequence, empty table | array |
 * | table with text keys only, none with a dollar sign in front | object |
 * | any other table | `{"$map": [[1, "a"], ["n", 2]]}` |
 *
 * Numbers are read as they are from JavaScript: `1` and `1.0` are the integer 1, `1e300` is a float. Where text is read
 * (`parseJson`), digits beyond 2^53 are the integer that they say.
 */

import { MAX_DEPTH } from "../limits.ts";
import { decodeUtf8 } from "./bytes.ts";
import { jsonTooDeep, loneSurrogateInJson, notAPair, nullNotStored, reservedName } from "./errors.ts";
import { fromJs } from "./js.ts";
import { ByteString, Float, float, integer, isWhole, Table, type TableKey, type Value } from "./value.ts";

/** What `JSON.stringify` takes as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const MARK = "$";

export function toJson(value: Value): Json {
  if (value instanceof ByteString) {
    return decodeUtf8(value.bytes) ?? { $base64: Buffer.from(value.bytes).toString("base64") };
  }
  if (value instanceof Float) return { $float: floatWord(value.value) };
  if (typeof value === "number") return isPlain(value) ? value : { $float: floatWord(value) };
  if (typeof value === "bigint") return { $integer: String(value) };
  if (!(value instanceof Table)) return value;
  const { items, keys, values } = value;
  if (keys.length === 0) return items.map(toJson);
  const object = items.length === 0 ? toObject(keys, values) : undefined;
  return object ?? { $map: pairsOf(value) };
}

function toObject(keys: readonly TableKey[], values: readonly Value[]): Json | undefined {
  const fields: [string, Json][] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const name = key instanceof ByteString ? decodeUtf8(key.bytes) : undefined;
    if (name === undefined || name.startsWith(MARK)) return undefined;
    fields.push([name, toJson(values[i]!)]);
  }
  return Object.fromEntries(fields); // which makes `__proto__` a name like any other
}

const pairsOf = ({ items, keys, values }: Table): Json => [
  ...items.map((item, i) => [i + 1, toJson(item)]),
  ...keys.map((key, i) => [toJson(key), toJson(values[i]!)]),
];

/** Whether a number is written as it is: an integer, or a float that no digits alone stand for. */
const isPlain = (n: number) => Number.isFinite(n) && (!Number.isInteger(n) || isWhole(n) || Math.abs(n) >= 1e21);

const floatWord = (n: number): Json => {
  if (Number.isNaN(n)) return "nan";
  if (Object.is(n, -0)) return "-0";
  return Number.isFinite(n) ? n : n > 0 ? "inf" : "-inf";
};

const floatWords = new Map<unknown, number>([
  ["nan", Number.NaN],
  ["-0", -0],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
]);

/**
 * The value that some JSON stands for.
 * @param json what `JSON.parse` made
 * @param name how to call the value in an error
 * @throws TypeError for null, and for an object with a dollar sign that is none of the forms; it names the place
 */
export function fromJson(json: unknown, name: string): Value {
  return fromJs(plain(json, name, 0), name)!;
}

/** The JSON with its forms resolved, for `fromJs`. */
function plain(json: unknown, path: string, depth: number): unknown {
  if (json === null || json === undefined) throw new TypeError(nullNotStored(path));
  if (typeof json === "string" && !json.isWellFormed()) {
    throw new TypeError(loneSurrogateInJson(path));
  }
  if (typeof json !== "object") return json;
  if (depth >= 2 * MAX_DEPTH) throw new TypeError(jsonTooDeep(path, MAX_DEPTH));
  if (Array.isArray(json)) return json.map((item, i) => plain(item, `${path}[${i}]`, depth + 1));
  const names = Object.keys(json);
  const form = names.find((one) => one.startsWith(MARK));
  if (form !== undefined) return formed(json as Record<string, unknown>, form, path, depth);
  return new Map(names.map((one) => [one, plain((json as Record<string, unknown>)[one], `${path}.${one}`, depth + 1)]));
}

function formed(json: Record<string, unknown>, form: string, path: string, depth: number): unknown {
  const content = json[form];
  if (Object.keys(json).length === 1) {
    if (form === "$base64" && isBase64(content)) return new ByteString(Uint8Array.from(Buffer.from(content, "base64")));
    if (form === "$float") {
      const isNumber = typeof content === "number" || typeof content === "bigint";
      const n = isNumber ? Number(content) : floatWords.get(content);
      if (n !== undefined) return float(n);
    }
    if (form === "$integer") {
      const n = integerIn(content);
      if (n !== undefined) return n;
    }
    if (form === "$map" && Array.isArray(content)) {
      return new Map(content.map((pair, i) => pairOf(pair, `${path}.$map[${i}]`, depth)));
    }
  }
  throw new TypeError(reservedName(path, MARK, form));
}

function pairOf(pair: unknown, path: string, depth: number): [unknown, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(notAPair(path));
  const key = plain(pair[0], `${path}[0]`, depth + 2);
  // Lua makes integers of whole floats that are keys.
  return [key instanceof Float ? key.value : key, plain(pair[1], `${path}[1]`, depth + 2)];
}

const integerIn = (content: unknown) =>
  typeof content === "string" && /^-?\d{1,20}$/.test(content) ? integer(BigInt(content)) : undefined;

/** Texts, and integers that a number may not hold exactly. */
const longIntegers = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?[1-9]\d{15,19}(?![\d.eE])/g;

/**
 * As `JSON.parse`, and exact: an integer beyond 2^53 is a bigint while it has 64 bits at most, and so is what
 * `{"$integer": "…"}` stands for.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const exact = text.replace(longIntegers, (part) => (part.startsWith('"') ? part : marked(part)));
  return JSON.parse(exact, (_, value) => {
    const isMarked = typeof value === "object" && value !== null && "$integer" in value && hasOneName(value);
    return isMarked ? (integerIn(value.$integer) ?? value) : value;
  });
}

/** The JSON text of plain data; an integer that a JavaScript number can't hold is written as `{"$integer": "…"}`. */
export const jsonText = (data: unknown, indent?: number): string =>
  JSON.stringify(data, (_, part) => (typeof part === "bigint" ? { $integer: String(part) } : part), indent);

const marked = (digits: string) => (integerIn(digits) === undefined ? digits : `{"$integer":"${digits}"}`);
const hasOneName = (object: object) => Object.keys(object).length === 1;

const isBase64 = (text: unknown): text is string =>
  typeof text === "string" && Buffer.from(text, "base64").toString("base64") === text;
