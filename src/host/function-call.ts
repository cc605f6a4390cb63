import { ExitError } from "../errors.ts";
import { callDepthInThreads, type Limits, MAX_CALL_DEPTH } from "../limits.ts";
import { answerOf, valueCells } from "../lua/boundary/answer.ts";
import { entryPoint } from "../lua/run/entry-point.ts";
import { State } from "../lua/run/state.ts";
import type { TValue } from "../lua/vm/types.ts";
import type { Going } from "../modules/call.ts";
import { mergeContext } from "../modules/context.ts";
import { globals } from "../modules/index.ts";
import { Authority } from "../security/authority.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Value } from "../value/value.ts";
import { Acting } from "./in-force.ts";
import { openThread } from "./open-thread.ts";
import type { Program } from "./programs.ts";
import { RunCall } from "./run-call.ts";
import type { Caller, RunContext } from "./run-context.ts";

/** A function that ends itself by `os.exit` answers nothing. @throws anything else */
function ended(e: unknown): undefined {
  if (!(e instanceof ExitError)) throw e;
}

/**
 * Calls a function in a state of its own, which ends with the call: nothing is left for another one to see. Answers at
 * once unless the function has to wait.
 * @param caller the run whose code calls it, which gives it no more than it has left
 * @returns the first result, as plain data
 * @throws MoonkeepError what the function raised, or answered as `nil, err`
 */
export function callFunction(
  program: Program,
  args: readonly (Value | undefined)[],
  run: RunContext,
  caller?: Caller,
): Eventually<Value | undefined> {
  try {
    const answer =
      run.pool === undefined ? callHere(program, args, run, caller) : callInThread(program, args, run, caller);
    return isLater(answer) ? answer.catch(ended) : answer;
  } catch (e) {
    return ended(e);
  }
}

function callHere(
  program: Program,
  args: readonly (Value | undefined)[],
  run: RunContext,
  caller: Caller | undefined,
): Eventually<Value | undefined> {
  const { limits, signal, interruptible, computing, print, compile } = run;
  const call = new RunCall(run);
  const state = new State({ ...program.loads, globals, call, print, caller: caller as State | undefined, compile });
  call.caller = state;
  const f = entryPoint(state.use(program.chunk), program.method, program.id);
  const options = { ...limits, signal, interruptible, computing };
  const budget = state.budgetFor(options);
  const answer = (results: readonly TValue[]) => state.handOver(budget, () => answerOf(results, limits.memory));
  let later = false;
  try {
    const results = state.run(f, valueCells(state.thread, args), options, budget);
    if (!isLater(results)) return answer(results);
    later = true;
    return results.then(answer).finally(() => state.close());
  } finally {
    if (!later) state.close();
  }
}

async function callInThread(
  { chunk, loads, method, id }: Program,
  args: readonly (Value | undefined)[],
  run: RunContext,
  caller: Caller | undefined,
): Promise<Value | undefined> {
  const thread = await openThread(run, loads, caller);
  return thread.answer({ chunk, loads, entry: { method, id }, args });
}

/** How deeply calls of functions may nest that begin with a run. */
export function mostCalls({ mostCalls = MAX_CALL_DEPTH, pool, limits }: RunContext): number {
  return pool === undefined ? mostCalls : Math.min(mostCalls, callDepthInThreads(limits.memory));
}

/** The context of a run, for a function that it calls. */
export function passOn(run: RunContext, going: Going, limits: Limits): RunContext {
  const { context, timeout } = going;
  return {
    ...run,
    streams: undefined,
    acting: actingAs(run, going),
    context: context === undefined ? run.context : mergeContext(run.context, context),
    limits: timeout === undefined ? limits : { ...limits, timeout: Math.min(timeout, limits.timeout ?? timeout) },
    since: performance.now(),
    depth: run.depth + 1,
    mostCalls: mostCalls(run),
  };
}

function actingAs({ acting, inForce }: RunContext, { actor, scope }: Going): Acting {
  if (actor === undefined && scope === undefined) return acting;
  return new Acting(inForce, () => {
    const { authority } = acting;
    const { strict } = authority;
    return new Authority({ actor: actor ?? authority.actor, scope: scope?.() ?? authority.scope, strict });
  });
}
