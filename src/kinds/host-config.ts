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
          id: text({ description: "the default actor of scripts" }),
          meta: optional(record(data())),
        }),
      ),
      groups: optional(list(refersTo("group"), { description: "the policy groups that are in force" })),
      policies: optional(list(ref(["security.*"]), { description: "single policies that are in force" })),
    }),
  ),
  audit: optional(
    fields({
      allows: optional(
        flag({ description: "whether to report allowed operations as well; denials are always reported" }),
        false,
      ),
      sample: optional(
        wholeNumber({ min: 1, unit: "decisions", description: "report one of so many allowed operations" }),
        1,
      ),
      keys: optional(
        oneOf(["plain", "digest", "hidden"], { description: "how keys and other strings of an action are recorded" }),
        "plain",
      ),
    }),
  ),
  limits: optional(limits),
  quotas: optional(quotas),
  isolation: optional(
    oneOf(["shared", "worker"], {
      description: "where scripts run: in the host's thread, or in threads that can be killed",
    }),
  ),
  libraries: optional(
    record(ref(["library.lua"]), {
      description: "the libraries that scripts outside the registry may require, by the names that they use",
    }),
  ),
  compatible: optional(
    flag({
      description: "adds math.pow log10 sinh cosh tanh atan2 and unpack, which Lua 5.3 has only for compatibility",
    }),
  ),
  modules: optional(
    list(text(), { description: "the modules that scripts outside the registry may require; default: all" }),
  ),
});

export type HostConfig = Output<typeof schema>;

export const hostConfig = defineKind({
  name: "host.config",
  summary: "the actor, policies, limits and modules of scripts",
  schema,
  only: "one",
  open: ({ config }): Opened => ({ value: config }),
});
