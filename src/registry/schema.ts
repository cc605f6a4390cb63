/**
 * The words in which a kind says what its entries look like. One schema gives the TypeScript type (`Output`), the
 * checks with their sentences, and what editors need to know (`about`). They are schemas of valibot, so its pipes and
 * checks can be put behind them; its own `string()` and `number()` can't stand for them, since the values of a file
 * come with their places.
 *
 * ```ts
 * const schema = fields({
 *   database: ref(["db.sql.*"]),
 *   max_size: optional(wholeNumber({ unit: "entries", min: 1 }), 10_000),
 *   cleanup_interval: optional(duration(), "5m"),
 * });
 * ```
 */

export {
  custom,
  data,
  type Entries,
  type Fields,
  fields,
  list,
  oneOrMany,
  optional,
  type Report,
  record,
} from "./compound.ts";
export type { Data } from "./data.ts";
export { type About, about, type FieldOptions, type Output, type Schema } from "./field.ts";
export { type FileText, fileText } from "./file-text.ts";
export { declares, ref, refersTo } from "./naming.ts";
export { duration, flag, oneOf, type RangeOptions, size, text, wholeNumber } from "./scalars.ts";
