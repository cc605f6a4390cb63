/** The keywords of JSON Schema, each with what it makes of its argument. */
import { constantPattern, type Find } from "../../security/regexp.ts";
import { ByteString, Table } from "../../value/value.ts";
import type { Json } from "./null.ts";
import { formats } from "./schema-formats.ts";
import {
  type Check,
  type Compiling,
  canonical,
  hasType,
  invalid,
  isArray,
  isObject,
  numberOf,
  typeName,
} from "./validation.ts";

interface Place {
  /** The other keywords of the same schema. */
  readonly beside: ReadonlyMap<string, Json>;
  readonly compiler: Compiling;
  /** For errors: `schema.properties.age.minimum`. */
  readonly at: string;
}
type Keyword = (argument: Json, place: Place) => Check | undefined;

const always: Check = () => true;

/** Characters that a pattern reads in the time of one step. */
const LETTERS_A_STEP = 4;

// ---- arguments ----

function number(argument: Json, { at }: Place): number {
  const n = numberOf(argument);
  if (n === undefined) throw invalid(`${at}: expected a number, got ${typeName(argument)}`);
  return n;
}

function count(argument: Json, { at }: Place): number {
  const n = numberOf(argument);
  if (n === undefined || !Number.isInteger(n) || n < 0) {
    throw invalid(`${at}: expected a whole number, 0 or more, got ${n ?? typeName(argument)}`);
  }
  return n;
}

function text(argument: Json, { at }: Place): string {
  if (argument instanceof ByteString) return argument.toString();
  throw invalid(`${at}: expected a string, got ${typeName(argument)}`);
}

function items(argument: Json, { at }: Place): readonly Json[] {
  if (isArray(argument)) return argument.items;
  throw invalid(`${at}: expected a list, got ${typeName(argument)}`);
}

const texts = (argument: Json, place: Place): readonly string[] =>
  items(argument, place).map((item, i) => text(item, { ...place, at: `${place.at}[${i + 1}]` }));

function fields(argument: Json, { at }: Place): readonly (readonly [string, Json])[] {
  if (!isObject(argument)) throw invalid(`${at}: expected names and their schemas, got ${typeName(argument)}`);
  return argument.keys.map((key, i) => [String(key), argument.values[i]!]);
}

const schemas = (argument: Json, { compiler, at, ...place }: Place): readonly Check[] => {
  const given = items(argument, { compiler, at, ...place });
  if (given.length === 0) throw invalid(`${at}: expected one schema at least`);
  return given.map((schema, i) => compiler.compile(schema, `${at}[${i + 1}]`));
};

const named = (argument: Json, place: Place): readonly (readonly [string, Check])[] =>
  fields(argument, place).map(([name, schema]) => [name, place.compiler.compile(schema, `${place.at}.${name}`)]);

const schema = (argument: Json, { compiler, at }: Place): Check => compiler.compile(argument, at);

function pattern(source: string, at: string): Find {
  const find = constantPattern(source);
  if (typeof find === "string") throw invalid(`${at}: ${find}`);
  return find;
}

// ---- for one type of values; any other is valid ----

const onNumber = (holds: (n: number, limit: number) => boolean, wanted: (limit: number) => string): Keyword => {
  return (argument, place) => {
    const limit = number(argument, place);
    return (value, run) => {
      const n = numberOf(value);
      return n === undefined || holds(n, limit) || run.fail(`expected ${wanted(limit)}, got ${n}`);
    };
  };
};

const codePoints = (value: ByteString): number => {
  let n = 0;
  for (const byte of value.bytes) if (byte >> 6 !== 2) n++;
  return n;
};

/** A limit for how many there are of something. */
const onSize = (
  sizeOf: (value: Json) => number | undefined,
  holds: (size: number, limit: number) => boolean,
  wanted: string,
  unit: string,
): Keyword => {
  return (argument, place) => {
    const limit = count(argument, place);
    return (value, run) => {
      const size = sizeOf(value);
      return size === undefined || holds(size, limit) || run.fail(`expected ${wanted} ${limit} ${unit}, got ${size}`);
    };
  };
};

const most = (size: number, limit: number) => size <= limit;
const least = (size: number, limit: number) => size >= limit;
const letters = (value: Json) => (value instanceof ByteString ? codePoints(value) : undefined);
const length = (value: Json) => (isArray(value) ? value.items.length : undefined);
const width = (value: Json) => (isObject(value) ? value.keys.length : undefined);

/** Whether a number is a multiple, as far as floats can tell: 0.3 is one of 0.1. */
function isMultiple(n: number, of: number): boolean {
  const quotient = n / of;
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON * 2;
}

const type: Keyword = (argument, place) => {
  const names = argument instanceof ByteString ? [argument.toString()] : texts(argument, place);
  const known = ["null", "boolean", "integer", "number", "string", "array", "object"];
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw invalid(`${place.at}: there is no type "${stray}"; the types are ${known.join(", ")}`);
  const wanted = names.join(" or ");
  return (value, run) =>
    names.some((name) => hasType(value, name)) || run.fail(`expected ${wanted}, got ${typeName(value)}`);
};

