import { nativeError } from "../boundary/native-error.ts";
import type { Hooks } from "../vm/thread.ts";

/** What execution gets of those above it, in every state that runs scripts. */
export const hooks: Hooks = {
  nativeError,
  functionName: () => undefined,
  tier: null,
};
