/** `collectgarbage`. */
import { COLLECTED, canWait } from "../core/pause.ts";
import { park } from "../core/suspend.ts";
import type { Holding } from "../limits/roots.ts";
import { argError, type Direct, NEEDS_FRAME, R } from "../vm/direct.ts";
import { type Continuation, INTEGER, type LuaCFunction, type LuaState } from "../vm/types.ts";
import { isMissing, optIntegerArg, stringArg } from "./args.ts";
import { answerBoolean, answerFloat, answerSmall, callDirect, either, type Functions, pushResults } from "./define.ts";
import { invalidOptionNamed } from "./errors.ts";
import { push } from "./stack.ts";
import { binaryOf } from "./text.ts";

/** What Lua starts with, in percent. */
const PAUSE = 200;

/** KiB, and what the next object is taken for. */
const KIB = 1024;
const OBJECT = 256;

/**
 * JavaScript collects garbage, when it sees fit; a script can neither start that nor keep it from happening. "collect"
 * looks at what the script still has, and clears its weak tables; "step" does nothing. "count" is what was seen then,
 * and grows with the tables, functions and coroutines that the script has made since; nothing of the host can be read
 * off it.
 */
const answerAtOnce: Direct = (L: LuaState, _n, t0, v0, t1, v1) => {
  const option = isMissing(t0) ? "collect" : binaryOf(stringArg(L, 1, t0, v0));
  const known = answers[option];
  if (known === undefined || !Object.hasOwn(answers, option)) return argError(L, 1, invalidOptionNamed(option));
  optIntegerArg(L, 2, t1, v1, 0);
  if (option === "collect" && canWait(L)) return (R.type = NEEDS_FRAME);
  return known(L);
};

const hasCollected: Continuation = (L) => {
  push(L, INTEGER, 0);
  return 1;
};

const collectgarbage: LuaCFunction & Holding = either(answerAtOnce, (L) => {
  const answer = callDirect(L, answerAtOnce);
  return R.type === NEEDS_FRAME ? park(L, COLLECTED, hasCollected) : pushResults(L, answer);
});
collectgarbage.isOpen = true;

const answers: Readonly<Record<string, (L: LuaState) => unknown>> = {
  collect: () => answerSmall(0),
  count: (L) => answerFloat((L.l_G.heapBytes + OBJECT * (L.l_G.id_counter - L.l_G.heapIds)) / KIB),
  isrunning: () => answerBoolean(true),
  restart: () => answerSmall(0),
  setpause: () => answerSmall(PAUSE),
  setstepmul: () => answerSmall(PAUSE),
  step: () => answerBoolean(true),
  stop: () => answerSmall(0),
};

export const base: Functions = { collectgarbage };
