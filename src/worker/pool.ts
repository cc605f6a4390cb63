/**
 * The threads of a host. A thread starts in some 50 ms, so some are kept that have run nothing yet, and a run begins
 * in a millisecond.
 *
 * A thread is used again after a script that ended of its own accord, in a fresh state, and only for the same
 * principal: who acts, under which policies. If a script ever took its thread over, it would find nothing there but
 * what its own principal may do anyway. The thread has to confirm that it has left the script; one that does not, or
 * that computes while nothing runs in it, is ended. After a limit, a kill or a crash the thread is thrown away.
 *
 * There are `max` threads at most: those that run something, those that are kept by functions that came out of scripts,
 * those that are ready or about to be, and those that are on their way out. Only what a thread calls and waits for comes
 * on top, since both would wait for ever otherwise.
 */
import type { Module } from "../lua/boundary/module.ts";
import { local } from "../modules/index.ts";
import { ioModule } from "../modules/io.ts";
import type { Bytes } from "../value/value.ts";
import { noFurtherThread, threadEnded } from "./errors.ts";
import { HostThread } from "./host-thread.ts";
import type { Patience } from "./patience.ts";
import { type Entrant, Places, type PlacesOptions } from "./places.ts";
import { ConstantHandles, describeModule, type ModuleShape } from "./shapes.ts";

export interface PoolOptions extends PlacesOptions {
  /** How many threads are kept ready that have run nothing yet. */
  readonly spares: number;
  /** Whether a thread runs more than one script. */
  readonly reuse: boolean;
  /** What a thread runs; undefined: the script that comes with this package. */
  readonly script: string | URL | undefined;
}

export interface Need extends Entrant {
  readonly principal: string;
  /** The run's memory limit; infinite where there is none. */
  readonly memory: Bytes;
  /** Another run in a thread calls it, and waits for it: it takes no place, or they might wait for each other. */
  readonly isNested: boolean;
}

/** A thread that a run has. */
export interface Taken {
  readonly thread: HostThread;
  /** The run has ended; functions that came out of it keep the thread. */
  rest(): void;
  /** Gives the thread back. @param clean whether its script ended of its own accord */
  end(clean: boolean): void;
}

/** What is called by a run in a thread has no place of its own. */
const nowhere = { rest() {}, end() {} };

export class Pool {
  readonly #options: PoolOptions;
  readonly #memory: Bytes;
  readonly #modules: ReadonlyMap<string, Module>;
  #described: { readonly shapes: readonly ModuleShape[]; readonly constants: ConstantHandles } | undefined;
  readonly #places: Places;
  /** Every thread that has been started and is not over yet. */
  readonly #threads = new Set<HostThread>();
  /** Those of them that come on top. */
  readonly #nested = new Set<HostThread>();
  /** Threads that run nothing: those that never did, and those of a principal, longest idle first. */
  readonly #spares = new Set<HostThread>();
  readonly #idle = new Set<HostThread>();
  /** Threads that a run has given back, until they have left its script. */
  readonly #returning = new Map<HostThread, Promise<void>>();
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  /**
   * @param modules all that the host has
   * @param memory the memory limit of most runs, for the threads that are kept ready
   */
  constructor(options: PoolOptions, modules: ReadonlyMap<string, Module>, memory: Bytes) {
    this.#options = options;
    this.#memory = memory;
    this.#modules = modules;
    this.#places = new Places(options);
  }