const among = (values: readonly Json[], wanted: string): Check => {
  const known = new Set(values.map(canonical));
  const hasTables = values.some((value) => value instanceof Table);
  return (value, run) => {
    if (value instanceof Table && !hasTables) return run.fail(`expected ${wanted}, got ${typeName(value)}`);
    return known.has(canonical(value)) || run.fail(`expected ${wanted}`);
  };
};

const shown = (values: readonly Json[]): string => {
  const list = values.slice(0, 10).map((value) => canonical(value).slice(0, 40));
  return values.length > 10 ? `one of ${list.join(", ")} …` : list.join(" or ");
};

// ---- for lists and objects ----

const listItems: Keyword = (argument, place) => {
  const from = place.beside.get("prefixItems");
  const skipped = from !== undefined && isArray(from) ? from.items.length : 0;
  const check = schema(argument, place);
  return (value, run) => {
    if (!isArray(value)) return true;
    let isValid = true;
    for (let i = skipped; i < value.items.length; i++) if (!run.at(i + 1, value.items[i]!, check)) isValid = false;
    return isValid;
  };
};

const prefixItems: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => {
    if (!isArray(value)) return true;
    let isValid = true;
    value.items.slice(0, checks.length).forEach((item, i) => {
      if (!run.at(i + 1, item, checks[i]!)) isValid = false;
    });
    return isValid;
  };
};

const contains: Keyword = (argument, place) => {
  const check = schema(argument, place);
  const [min, max] = ["minContains", "maxContains"].map((name) => {
    const given = place.beside.get(name);
    return given === undefined ? undefined : count(given, place);
  });
  const [fewest, greatest] = [min ?? 1, max ?? Number.POSITIVE_INFINITY];
  return (value, run) => {
    if (!isArray(value)) return true;
    const n = value.items.filter((item) => run.quietly(item, check)).length;
    if (n >= fewest && n <= greatest) return true;
    const range = max === undefined ? `at least ${fewest}` : `${fewest} to ${greatest}`;
    return run.fail(`expected ${range} of the items to be as "contains" says, got ${n}`);
  };
};

const uniqueItems: Keyword = (argument) => {
  if (argument !== true) return undefined;
  return (value, run) => {
    if (!isArray(value)) return true;
    const seen = new Map<string, number>();
    for (let i = 0; i < value.items.length; i++) {
      const same = canonical(value.items[i]!);
      const before = seen.get(same);
      if (before !== undefined) return run.fail(`items ${before} and ${i + 1} are equal`);
      seen.set(same, i + 1);
    }
    return true;
  };
};

const properties: Keyword = (argument, place) => {
  const checks = new Map(named(argument, place));
  return (value, run) => {
    if (!isObject(value)) return true;
    let isValid = true;
    value.keys.forEach((key, i) => {
      const name = String(key);
      const check = checks.get(name);
      if (check !== undefined && !run.at(name, value.values[i]!, check)) isValid = false;
    });
    return isValid;
  };
};

const patternsOf = (argument: Json, place: Place) =>
  named(argument, place).map(([source, check]) => ({ find: pattern(source, place.at), check }));

const patternProperties: Keyword = (argument, place) => {
  const patterns = patternsOf(argument, place);
  return (value, run) => {
    if (!isObject(value)) return true;
    let isValid = true;
    value.keys.forEach((key, i) => {
      const name = String(key);
      run.step((patterns.length * name.length) / LETTERS_A_STEP);
      for (const { find, check } of patterns) {
        if (find(name) && !run.at(name, value.values[i]!, check)) isValid = false;
      }
    });
    return isValid;
  };
};

const additionalProperties: Keyword = (argument, place) => {
  const known = place.beside.get("properties");
  const names = new Set(known === undefined ? [] : fields(known, place).map(([name]) => name));
  const other = place.beside.get("patternProperties");
  const patterns = other === undefined ? [] : fields(other, place).map(([source]) => pattern(source, place.at));
  const check = schema(argument, place);
  return (value, run) => {
    if (!isObject(value)) return true;
    let isValid = true;
    value.keys.forEach((key, i) => {
      const name = String(key);
      run.step((patterns.length * name.length) / LETTERS_A_STEP);
      if (names.has(name) || patterns.some((find) => find(name))) return;
      if (argument === false) isValid = run.fail(`there must be no "${name}"`);
      else if (!run.at(name, value.values[i]!, check)) isValid = false;
    });
    return isValid;
  };
};

const propertyNames: Keyword = (argument, place) => {
  const check = schema(argument, place);
  return (value, run) => {
    if (!isObject(value)) return true;
    const bad = value.keys.find((key) => !run.quietly(key as Json, check));
    return bad === undefined || run.fail(`the name "${String(bad)}" is not as it should be`);
  };
};

const requiredNames = (names: readonly string[]): Check => {
  return (value, run) => {
    if (!isObject(value)) return true;
    const present = new Set(value.keys.map(String));
    let isValid = true;
    for (const name of names) if (!present.has(name)) isValid = run.fail(`"${name}" is missing`);
    return isValid;
  };
};

