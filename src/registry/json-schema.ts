/** The JSON Schema (draft-07) of registry files, for editors: made of the schemas that check the files. */
import type { Data } from "./data.ts";
import { type About, about, isOptional, type Schema } from "./field.ts";

/** A kind of entries, as far as its form goes. */
interface Form {
  readonly name: string;
  readonly summary: string;
  readonly schema: Schema;
}

type Json = { readonly [keyword: string]: Data };

/** A variable of the environment may stand for any scalar. */
const placeholder: Json = { type: "string", pattern: "\\$\\{env:" };

/** A schema that holds others, as the helpers of compound.ts make it. */
interface Compound {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
}

const listOf = (item: Json): Json => ({ type: "array", items: item });

function bounds({ min, max }: About): Json {
  return {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined || !Number.isSafeInteger(max) || max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max }),
  };
}

function scalar(what: About): Json {
  switch (what.field) {
    case "wholeNumber":
      return { anyOf: [{ type: "integer", ...bounds(what) }, placeholder] };
    case "flag":
      return { anyOf: [{ type: "boolean" }, placeholder] };
    case "oneOf":
      return { anyOf: [{ enum: [...(what.words ?? [])] }, placeholder] };
    case "duration":
      return { anyOf: [{ type: "string" }, { const: 0 }] };
    case "size":
      return { anyOf: [{ type: "string" }, { type: "integer", minimum: 0 }] };
    default:
      return { type: "string" };
  }
}

function formOf(schema: Schema, what: About | undefined): Json {
  const { entries, item } = (isOptional(schema) ? schema.wrapped : schema) as Compound & Schema;
  if (entries !== undefined) return mapping(entries);
  switch (what?.field) {
    case undefined:
    case "data":
      return {};
    case "list":
      return listOf(jsonOf(item!));
    case "oneOrMany":
      return { anyOf: [jsonOf(item!), listOf(jsonOf(item!))] };
    case "record":
      return { type: "object", additionalProperties: jsonOf(item!) };
    default:
      return scalar(what!);
  }
}

function jsonOf(schema: Schema): Json {
  const what = about(schema);
  const { description, default: byDefault } = what ?? {};
  return {
    ...formOf(schema, what),
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault as Data }),
  };
}

function mapping(entries: Readonly<Record<string, Schema>>, more: Json = {}): Json {
  const names = Object.keys(entries);
  return {
    type: "object",
    properties: { ...more, ...Object.fromEntries(names.map((name) => [name, jsonOf(entries[name]!)])) },
    required: names.filter((name) => !isOptional(entries[name]!)),
    additionalProperties: false,
  };
}

const name: Json = { type: "string", description: "its id is namespace:name" };
const common = (kind: Json): Json => ({
  name,
  kind,
  meta: { type: "object", description: "notes for people" },
  lifecycle: { type: "object", description: "accepted, without effect" },
});

function entry({ name: kind, summary, schema }: Form, more: Json): Json {
  const { entries = {} } = schema as Compound & Schema;
  const form = mapping(entries, { ...more, ...common({ const: kind, description: summary }) });
  return { ...form, title: kind, description: summary, required: ["name", "kind", ...(form.required as string[])] };
}

/** The schema of a file with entries of these kinds: a list of them, or one by itself. */
export function jsonSchema(kinds: readonly Form[]): Json {
  const head: Json = {
    version: { enum: ["1.0", 1.0], description: "the version of the file format" },
    namespace: { type: "string", description: "the first part of the ids of its entries" },
  };
  const entries = listOf({ anyOf: kinds.map((kind) => entry(kind, {})) });
  const several: Json = {
    type: "object",
    properties: { ...head, entries },
    required: ["version", "namespace", "entries"],
    additionalProperties: false,
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A registry of moonkeep",
    anyOf: [several, ...kinds.map((kind) => entry(kind, head))],
  };
}
