/** What runs in a host: who waits for it to end, and who may end it. */
import type { Signal } from "../lua/run/call-options.ts";
import type { Milliseconds } from "../value/value.ts";
import { hostClosed } from "./errors.ts";
import type { Account } from "./quotas/account.ts";
import type { Isolation } from "./run-options.ts";
import type { Recorder } from "./telemetry/recorder.ts";
import type { Span } from "./telemetry/tracing.ts";

/** What is known of a run before it begins. */
export interface About {
  /** The script's name, or the function's id. */
  readonly source: string;
  readonly isolation: Isolation;
  /** Whoever called may end it by this. */
  readonly signal: AbortSignal | undefined;
  /** Who it acts as, where that is known before it begins. */
  readonly actor?: string | undefined;
  /** What it counts for, where that is known before it begins. */
  readonly account?: Account | undefined;
}

/** A run that goes on: of a script or a function, or of a function that came out of a script. */
export interface Run {
  /** Another one for each run of a host. */
  readonly id: number;
  /** Who it acts as. */
  readonly actor: string | undefined;
  /** The script's name, or the function's id. */
  readonly source: string;
  readonly since: Date;
  readonly isolation: Isolation;
  /**
   * Ends it: it rejects with CANCELED, whose cause is the reason. In a thread whatever it does; a script that shares
   * the host's thread as soon as it waits. Of one that has ended, nothing.
   */
  kill(reason?: unknown): void;
}

/** A run, as far as the host goes: it has a signal of its own, which follows the caller's. */
export class ActiveRun implements Run, Signal {
  readonly id: number;
  readonly source: string;
  readonly since: Date = new Date();
  readonly isolation: Isolation;
  actor: string | undefined;
  aborted = false;
  reason: unknown;
  readonly #theirs: AbortSignal | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #recorder: Recorder;
  readonly #began: Milliseconds = performance.now();
  readonly #ended: (run: ActiveRun) => void;
  #leave: (() => void) | undefined;
  /** What its parts are told as parts of. */
  readonly span: Span | undefined;

  constructor(
    id: number,
    { source, isolation, signal, actor }: About,
    recorder: Recorder,
    ended: (run: ActiveRun) => void,
  ) {
    this.id = id;
    this.source = source;
    this.isolation = isolation;
    this.actor = actor;
    this.#theirs = signal;
    this.#recorder = recorder;
    this.#ended = ended;
    this.span = recorder.runBegan(this);
    if (signal?.aborted) this.kill(signal.reason);
    else if (signal !== undefined) follow(signal, this);
  }

  kill(reason?: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** It counts for an account from now on, until it ends. @throws MoonkeepError RATE_LIMITED */
  countFor(account: Account | undefined): void {
    this.#leave = account?.begin();
  }

  /** @param error what it failed with; undefined: it went well */
  readonly end = (error?: unknown): void => {
    if (this.#theirs !== undefined) unfollow(this.#theirs, this);
    this.#leave?.();
    this.#ended(this);
    const { id, source, isolation, actor } = this;
    const milliseconds = performance.now() - this.#began;
    this.#recorder.runEnded({ id, source, isolation, actor, milliseconds }, this.span, error);
  };
}

export class Runs {
  readonly #going = new Set<ActiveRun>();
  #last = 0;
  #isRefusing = false;
  readonly #whenNone = new Set<() => void>();
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Begins one, until its `end` is called. @throws UNAVAILABLE once no more are to begin */
  begin(about: About): ActiveRun {
    if (this.#isRefusing) throw hostClosed();
    const run = new ActiveRun(++this.#last, about, this.#recorder, this.#ended);
    this.#going.add(run);
    return run;
  }

  /** The same around a call. */
  async during<T>(about: About, call: (run: ActiveRun) => Promise<T>): Promise<T> {
    const run = this.begin(about);
    let result: T;
    try {
      run.countFor(about.account);
      result = await call(run);
    } catch (e) {
      run.end(e);
      throw e;
    }
    run.end();
    return result;
  }

  /** Those that go on, the oldest first. */
  list(): readonly Run[] {
    return [...this.#going];
  }

  /** No more begin. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Resolves when none goes on, or when the time is up. */
  drained(timeout: Milliseconds): Promise<void> {
    if (this.#going.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#whenNone.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeout);
      this.#whenNone.add(done);
    });
  }

  /** Ends those that go on. */
  killAll(reason: unknown): void {
    for (const run of [...this.#going]) run.kill(reason);
  }

  readonly #ended = (run: ActiveRun): void => {
    this.#going.delete(run);
    if (this.#going.size === 0) for (const done of [...this.#whenNone]) done();
  };
}

/** The runs under a signal. One listener serves them all: many runs may share one signal. */
const following = new WeakMap<AbortSignal, Set<ActiveRun>>();

function follow(signal: AbortSignal, run: ActiveRun): void {
  let runs = following.get(signal);
  if (runs === undefined) {
    runs = new Set();
    following.set(signal, runs);
  }
  if (runs.size === 0) signal.addEventListener("abort", killFollowing);
  runs.add(run);
}

function unfollow(signal: AbortSignal, run: ActiveRun): void {
  const runs = following.get(signal);
  if (runs?.delete(run) && runs.size === 0) signal.removeEventListener("abort", killFollowing);
}

function killFollowing(this: AbortSignal): void {
  for (const run of [...(following.get(this) ?? [])]) run.kill(this.reason);
}
