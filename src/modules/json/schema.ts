/**
 * JSON Schema (draft 2020-12, less what the table of docs/modules/json.md leaves out), compiled to closures. Nothing
 * is evaluated as code, patterns run in linear time (RE2's syntax), and one validation has a limit of steps: schemas
 * and values may both come from strangers.
 */
import { MoonkeepError } from "../../errors.ts";
import { ByteString, Table } from "../../value/value.ts";
import { encode } from "./encode.ts";
import type { Json } from "./null.ts";
import { compileKeyword, keywords } from "./schema-keywords.ts";
import { type Check, type Compiling, canonicalOptions, invalid, typeName, Validation } from "./validation.ts";

/** A schema while it is compiled: what it may refer to, and where one is in it. */
class Compiler implements Compiling {
  readonly #root: Json;
  readonly #compiled = new Map<Json, Check>();

  constructor(root: Json) {
    this.#root = root;
  }

  /** @param at the place in the schema, for errors: `schema.properties.age` */
  compile(schema: Json, at: string): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_, run) => run.fail("nothing is allowed here");
    if (!(schema instanceof Table) || schema.items.length > 0) {
      throw invalid(`${at}: expected a schema: a table of keywords, or a boolean, got ${typeName(schema)}`);
    }
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
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
      throw invalid(`${at}: only references within the schema can be followed, as "#/$defs/name"`);
    }
    let target: Json | undefined = this.#root;
    for (const part of reference.split("/").slice(1)) {
      const name = decodeURIComponentSafe(part).replaceAll("~1", "/").replaceAll("~0", "~");
      target = target instanceof Table ? (fieldOf(target, name) ?? target.items[Number(name)]) : undefined;
    }
    if (target === undefined) throw invalid(`${at}: there is nothing at "${reference}"`);
    const check = this.compile(target, reference);
    return (value, run) => run.below(value, check);
  }
}

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
    if (!(key instanceof ByteString)) throw invalid(`${at}: a keyword is a string, got ${String(key)}`);
    const name = key.toString();
    if (!keywords.has(name) && !name.startsWith("x-")) throw unknownKeyword(name, at);
    fields.set(name, schema.values[i]!);
  });
  return fields;
}

function unknownKeyword(name: string, at: string): MoonkeepError {
  const known = [...keywords].find((one) => one.toLowerCase() === name.toLowerCase());
  const hint = known === undefined ? "; one of your own begins with x-" : `; did you mean "${known}"?`;
  return invalid(`${at}: there is no keyword "${name}"${hint}`);
}

function fieldOf(table: Table, name: string): Json | undefined {
  return table.values[table.keys.findIndex((key) => key instanceof ByteString && key.toString() === name)];
}

// ---- compiled schemas are kept by their text ----

const kept = new Map<string, Check>();
const MAX_KEPT = 100;
const MAX_KEPT_LENGTH = 20_000;

function compiled(schema: Json): Check {
  const text = encode(schema, { ...canonicalOptions, sort: false });
  const known = kept.get(text);
  if (known !== undefined) return known;
  const check = new Compiler(schema).compile(schema, "schema");
  if (text.length > MAX_KEPT_LENGTH) return check;
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(text, check);
  return check;
}

/** @throws MoonkeepError INVALID, with all that is wrong as its details; also for what is no schema */
export function validate(schema: Json, value: Json): true {
  const run = new Validation();
  if (compiled(schema)(value, run)) return true;
  const [first, ...more] = run.problems;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  throw new MoonkeepError("INVALID", `${first!.path}: ${first!.message}${others}`, {
    details: { problems: run.problems.map((problem) => ({ ...problem })) },
  });
}
