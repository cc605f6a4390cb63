import type { Hooks, LuaState } from "../vm/thread.ts";
import { newState } from "./state.ts";

/** Of a state in which no script runs. */
const hooks: Hooks = {
  nativeError: (_, e) => {
    throw e;
  },
  functionName: () => undefined,
  tier: null,
};

/**
 * The state in which the tables are made that all states share: libraries, modules, metatables of handles. They are
 * read-only and hold nothing but host functions, constants and each other, so no script can tell that they are shared.
 */
export const shared: LuaState = newState(hooks);
shared.l_G.id_counter = 1 << 24;
