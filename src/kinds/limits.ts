import { duration, fields, type Output, optional, size, wholeNumber } from "../registry/schema.ts";
import { MAX_DEPTH } from "../value/js.ts";

/** What a run may use, as a registry says it. */
export const limits = fields({
  timeout: optional(duration({ description: "how long a run may take; 0 means no limit" })),
  instructions: optional(
    wholeNumber({ unit: "instructions", description: "how much a run may compute; 0 means no limit" }),
  ),
  memory: optional(size({ description: "what a script can reach at one time; 0 means no limit" })),
  string_length: optional(size({ description: "the longest string; 0 means no limit" })),
  coroutines: optional(wholeNumber({ unit: "coroutines", description: "alive at one time; 0 means no limit" })),
  value_depth: optional(wholeNumber({ unit: "levels", max: MAX_DEPTH, description: "of tables that go into a store" })),
  output: optional(size({ description: "what print writes; 0 means no limit" })),
  store_operations: optional(wholeNumber({ unit: "calls", description: "of stores; 0 means no limit" })),
  store_bytes: optional(size({ description: "keys and values that are written to stores; 0 means no limit" })),
});

export type LimitsConfig = Output<typeof limits>;
