/**
 * The threads of a host. A thread starts in some 50 ms, so some are kept that have run nothing yet, and a run begins
 * in a millisecond.
 *
 * A thread is used again after a script that ended of its own accord, in a fresh state, and only for the same
 * principal: who acts, under which policies. If a script ever took its thread over, it would find nothing there but
 * what its own principal may do anyway. After a limit, a kill or a crash the thread is thrown away.
 */
import { CanceledError } from "../errors.ts";
import type { Module } from "../lua/boundary/module.ts";
import { local } from "../modules/index.ts";
import type { Bytes } from "../value/value.ts";
import { HostThread } from "./host-thread.ts";
import { ConstantHandles, describeModule, type ModuleShape } from "./shapes.ts";

export interface PoolOptions {
  /** How many scripts run at one time; more of them wait for their turn. */
  readonly max: number;
  /** How many threads are kept ready that have run nothing yet. */
  readonly spares: number;
  /** Whether a thread runs more than one script. */
  readonly reuse: boolean;
}

export interface Need {
  readonly principal: string;
  /** The run's memory limit; infinite where there is none. */
  readonly memory: Bytes;
  /** Called by a run that waits for it in its own place: it takes none, or they might wait for each other. */
  readonly isNested: boolean;
}

interface Waiting {
  readonly need: Need;
  resolve(thread: HostThread): void;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #memory: Bytes;
  readonly #modules: ReadonlyMap<string, Module>;
  #described: { readonly shapes: readonly ModuleShape[]; readonly constants: ConstantHandles } | undefined;
  /** Threads that run nothing: those that never did, and those of a principal, longest idle first. */
  readonly #spares = new Set<HostThread>();
  readonly #idle = new Set<HostThread>();
  readonly #ending = new Set<Promise<void>>();
  readonly #waiting: Waiting[] = [];
  #busy = 0;
  #closed = false;

  /**
   * @param modules all that the host has
   * @param memory the memory limit of most runs, for the threads that are kept ready
   */
  constructor(options: PoolOptions, modules: ReadonlyMap<string, Module>, memory: Bytes) {
    this.#options = options;
    this.#memory = memory;
    this.#modules = modules;
  }

  /** Starts threads until as many are ready as should be. */
  warm(): void {
    while (!this.#closed && this.#spares.size < this.#options.spares) this.#spares.add(this.#start(this.#memory));
  }

  /** A thread of one's own, when there is a place. `leave` the place and `give` the thread back. */
  async take(need: Need, signal?: AbortSignal): Promise<HostThread> {
    const isFree = need.isNested || this.#busy < this.#options.max;
    const thread = isFree ? this.#pick(need) : await this.#queue(need, signal);
    thread.principal = need.principal;
    thread.ref();
    try {
      await thread.ready;
      return thread;
    } catch (e) {
      this.give(thread, false);
      if (!need.isNested) this.leave();
      throw e;
    }
  }

  /** The run is over, as far as others wait for its place. */
  leave(): void {
    this.#busy--;
    const next = this.#waiting.shift();
    if (next !== undefined) next.resolve(this.#pick(next.need));
  }

  /** @param clean whether its script ended of its own accord */
  give(thread: HostThread, clean: boolean): void {
    thread.unref();
    if (clean && this.#options.reuse && !this.#closed && !thread.isDead) this.#idle.add(thread);
    else this.#end(thread);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const thread of [...this.#spares, ...this.#idle]) this.#end(thread);
    await Promise.all(this.#ending);
  }

  #pick(need: Need): HostThread {
    if (!need.isNested) this.#busy++;
    const fits = (thread: HostThread) => !thread.isDead && thread.memory >= need.memory;
    const known = [...this.#idle].find((thread) => thread.principal === need.principal && fits(thread));
    if (known !== undefined) {
      this.#idle.delete(known);
      return known;
    }
    for (const thread of this.#spares) if (thread.isDead) this.#spares.delete(thread);
    const spare = [...this.#spares].find(fits);
    if (spare !== undefined) this.#spares.delete(spare);
    setImmediate(() => this.warm());
    const [longest] = this.#idle;
    if (longest !== undefined && this.#busy + this.#idle.size > this.#options.max) this.#end(longest);
    return spare ?? this.#start(Math.max(need.memory, this.#memory));
  }

  #queue(need: Need, signal: AbortSignal | undefined): Promise<HostThread> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new CanceledError("the run was canceled", signal?.reason));
      };
      const waiting: Waiting = {
        need,
        resolve(thread) {
          signal?.removeEventListener("abort", abort);
          resolve(thread);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #start(memory: Bytes): HostThread {
    this.#described ??= {
      shapes: [...this.#modules.values()].filter((module) => !local.includes(module)).map(describeModule),
      constants: new ConstantHandles(this.#modules),
    };
    return new HostThread(this.#described.shapes, this.#described.constants, memory);
  }

  #end(thread: HostThread): void {
    this.#idle.delete(thread);
    this.#spares.delete(thread);
    const ending = thread.kill().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
