/**
 * The threads of a host. A thread starts in some 50 ms, so some are kept that have run nothing yet, and a run begins
 * in a millisecond.
 *
 * A thread is used again after a script that ended of its own accord, in a fresh state, and only for the same
 * principal: who acts, under which policies. If a script ever took its thread over, it would find nothing there but
 * what its own principal may do anyway. After a limit, a kill or a crash the thread is thrown away.
 *
 * There are `max` threads at most: those that run something, those that are kept by functions that came out of scripts,
 * those that are ready, and those that are on their way out. Only what a thread calls and waits for comes on top, since
 * both would wait for ever otherwise.
 */
import { setTimeout } from "node:timers/promises";
import { CanceledError } from "../errors.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Signal } from "../lua/run/call-options.ts";
import { local } from "../modules/index.ts";
import { ioModule } from "../modules/io.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { heldByFunctions, noFurtherThread, queueFull, runCanceled, threadEnded, waitedTooLong } from "./errors.ts";
import { FairQueue, type Party } from "./fair-queue.ts";
import { HostThread } from "./host-thread.ts";
import { ConstantHandles, describeModule, type ModuleShape } from "./shapes.ts";

export interface PoolOptions {
  /** How many threads there are; what needs more waits for its turn. */
  readonly max: number;
  /** How many of them one plugin has at a time. */
  readonly perPlugin: number;
  /** How many runs wait at a time. */
  readonly maxQueued: number;
  /** How long a run waits. */
  readonly maxWait: Milliseconds;
  /** How many threads are kept ready that have run nothing yet. */
  readonly spares: number;
  /** Whether a thread runs more than one script. */
  readonly reuse: boolean;
  /** What a thread runs; undefined: the script that comes with this package. */
  readonly script: string | URL | undefined;
}

export interface Need {
  readonly principal: string;
  readonly party: Party;
  /** The run's memory limit; infinite where there is none. */
  readonly memory: Bytes;
  /** Whether another run calls it, and waits for it. */
  readonly isCalled: boolean;
  /** The same, in a thread: it takes no place, or they might wait for each other. */
  readonly isNested: boolean;
}

/** How long a run waits for its thread. */
export interface Patience {
  readonly signal?: Signal | undefined;
  /** By `performance.now()`; infinite where there is no end. */
  readonly deadline: Milliseconds;
  /** What it fails with then. */
  late(): Error;
}

interface Waiting {
  readonly party: Party;
  readonly isCalled: boolean;
  resolve(): void;
  reject(e: unknown): void;
}

/** A thread that a run has. */
export interface Place {
  readonly thread: HostThread;
  /** The run has ended; functions that came out of it keep the thread. */
  rest(): void;
  /** Gives the thread back. @param clean whether its script ended of its own accord */
  end(clean: boolean): void;
}

/** V8 keeps what was made while it was marking already, so one collection may find nothing. */
const COLLECTIONS = 3;
/** So many times 5 ms go by before functions count as held that were not reported as garbage. */
const TURNS_TO_TELL = 10;
/** Milliseconds between two looks for functions that nobody holds, while other threads still run something. */
const BETWEEN_COLLECTIONS: Milliseconds = 1000;

export class Pool {
  readonly #options: PoolOptions;
  readonly #memory: Bytes;
  readonly #modules: ReadonlyMap<string, Module>;
  #described: { readonly shapes: readonly ModuleShape[]; readonly constants: ConstantHandles } | undefined;
  readonly #queue: FairQueue<Waiting>;
  /** Every thread that has been started and is not over yet. */
  readonly #threads = new Set<HostThread>();
  /** Those of them that come on top. */
  readonly #nested = new Set<HostThread>();
  /** Threads that run nothing: those that never did, and those of a principal, longest idle first. */
  readonly #spares = new Set<HostThread>();
  readonly #idle = new Set<HostThread>();
  readonly #ending = new Set<Promise<void>>();
  /** Places, of which there are `max`: of runs that go on, and of functions that came out. */
  #running = 0;
  #kept = 0;
  /** How many places became free so far. */
  #freed = 0;
  #isCollecting = false;
  #collected = Number.NEGATIVE_INFINITY;
  #closed = false;

  /**
   * @param modules all that the host has
   * @param memory the memory limit of most runs, for the threads that are kept ready
   */
  constructor(options: PoolOptions, modules: ReadonlyMap<string, Module>, memory: Bytes) {
    this.#options = options;
    this.#memory = memory;
    this.#modules = modules;
    this.#queue = new FairQueue(options.perPlugin);
  }

