import { CanceledError } from "../errors.ts";
import type { Budget } from "./budget.ts";
import type { CallOptions } from "./state.ts";
import type { Stopped } from "./stopped.ts";
import type { Wait } from "./suspend.ts";
import type { LuaState, TValue } from "./types.ts";

/**
 * A call into a state: its coroutine, what it may use, and how it waits. Scripts wait often and shortly, so what that
 * takes is made at the first wait and serves all of them: one promise of the results, and one timer for the deadline,
 * whichever wait it falls into.
 */
export class Execution {
  readonly thread: LuaState;
  readonly budget: Budget;
  readonly options: CallOptions;
  readonly #goOn: (execution: Execution) => void;
  readonly #abandoned: (execution: Execution) => void;
  /** What it waits for, if it does. */
  #wait: Wait | undefined;
  /** Of its results; there once it has waited. */
  #promise: Promise<readonly TValue[]> | undefined;
  #resolve!: (results: readonly TValue[]) => void;
  #reject!: (reason: unknown) => void;
  #deadline: NodeJS.Timeout | undefined;

  /**
   * @param goOn called when what it waited for is there
   * @param abandoned called instead when its time or its caller's patience ends before that
   */
  constructor(
    thread: LuaState,
    budget: Budget,
    options: CallOptions,
    goOn: (execution: Execution) => void,
    abandoned: (execution: Execution) => void,
  ) {
    this.thread = thread;
    this.budget = budget;
    this.options = options;
    this.#goOn = goOn;
    this.#abandoned = abandoned;
  }

  get hasWaited(): boolean {
    return this.#promise !== undefined;
  }

  /** @returns the promise of its results, the same one for each wait */
  wait(wait: Wait): Promise<readonly TValue[]> {
    this.#promise ??= this.#prepare();
    this.#wait = wait;
    wait.promise.then(this.#fulfilled, this.#rejected);
    if (this.options.signal?.aborted) this.cancel();
    return this.#promise;
  }

  /** It has come to its end, after a wait. */
  succeed(results: readonly TValue[]): void {
    this.#leave();
    this.#resolve(results);
  }

  /** As `succeed`, with an error. */
  fail(reason: unknown): void {
    this.#leave();
    this.#reject(reason);
  }

  /** Its signal was aborted. */
  cancel(): void {
    this.#abandon(new CanceledError("the run was canceled", this.options.signal?.reason));
  }

  #prepare(): Promise<readonly TValue[]> {
    const { remaining } = this.budget;
    if (Number.isFinite(remaining)) this.#deadline = setTimeout(() => this.#timeOut(), Math.max(0, remaining));
    if (this.options.signal !== undefined) listen(this.options.signal, this);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  readonly #fulfilled = (value: unknown): void => this.#settle(false, value);
  readonly #rejected = (reason: unknown): void => this.#settle(true, reason);

  #settle(rejected: boolean, outcome: unknown): void {
    const wait = this.#wait;
    if (wait === undefined) return; // abandoned, and nobody asks any more
    this.#wait = undefined;
    wait.rejected = rejected;
    wait.outcome = outcome;
    this.#goOn(this);
  }

  /** The deadline has come, which it only does in the middle of a wait. */
  #timeOut(): void {
    try {
      this.budget.timeUp(this.thread);
    } catch (e) {
      this.#abandon((e as Stopped).reason);
    }
  }

  #abandon(reason: unknown): void {
    this.#abandoned(this);
    this.fail(reason);
  }

  #leave(): void {
    this.#wait = undefined;
    clearTimeout(this.#deadline);
    if (this.options.signal !== undefined) unlisten(this.options.signal, this);
  }
}

/** The calls under a signal that have waited. One listener serves them all: many runs may share one signal. */
const listening = new WeakMap<AbortSignal, Set<Execution>>();

function listen(signal: AbortSignal, execution: Execution): void {
  let executions = listening.get(signal);
  if (executions === undefined) {
    executions = new Set();
    listening.set(signal, executions);
  }
  if (executions.size === 0) signal.addEventListener("abort", cancelAll);
  executions.add(execution);
}

function unlisten(signal: AbortSignal, execution: Execution): void {
  const executions = listening.get(signal);
  if (executions?.delete(execution) && executions.size === 0) signal.removeEventListener("abort", cancelAll);
}

function cancelAll(this: AbortSignal): void {
  for (const execution of [...(listening.get(this) ?? [])]) execution.cancel();
}
