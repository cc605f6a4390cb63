import {
  duration,
  fields,
  list,
  type Output,
  oneOrMany,
  optional,
  size,
  text,
  wholeNumber,
} from "../registry/schema.ts";

/** What actors may use over time, as a registry says it. */
export const quotas = list(
  fields({
    actors: oneOrMany(text({ description: "the actors that it applies to, each separately: alice, user:*, plugin:*" })),
    runs: optional(wholeNumber({ unit: "runs", min: 1, description: "the number of runs at the same time" })),
    cpu_per_minute: optional(duration({ min: 1, description: "computing time per minute" })),
    store_operations_per_minute: optional(
      wholeNumber({ unit: "operations", min: 1, description: "store operations per minute" }),
    ),
    kept_bytes: optional(size({ description: "the size of the keys and values that the actor keeps in each store" })),
    kept_keys: optional(
      wholeNumber({ unit: "keys", min: 1, description: "the number of keys that the actor keeps in each store" }),
    ),
  }),
  { description: "what actors may use over time; the first item that matches an actor applies" },
);

export type QuotasConfig = Output<typeof quotas>;
