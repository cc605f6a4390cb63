/** Everything that compiled code calls, by the names that it has for it. */
import { TValue as Cell } from "../vm/cell.ts";
import { R } from "../vm/direct.ts";
import * as calls from "./runtime-calls.ts";
import * as frames from "./runtime-frames.ts";
import * as fuel from "./runtime-fuel.ts";
import * as metamethods from "./runtime-metamethods.ts";
import * as placing from "./runtime-placing.ts";
import * as results from "./runtime-results.ts";
import * as tables from "./runtime-tables.ts";
import * as tailCalls from "./runtime-tail-calls.ts";
import * as values from "./runtime-values.ts";
import { MethodSite } from "./sites.ts";

export const helpers: Readonly<Record<string, unknown>> = {
  Cell,
  R,
  noSite: new MethodSite(),
  ...calls,
  ...frames,
  ...fuel,
  ...metamethods,
  ...placing,
  ...results,
  ...tables,
  ...tailCalls,
  ...values,
};
