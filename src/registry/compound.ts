/** Fields that hold fields. */

import * as v from "valibot";
import { MoonkeepError } from "../errors.ts";
import { type Data, dataFrom } from "./data.ts";
import * as errors from "./errors.ts";
import { ALREADY_REPORTED, about, type FieldOptions, isOptional, type Output, type Schema } from "./field.ts";
import { isMapping, scalarsOf, type Tree } from "./tree.ts";

export type Entries = Readonly<Record<string, Schema>>;
/** A mapping with these fields; `entries` are the fields by name. */
export type Fields<E extends Entries> = Schema<FieldsOutput<E>, FieldsInput<E>> & { readonly entries: E };
type FieldsOutput<E extends Entries> = Readonly<v.InferOutput<v.StrictObjectSchema<E, undefined>>>;
type FieldsInput<E extends Entries> = v.InferInput<v.StrictObjectSchema<E, undefined>>;

type RawContext = Parameters<Parameters<typeof v.rawTransform<unknown, unknown>>[0]>[0];
type Issue = v.BaseIssue<unknown>;
type Step = v.IssuePathItem;

/**
 * A mapping with these fields and no others. valibot's own strict object stops at the first field that it does not
 * know, and takes a list for an object; here every unknown field is a problem, and only a mapping is a mapping.
 */
export function fields<const E extends Entries>(entries: E, options: FieldOptions = {}): Fields<E> {
  const names = Object.keys(entries);
  const read = (context: RawContext): unknown => {
    const { dataset, addIssue, NEVER } = context;
    const input: unknown = dataset.value;
    if (!isMapping(input)) {
      addIssue({ message: errors.expected(errors.mappingWith(names.join(", ")), input), input });
      return NEVER;
    }
    const output: Record<string, unknown> = {};
    for (const name of names) {
      const schema = entries[name]!;
      if (Object.hasOwn(input, name) || isOptional(schema)) {
        const value = readPart(context, schema, input, name);
        if (value !== undefined) output[name] = value;
      } else addIssue({ message: errors.missingField(name), input });
    }
    for (const key of Object.keys(input)) if (!Object.hasOwn(entries, key)) addUnknown(context, input, key, names);
    return output;
  };
  const metadata = v.metadata({ field: "fields", expects: "a mapping", ...options });
  return Object.assign(v.pipe(v.unknown(), v.rawTransform(read), metadata), { entries }) as unknown as Fields<E>;
}

/** A field that may be left out; then it has the default, which is written as in a file, or is absent. */
export function optional<S extends Schema>(schema: S): v.OptionalSchema<S, undefined>;
export function optional<S extends Schema, const D extends v.InferInput<S>>(
  schema: S,
  byDefault: D,
): v.OptionalSchema<S, D>;
export function optional(schema: Schema, byDefault?: unknown): Schema {
  return v.optional(schema, byDefault);
}

/** A list, each item of which is as `item` says. */
export function list<S extends Schema>(
  item: S,
  options: FieldOptions = {},
): Schema<readonly Output<S>[], readonly v.InferInput<S>[]> {
  const schema = v.array(item, (issue) => errors.expected("a list", issue.input));
  return Object.assign(v.pipe(schema, v.metadata({ field: "list", expects: "a list", ...options })), { item });
}

/** A list, or its only item by itself. The result is always a list. */
export function oneOrMany<S extends Schema>(
  item: S,
  options: FieldOptions = {},
): Schema<readonly Output<S>[], v.InferInput<S> | readonly v.InferInput<S>[]> {
  const expects = `${about(item)?.expects ?? "one item"}, or a list`;
  const many = v.array(item);
  const one = v.pipe(
    item,
    v.transform((value): unknown => [value]),
  );
  const neither = v.custom(
    () => false,
    (issue) => errors.expected(expects, issue.input),
  );
  const takesMapping = "entries" in item;
  const either = v.lazy((input) => (Array.isArray(input) ? many : isMapping(input) && !takesMapping ? neither : one));
  const metadata = v.metadata({ field: "oneOrMany", expects, ...options });
  return Object.assign(v.pipe(either as Schema, metadata), { item }) as unknown as ReturnType<typeof oneOrMany<S>>;
}

