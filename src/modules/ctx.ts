/** `require("ctx")`: values that whoever made the call gave along, such as the id of a request. Read-only. */

import { MoonkeepError } from "../errors.ts";
import { defineModule, fn, type Module } from "../lua/boundary/module.ts";
import { textToBinary } from "../value/bytes.ts";
import type { Key, Table, Value } from "../value/value.ts";
import type { Call } from "./call.ts";
import { notInContext } from "./errors.ts";
import { word } from "./params.ts";

function get(call: Call, key: string): Value {
  const value = call.context(textToBinary(key) as Key);
  if (value === undefined) throw new MoonkeepError("NOT_FOUND", notInContext(key));
  return value;
}

export const ctxModule: Module = defineModule("ctx", {
  get: fn([word("key")], get),
  all: fn([], (call: Call): Table => call.contextValues()),
});