  /** How many threads run something, are kept by functions, or are ready; and how many runs wait. */
  get counts(): { readonly [What in "running" | "kept" | "idle" | "waiting" | "threads"]: number } {
    return {
      running: this.#running,
      kept: this.#kept,
      idle: this.#idle.size + this.#spares.size,
      waiting: this.#queue.length,
      threads: this.#threads.size,
    };
  }

  /**
   * Starts threads until as many are ready as should be, as far as there is room.
   * @throws when a thread can't be started
   */
  warm(): void {
    while (!this.#closed && this.#spares.size < this.#options.spares && this.#hasRoom) {
      this.#spares.add(this.#start(this.#memory));
    }
  }

  /**
   * A thread of one's own, when it is one's turn.
   * @throws UNAVAILABLE when too many wait, or too long; CANCELED; what `late` says
   */
  async take(need: Need, patience: Patience): Promise<Place> {
    if (this.#closed) throw threadEnded();
    if (!need.isNested) await this.#enter(need, patience);
    const free = this.#placeOf(need);
    let thread: HostThread | undefined;
    try {
      thread = await this.#pick(need);
      thread.principal = need.principal;
      thread.ref();
      await thread.ready;
    } catch (e) {
      if (thread !== undefined) this.#discard(thread);
      free.end();
      throw e;
    }
    const took = thread;
    return {
      thread: took,
      rest: free.rest,
      end: (clean) => {
        this.#giveBack(took, clean);
        free.end();
      },
    };
  }

  /** Sends away those who wait, but not what runs call that go on. */
  refuse(reason: Error): void {
    for (const waiting of this.#queue.all()) if (!waiting.isCalled) this.#sendAway(waiting, reason);
  }

  /** Ends all threads, whatever they do. @param reason what those reject with who wait for them */
  async close(reason: Error): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#queue.all()) this.#sendAway(waiting, reason);
    for (const thread of [...this.#threads]) this.#end(thread, reason);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  // ---- places ----

  async #enter({ party, isCalled }: Need, patience: Patience): Promise<void> {
    const isFree = this.#running + this.#kept < this.#options.max;
    if (!isFree || !this.#queue.mayStart(party)) return this.#wait(party, isCalled, patience);
    this.#queue.started(party);
    this.#running++;
  }

  /** The place that was entered. */
  #placeOf({ party, isNested }: Need): { rest(): void; end(): void } {
    if (isNested) return { rest() {}, end() {} };
    let state: "running" | "kept" | "free" = "running";
    const becomes = (next: "kept" | "free") => {
      if (state === "running") {
        this.#running--;
        this.#queue.ended(party);
      } else this.#kept--;
      state = next;
      if (next === "kept") this.#kept++;
      else this.#freed++;
      this.#serve();
      void this.#reclaim();
    };
    return {
      rest: () => {
        if (state === "running") becomes("kept");
      },
      end: () => {
        if (state !== "free") becomes("free");
      },
    };
  }

  /** Gives free places to those who wait. */
  #serve(): void {
    while (this.#running + this.#kept < this.#options.max) {
      const next = this.#queue.next();
      if (next === undefined) return;
      this.#running++;
      next.resolve();
    }
  }

  #wait(party: Party, isCalled: boolean, { signal, deadline, late }: Patience): Promise<void> {
    const { maxQueued, maxWait } = this.#options;
    if (this.#closed || this.#queue.length >= maxQueued) throw queueFull(this.#queue.length);
    const left = deadline - performance.now();
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const waiting: Waiting = {
        party,
        isCalled,
        resolve() {
          leave();
          resolve();
        },
        reject(e) {
          leave();
          reject(e);
        },
      };
      const abort = () => this.#sendAway(waiting, new CanceledError(runCanceled, signal?.reason));
      const giveUp = () => this.#sendAway(waiting, left <= maxWait ? late() : waitedTooLong(maxWait));
      const timer = globalThis.setTimeout(giveUp, Math.max(0, Math.min(left, maxWait)));
      signal?.addEventListener("abort", abort);
      this.#queue.add(waiting);
      void this.#reclaim();
    });
  }

  #sendAway(waiting: Waiting, reason: unknown): void {
    if (this.#queue.remove(waiting)) waiting.reject(reason);
  }