/** A mapping with keys of people's own choice, each value of which is as `item` says. It has no prototype. */
export function record<S extends Schema>(
  item: S,
  options: FieldOptions = {},
): Schema<Readonly<Record<string, Output<S>>>, Readonly<Record<string, v.InferInput<S>>>> {
  const read = (context: RawContext): unknown => {
    const input: unknown = context.dataset.value;
    if (!isMapping(input)) {
      context.addIssue({ message: errors.expected("a mapping", input), input });
      return context.NEVER;
    }
    const output: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(input)) output[key] = readPart(context, item, input, key);
    return output;
  };
  const metadata = v.metadata({ field: "record", expects: "a mapping", ...options });
  const schema = v.pipe(v.unknown(), v.rawTransform(read), metadata);
  return Object.assign(schema, { item }) as unknown as ReturnType<typeof record<S>>;
}

/** Data of any form: what a policy compares with, what an actor is known for. */
export function data(options: FieldOptions = {}): Schema<Data, Data> {
  const read = ({ dataset, addIssue, NEVER }: RawContext): Data => {
    const input = dataset.value as Tree;
    if (!scalarsOf(input).some((scalar) => scalar.broken)) return dataFrom(input);
    addIssue({ message: ALREADY_REPORTED, input });
    return NEVER;
  };
  const metadata = v.metadata({ field: "data", expects: "any value", ...options });
  return v.pipe(v.unknown(), v.rawTransform(read), metadata) as unknown as Schema<Data, Data>;
}

/** Says what is wrong; the path counts from the field that is checked. */
export type Report = (message: string, path?: readonly (string | number)[]) => void;

/**
 * What a kind checks or compiles by itself once the fields are right. `check` returns what the configuration is to
 * hold, and says what is wrong with `report`; a MoonkeepError of kind INVALID that it throws is reported for it.
 * A message about a value that an environment variable filled gives way to one without it, so a message about a whole
 * mapping should quote no value.
 */
export function custom<S extends Schema, Result>(
  schema: S,
  check: (value: Output<S>, report: Report) => Result,
): Schema<Result, v.InferInput<S>> & Omit<S, keyof Schema> {
  const action = v.rawTransform<Output<S>, Result>(({ dataset, addIssue, NEVER }) => {
    const input = dataset.value;
    const report: Report = (message, path = []) => {
      addIssue(path.length === 0 ? { message, input } : { message, input, path: steps(input, path) });
    };
    try {
      return check(input, report);
    } catch (error) {
      if (!(error instanceof MoonkeepError && error.kind === "INVALID")) throw error;
      report(error.message);
      return NEVER;
    }
  });
  return v.pipe(schema, action) as unknown as Schema<Result, v.InferInput<S>> & Omit<S, keyof Schema>;
}

/** Reads one part of a mapping, and passes on what is wrong with it. */
function readPart({ addIssue }: RawContext, schema: Schema, input: Readonly<Record<string, unknown>>, key: string) {
  const value = input[key];
  const result = v.safeParse(schema, value);
  for (const issue of result.issues ?? []) addIssue(below(issue, step(input, key, "value")));
  return result.success ? result.output : undefined;
}

function addUnknown(
  { addIssue }: RawContext,
  input: Readonly<Record<string, unknown>>,
  key: string,
  names: string[],
): void {
  addIssue({ message: errors.unknownField(key, names), input, path: [step(input, key, "key")] });
}

/** The issue of a part, as one of the whole. */
function below(issue: Issue, first: Step) {
  const path: [Step, ...Step[]] = [first, ...(issue.path ?? [])];
  return { message: issue.message, input: issue.input, path };
}

function step(input: Readonly<Record<string, unknown>>, key: string, origin: "key" | "value"): Step {
  return { type: "object", origin, input, key, value: input[key] };
}

function steps(input: unknown, path: readonly (string | number)[]): [Step, ...Step[]] {
  return path.map((key): Step => ({ type: "unknown", origin: "value", input, key, value: undefined })) as [
    Step,
    ...Step[],
  ];
}
