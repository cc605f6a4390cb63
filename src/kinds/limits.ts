import { type LimitName, limitNames, limitRow, registryName } from "../limits.ts";
import { duration, fields, type Output, optional, size, wholeNumber } from "../registry/schema.ts";

/** `stringLength` is `string_length` in a registry. */
type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name;

function field(name: LimitName) {
  const { unit, counts, most } = limitRow(name);
  const description = most === undefined ? `${counts}; 0 means no limit` : counts;
  if (unit === "duration") return optional(duration({ description }));
  if (unit === "size") return optional(size({ description }));
  return optional(wholeNumber({ unit, description, ...(most === undefined ? {} : { max: most }) }));
}

const read = Object.fromEntries(limitNames.map((name) => [registryName(name), field(name)]));

/** What a run may use, as a registry says it. */
export const limits = fields(read as { readonly [Name in LimitName as Snake<Name>]: ReturnType<typeof field> });

export type LimitsConfig = Output<typeof limits>;
