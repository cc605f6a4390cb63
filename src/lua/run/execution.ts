import { CanceledError, MoonkeepError } from "../../errors.ts";
import type { Wait } from "../core/suspend.ts";
import type { Budget } from "../limits/budget.ts";
import type { Stopped } from "../meter/stopped.ts";
import type { LuaState, TValue } from "../vm/types.ts";
import type { CallOptions } from "./call-options.ts";
import { everythingWaits, runCanceled } from "./errors.ts";
import { type Ending, PendingResults } from "./pending-results.ts";
import { type Scheduler, Task } from "./task.ts";
import { goOn } from "./turn.ts";

/**
 * A call into a state: its coroutines, what it may use, and how it waits. It ends when the coroutine ends that it began
 * in, or when one that it spawned fails; the others are dropped then.
 */
export class Execution implements Scheduler, Ending {
  readonly main: Task;
  /** The function that was called. */
  readonly entry: TValue;
  readonly budget: Budget;
  readonly options: CallOptions;
  /** The task that runs, or ran last. */
  current: Task;
  readonly #goOn: (execution: Execution) => void;
  readonly #abandoned: (execution: Execution) => void;
  readonly #ready: Task[] = [];
  #spawned: Set<Task> | undefined;
  /** Promises that tasks wait for, and others who may still have something for one. */
  #expected = 0;
  #isRunning = false;
  #isWoken = false;
  /** It goes on at the latest after the next turn of the event loop. */
  #isDue = false;
  #hasEnded = false;
  #endings: Set<() => void> | undefined;
  /** There once it has waited. */
  #pending: PendingResults | undefined;

  /**
   * @param nargs how many arguments lie on the thread's stack
   * @param entry the function that lies there
   * @param goOn called when a task can go on
   * @param abandoned called instead when its time or its caller's patience ends before that
   */
  constructor(
    thread: LuaState,
    nargs: number,
    entry: TValue,
    budget: Budget,
    options: CallOptions,
    goOn: (execution: Execution) => void,
    abandoned: (execution: Execution) => void,
  ) {
    this.main = new Task(thread, nargs, this);
    this.current = this.main;
    this.entry = entry;
    this.#ready.push(this.main);
    this.budget = budget;
    this.options = options;
    this.#goOn = goOn;
    this.#abandoned = abandoned;
  }

  get thread(): LuaState {
    return this.main.thread;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get hasWaited(): boolean {
    return this.#pending !== undefined;
  }

  // ---- tasks ----

  /** Starts a coroutine, when the ones before it wait. */
  spawn(thread: LuaState, nargs: number): void {
    const task = new Task(thread, nargs, this);
    this.#spawned ??= new Set();
    this.#spawned.add(task);
    this.#ready.push(task);
  }

  /** The threads of all tasks. */
  *threads(): Iterable<LuaState> {
    yield this.main.thread;
    for (const { thread } of this.#spawned ?? []) yield thread;
  }

  /** Runs tasks by `resume`, until the call has ended or all wait. @returns the task that ended it, if one did */
  run(resume: (task: Task) => "waits" | "ended" | "failed"): Task | undefined {
    this.#isRunning = true;
    try {
      for (let task = this.#ready.shift(); task !== undefined; task = this.#ready.shift()) {
        this.current = task;
        const outcome = resume(task);
        if (outcome === "failed" || (outcome === "ended" && task === this.main)) return task;
        if (outcome === "ended") this.#spawned?.delete(task);
      }
      return undefined;
    } finally {
      this.#isRunning = false;
    }
  }

  waits(task: Task, wait: Wait): void {
    if (wait.promise !== undefined) this.#expected++;
    task.waits(wait);
  }

  ready(task: Task): void {
    this.#ready.push(task);
  }

  /** A promise that a task waited for is settled: nobody runs now. */
  arrived(): void {
    this.#expected--;
    this.#goOnSoon();
  }

  /** Once, for all tasks that are ready by then: what a hundred of them wait for may arrive before the next turn. */
  #goOnSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    goOn(this.#ifReady);
  }

  /** Goes on, unless it has ended meanwhile, or somebody else made it go on. */
  readonly #ifReady = (): void => {
    this.#isDue = false;
    if (!this.#hasEnded && this.#ready.length > 0) this.#goOn(this);
  };

  /** Goes on in a moment, unless it runs anyway: what woke it may itself be a script. */
  wake(): void {
    if (this.#isRunning || this.#isWoken) return;
    this.#isWoken = true;
    queueMicrotask(() => {
      this.#isWoken = false;
      this.#goOnSoon();
    });
  }

  /** Somebody may have something for a task, until what this returns is called. */
  expect(): () => void {
    this.#expected++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#expected--;
      if (this.isDeadlocked && !this.#hasEnded && !this.#isRunning) {
        this.breakDeadlock();
        this.wake();
      }
    };
  }

  /** Whether every task waits for another one. */
  get isDeadlocked(): boolean {
    return this.#expected === 0 && this.#ready.length === 0 && this.main.isParked;
  }

  /** The call's first task learns that it waits in vain. */
  breakDeadlock(): void {
    this.main.refuse(deadlock());
  }

  /** `f` is called when the call has ended. @returns what takes it back */
  atEnd(f: () => void): () => void {
    this.#endings ??= new Set();
    this.#endings.add(f);
    return () => void this.#endings?.delete(f);
  }

  // ---- waiting ----

  /** @returns the promise of its results, the same one for each wait */
  wait(): Promise<readonly TValue[]> {
    this.#pending ??= new PendingResults(this.budget.remaining, this.options.signal, this);
    if (this.options.signal?.aborted) this.cancel();
    return this.#pending.promise;
  }

  /** It has come to its end, after a wait. */
  succeed(results: readonly TValue[]): void {
    this.end();
    this.#pending!.resolve(results);
  }

  /** As `succeed`, with an error. */
  fail(reason: unknown): void {
    this.end();
    this.#pending!.reject(reason);
  }

  /** Its signal was aborted. */
  cancel(): void {
    this.abandon(new CanceledError(runCanceled, this.options.signal?.reason));
  }

  /** The deadline has come, which it only does in the middle of a wait. */
  timeOut(): void {
    try {
      this.budget.timeUp(this.thread);
    } catch (e) {
      this.abandon((e as Stopped).reason);
    }
  }

  /** Ends it in the middle of a wait. */
  abandon(reason: unknown): void {
    this.#abandoned(this);
    this.fail(reason);
  }

  /** Drops the tasks that still wait. Any number of times. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.main.abandon();
    for (const task of this.#spawned ?? []) task.abandon();
    for (const task of this.#ready.splice(0)) task.drop();
    for (const f of this.#endings ?? []) f();
  }
}

const deadlock = () => new MoonkeepError("INVALID", everythingWaits);
