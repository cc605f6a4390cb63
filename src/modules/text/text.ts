/** `require("text")`: regular expressions, differences and patches. */
import { defineModule, fn, type Module } from "../../lua/boundary/module.ts";
import { options, string } from "../params.ts";
import { newDiffer } from "./differ.ts";
import { compileRegexp } from "./regexp.ts";

export const textModule: Module = defineModule("text", {
  regexp: { compile: fn([string("pattern")], (_, pattern) => compileRegexp(pattern)) },
  diff: { new: fn([options], (_, opts) => newDiffer(opts)) },
});
