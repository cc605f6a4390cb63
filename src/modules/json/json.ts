/** `require("json")`: values as JSON text and back, and whether they are as a JSON Schema says. */

import { MoonkeepError } from "../../errors.ts";
import { type Param, plainOf, typeOf } from "../../lua/boundary/arg.ts";
import { Refused } from "../../lua/boundary/marshal.ts";
import { defineModule, fn, type Module } from "../../lua/boundary/module.ts";
import { ByteString, type Table } from "../../value/value.ts";
import { readFlags } from "../flags.ts";
import { options, written } from "../params.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { noJsonAt, schemaNeeded } from "./errors.ts";
import { isNull, type Json, jsonNull } from "./null.ts";
import { validate } from "./schema.ts";

/** Any value, with `json.null` where JSON has null; nil is null. */
const json = (name: string): Param<Json> => ({
  name,
  type: "any",
  optional: true,
  read(arg) {
    try {
      const given = plainOf(arg, (object) => (object === jsonNull ? jsonNull : undefined));
      return given === undefined ? jsonNull : given;
    } catch (e) {
      throw e instanceof Refused ? new MoonkeepError("INVALID", noJsonAt(e.place(name), e.what)) : e;
    }
  },
});

/** A schema as a table, or as JSON text. */
const schema: Param<Json> = {
  name: "schema",
  type: "any",
  optional: false,
  read(arg) {
    if (typeOf(arg) === "nil") throw new MoonkeepError("INVALID", schemaNeeded);
    const given = json("schema").read(arg);
    return given instanceof ByteString ? parse(given, "schema") : given;
  },
};

/** What is validated: nil is valid where null is, and is said to be missing where it is not. */
const candidate: Param<{ readonly value: Json; readonly isMissing: boolean }> = {
  ...json("data"),
  read: (arg) => ({ value: json("data").read(arg), isMissing: typeOf(arg) === "nil" }),
};

/** JSON text with its nulls, named in errors. */
function parse(text: ByteString, name: string): Json {
  try {
    return decode(text, { nulls: true });
  } catch (e) {
    throw e instanceof MoonkeepError ? new MoonkeepError("INVALID", `${name}: ${e.message}`) : e;
  }
}

function toText(value: Json, opts: Table | undefined): ByteString {
  const { indent = 0, empty = "array", sort = false } = readFlags(opts, encodeOptions);
  return encode(value, { indent, empty, sort }).toBytes();
}

const encodeOptions = {
  indent: { integer: [0, 8] },
  empty: { words: ["array", "object"] },
  sort: "boolean",
} as const;

function fromText(text: ByteString, opts: Table | undefined): Json | undefined {
  const { nulls = false } = readFlags(opts, { nulls: "boolean" });
  const value = decode(text, { nulls });
  return isNull(value) && !nulls ? undefined : value;
}

export const jsonModule: Module = defineModule("json", {
  encode: fn([json("value"), options], (_, value, opts) => toText(value, opts)),
  decode: fn([written("str"), options], (_, text, opts) => fromText(text, opts)),
  validate: fn([schema, candidate], (_, rules, { value, isMissing }) => validate(rules, value, isMissing)),
  validate_string: fn([schema, written("str")], (_, rules, text) => validate(rules, parse(text, "str"))),
  null: jsonNull,
});
