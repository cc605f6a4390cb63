/**
 * The calls into a state: each runs in a coroutine of its own under a budget, until it ends or waits. Several may wait
 * at the same time, and one may start within another.
 */
import { CanceledError, LimitError, MoonkeepError } from "../../errors.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import { forgetCalls } from "../boundary/function.ts";
import { js } from "../core/compiled-frames.ts";
import { newThread, resume } from "../core/coroutine.ts";
import { COLLECTED, PAUSED } from "../core/pause.ts";
import { hasRoom, push } from "../core/stack.ts";
import type { Runtime } from "../core/state-of.ts";
import type { Budget } from "../limits/budget.ts";
import { Stopped, StoppedWaiting } from "../meter/stopped.ts";
import { newCell, nilCell } from "../vm/table.ts";
import { type LuaState, OK, type TValue, YIELD } from "../vm/types.ts";
import type { CallOptions } from "./call-options.ts";
import { givenText, textFunction } from "./error-text.ts";
import { scriptHasEnded, tooManyArguments } from "./errors.ts";
import { Execution } from "./execution.ts";
import type { Footprint } from "./footprint.ts";
import type { Task } from "./task.ts";
import { turn } from "./turn.ts";
import { takeObject, uncaught, withText } from "./uncaught.ts";

/** What of a state changes as its calls begin, wait and end. */
export interface Running extends Runtime {
  root: LuaState | undefined;
  budget: Budget | undefined;
  execution: Execution | undefined;
  /** Where the host call that is going on was made. */
  readonly running: LuaState | undefined;
  /** Instructions of the call that ran last. */
  used: number;
}

/** The state whose code runs: it calls another one, or itself anew, through a host function. */
let innermost: Running | undefined;

/** Levels of calls through JavaScript that a call of a state from within another one takes, beside those below. */
const NESTED = 2;

/**
 * The levels below a call that begins now. All states that call each other have one stack of JavaScript, so together
 * they may go as deep as one may: it never runs out in the middle of a host function, whatever that is doing.
 */
const levelsBelow = (): number => (innermost === undefined ? 0 : (innermost.running?.nCcalls ?? 0) + NESTED);

export class Calls {
  readonly #L: LuaState;
  readonly #state: Running;
  readonly #footprint: Footprint;
  /** Those that run or wait. */
  readonly #calls: Set<Execution>;
  readonly #outlivesEnds: boolean;
  readonly #onBroken: () => void;
  #broken: MoonkeepError | undefined;
  #ended = false;
  /** As `levelsBelow` says, for the call that runs. */
  #below = 0;

  /**
   * @param outlivesEnds whether others can be called after one was ended between two instructions
   * @param onBroken called, any number of times, when nothing can be called any more
   */
  constructor(
    L: LuaState,
    state: Running,
    footprint: Footprint,
    calls: Set<Execution>,
    outlivesEnds: boolean,
    onBroken: () => void,
  ) {
    this.#L = L;
    this.#state = state;
    this.#footprint = footprint;
    this.#calls = calls;
    this.#outlivesEnds = outlivesEnds;
    this.#onBroken = onBroken;
  }

  /** Why nothing can be called any more; undefined as long as something can. */
  get broken(): MoonkeepError | undefined {
    return this.#broken;
  }

  /** Nothing can be called from now on. */
  end(): void {
    this.#ended = true;
  }

  /** What waits is dropped: nothing waits for it. */
  drop(): void {
    for (const execution of this.#calls) execution.end();
  }

  /** @throws why nothing can be called any more */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#ended) throw new MoonkeepError("INVALID", scriptHasEnded);
  }