  /** While somebody waits: are there threads that are kept by functions which nobody holds any more? */
  async #reclaim(): Promise<void> {
    const isDue = this.#isStuck || performance.now() - this.#collected > BETWEEN_COLLECTIONS;
    if (this.#isCollecting || this.#queue.length === 0 || this.#kept === 0 || !isDue) return;
    this.#isCollecting = true;
    const freed = await this.#collect();
    this.#isCollecting = false;
    this.#collected = performance.now();
    if (freed) return this.#reclaim();
    if (!this.#isStuck) return;
    for (const waiting of this.#queue.all()) this.#sendAway(waiting, heldByFunctions(this.#kept));
  }

  /** Whether nothing but the end of a function lets anybody in. */
  get #isStuck(): boolean {
    return this.#kept >= this.#options.max;
  }

  /** @returns whether a place became free */
  async #collect(): Promise<boolean> {
    const before = this.#freed;
    for (let round = 0; round < COLLECTIONS; round++) {
      await collectGarbage();
      for (let turn = 0; turn < TURNS_TO_TELL; turn++) {
        if (this.#freed > before) return true;
        if (!this.#isStuck || this.#closed) return false;
        await setTimeout(5);
      }
    }
    return false;
  }

  // ---- threads ----

  get #hasRoom(): boolean {
    return this.#threads.size - this.#nested.size < this.#options.max;
  }

  /** Nobody waits for these: whoever needs a thread is told that none can be started. */
  #warmAside(): void {
    try {
      this.warm();
    } catch {}
  }

  /** One that was ready is taken: the one that is longest idle gives way to another. */
  #warmAgain(): void {
    this.#warmAside();
    if (this.#closed || this.#spares.size >= this.#options.spares || this.#idle.size < 2) return;
    const [longest] = this.#idle;
    this.#end(longest!);
    void Promise.race(this.#ending).then(() => this.#warmAside());
  }

  async #pick(need: Need): Promise<HostThread> {
    let thread = this.#ready(need);
    while (thread === undefined && !need.isNested && !this.#hasRoom) {
      const [longest = [...this.#spares][0]] = this.#idle;
      if (longest !== undefined) this.#end(longest);
      await Promise.race(this.#ending);
      thread = this.#ready(need);
    }
    thread ??= this.#start(Math.max(need.memory, this.#memory));
    if (need.isNested) this.#nested.add(thread);
    const isFresh = thread.principal === undefined;
    setImmediate(() => (isFresh ? this.#warmAgain() : this.#warmAside()));
    return thread;
  }

  /** One that is there already, and fits. */
  #ready(need: Need): HostThread | undefined {
    for (const thread of [...this.#idle, ...this.#spares]) if (thread.isDead) this.#end(thread);
    const fits = (thread: HostThread) => thread.memory >= need.memory;
    const known = [...this.#idle].find((thread) => thread.principal === need.principal && fits(thread));
    const thread = known ?? [...this.#spares].find(fits);
    if (thread !== undefined) {
      this.#idle.delete(thread);
      this.#spares.delete(thread);
    }
    return thread;
  }

  #start(memory: Bytes): HostThread {
    this.#described ??= {
      shapes: [...this.#modules.values(), ioModule].filter((module) => !local.includes(module)).map(describeModule),
      constants: new ConstantHandles(this.#modules),
    };
    const { shapes, constants } = this.#described;
    try {
      const thread = new HostThread(shapes, constants, memory, this.#options.script);
      this.#threads.add(thread);
      return thread;
    } catch (e) {
      throw (e as NodeJS.ErrnoException).code === "ERR_WORKER_INIT_FAILED" ? noFurtherThread(e) : e;
    }
  }

  #giveBack(thread: HostThread, clean: boolean): void {
    const isWanted = clean && this.#options.reuse && !this.#closed && !thread.isDead;
    if (!isWanted || (this.#nested.has(thread) && !this.#hasRoom)) {
      this.#discard(thread);
      return;
    }
    thread.unref();
    this.#nested.delete(thread);
    this.#idle.add(thread);
  }

  #discard(thread: HostThread): void {
    thread.unref();
    this.#end(thread);
    setImmediate(() => this.#warmAside());
  }

  #end(thread: HostThread, reason?: unknown): void {
    this.#idle.delete(thread);
    this.#spares.delete(thread);
    const ending = thread.kill(reason).finally(() => {
      this.#ending.delete(ending);
      this.#threads.delete(thread);
      this.#nested.delete(thread);
    });
    this.#ending.add(ending);
  }
}
