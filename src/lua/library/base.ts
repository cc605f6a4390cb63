/** `collectgarbage`. */

import { argError } from "../vm/direct.ts";
import type { LuaState } from "../vm/types.ts";
import { isMissing, optIntegerArg, stringArg } from "./args.ts";
import { answerBoolean, answerFloat, answerSmall, direct, type Functions } from "./define.ts";
import { invalidOptionNamed } from "./errors.ts";
import { binaryOf } from "./text.ts";

/** What Lua starts with, in percent. */
const PAUSE = 200;

/** KiB that the next object is taken for. */
const KIB_PER_OBJECT = 0.25;

/**
 * JavaScript collects garbage, when it sees fit; a script can neither start that nor keep it from happening. So
 * "collect" and "step" do nothing. "count" is an estimate that grows with the tables, functions and coroutines that the
 * script has made; nothing of the host can be read off it.
 */
const collectgarbage = direct((L: LuaState, _n, t0, v0, t1, v1) => {
  const option = isMissing(t0) ? "collect" : binaryOf(stringArg(L, 1, t0, v0));
  const known = answers[option];
  if (known === undefined || !Object.hasOwn(answers, option)) return argError(L, 1, invalidOptionNamed(option));
  optIntegerArg(L, 2, t1, v1, 0);
  return known(L);
});

const answers: Readonly<Record<string, (L: LuaState) => unknown>> = {
  collect: () => answerSmall(0),
  count: (L) => answerFloat(L.l_G.id_counter * KIB_PER_OBJECT),
  isrunning: () => answerBoolean(true),
  restart: () => answerSmall(0),
  setpause: () => answerSmall(PAUSE),
  setstepmul: () => answerSmall(PAUSE),
  step: () => answerBoolean(true),
  stop: () => answerSmall(0),
};

export const base: Functions = { collectgarbage };