  /** A call was ended. */
  #stopped(e: Stopped): void {
    const reason = e.reason as MoonkeepError;
    if (e instanceof StoppedWaiting || (this.#outlivesEnds && endsBetweenInstructions(reason))) return;
    this.#broken = reason;
  }

  /** A call is left. Once nothing can be called any more, those that wait fail, too. */
  #left(): void {
    if (this.#broken === undefined) return;
    for (const execution of this.#calls) if (!execution.isRunning) execution.abandon(this.#broken);
    this.#onBroken();
  }

  /**
   * Does something outside of Lua that counts what it does.
   * @throws what `work` throws; LimitError when a limit was reached meanwhile
   */
  within<T>(budget: Budget, work: () => T): T {
    const state = this.#state;
    const { current } = state;
    state.current = this.#L;
    budget.enter(this.#L, this.#footprint);
    try {
      return work();
    } catch (e) {
      if (!(e instanceof Stopped)) throw e;
      this.#stopped(e);
      throw e.reason;
    } finally {
      budget.leave(this.#L.l_G);
      state.current = current;
      this.#left();
    }
  }

  /**
   * Calls a function. Answers at once unless it has to wait.
   * @throws what it raised, with the text that an error object gives of itself; LimitError
   */
  run(f: TValue, args: readonly TValue[], options: CallOptions, budget: Budget): Eventually<readonly TValue[]> {
    const explain = (e: unknown): Eventually<never> => this.#explain(e, options, budget);
    try {
      const results = this.#call(f, args, options, budget);
      return isLater(results) ? results.catch(explain) : results;
    } catch (e) {
      return explain(e);
    }
  }

  #call(f: TValue, args: readonly TValue[], options: CallOptions, budget: Budget): Eventually<readonly TValue[]> {
    this.check();
    const co = newThread(this.#L);
    if (!hasRoom(co, args.length + 1)) {
      throw new MoonkeepError("INVALID", tooManyArguments(args.length));
    }
    for (const { type, value } of [f, ...args]) push(co, type, value);
    return this.#resume(new Execution(co, args.length, f, budget, options, this.#goOn, this.#abandoned));
  }

  /**
   * An error object that nothing caught says itself what it is, within the limits of the call that raised it.
   * @throws the error with that text; as it is where the object has none, or fails to give it
   */
  #explain(e: unknown, options: CallOptions, budget: Budget): Eventually<never> {
    const object = takeObject(e);
    if (object === undefined) throw e;
    const fail = (failure: unknown): never => {
      throw failure instanceof LimitError || failure instanceof CanceledError ? failure : e;
    };
    const retell = (said: readonly TValue[]): never => {
      throw withText(e as MoonkeepError, givenText(said));
    };
    let said: Eventually<readonly TValue[]>;
    try {
      said = this.#call(textFunction, [object], options, budget);
    } catch (failure) {
      return fail(failure);
    }
    return isLater(said) ? said.then(retell, fail) : retell(said);
  }

  /** Runs a call until it ends or waits. */
  #resume(execution: Execution): Eventually<readonly TValue[]> {
    this.check();
    const state = this.#state;
    const { thread: co, budget } = execution;
    const { root, current, budget: outerBudget, execution: outerExecution, resumers } = state;
    const outer = resumers.length === 0 ? undefined : resumers.splice(0);
    state.budget = budget;
    state.execution = execution;
    this.#calls.add(execution);
    budget.enter(co, this.#footprint);
    const { computing } = execution.options;
    computing?.enter();
    let ended: Task | undefined;
    const { depth } = js;
    const outerState = innermost;
    const below = this.#below;
    this.#below = levelsBelow();
    innermost = state;
    try {
      ended = this.#run(execution);
    } catch (e) {
      execution.end();
      this.#calls.delete(execution);
      if (e instanceof Stopped) this.#stopped(e);
      throw e instanceof Stopped ? e.reason : e;
    } finally {
      js.depth = depth; // what was stopped has left it as it was
      innermost = outerState;
      if (outerState === undefined) forgetCalls();
      this.#below = below;
      budget.leave(co.l_G);
      computing?.leave();
      state.used = budget.used;
      state.root = root;
      state.current = current;
      state.budget = outerBudget;
      state.execution = outerExecution;
      if (resumers.length > 0) resumers.length = 0;
      if (outer !== undefined) resumers.push(...outer);
      this.#left();
    }
    if (ended === undefined) return execution.wait();
    this.#calls.delete(execution);
    execution.end();
    return resultsOf(ended.thread);
  }

  /** Runs what can run. @returns the task that ended the call, if one did */
  #run(execution: Execution): Task | undefined {
    let ended = execution.run(this.#resumeTask);
    while (ended === undefined && execution.isDeadlocked && this.#calls.size === 1) {
      if (execution.budget.remaining <= 0) execution.budget.timeUp(execution.thread); // that is what it waited for
      execution.breakDeadlock();
      ended = execution.run(this.#resumeTask);
    }
    return ended;
  }

  readonly #resumeTask = (task: Task): "waits" | "ended" | "failed" => {
    const state = this.#state;
    const { thread, nargs } = task;
    task.nargs = 0;
    state.root = thread;
    state.current = thread;
    let status = resume(thread, null, nargs, this.#below);
    while (status === YIELD && (state.waiting === PAUSED || state.waiting === COLLECTED)) {
      const { waiting } = state;
      state.waiting = undefined;
      if (waiting === COLLECTED) this.#collect();
      else if (state.budget!.paused()) {
        state.execution!.waits(task, { promise: turn(), rejected: false, outcome: undefined });
        return "waits";
      }
      status = resume(thread, null, 0, this.#below);
    }
    if (status !== YIELD) return status === OK ? "ended" : "failed";
    const wait = state.waiting!;
    state.waiting = undefined;
    state.execution!.waits(task, wait);
    return "waits";
  };

  #collect(): void {
    const g = this.#L.l_G;
    const { bytes, compiled } = this.#state.budget!.collect();
    g.heapBytes = bytes - compiled;
    g.heapIds = g.id_counter;
  }

  /** Goes on with a call whose wait is over. */
  readonly #goOn = (execution: Execution): void => {
    try {
      const results = this.#resume(execution);
      if (!isLater(results)) execution.succeed(results);
    } catch (e) {
      this.#calls.delete(execution); // where it was not even begun again
      execution.fail(e);
    }
  };

  /** A call was ended in the middle of a wait. The state is sound, and other calls may go on in it. */
  readonly #abandoned = (execution: Execution): void => {
    this.#calls.delete(execution);
  };
}

const endsBetweenInstructions = (e: MoonkeepError): boolean =>
  e instanceof LimitError ? e.kind === "TIMEOUT" : e instanceof CanceledError;

/** What a thread that has ended gives. @throws what it raised */
function resultsOf(thread: LuaState): readonly TValue[] {
  if (thread.status !== OK) throw uncaught(thread, thread.stack[thread.top - 1] ?? nilCell());
  const results = thread.stack.slice(1, thread.top).map(({ type, value }) => newCell(type, value));
  thread.top = 1; // dead: the script may still have it in its hands
  return results;
}
