import { ByteString } from "../../value/value.ts";
import { makeFramesOf } from "../core/compiled-frames.ts";
import { countValues, isOver, moveValues, newThread, resume as resumeThread, yieldk } from "../core/coroutine.ts";
import type { DirectWait } from "../core/direct.ts";
import { cannotResume, runError } from "../core/errors.ts";
import { hasRoom, push } from "../core/stack.ts";
import { stateOf } from "../core/state-of.ts";
import type { Holding } from "../limits/roots.ts";
import { burn } from "../meter/fuel.ts";
import { allocate, HOLDER } from "../meter/meter.ts";
import { argError, type DirectFunction, fail, LuaFailure, NEEDS_FRAME, PENDING, R, typeError } from "../vm/direct.ts";
import { booleanCell, newCell, textCell } from "../vm/table.ts";
import {
  BOOLEAN,
  type Continuation,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaState,
  MAXSTACK,
  MINSTACK,
  NIL,
  OK,
  STRING,
  SUSPENDED,
  THREAD,
  YIELD,
} from "../vm/types.ts";
import {
  threadExpected,
  tooManyArgumentsToResume,
  tooManyArgumentsToSpawn,
  tooManyResultsToResume,
  yieldOutside,
} from "./errors.ts";
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

/** How a resume ended: with so many values on top of the thread's stack, with an error (-1), or SUSPENDED. */
type Ended = number;

/** Why a thread can't be resumed with so many values, if so. */
function refusal(co: LuaState, nargs: number): string | undefined {
  if (co.waits || (co.status === OK && co.ci !== co.base_ci)) return cannotResume("non-suspended");
  if (isOver(co) || (co.status !== OK && co.status !== YIELD)) return cannotResume("dead");
  return hasRoom(co, nargs) ? undefined : tooManyArgumentsToResume;
}

/** Resumes `co`, which has the `nargs` values on its stack. The error, if it ends with one, is on top of it. */
function switchTo(L: LuaState, co: LuaState, nargs: number): Ended {
  const state = stateOf(L);
  state.resumers.push(L);
  state.current = co;
  const status = resumeThread(co, L, nargs);
  state.current = L;
  state.resumers.pop();
  if (status === YIELD) return state.waiting !== undefined ? SUSPENDED : co.yielded;
  return status === OK ? countValues(co) : -1;
}

/** In a frame: resumes `co` with the `nargs` values on top of L's stack, where the results or the error are then. */
function resumeWith(L: LuaState, co: LuaState, nargs: number): Ended {
  const refused = refusal(co, nargs);
  if (refused !== undefined) {
    L.stack[L.top++] = textCell(refused);
    return -1;
  }
  moveValues(L, co, nargs);
  const ended = switchTo(L, co, nargs);
  if (ended === SUSPENDED) return SUSPENDED;
  if (ended < 0) {
    moveValues(co, L, 1);
    return -1;
  }
  if (!hasRoom(L, ended + 1)) {
    co.top -= ended;
    L.stack[L.top++] = textCell(tooManyResultsToResume);
    return -1;
  }
  moveValues(co, L, ended);
  return ended;
}

/** What a direct resume failed with. */
const failure: { type: number; value: unknown } = { type: 0, value: null };

function failed(type: number, value: unknown): Ended {
  failure.type = type;
  failure.value = value;
  return -1;
}

const failedBy = (message: string): Ended => failed(STRING, ByteString.fromAscii(message));

/** With no frame: resumes `co`, on whose stack the results are then. The error is in `failure`. */
function resumeDirect(
  L: LuaState,
  co: LuaState,
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
  t3?: number,
  v3?: unknown,
): Ended {
  const refused = refusal(co, n);
  if (refused !== undefined) return failedBy(refused);
  if (n > 0) push(co, t0!, v0);
  if (n > 1) push(co, t1!, v1);
  if (n > 2) push(co, t2!, v2);
  if (n > 3) push(co, t3!, v3);
  const ended = switchTo(L, co, n);
  if (ended >= 0) return ended > MANY && !hasRoomFor(L, co, ended) ? failedBy(tooManyResultsToResume) : ended;
  if (ended === SUSPENDED) return ended;
  const { type, value } = co.stack[--co.top]!;
  return failed(type, value);
}

/** More results than this may be too many for the stack of the one who gets them. */
const MANY = 200;

function hasRoomFor(L: LuaState, co: LuaState, n: number): boolean {
  burn(L, n);
  makeFramesOf(L);
  if (L.top + n + MINSTACK <= MAXSTACK) return true;
  co.top -= n;
  return false;
}