  /** How many threads run something, are kept by functions, or are ready; and how many runs wait. */
  get counts(): { readonly [What in "running" | "kept" | "idle" | "waiting" | "threads"]: number } {
    const idle = this.#idle.size + this.#returning.size + this.#spares.size;
    return { ...this.#places.counts, idle, threads: this.#threads.size };
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
   * @throws UNAVAILABLE when too many wait, or too long; when patience is at an end
   */
  async take(need: Need, patience: Patience): Promise<Taken> {
    if (this.#closed) throw threadEnded();
    patience.check();
    const place = need.isNested ? nowhere : await this.#places.enter(need, patience);
    let thread: HostThread;
    try {
      thread = await this.#pick(need, patience);
      if (thread.isStarting) await this.#comesUp(thread, patience);
    } catch (e) {
      place.end();
      throw e;
    }
    thread.principal = need.principal;
    return {
      thread,
      rest: place.rest,
      end: (clean) => {
        this.#giveBack(thread, clean);
        place.end();
      },
    };
  }

  /** Sends away those who wait, but not what runs call that go on. */
  refuse(reason: Error): void {
    this.#places.refuse(reason);
  }

  /** Ends all threads, whatever they do. @param reason what those reject with who wait for them */
  async close(reason: Error): Promise<void> {
    this.#closed = true;
    this.#places.close(reason);
    for (const thread of [...this.#threads]) this.#end(thread, reason);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

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

  /** One that nobody waits for any more becomes a spare, where one is missing. */
  async #comesUp(thread: HostThread, patience: Patience): Promise<void> {
    thread.ref();
    try {
      await patience.wait(thread.ready);
    } catch (e) {
      const isOnTop = this.#nested.delete(thread) && this.#threads.size - this.#nested.size > this.#options.max;
      const isMissing = !this.#closed && !thread.isDead && this.#spares.size < this.#options.spares;
      if (isOnTop || !isMissing) this.#discard(thread);
      else {
        thread.unref();
        this.#spares.add(thread);
      }
      throw e;
    }
  }

  async #pick(need: Need, patience: Patience): Promise<HostThread> {
    let thread = await this.#ready(need, patience);
    while (thread === undefined && !need.isNested && !this.#hasRoom) {
      const [longest] = [...this.#idle, ...this.#spares, ...this.#returning.keys()];
      if (longest !== undefined) this.#end(longest);
      await patience.wait(Promise.race(this.#ending));
      thread = await this.#ready(need, patience);
    }
    thread ??= this.#start(Math.max(need.memory, this.#memory));
    if (need.isNested) this.#nested.add(thread);
    const isFresh = thread.principal === undefined;
    setImmediate(() => (isFresh ? this.#warmAgain() : this.#warmAside()));
    return thread;
  }

  /** One that is there already, and fits. One that it knows is worth waiting for while it returns. */
  async #ready(need: Need, patience: Patience): Promise<HostThread | undefined> {
    for (const thread of [...this.#idle, ...this.#spares]) if (thread.isDead) this.#end(thread);
    const fits = (thread: HostThread) => thread.memory >= need.memory;
    const isKnown = (thread: HostThread) => thread.principal === need.principal && fits(thread);
    const known = [...this.#idle].find(isKnown);
    const returning = known === undefined && [...this.#returning].find(([thread]) => isKnown(thread));
    if (returning) {
      await patience.wait(returning[1]);
      return this.#ready(need, patience);
    }
    const thread = known ?? [...this.#spares].find(fits);
    if (thread !== undefined) {
      this.#idle.delete(thread);
      this.#spares.delete(thread);
    }
    return thread;
  }

  #start(memory: Bytes): HostThread {
    if (this.#closed) throw threadEnded();
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
    this.#nested.delete(thread);
    this.#returning.set(thread, this.#leaves(thread));
  }

  /** Until it is back, the process waits for it, as a run may that needs it. */
  async #leaves(thread: HostThread): Promise<void> {
    thread.ref();
    await thread.release();
    if (!this.#returning.delete(thread)) return; // it was ended
    if (thread.isDead) this.#discard(thread);
    else {
      thread.unref();
      this.#idle.add(thread);
    }
  }

  #discard(thread: HostThread): void {
    thread.unref();
    this.#end(thread);
    setImmediate(() => this.#warmAside());
  }

  #end(thread: HostThread, reason?: unknown): void {
    this.#idle.delete(thread);
    this.#spares.delete(thread);
    this.#returning.delete(thread);
    const ending = thread.kill(reason).finally(() => {
      this.#ending.delete(ending);
      this.#threads.delete(thread);
      this.#nested.delete(thread);
    });
    this.#ending.add(ending);
  }
}
