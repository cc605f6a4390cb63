import type { Loads } from "../lua/run/loads.ts";
import type { Actor } from "../security/actor.ts";
import type { Policy } from "../security/policy.ts";
import { jsonText } from "../value/json.ts";
import type { Outer } from "../worker/outer.ts";
import { ThreadRun } from "../worker/run.ts";
import { RunCall } from "./run-call.ts";
import type { Caller, RunContext } from "./run-context.ts";

/** A thread for a run, with what it may use. */
export async function openThread(run: RunContext, loads: Loads, caller?: Caller): Promise<ThreadRun> {
  const { limits, print, signal, trace, pool, compile } = run;
  const context = new RunCall(run);
  const traced = trace !== undefined;
  const setting = {
    principal: principalOf(run),
    loads,
    context,
    limits,
    print,
    signal,
    again: run.again,
    computing: run.computing,
    traced,
    compile,
    io: run.streams !== undefined,
    outer: outerOf(caller),
    party: { plugin: run.plugin ?? "", actor: run.acting.authority.actor?.id ?? "" },
    since: run.since,
  };
  const called = performance.now();
  const thread = await ThreadRun.open(pool!, setting);
  run.recorder.queued(performance.now() - called);
  context.caller = thread;
  return thread;
}

/** What is used in a thread counts where it was called from. */
function outerOf(caller: Caller | undefined): Outer | undefined {
  if (caller === undefined || caller instanceof ThreadRun) return caller;
  return caller.budget;
}

/** Who acts, and under which policies: no thread serves two of these. */
function principalOf({ acting, trace }: RunContext): string {
  const { actor, scope, strict } = acting.authority;
  return jsonText([actor && textOf(actor), scope?.policies.map(numberOf), strict, trace !== undefined]);
}

const texts = new WeakMap<Actor, string>();

/** An actor with the same id and the same meta has the same text. Nothing in it changes, so it is written once. */
function textOf(actor: Actor): string {
  const text = texts.get(actor) ?? jsonText([actor.id, actor.meta]);
  texts.set(actor, text);
  return text;
}

const numbers = new WeakMap<Policy, number>();
let policies = 0;

/** Another version of a policy has another number, though its id is the same. */
function numberOf(policy: Policy): number {
  const number = numbers.get(policy) ?? ++policies;
  numbers.set(policy, number);
  return number;
}
