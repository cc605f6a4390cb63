/** `require("yaml")`: YAML 1.2 to values, and tables to YAML. */

import { MoonkeepError } from "../../errors.ts";
import { isNil, type Param, plainOf, typeOf } from "../../lua/boundary/arg.ts";
import { Refused } from "../../lua/boundary/marshal.ts";
import { defineModule, fn, type Module } from "../../lua/boundary/module.ts";
import type { ByteString, Table } from "../../value/value.ts";
import { readFlags } from "../flags.ts";
import { options, written } from "../params.ts";
import { decode, textOf } from "./decode.ts";
import { encode } from "./encode.ts";
import { dataNotTable, noYaml } from "./errors.ts";

const data: Param<Table> = {
  name: "data",
  type: "table",
  optional: false,
  read(arg) {
    if (isNil(arg) || typeOf(arg) !== "table") {
      throw new MoonkeepError("INVALID", dataNotTable(typeOf(arg)));
    }
    try {
      return plainOf(arg) as Table;
    } catch (e) {
      throw e instanceof Refused ? new MoonkeepError("INVALID", noYaml(e.place("data"), e.what)) : e;
    }
  },
};

const encodeOptions = { field_order: "strings", sort_unordered: "boolean" } as const;

function toText(table: Table, opts: Table | undefined): ByteString {
  const { field_order: fieldOrder = [], sort_unordered: sort = false } = readFlags(opts, encodeOptions);
  return encode(table, { fieldOrder, sort }).toBytes();
}

export const yamlModule: Module = defineModule("yaml", {
  encode: fn([data, options], (_, table, opts) => toText(table, opts)),
  decode: fn([written("data")], (_, text) => decode(textOf(text))),
});