/** Takes the `n` values on top of a stack as results, of which `before` are there already. @returns the first */
function takeResults(co: LuaState, n: number, before: number): unknown {
  const { stack } = co;
  co.top -= n;
  R.count = n + before;
  for (let i = 1 - before; i < n; i++) {
    const { type, value } = stack[co.top + i]!;
    R.types[i + before - 1] = type;
    R.values[i + before - 1] = value;
  }
  if (before > 0) return undefined;
  const { type, value } = stack[co.top]!;
  R.type = n === 0 ? NIL : type;
  return n === 0 ? null : value;
}

/** A host function that resumes, and that resumes again when what the host waited for is there. */
function resumer(
  co: (L: LuaState) => LuaState,
  end: (L: LuaState, ended: Ended) => number,
): { frame(first: number): DirectFunction & Holding; wait(thread: LuaState): null } {
  const again: Continuation = (L, _, context) => {
    const thread = context as LuaState;
    thread.waits = false;
    return go(L, thread, 0);
  };
  const suspend = (L: LuaState, thread: LuaState) => {
    thread.waits = true; // and L with it
    return yieldk(L, 0, thread, again);
  };
  const go = (L: LuaState, thread: LuaState, nargs: number) => {
    const ended = resumeWith(L, thread, nargs);
    return ended === SUSPENDED ? suspend(L, thread) : end(L, ended);
  };
  return {
    frame: (first) => {
      const f: DirectFunction & Holding = (L) => go(L, co(L), argCount(L) - first);
      f.isOpen = true;
      return f;
    },
    wait: (thread) => {
      const wait: DirectWait = { suspend: (L) => suspend(L, thread) };
      R.wait = wait;
      R.type = PENDING;
      return null;
    },
  };
}

const resuming = resumer(threadArg, (L, ended) => {
  const count = ended < 0 ? 1 : ended;
  // `true` or `false` goes below the results.
  L.stack[L.top++] = booleanCell(true);
  for (let i = L.top - 1; i > L.top - 1 - count; i--) L.stack[i]!.setfrom(L.stack[i - 1]!);
  L.stack[L.top - 1 - count]!.setfrom(booleanCell(ended >= 0));
  return count + 1;
});
const resume = resuming.frame(1);

resume.direct = (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
  const co = t0 === THREAD ? (v0 as LuaState) : argError(L, 1, threadExpected);
  const ended = resumeDirect(L, co, n - 1, t1, v1, t2, v2, t3, v3);
  if (ended === SUSPENDED) return resuming.wait(co);
  if (ended >= 0) takeResults(co, ended, 1);
  else {
    R.count = 2;
    R.types[0] = failure.type;
    R.values[0] = failure.value;
  }
  R.type = BOOLEAN;
  return ended >= 0;
};

const wrap: LuaCFunction = (L) => {
  create(L);
  const co = L.stack[L.top - 1]!.value as LuaState;
  const { frame, wait } = resumer(
    () => co,
    (L, ended) => {
      if (ended >= 0) return ended;
      const { type, value } = L.stack[L.top - 1]!;
      throw new LuaFailure(type, value, type === STRING ? 1 : 0, 0);
    },
  );
  const wrapped = frame(0);
  wrapped.direct = (L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
    const ended = resumeDirect(L, co, n, t0, v0, t1, v1, t2, v2, t3, v3);
    if (ended === SUSPENDED) return wait(co);
    if (ended >= 0) return takeResults(co, ended, 0);
    throw new LuaFailure(failure.type, failure.value, failure.type === STRING ? 1 : 0, 0);
  };
  const thread = L.stack[L.top - 1]!;
  allocate(HOLDER);
  wrapped.holds = [newCell(THREAD, co)];
  thread.setfrom(newCell(LIGHT_C_FUNCTION, wrapped));
  return 1;
};

/** What is given lies on the stack already, so a thread that only yields keeps the slots that it was made with. */
const yielding: DirectWait = { suspend: (L) => yieldk(L, argCount(L), 0, null), room: 0 };

const yieldThread: DirectFunction & Holding = (L) => {
  if (L === stateOf(L).root) runError(L, yieldOutside);
  return yielding.suspend(L);
};

yieldThread.isOpen = true;
yieldThread.direct = (L) => {
  if (L.nny > 0 || L === stateOf(L).root) {
    R.type = NEEDS_FRAME; // it fails
    return null;
  }
  R.wait = yielding;
  R.type = PENDING;
  return null;
};

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
