import { defineKind } from "../registry/kind.ts";
import {
  data,
  fields,
  fileText,
  list,
  type Output,
  optional,
  record,
  ref,
  refersTo,
  text,
} from "../registry/schema.ts";
import { limits } from "./limits.ts";
import type { Opened } from "./opened.ts";

const code = {
  source: fileText({ description: "the Lua code, or file:// and its file" }),
  modules: optional(list(text(), { description: "what it may require; default: nothing" })),
  imports: optional(
    record(ref(["library.lua"]), { description: "the libraries that it may require, by its own names for them" }),
  ),
};

const library = fields({
  ...code,
  method: optional(text({ description: "taken, and without effect: a library is what its file returns" })),
});

export type LibraryConfig = Output<typeof library>;

export const libraryLua = defineKind({
  name: "library.lua",
  summary: "code that functions and other libraries import",
  schema: library,
  open: ({ config }): Opened => ({ value: config }),
});

const functionSchema = fields({
  ...code,
  method: optional(text({ description: "the function to call, when the file returns a table" })),
  limits: optional(limits),
  security: optional(
    fields({
      actor: optional(
        fields({
          id: text({ description: "who it acts as, whoever calls it" }),
          meta: optional(record(data())),
        }),
      ),
      groups: optional(list(refersTo("group"), { description: "policy groups in force, beside the caller's" })),
      policies: optional(list(ref(["security.*"]), { description: "single policies in force, beside the caller's" })),
    }),
  ),
  pool: optional(data({ description: "taken, and without effect: each call has a state of its own" })),
});

export type FunctionConfig = Output<typeof functionSchema>;

export const functionLua = defineKind({
  name: "function.lua",
  summary: "a function that applications and scripts call by its id",
  schema: functionSchema,
  open: ({ config }): Opened => ({ value: config }),
});
