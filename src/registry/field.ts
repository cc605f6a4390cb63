/** How one value of a file is read: the part that all kinds of fields share. */

import * as v from "valibot";
import * as errors from "./errors.ts";
import { Scalar } from "./tree.ts";

/** What checks and turns one value, or a whole entry, into what a kind works with. */
export type Schema<Output = unknown, Input = unknown> = v.GenericSchema<Input, Output>;
/** The type that a schema makes. */
export type Output<S extends Schema> = v.InferOutput<S>;

/** What a field is, for editors and documentation. */
export interface About {
  /** The helper that made it: "text", "duration", "ref" ... */
  readonly field: string;
  /** As a noun, for "expected ...": `a whole number of entries`. */
  readonly expects: string;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The words that it takes. */
  readonly words?: readonly string[] | undefined;
  /** The kinds of entries that it refers to. */
  readonly kinds?: readonly string[] | undefined;
  /** Whether it may be left out, and what it is then, as one would write it. */
  readonly optional?: boolean;
  readonly default?: unknown;
}

export interface FieldOptions {
  /** One sentence for people, without a full stop. */
  readonly description?: string;
}

/** What a field is; undefined for a schema that no helper of this folder made. */
export function about(schema: Schema): About | undefined {
  if (isOptional(schema)) {
    const inner = about(schema.wrapped);
    return inner && { ...inner, optional: true, default: schema.default };
  }
  const found: Partial<About> = v.getMetadata(schema as v.SchemaWithPipe<readonly [Schema]>);
  return found.field === undefined ? undefined : (found as About);
}

export function isOptional(schema: Schema): schema is v.OptionalSchema<Schema, unknown> {
  return schema.type === "optional";
}

/** The message of an issue that nobody needs to see, since another problem stands for the same value. */
export const ALREADY_REPORTED = "";

/** A sentence about a value, in place of what would have become of it. */
export class Refusal {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const alreadyReported = new Refusal(ALREADY_REPORTED);

/**
 * A field that is one scalar. `read` returns undefined for a value that is not what the field expects, and a Refusal
 * when there is more to say than that. A value of plain JavaScript comes as a Scalar without a spot.
 */
export function scalarField<Input, Output>(
  about: About,
  read: (scalar: Scalar) => Output | Refusal | undefined,
): Schema<Output, Input> {
  const schema = v.pipe(
    v.unknown(),
    v.rawTransform<unknown, Output>(({ dataset, addIssue, NEVER }) => {
      const scalar = asScalar(dataset.value);
      const result = scalar === undefined ? undefined : scalar.broken ? alreadyReported : read(scalar);
      if (result !== undefined && !(result instanceof Refusal)) return result as Output;
      const message = result instanceof Refusal ? result.message : errors.expected(about.expects, dataset.value);
      addIssue({ message, input: dataset.value });
      return NEVER;
    }),
    v.metadata({ ...about }),
  );
  return schema as unknown as Schema<Output, Input>;
}

function asScalar(value: unknown): Scalar | undefined {
  if (value instanceof Scalar) return value;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return new Scalar(value);
  }
  return undefined;
}
