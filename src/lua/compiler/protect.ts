/**
 * Protected calls of compiled functions, without a frame of the interpreter: the frame of `pcall` says what it is, and is
 * made what it should be when somebody looks at it, as that of a compiled function is.
 */
import { frameAbove, js } from "../core/compiled-frames.ts";
import { errorOf, unwindDirect } from "../core/protect.ts";
import { hasFailed, takeError } from "../core/raised.ts";
import { INSIDE, R } from "../vm/direct.ts";
import type { CallInfo, HostCall, LuaState } from "../vm/thread.ts";
import { BOOLEAN, type LuaClosure, MAXCCALLS } from "../vm/types.ts";
import { callNext, NEXT } from "./runtime-tail-calls.ts";

/** What a protected call takes of JavaScript's stack, in slots. */
export const PROTECTED = 100;

/** Whether what is called may be suspended, and calls don't nest too deeply. */
export const mayProtect = ({ nny, nCcalls }: LuaState): boolean => nny === 0 && nCcalls < MAXCCALLS - 1;

/** As a direct form: `true` and the results, or `false` and the error. */
export function protect(
  L: LuaState,
  call: HostCall,
  closure: LuaClosure,
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
): unknown {
  const { ci, top, handler, nCcalls } = L;
  const { depth } = js;
  const d = depth + PROTECTED;
  const isMade = ci.cl === null;
  const host = frameAbove(ci);
  host.cl = call;
  host.outerHandler = handler;
  L.ci = host;
  L.handler = 0;
  L.nCcalls = nCcalls + 1;
  js.depth = d;
  let error: { readonly type: number; readonly value: unknown };
  try {
    const value = run(L, host, d, closure, n, t0, v0, t1, v1, t2, v2);
    js.depth = depth;
    if (R.type >= 0) {
      L.ci = ci;
      L.handler = handler;
      L.nCcalls = nCcalls;
      return succeeded(value);
    }
    if (!hasFailed()) {
      R.type = INSIDE;
      return null;
    }
    error = takeError();
  } catch (e) {
    L.nny = 0;
    js.depth = depth;
    error = errorOf(L, e)!; // there is no handler that could be suspended
    js.depth = depth;
  }
  L.nCcalls = nCcalls;
  L.handler = handler;
  unwindDirect(L, ci, isMade ? top : ci.top);
  R.type = BOOLEAN;
  R.count = 2;
  R.types[0] = error.type;
  R.values[0] = error.value;
  return false;
}

function run(
  L: LuaState,
  ci: CallInfo,
  d: number,
  closure: LuaClosure,
  n: number,
  t0?: number,
  v0?: unknown,
  t1?: number,
  v1?: unknown,
  t2?: number,
  v2?: unknown,
): unknown {
  const jit = closure.p.jit!;
  let value: unknown;
  if (n === 0) value = jit(L, ci, d, closure);
  else if (n === 1) value = jit(L, ci, d, closure, t0, v0);
  else if (n === 2) value = jit(L, ci, d, closure, t0, v0, t1, v1);
  else value = jit(L, ci, d, closure, t0, v0, t1, v1, t2, v2);
  return R.type === NEXT ? callNext(L, ci, d) : value;
}

/** Puts `true` before the results. */
function succeeded(first: unknown): boolean {
  const { count, types, values } = R;
  for (let i = count - 1; i > 0; i--) {
    types[i] = types[i - 1]!;
    values[i] = values[i - 1];
  }
  if (count > 0) {
    types[0] = R.type;
    values[0] = first;
  }
  R.type = BOOLEAN;
  R.count = count + 1;
  return true;
}
