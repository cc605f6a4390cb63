/** `require("inspect")`: tables as text, as `print` shows them. The module can be called by itself. */
import { raw } from "../lua/boundary/function.ts";
import { callable, defineModule, type Module } from "../lua/boundary/module.ts";
import { raiseError } from "../lua/boundary/results.ts";
import { showAs } from "../lua/library/print.ts";
import type { Table } from "../value/value.ts";
import { readFlags } from "./flags.ts";
import { anything, options } from "./params.ts";

const known = { depth: { integer: [1, 20] }, items: { integer: [1, 2000] }, width: { integer: [1, 1000] } } as const;

const inspect = raw([anything("value"), options], () =>
  showAs((given) => readFlags(options.read(given as never) as Table | undefined, known), raiseError),
);

export const inspectModule: Module = callable(defineModule("inspect", { inspect }), "inspect");
