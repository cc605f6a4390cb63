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
    actors: oneOrMany(text({ description: "whom it is for, each by itself: alice, user:*, plugin:*" })),
    runs: optional(wholeNumber({ unit: "runs", min: 1, description: "in flight at one time" })),
    cpu_per_minute: optional(duration({ min: 1, description: "computing time a minute" })),
    store_operations_per_minute: optional(
      wholeNumber({ unit: "operations", min: 1, description: "of stores a minute" }),
    ),
    kept_bytes: optional(size({ description: "keys and values that its writes keep in each store" })),
    kept_keys: optional(wholeNumber({ unit: "keys", min: 1, description: "that its writes keep in each store" })),
  }),
  { description: "what actors may use over time; the first one that is for an actor holds" },
);

export type QuotasConfig = Output<typeof quotas>;
