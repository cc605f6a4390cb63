/** A coroutine that the host resumes: the one that a call began in, or one that it spawned. */
import type { MoonkeepError } from "../../errors.ts";
import { releaseAnswer } from "../boundary/handle-type.ts";
import type { Wait } from "../core/suspend.ts";
import type { LuaState } from "../vm/types.ts";

/** Who is told when a task has what it waited for. */
export interface Scheduler {
  /** The task goes on when its turn comes. */
  ready(task: Task): void;
  /** A promise that a task waited for is settled: nothing runs now. */
  arrived(): void;
}

export class Task {
  readonly thread: LuaState;
  readonly #scheduler: Scheduler;
  /** What it is resumed with the first time. */
  nargs: number;
  #wait: Wait | undefined;
  /** What it waited for last. */
  #answer: Wait | undefined;

  constructor(thread: LuaState, nargs: number, scheduler: Scheduler) {
    this.thread = thread;
    this.nargs = nargs;
    this.#scheduler = scheduler;
  }

  /** Whether nothing but another task can wake it. */
  get isParked(): boolean {
    return this.#wait !== undefined && this.#wait.promise === undefined;
  }

  waits(wait: Wait): void {
    this.#wait = wait;
    wait.promise?.then(this.#fulfilled, this.#rejected);
  }

  readonly #fulfilled = (value: unknown): void => this.#arrived(false, value);
  readonly #rejected = (reason: unknown): void => this.#arrived(true, reason);

  #arrived(rejected: boolean, outcome: unknown): void {
    if (this.#wait === undefined) {
      if (!rejected) releaseAnswer(outcome); // abandoned, and nobody asks any more
      return;
    }
    this.settle(rejected, outcome);
    this.#scheduler.arrived();
  }

  /** It has what it waited for, and goes on when its turn comes. */
  settle(rejected: boolean, outcome: unknown): void {
    const wait = this.#wait;
    if (wait === undefined) return;
    this.#wait = undefined;
    wait.rejected = rejected;
    wait.outcome = outcome;
    this.#answer = wait;
    this.#scheduler.ready(this);
  }

  /** It does not get what it waits for, and goes on with an error. */
  refuse(error: MoonkeepError): void {
    this.#wait?.cancel?.();
    this.settle(true, error);
  }

  /** It was ready, and is not going on: nobody gets what it waited for. */
  drop(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer?.rejected === false) releaseAnswer(answer.outcome);
  }

  /** It is not going on. */
  abandon(): void {
    const wait = this.#wait;
    this.#wait = undefined;
    wait?.cancel?.();
  }
}
