import { countValues, moveValues, newThread, resume as resumeThread, yieldk } from "../core/coroutine.ts";
import { runError } from "../core/errors.ts";
import { hasRoom, push } from "../core/stack.ts";
import { stateOf } from "../core/state-of.ts";
import type { Holding } from "../limits/roots.ts";
import { allocate, HOLDER } from "../meter/meter.ts";
import { argError, fail, LuaFailure, typeError } from "../vm/direct.ts";
import { booleanCell, newCell, textCell } from "../vm/table.ts";
import {
  type Continuation,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaState,
  OK,
  STRING,
  SUSPENDED,
  THREAD,
  YIELD,
} from "../vm/types.ts";
import { threadExpected, tooManyArgumentsToSpawn, yieldOutside } from "./errors.ts";
import { argCount, tagAt, valueAt } from "./stack.ts";

/**
 * `coroutine`, with `spawn` (see execution.ts), and two differences from Lua's. The script itself runs in a coroutine of ours, so that the host can
 * suspend it; here that one counts as the main thread. And when the host suspends a script inside a coroutine of the
 * script's own, every `resume` on the way lets that pass through to the host and goes on later where it was: the script
 * sees a plain function call.
 */
const threadArg = (L: LuaState): LuaState =>
  tagAt(L, 1) === THREAD ? (valueAt(L, 1) as LuaState) : argError(L, 1, threadExpected);

function checkFunction(L: LuaState): void {
  const t = tagAt(L, 1);
  if (t === undefined || (t & 0x0f) !== LUA_CLOSURE) typeError(L, 1, "function", t, valueAt(L, 1));
}

const create: LuaCFunction = (L) => {
  checkFunction(L);
  stateOf(L).budget?.newCoroutine();
  const co = newThread(L);
  const { type, value } = L.stack[L.ci.funcOff + 1]!;
  push(co, type, value);
  push(L, THREAD, co);
  return 1;
};

/** How a resume ended: with values on the resumer's stack (their number), with an error there (-1), or SUSPENDED. */
type Ended = number;

/** Resumes `co` with the `nargs` values on top of L's stack. */
function resumeWith(L: LuaState, co: LuaState, nargs: number): Ended {
  if (co.waits) {
    L.stack[L.top++] = textCell("cannot resume non-suspended coroutine");
    return -1;
  }
  if (co.status === OK && co.ci === co.base_ci && co.top === 1) {
    L.stack[L.top++] = textCell("cannot resume dead coroutine");
    return -1;
  }
  if (!hasRoom(co, nargs)) {
    L.stack[L.top++] = textCell("too many arguments to resume");
    return -1;
  }
  moveValues(L, co, nargs);
  const state = stateOf(L);
  state.resumers.push(L);
  state.current = co;
  const status = resumeThread(co, L, nargs);
  state.current = L;
  state.resumers.pop();
  if (status === YIELD && state.waiting !== undefined) return SUSPENDED;
  if (status !== OK && status !== YIELD) {
    moveValues(co, L, 1);
    return -1;
  }
  const n = countValues(co);
  if (!hasRoom(L, n + 1)) {
    co.top -= n;
    L.stack[L.top++] = textCell("too many results to resume");
    return -1;
  }
  moveValues(co, L, n);
  return n;
}

/** A host function that resumes, and that resumes again when what the host waited for is there. */
function resumer(
  co: (L: LuaState) => LuaState,
  end: (L: LuaState, ended: Ended) => number,
): (nargs: number) => LuaCFunction {
  const again: Continuation = (L, _, context) => {
    const thread = context as LuaState;
    thread.waits = false;
    return go(L, thread, 0);
  };
  const go = (L: LuaState, thread: LuaState, nargs: number) => {
    const ended = resumeWith(L, thread, nargs);
    if (ended !== SUSPENDED) return end(L, ended);
    thread.waits = true; // and L with it
    return yieldk(L, 0, thread, again);
  };
  return (first) => {
    const f: LuaCFunction & Holding = (L) => go(L, co(L), argCount(L) - first);
    f.isOpen = true;
    return f;
  };
}

const resume = resumer(threadArg, (L, ended) => {
  const count = ended < 0 ? 1 : ended;
  // `true` or `false` goes below the results.
  L.stack[L.top++] = booleanCell(true);
  for (let i = L.top - 1; i > L.top - 1 - count; i--) L.stack[i]!.setfrom(L.stack[i - 1]!);
  L.stack[L.top - 1 - count]!.setfrom(booleanCell(ended >= 0));
  return count + 1;
})(1);

const wrap: LuaCFunction = (L) => {
  create(L);
  const co = L.stack[L.top - 1]!.value as LuaState;
  const next = resumer(
    () => co,
    (L, ended) => {
      if (ended >= 0) return ended;
      const { type, value } = L.stack[L.top - 1]!;
      throw new LuaFailure(type, value, type === STRING ? 1 : 0, 0);
    },
  )(0);
  const thread = L.stack[L.top - 1]!;
  const wrapped: LuaCFunction & Holding = next;
  allocate(HOLDER);
  wrapped.holds = [newCell(THREAD, co)];
  thread.setfrom(newCell(LIGHT_C_FUNCTION, wrapped));
  return 1;
};

const yieldThread: LuaCFunction & Holding = (L) => {
  if (L === stateOf(L).root) runError(L, yieldOutside);
  return yieldk(L, argCount(L), 0, null);
};

yieldThread.isOpen = true;

const status: LuaCFunction = (L) => {
  const co = threadArg(L); // before there is a place for the result: it may raise
  L.stack[L.top++] = textCell(statusOf(L, co));
  return 1;
};

function statusOf(L: LuaState, co: LuaState): string {
  if (co === L) return "running";
  if (co.status === YIELD) return co.waits ? "normal" : "suspended";
  if (co.status !== OK) return "dead";
  if (co.ci !== co.base_ci) return "normal";
  return co.top === 1 ? "dead" : "suspended";
}

const running: LuaCFunction = (L) => {
  L.stack[L.top++] = newCell(THREAD, L);
  L.stack[L.top++] = booleanCell(L === stateOf(L).root);
  return 2;
};

const isyieldable: LuaCFunction = (L) => {
  L.stack[L.top++] = booleanCell(L.nny === 0 && L !== stateOf(L).root);
  return 1;
};

/** Starts a function beside the others: it runs when they wait, and they when it does. */
const spawn: LuaCFunction = (L) => {
  checkFunction(L);
  const { budget, execution } = stateOf(L);
  budget?.newCoroutine();
  const count = argCount(L);
  const co = newThread(L);
  if (!hasRoom(co, count)) fail(L, tooManyArgumentsToSpawn);
  moveValues(L, co, count);
  execution!.spawn(co, count - 1);
  return 0;
};

export const coroutine: Readonly<Record<string, LuaCFunction>> = {
  create,
  isyieldable,
  resume,
  running,
  spawn,
  status,
  wrap,
  yield: yieldThread,
};
