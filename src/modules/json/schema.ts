/**
 * JSON Schema (draft 2020-12, less what the table of docs/modules/json.md leaves out), compiled to closures. Nothing
 * is evaluated as code, patterns run in linear time (RE2's syntax), and one validation has a limit of steps: schemas
 * and values may both come from strangers.
 */

import { MoonkeepError } from "../../errors.ts";
import { work } from "../../lua/meter/meter.ts";
import { TextCache } from "../../value/cache.ts";
import { ByteString, Table } from "../../value/value.ts";
import { encode } from "./encode.ts";
import {
  danglingReference,
  foreignReference,
  keywordNotString,
  noSuchKeyword,
  notASchema,
  nothingAllowed,
} from "./errors.ts";
import type { Json } from "./null.ts";
import { compileKeyword, keywords } from "./schema-keywords.ts";
import { type Check, type Compiling, canonicalOptions, invalid, short, typeName, Validation } from "./validation.ts";

/** A schema while it is compiled: what it may refer to, and where one is in it. */
class Compiler implements Compiling {
  readonly #root: Json;
  readonly #compiled = new Map<Json, Check>();
  /** Of tables that references lead through: their fields by name. */
  readonly #fields = new Map<Table, ReadonlyMap<string, Json>>();

  constructor(root: Json) {
    this.#root = root;
  }

  /** @param at the place in the schema, for errors: `schema.properties.age` */
  compile(schema: Json, at: string): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_, run) => run.fail(nothingAllowed);
    if (!(schema instanceof Table) || schema.items.length > 0) {
      throw invalid(notASchema(at, typeName(schema)));
    }
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    work(STEPS_TO_COMPILE * (1 + schema.keys.length));
    const checks: Check[] = [];
    const all: Check = (value, run) => {
      let isValid = true;
      for (const check of checks) if (!check(value, run)) isValid = false;
      return isValid;
    };
    const check: Check = (value, run) => run.below(value, all);
    if (schema.keys.length > 0) this.#compiled.set(schema, check); // before its parts, which may refer back to it
    const given = fieldsOf(schema, at);
    for (const [keyword, argument] of given) {
      const made = compileKeyword(keyword, argument, given, this, `${at}.${keyword}`);
      if (made !== undefined) checks.push(made);
    }
    return check;
  }

  /** What `$ref` names: `#`, or a path from the root such as `#/$defs/name`. */
  resolve(reference: string, at: string): Check {
    if (!/^#(\/|$)/.test(reference)) {
      throw invalid(foreignReference(at));
    }
    let target: Json | undefined = this.#root;
    work(reference.length);
    for (const part of reference.split("/").slice(1)) {
      const name = decodeURIComponentSafe(part).replaceAll("~1", "/").replaceAll("~0", "~");
      target = target instanceof Table ? (this.#field(target, name) ?? target.items[Number(name)]) : undefined;
    }
    if (target === undefined) throw invalid(danglingReference(at, short(reference)));
    const check = this.compile(target, reference);
    return (value, run) => run.below(value, check);
  }

  /** By its name: many references may lead through one large table. */
  #field(table: Table, name: string): Json | undefined {
    let fields = this.#fields.get(table);
    if (fields === undefined) {
      work(table.keys.length);
      fields = new Map(table.keys.map((key, i) => [key instanceof ByteString ? key.toString() : "", table.values[i]!]));
      this.#fields.set(table, fields);
    }
    return fields.get(name);
  }
}

/** Of each keyword. */
const STEPS_TO_COMPILE = 20;

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// ---- reading a schema ----

/** Keywords and their arguments. */
function fieldsOf(schema: Table, at: string): ReadonlyMap<string, Json> {
  const fields = new Map<string, Json>();
  schema.keys.forEach((key, i) => {
    if (!(key instanceof ByteString)) throw invalid(keywordNotString(at, String(key)));
    const name = key.toString();
    if (!keywords.has(name) && !name.startsWith("x-")) throw unknownKeyword(name, at);
    fields.set(name, schema.values[i]!);
  });
  return fields;
}

function unknownKeyword(name: string, at: string): MoonkeepError {
  const known = [...keywords].find((one) => one.toLowerCase() === name.toLowerCase());
  const hint = known === undefined ? "; one of your own begins with x-" : `; did you mean "${known}"?`;
  return invalid(noSuchKeyword(at, short(name), hint));
}

// ---- compiled schemas are kept by their text ----

/** A check takes some twenty times the text of its schema. */
const kept = new TextCache<Check>({ most: 100, bytes: 8 << 20, weight: 20 });

function compiled(schema: Json): Check {
  const text = encode(schema, { ...canonicalOptions, sort: false }).toString();
  const known = kept.get(text);
  if (known !== undefined) return known;
  const check = new Compiler(schema).compile(schema, "schema");
  kept.set(text, check);
  return check;
}

/** @throws MoonkeepError INVALID, with all that is wrong as its details; also for what is not a schema */
/** @param isMissing whether there is no value, and null stands for it */
export function validate(schema: Json, value: Json, isMissing = false): true {
  const run = new Validation();
  if (compiled(schema)(value, run)) return true;
  const [first, ...more] = run.problems;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const what = isMissing ? `value is missing: ${first!.message}` : `${first!.path}: ${first!.message}`;
  throw new MoonkeepError("INVALID", `${what}${others}`, {
    details: { problems: run.problems.map((problem) => ({ ...problem })) },
  });
}