/** What holds only for objects that have a property. */
const dependent = (checks: readonly (readonly [string, Check])[]): Check => {
  return (value, run) => {
    if (!isObject(value)) return true;
    const present = new Set(value.keys.map(String));
    let isValid = true;
    for (const [name, check] of checks) if (present.has(name) && !check(value, run)) isValid = false;
    return isValid;
  };
};

// ---- several schemas together ----

const allOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => checks.map((check) => check(value, run)).every(Boolean);
};

const anyOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) =>
    checks.some((check) => run.quietly(value, check)) ||
    run.fail(`none of the ${checks.length} schemas of anyOf holds`);
};

const oneOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => {
    const n = checks.filter((check) => run.quietly(value, check)).length;
    return n === 1 || run.fail(`expected one of the ${checks.length} schemas of oneOf to hold, ${n} do`);
  };
};

const not: Keyword = (argument, place) => {
  const check = schema(argument, place);
  return (value, run) => !run.quietly(value, check) || run.fail('it is just what "not" rules out');
};

const choice: Keyword = (argument, place) => {
  const part = (name: "then" | "else") => {
    const given = place.beside.get(name);
    return given === undefined ? always : schema(given, { ...place, at: place.at.replace(/if$/, name) });
  };
  const test = schema(argument, place);
  const [yes, no] = [part("then"), part("else")];
  return (value, run) => (run.quietly(value, test) ? yes(value, run) : no(value, run));
};

const patternKeyword: Keyword = (argument, place) => {
  const source = text(argument, place);
  const find = pattern(source, place.at);
  return (value, run) => {
    if (!(value instanceof ByteString)) return true;
    run.step((source.length * value.length) / 64 + value.length / LETTERS_A_STEP);
    return find(value.toString()) || run.fail(`expected a text that matches ${JSON.stringify(source)}`);
  };
};

const format: Keyword = (argument, place) => {
  const name = text(argument, place);
  const test = formats.get(name);
  if (test === undefined) {
    throw invalid(`${place.at}: there is no format "${name}"; the formats are ${[...formats.keys()].join(", ")}`);
  }
  return (value, run) => {
    if (!(value instanceof ByteString)) return true;
    run.step(value.length / LETTERS_A_STEP);
    return test(value.toString()) || run.fail(`expected a text of the format ${name}`);
  };
};

const required: Keyword = (argument, place) => requiredNames(texts(argument, place));

/** Looked at by another keyword, or only there for people; schemas in definitions are compiled where they are used. */
const byOthers: Keyword = () => undefined;

const table: Readonly<Record<string, Keyword>> = {
  type,
  enum: (argument, place) => among(items(argument, place), shown(items(argument, place))),
  const: (argument) => among([argument], shown([argument])),
  minimum: onNumber(
    (n, limit) => n >= limit,
    (limit) => `at least ${limit}`,
  ),
  maximum: onNumber(
    (n, limit) => n <= limit,
    (limit) => `at most ${limit}`,
  ),
  exclusiveMinimum: onNumber(
    (n, limit) => n > limit,
    (limit) => `more than ${limit}`,
  ),
  exclusiveMaximum: onNumber(
    (n, limit) => n < limit,
    (limit) => `less than ${limit}`,
  ),
  multipleOf: (argument, place) => {
    if (!(number(argument, place) > 0)) throw invalid(`${place.at}: expected a number above 0`);
    return onNumber(isMultiple, (of) => `a multiple of ${of}`)(argument, place);
  },
  minLength: onSize(letters, least, "at least", "characters"),
  maxLength: onSize(letters, most, "at most", "characters"),
  pattern: patternKeyword,
  format,
  minItems: onSize(length, least, "at least", "items"),
  maxItems: onSize(length, most, "at most", "items"),
  uniqueItems,
  items: listItems,
  prefixItems,
  contains,
  minProperties: onSize(width, least, "at least", "properties"),
  maxProperties: onSize(width, most, "at most", "properties"),
  required,
  properties,
  patternProperties,
  additionalProperties,
  propertyNames,
  dependentRequired: (argument, place) =>
    dependent(fields(argument, place).map(([name, names]) => [name, requiredNames(texts(names, place))])),
  dependentSchemas: (argument, place) => dependent(named(argument, place)),
  allOf,
  anyOf,
  oneOf,
  not,
  if: choice,
  $ref: (argument, place) => place.compiler.resolve(text(argument, place), place.at),
};

const silent =
  "then else minContains maxContains $defs definitions $schema $id $comment title description default examples " +
  "deprecated readOnly writeOnly contentEncoding contentMediaType nullable";

/** Every keyword that a schema may have. */
export const keywords: ReadonlySet<string> = new Set([...Object.keys(table), ...silent.split(" ")]);

export function compileKeyword(
  keyword: string,
  argument: Json,
  beside: ReadonlyMap<string, Json>,
  compiler: Compiling,
  at: string,
): Check | undefined {
  const make = Object.hasOwn(table, keyword) ? table[keyword]! : byOthers;
  return make(argument, { beside, compiler, at });
}
