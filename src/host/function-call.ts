import { answerOf, valueCells } from "../lua/answer.ts";
import type { Limits } from "../lua/budget.ts";
import { entryPoint } from "../lua/entry-point.ts";
import { State } from "../lua/state.ts";
import type { Going } from "../modules/call.ts";
import { mergeContext } from "../modules/context.ts";
import { globals } from "../modules/index.ts";
import { Authority } from "../security/authority.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Value } from "../value/value.ts";
import type { Program } from "./programs.ts";
import { type Loan, RunCall } from "./run.ts";

/**
 * Calls a function in a state of its own, which ends with the call: nothing is left for another one to see. Answers at
 * once unless the function has to wait.
 * @param caller the state whose code calls it, which gives it no more than it has left
 * @returns the first result, as plain data
 * @throws MoonkeepError what the function raised, or answered as `nil, err`
 */
export function callFunction(
  program: Program,
  args: readonly (Value | undefined)[],
  loan: Loan,
  caller?: State,
): Eventually<Value | undefined> {
  const { limits, signal, interruptible, watched, print } = loan;
  const call = new RunCall(loan);
  const state = new State({ ...program.loads, globals, call, print, caller });
  call.state = state;
  const f = entryPoint(state.use(program.chunk), program.method, program.id);
  const options = { ...limits, signal, interruptible, watched };
  let later = false;
  try {
    const results = state.run(f, valueCells(state.thread, args), options);
    if (!isLater(results)) return answerOf(results);
    later = true;
    return results.then(answerOf).finally(() => state.close());
  } finally {
    if (!later) state.close();
  }
}

/** What a run was lent, for a function that it calls. */
export function passOn(loan: Loan, { context, actor, scope, timeout }: Going, limits: Limits): Loan {
  const { authority } = loan;
  const same = actor === undefined && scope === undefined;
  return {
    ...loan,
    authority: same
      ? authority
      : new Authority({ actor: actor ?? authority.actor, scope: scope ?? authority.scope, strict: authority.strict }),
    context: context === undefined ? loan.context : mergeContext(loan.context, context),
    limits: timeout === undefined ? limits : { ...limits, timeout: Math.min(timeout, limits.timeout ?? timeout) },
    depth: loan.depth + 1,
  };
}
