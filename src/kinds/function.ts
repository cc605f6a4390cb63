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
  source: fileText({ description: "the Lua code, or file:// and the path of a file" }),
  modules: optional(list(text(), { description: "the modules that the code may require; default: none" })),
  imports: optional(
    record(ref(["library.lua"]), { description: "the libraries that the code may require, by the names that it uses" }),
  ),
};

const library = fields({
  ...code,
  method: optional(text({ description: "accepted, without effect: a library is the value that its file returns" })),
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
  method: optional(text({ description: "the function to call if the file returns a table" })),
  limits: optional(limits),
  security: optional(
    fields({
      actor: optional(
        fields({
          id: text({ description: "the actor of the function, whoever calls it" }),
          meta: optional(record(data())),
        }),
      ),
      groups: optional(list(refersTo("group"), { description: "policy groups in force, in addition to the caller's" })),
      policies: optional(
        list(ref(["security.*"]), { description: "single policies in force, in addition to the caller's" }),
      ),
    }),
  ),
  pool: optional(data({ description: "accepted, without effect: each call has a state of its own" })),
});

export type FunctionConfig = Output<typeof functionSchema>;

export const functionLua = defineKind({
  name: "function.lua",
  summary: "a function that applications and scripts call by its id",
  schema: functionSchema,
  open: ({ config }): Opened => ({ value: config }),
});
