import { defineKind } from "../registry/kind.ts";
import {
  data,
  fields,
  flag,
  list,
  type Output,
  oneOf,
  optional,
  record,
  ref,
  refersTo,
  text,
  wholeNumber,
} from "../registry/schema.ts";
import { limits } from "./limits.ts";
import type { Opened } from "./opened.ts";
import { quotas } from "./quotas.ts";

const schema = fields({
  security: optional(
    fields({
      strict_mode: optional(flag({ description: "without an actor or a scope, everything is denied" }), true),
      actor: optional(
        fields({
          id: text({ description: "who scripts act as when nobody says" }),
          meta: optional(record(data())),
        }),
      ),
      groups: optional(list(refersTo("group"), { description: "the policy groups that are in force" })),
      policies: optional(list(ref(["security.*"]), { description: "single policies that are in force" })),
    }),
  ),
  audit: optional(
    fields({
      allows: optional(flag({ description: "report what is allowed, too; denials always are" }), false),
      sample: optional(
        wholeNumber({ min: 1, unit: "decisions", description: "of how many that are allowed one is reported" }),
        1,
      ),
      keys: optional(
        oneOf(["plain", "digest", "hidden"], { description: "how keys and other texts of an action show" }),
        "plain",
      ),
    }),
  ),
  limits: optional(limits),
  quotas: optional(quotas),
  isolation: optional(
    oneOf(["shared", "worker"], { description: "where scripts run: with the host, or in threads that can be killed" }),
  ),
  libraries: optional(
    record(ref(["library.lua"]), {
      description: "the libraries that scripts outside the registry may require, by the names that they have there",
    }),
  ),
  compatible: optional(
    flag({
      description: "adds math.pow log10 sinh cosh tanh atan2 and unpack, which Lua 5.3 has only for compatibility",
    }),
  ),
  modules: optional(
    list(text(), { description: "what scripts outside the registry may require; default: everything" }),
  ),
});

export type HostConfig = Output<typeof schema>;

export const hostConfig = defineKind({
  name: "host.config",
  summary: "who scripts act as, under which policies, and what they may use",
  schema,
  only: "one",
  open: ({ config }): Opened => ({ value: config }),
});
