import { defineHandle, type HandleDescription } from "../../lua/boundary/handle.ts";
import { noItems, Table, type Value } from "../../value/value.ts";

/** JSON's null, which Lua has no value for: nil would make a hole. */
class JsonNull {
  readonly name = "null";
}

export const jsonNull = new JsonNull();

/** What JSON can say: values, and null among them. A `Table` of these may hold null in place of a value. */
export type Json = Value | JsonNull;

export const isNull = (json: Json): json is JsonNull => json === (jsonNull as unknown);

export const nullHandle: HandleDescription = defineHandle(
  "json.Null",
  JsonNull,
  {},
  { tostring: () => "null", isOne: true },
);

/** Lua has one empty table, and JSON has two: these are what decoding makes, so that a schema can tell them apart. */
export const emptyArray: Table = new Table(noItems, noItems, noItems);
export const emptyObject: Table = new Table(noItems, noItems, noItems);
