/** The keywords of JSON Schema, each with what it makes of its argument. */
import type { Json } from "./null.ts";
import type { Keyword, Keywords } from "./schema-arguments.ts";
import { arrayKeywords } from "./schema-arrays.ts";
import { combiningKeywords } from "./schema-combined.ts";
import { objectKeywords } from "./schema-objects.ts";
import { valueKeywords } from "./schema-values.ts";
import type { Check, Compiling } from "./validation.ts";

/** Looked at by another keyword, or only there for people; schemas in definitions are compiled where they are used. */
const byOthers: Keyword = () => undefined;

const table: Keywords = { ...valueKeywords, ...arrayKeywords, ...objectKeywords, ...combiningKeywords };

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
