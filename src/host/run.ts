import { ExitError } from "../errors.ts";
import { MAX_ARGUMENTS } from "../limits.ts";
import { Budget } from "../lua/limits/budget.ts";
import { KeptFunctions, readAll, toCells } from "../lua/run/outside.ts";
import { presenterOf, type Results, readResults } from "../lua/run/results.ts";
import { State } from "../lua/run/state.ts";
import { globals } from "../modules/index.ts";
import { ioModule } from "../modules/io.ts";
import { fromJs } from "../value/js.ts";
import type { Table, Value } from "../value/value.ts";
import { runCanceled, tooManyScriptArguments } from "./errors.ts";
import { openThread } from "./open-thread.ts";
import { RunCall } from "./run-call.ts";
import type { RunContext } from "./run-context.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { scriptSource } from "./source.ts";

export async function runScript(source: string | Uint8Array, options: RunOptions, run: RunContext): Promise<RunResult> {
  const { name = "script", args = [] } = options;
  if (args.length > MAX_ARGUMENTS) {
    throw new RangeError(tooManyScriptArguments(MAX_ARGUMENTS, args.length));
  }
  if (run.signal?.aborted) throw runCanceled(run.signal);
  const script: Script = {
    source: scriptSource(source, name),
    name: `@${name}`,
    arg: argTable(name, args),
    args,
    results: readResults(options.results),
  };
  try {
    return await (run.pool === undefined ? runShared(script, run) : runInThread(script, run));
  } catch (e) {
    return exitOf(e);
  }
}

/** What a script comes to that ended itself. @throws anything else */
export function exitOf(e: unknown): RunResult {
  if (!(e instanceof ExitError)) throw e;
  return { value: undefined, values: [], exit: e.code };
}

interface Script {
  readonly source: Uint8Array;
  /** As Lua names chunks. */
  readonly name: string;
  readonly arg: Value;
  readonly args: readonly unknown[];
  readonly results: Results;
}

/** Names that lead to `io`: its own, and those by which a script gets at whatever global it likes. */
const leadsToIo = /\b(?:io|_G|_ENV|load|require|package)\b/;

/** `io` takes a tenth of the time in which a script of one line starts and ends, so it is made for whoever can see it. */
const mayReachIo = ({ buffer, byteOffset, byteLength }: Uint8Array): boolean =>
  leadsToIo.test(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"));

/** In a state in this thread. */
async function runShared({ source, name, arg, args, results: wanted }: Script, run: RunContext): Promise<RunResult> {
  const { modules, imports, finder, compatible, print, limits, signal, interruptible, computing, compile, streams } =
    run;
  const call = new RunCall(run);
  const state = new State({
    modules,
    imports,
    finder,
    compatible,
    globals,
    io: streams !== undefined && mayReachIo(source) ? ioModule : undefined,
    call,
    print,
    compile,
  });
  call.caller = state;
  const options = { ...limits, signal, interruptible, computing };
  const functions = new KeptFunctions(state, options, run.again);
  try {
    const budget = new Budget(limits, undefined, { interruptible });
    const main = state.load(source, name, budget);
    state.setGlobal("arg", arg);
    const results = await state.run(main, toCells(state.thread, args, "args"), options, budget);
    const present = presenterOf(wanted);
    const shown = present ? await state.run(present, results, options, budget) : results;
    return state.handOver(budget, () => functions.outside.outcome(shown));
  } finally {
    if (!functions.needState) state.close();
  }
}

/** In a state in a thread of its own; what it asks for is answered here. */
async function runInThread({ args, ...script }: Script, run: RunContext): Promise<RunResult> {
  const thread = await openThread(run, run);
  return thread.outcome({ ...script, args: readAll(args, "args"), loads: run });
}

/** `arg[0]` is the script's name, `arg[1]` its first argument, as `lua` has them. */
export function argTable(name: string, args: readonly unknown[]): Value {
  const values = args.map((value, i) => fromJs(value, `args[${i}]`));
  const fields = new Map<unknown, unknown>([[0, name]]);
  values.forEach((value, i) => {
    fields.set(i + 1, value);
  });
  return fromJs(fields, "arg") as Table;
}
