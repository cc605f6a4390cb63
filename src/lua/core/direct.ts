/** Direct calls of host functions (vm/direct.ts), as the interpreter and compiled code make them. */
import { type Direct, R } from "../vm/direct.ts";
import type { LuaState } from "../vm/thread.ts";
import { NIL, SUSPENDED } from "../vm/types.ts";
import { enterHost, leave } from "./frames.ts";
import { ensureStack } from "./stack.ts";

/** What a direct function that waits puts into `R.wait`. */
export interface DirectWait {
  /** Suspends the thread, in the frame that the function has got. @returns SUSPENDED, or how many results lie on top */
  suspend(L: LuaState): number;
  /** How many slots it may use for that without asking for more. Default: as many as any host function. */
  readonly room?: number;
}

/** Calls a direct function with the `n` arguments above `at`. */
export function callDirect(L: LuaState, direct: Direct, at: number, n: number): unknown {
  const { stack } = L;
  if (n === 0) return direct(L, 0);
  const a = stack[at + 1]!;
  if (n === 1) return direct(L, 1, a.type, a.value);
  const b = stack[at + 2]!;
  if (n === 2) return direct(L, 2, a.type, a.value, b.type, b.value);
  const c = stack[at + 3]!;
  if (n === 3) return direct(L, 3, a.type, a.value, b.type, b.value, c.type, c.value);
  const d = stack[at + 4]!;
  return direct(L, 4, a.type, a.value, b.type, b.value, c.type, c.value, d.type, d.value);
}

/** Puts the results of a direct call where those of others are. */
export function placeResults(L: LuaState, at: number, wanted: number, first: unknown): void {
  const { type, count, types, values } = R;
  if (wanted < 0) {
    L.top = at;
    if (count > FEW) ensureStack(L, count);
    L.top = at + count;
  }
  const { stack } = L;
  const places = wanted < 0 ? count : wanted;
  for (let i = 0; i < places; i++) {
    const to = stack[at + i]!;
    if (i >= count) {
      to.type = NIL;
      to.value = null;
    } else {
      to.type = i === 0 ? type : types[i - 1]!;
      to.value = i === 0 ? first : values[i - 1];
    }
  }
}

/** So many results have room where the function and its arguments were, and where a frame may have its own. */
const FEW = 4;

/**
 * A direct function waits: it gets the frame that it goes on in. Its arguments lie at `at` and above.
 * @returns false when the thread is suspended; else its results are where those of others are
 */
export function suspendDirect(L: LuaState, at: number, wanted: number): boolean {
  const wait = R.wait as DirectWait;
  R.wait = undefined;
  const ci = enterHost(L, at, wanted, wait.room);
  const n = wait.suspend(L);
  if (n === SUSPENDED) return false;
  leave(L, ci, L.top - n, n);
  return true;
}
