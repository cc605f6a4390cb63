/** `require("text")`: regular expressions. */
import { defineModule, fn, type Module } from "../../lua/module.ts";
import { string } from "../params.ts";
import { compileRegexp } from "./regexp.ts";

export const textModule: Module = defineModule("text", {
  regexp: { compile: fn([string("pattern")], (_, pattern) => compileRegexp(pattern)) },
});
