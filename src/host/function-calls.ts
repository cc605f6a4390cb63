/** Calls of functions of the registry and of plugins: by the application, and by runs. */
import type { Limits } from "../limits.ts";
import type { Going } from "../modules/call.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import type { Value } from "../value/value.ts";
import type { Contexts } from "./contexts.ts";
import { callsTooDeep } from "./errors.ts";
import { callFunction, mostCalls, passOn } from "./function-call.ts";
import type { Home, Homes } from "./homes.ts";
import type { Plugin } from "./plugins/plugin.ts";
import type { Program } from "./programs.ts";
import type { Caller, Doors, Invocation, RunContext } from "./run-context.ts";
import type { CallOptions } from "./run-options.ts";
import type { ActiveRun, Runs } from "./runs.ts";
import type { Recorder } from "./telemetry/recorder.ts";

export class FunctionCalls {
  readonly #homes: Homes;
  readonly #contexts: Contexts;
  readonly #runs: Runs;
  readonly #recorder: Recorder;

  constructor(homes: Homes, contexts: Contexts, runs: Runs, recorder: Recorder) {
    this.#homes = homes;
    this.#contexts = contexts;
    this.#runs = runs;
    this.#recorder = recorder;
  }

  /** Calls a function for the application. @throws as `Host.call` rejects */
  call(id: string, args: readonly (Value | undefined)[], options: CallOptions): Eventually<Value | undefined> {
    const { home, program } = this.#homes.find(id);
    return this.#call(home, program, args, options, this.#contexts.limitsOf(home, program, options));
  }

  /** Calls a function of a plugin that is loaded. */
  callPlugin(
    plugin: Plugin,
    id: string,
    args: readonly (Value | undefined)[],
    options: CallOptions,
  ): Eventually<Value | undefined> {
    const home: Home = { edition: plugin.edition, plugin };
    const program = plugin.edition.programs.get(id)!;
    const { timeout, ...others } = options;
    const limits = this.#contexts.limitsOf(home, program, others);
    const most = { ...limits, timeout: Math.min(Number(timeout), limits.timeout ?? Number.POSITIVE_INFINITY) };
    return this.#call(home, program, args, others, most);
  }

  #call(
    home: Home,
    program: Program,
    args: readonly (Value | undefined)[],
    options: CallOptions,
    limits: Limits,
  ): Eventually<Value | undefined> {
    const active = this.#runs.begin(this.#contexts.about(program.id, home, options));
    return whenOver(active.end, () => this.#start(home, program, args, this.context(home, options, limits, active)));
  }

  /** What a run gets. @param active the run; undefined: each piece of code is one by itself */
  context(home: Home, options: CallOptions, limits: Limits, active?: ActiveRun): RunContext {
    return { ...this.#contexts.of(home, options, limits, active), ...this.#doorsOf(home) };
  }

  /** How a run reaches others, by their ids. */
  #doorsOf(home: Home): Doors {
    return {
      invoke: (call) => this.#invoke(call, home),
      entry: (id) => this.#homes.entry(id, home),
      nearestStore: (id, may) => this.#homes.nearestStore(id, home, may),
      variable: (key) => this.#homes.variable(key, home),
      variables: () => this.#homes.variables(home),
    };
  }

  #invoke({ id, args, going, run, caller, may }: Invocation, from: Home): Eventually<Value | undefined> {
    const most = mostCalls(run);
    if (run.depth >= most) throw callsTooDeep(id, most);
    const { home, program } = this.#homes.find(id, from, may);
    return this.#recorder.call(program.id, run.span, (span) =>
      this.#pass(home, program, args, going, { ...run, span }, caller, from),
    );
  }

  #pass(
    home: Home,
    program: Program,
    args: Invocation["args"],
    going: Going,
    run: RunContext,
    caller: Caller | undefined,
    from: Home,
  ): Eventually<Value | undefined> {
    const passed = passOn(run, going, this.#contexts.limitsOf(home, program, {}));
    if (home === from) {
      return this.#counted(passed, home, (context) =>
        callFunction(program, args, this.#contexts.withSecurity(context, home, program), caller),
      );
    }
    const acting =
      home.plugin === undefined ? passed.acting : this.#contexts.acting(home, () => passed.acting.authority);
    const pool = passed.pool ?? this.#contexts.poolFor(home, {}); // what a thread calls runs in a thread, too
    const called = { ...passed, acting, pool, plugin: home.plugin?.name, ...this.#doorsOf(home) };
    return this.#counted(called, home, (context) => this.#start(home, program, args, context, caller));
  }

  /** What is called by somebody else counts for whoever acts in it. @throws MoonkeepError RATE_LIMITED */
  #counted<T>(run: RunContext, home: Home, call: (run: RunContext) => Eventually<T>): Eventually<T> {
    const account = this.#contexts.accountOf(home, run.acting);
    if (account === run.account) return call(run);
    const context = { ...run, account, computing: account && this.#contexts.computing(account) };
    return account === undefined ? call(context) : whenOver(account.begin(), () => call(context));
  }

  /** Calls a function of an edition, which is there until it has ended. */
  #start(
    home: Home,
    program: Program,
    args: readonly (Value | undefined)[],
    run: RunContext,
    caller?: Caller,
  ): Eventually<Value | undefined> {
    return whenOver(home.edition.hold(), () =>
      callFunction(program, args, this.#contexts.withSecurity(run, home, program), caller),
    );
  }
}

/** Calls `end` when `f` has its answer, now or later, and with what it failed with. */
function whenOver<T>(end: (error?: unknown) => void, f: () => Eventually<T>): Eventually<T> {
  const failed = (e: unknown): never => {
    end(e);
    throw e;
  };
  let answer: Eventually<T>;
  try {
    answer = f();
  } catch (e) {
    return failed(e);
  }
  if (!isLater(answer)) {
    end();
    return answer;
  }
  return answer.then((value) => {
    end();
    return value;
  }, failed);
}
