/**
 * Who may have a thread, and when: there are `max` places, of runs that go on and of functions that came out of scripts,
 * and the others wait in a queue that is fair between plugins. It knows nothing of the threads themselves.
 */
import { setTimeout } from "node:timers/promises";
import type { Milliseconds } from "../value/value.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { heldByFunctions, queueFull, waitedTooLong } from "./errors.ts";
import { FairQueue, type Party } from "./fair-queue.ts";
import type { Patience } from "./patience.ts";

export interface PlacesOptions {
  /** How many there are; what needs more waits for its turn. */
  readonly max: number;
  /** How many of them one plugin has at a time. */
  readonly perPlugin: number;
  /** How many runs wait at a time. */
  readonly maxQueued: number;
  /** How long a run waits. */
  readonly maxWait: Milliseconds;
}

export interface Entrant {
  readonly party: Party;
  /** Whether another run calls it, and waits for it. */
  readonly isCalled: boolean;
}

interface Waiting {
  readonly party: Party;
  readonly isCalled: boolean;
  resolve(): void;
  reject(e: unknown): void;
}

/** A place that a run has. */
export interface Place {
  /** The run has ended; functions that came out of it keep the place. */
  rest(): void;
  end(): void;
}

/** V8 keeps what was made while it was marking already, so one collection may find nothing. */
const COLLECTIONS = 3;
/** So many times 5 ms go by before functions count as held that were not reported as garbage. */
const TURNS_TO_TELL = 10;
/** Milliseconds between two looks for functions that nobody holds, while other threads still run something. */
const BETWEEN_COLLECTIONS: Milliseconds = 1000;

export class Places {
  readonly #options: PlacesOptions;
  readonly #queue: FairQueue<Waiting>;
  /** Of runs that go on, and of functions that came out. */
  #running = 0;
  #kept = 0;
  /** How many places became free so far. */
  #freed = 0;
  #isCollecting = false;
  #collected = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.#queue = new FairQueue(options.perPlugin);
  }

  get counts(): { readonly [What in "running" | "kept" | "waiting"]: number } {
    return { running: this.#running, kept: this.#kept, waiting: this.#queue.length };
  }

  /** Sends away those who wait, but not what runs call that go on. */
  refuse(reason: Error): void {
    for (const waiting of this.#queue.all()) if (!waiting.isCalled) this.#sendAway(waiting, reason);
  }

  /** Sends away all who wait, and whoever comes. */
  close(reason: Error): void {
    this.#closed = true;
    for (const waiting of this.#queue.all()) this.#sendAway(waiting, reason);
  }

  /**
   * A place, when it is its turn.
   * @throws UNAVAILABLE when too many wait, or too long; when patience is at an end
   */
  async enter({ party, isCalled }: Entrant, patience: Patience): Promise<Place> {
    const isFree = this.#running + this.#kept < this.#options.max;
    if (!isFree || !this.#queue.mayStart(party)) await this.#wait(party, isCalled, patience);
    else {
      this.#queue.started(party);
      this.#running++;
    }
    return this.#placeOf(party);
  }

  /** The place that was entered. */
  #placeOf(party: Party): Place {
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

  #wait(party: Party, isCalled: boolean, patience: Patience): Promise<void> {
    const { maxQueued, maxWait } = this.#options;
    if (this.#closed || this.#queue.length >= maxQueued) throw queueFull(this.#queue.length);
    return new Promise((resolve, reject) => {
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
      const timer = globalThis.setTimeout(() => this.#sendAway(waiting, waitedTooLong(maxWait)), maxWait);
      const stop = patience.listen((reason) => this.#sendAway(waiting, reason));
      const leave = () => {
        clearTimeout(timer);
        stop();
      };
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
}
