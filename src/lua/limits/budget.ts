/**
 * What one call may use, and how that is counted: instructions, time, memory, and what is spent elsewhere. The room
 * limits/ measures and stops scripts; it knows the VM, and nothing of modules, libraries or hosts.
 */
import { performance } from "node:perf_hooks";
import { CanceledError, LimitError } from "../../errors.ts";
import { type Limit, type Limits, narrowed, narrowing } from "../../limits.ts";
import { completed, discarded, translated } from "../../value/bytes.ts";
import type { Bytes, Milliseconds } from "../../value/value.ts";
import { canWait, isHidden, pause } from "../core/pause.ts";
import { captureStack } from "../core/traceback.ts";
import { limitDepth } from "../meter/depth.ts";
import { burn } from "../meter/fuel.ts";
import { type Account, allocate, chargeTo } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { forgetResults } from "../vm/direct.ts";
import type { GlobalState, LuaState } from "../vm/types.ts";
import { type Allowances, allowances } from "./allowance.ts";
import { collectGarbage } from "./garbage.ts";
import { measure, SEEN, type Size, THREAD_RECORD } from "./measure.ts";
import type { Roots } from "./roots.ts";

/** Whether a run is to end now, at the next point where the clock is looked at. Asked some 50 000 times a second. */
export type Interrupt = () => boolean;

/** How a run may be ended while it computes. */
export interface Ends {
  readonly interrupt?: Interrupt | undefined;
  /** The event loop turns every now and then, so that signals and timers are heard. */
  readonly interruptible?: boolean | undefined;
}

export const interrupted = (): CanceledError => new CanceledError("interrupted");

/** Where a budget looks when it has to see what a script uses. */
export interface Footprint extends Roots {
  /** The innermost thread that runs. */
  readonly current: LuaState;
  /** What the host keeps for the script. */
  readonly kept: Bytes;
  /** Whether the script that runs in `L` can be suspended for the event loop to turn. */
  canTurn(L: LuaState): boolean;
}

/** Instructions between two looks at the clock, at most: some 20 microseconds. */
const SLICE = 1000;
/** The same after a slice that took long, and at the beginning: one call of the host. */
const SHORT = 25;
/** A slice that takes longer is slow. */
const SLOW: Milliseconds = 1;
/** The same where there is no limit. */
const MUCH = 2 ** 30 - 1;
/** What a table or a function takes when it is made, at least; that it was made is seen in the VM's count of ids. */
const OBJECT: Bytes = 200;
/** The longest that a run which can be interrupted goes on without a turn of the event loop. */
const UNHEARD: Milliseconds = 100;
/** A script near its memory limit is measured again when it has asked for this part of the limit. */
const LEAST_STEP = 1 / 16;
/** Garbage is collected when there is as much as this part of the limit. */
export const MUCH_GARBAGE = 1 / 4;

/**
 * Counts what a run uses, over all its coroutines: instructions, time, memory, and what it spends elsewhere. Once a
 * limit was hit it stays hit: the exception that ends the script passes everything in Lua (stopped.ts), and if anything
 * ran on, its first instruction would end it again.
 */
export class Budget implements Account {
  /** Bytes that may be asked for until the script is measured. */
  left: Bytes;
  unseen: Bytes = 0;
  readonly longest: Bytes;
  readonly limits: Limits;
  readonly allowances: Allowances;
  /** Of the run that this one was called by: what is used here is used there, too. */
  readonly #outer: Budget | undefined;
  readonly #deadline: Milliseconds;
  /** Whether instructions have to be counted, for a limit here or in a run that called. */
  readonly counted: boolean;
  /** Asked when the clock is looked at: whether somebody wants the run to end. */
  readonly #interrupt: Interrupt | undefined;
  /** When the event loop turned last, as far as is known; undefined where it need not. */
  #turned: Milliseconds | undefined;
  #footprint: Footprint | undefined;
  #instructions = 0;
  #slice = 0;
  /**
   * How long the next slice is: calls of the host count as few instructions, and may keep the thread for long. So a
   * script that makes such calls is looked at after each, and the slices of any other one soon have their full length.
   */
  #length = SHORT;
  #looked: Milliseconds = Number.POSITIVE_INFINITY;
  #ids = 0;
  #translated: Bytes = 0;
  #completed: Bytes = 0;
  #garbage: Bytes = 0;
  #coroutines = 0;
  #outerAccount: Account | undefined;
  #outerDepth: number | undefined;
  #outerFuel = 0;
  #outerRefuel!: GlobalState["refuel"];
  #hit: LimitError | undefined;
  #awaitsPause = false;
  /** The account is used up, and the script may take as much again until it is paused. */
  #isInGrace = false;
  /** What the script is about to borrow when it has been paused. */
  #borrowed: Bytes = 0;

  /** @param outer of the run that calls this one, which gets no more than that one has left */
  constructor(limits: Limits, outer?: Budget, { interrupt, interruptible }: Ends = {}) {
    const own = limits.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + limits.timeout;
    this.limits = outer === undefined ? limits : outer.#narrow(limits, own);
    this.#outer = outer;
    this.#interrupt = interrupt;
    this.#turned = interruptible === true ? performance.now() : undefined;
    this.#deadline = outer === undefined ? own : Math.min(own, outer.#deadline);
    this.left = this.limits.memory ?? Number.POSITIVE_INFINITY;
    this.longest = this.limits.stringLength ?? Number.POSITIVE_INFINITY;
    const { timeout, instructions, memory } = this.limits;
    const here = timeout !== undefined || instructions !== undefined || memory !== undefined;
    this.counted = here || interrupt !== undefined || interruptible === true || outer?.counted === true;
    this.allowances = allowances(this.limits, outer?.allowances, (what, limit) => this.stop(what, limit));
  }

  /** The limits of a run that is called within this one. What only counts up is counted in both. */
  #narrow(limits: Limits, deadline: Milliseconds): Limits {
    const { timeout, memory } = this.limits;
    const left = memory === undefined ? this.limits : { ...this.limits, memory: this.#memoryLeft(memory) };
    return {
      ...narrowed(limits, left),
      timeout: deadline < this.#deadline ? limits.timeout : timeout,
      instructions: limits.instructions,
    };
  }

  /** Exactly, when it may be little and nothing is hidden. */
  #memoryLeft(limit: Bytes): Bytes {
    if (!isHidden()) {
      if (this.#isInGrace || this.left < limit / 2) this.exhausted(0);
    } else if (this.#isInGrace) return 0; // it was used up since the script was paused
    return Math.max(0, Math.floor(this.left));
  }

  /**
   * Before a run is called that gets the memory that is left. @returns whether there may be little, and the script is to
   * be paused, so that it is known
   */
  looksFirst(): boolean {
    const { memory } = this.limits;
    if (memory === undefined || !isHidden() || !canWait(this.#footprint!.current)) return false;
    if (!this.#isInGrace && this.left >= memory / 2) return false;
    this.#pauseSoon();
    return true;
  }

  /** What is left of the time limit; infinite without one. */
  get remaining(): Milliseconds {
    return this.#deadline - performance.now();
  }

  /** Counts for this budget what the VM does from now on, until `leave`. */
  enter(L: LuaState, footprint: Footprint): void {
    const g = L.l_G;
    this.#footprint = footprint;
    this.#outerFuel = g.fuel;
    this.#outerRefuel = g.refuel;
    g.refuel = this.#refuel;
    this.#ids = g.id_counter;
    this.#looked = Number.POSITIVE_INFINITY; // it may have waited
    this.#translated = translated;
    this.#completed = completed;
    this.#fill(g);
    this.#outerAccount = chargeTo(this);
    this.#outerDepth = limitDepth(this.limits.valueDepth);
  }

  /** Gives the count back to whoever had it, and keeps what was counted: a script may wait before anybody looks. */
  leave(g: GlobalState): void {
    if (this.#turned !== undefined) pause.turn = false; // it turns anyway
    pause.always = false;
    this.#settle(this.#slice - Math.max(0, g.fuel));
    this.left -= (g.id_counter - this.#ids) * OBJECT + completed - this.#completed;
    this.#garbage += translated - this.#translated;
    chargeTo(this.#outerAccount);
    limitDepth(this.#outerDepth);
    g.fuel = this.#outerFuel;
    g.refuel = this.#outerRefuel;
  }

  #fill(g: GlobalState): void {
    const left = (this.limits.instructions ?? Number.POSITIVE_INFINITY) - this.#instructions;
    const most = this.#awaitsPause ? 0 : this.counted ? this.#length : MUCH;
    this.#slice = this.#hit === undefined ? Math.max(0, Math.min(most, left)) : 0;
    g.fuel = this.#slice;
  }

  readonly #refuel = (L: LuaState): void => {
    const g = L.l_G;
    // Library functions take fuel for what they do, and may have taken more than there was.
    this.#count(this.#slice - Math.min(0, g.fuel + 1), L);
    const now = performance.now();
    if (now >= this.#deadline) this.timeUp(L);
    this.#length = now - this.#looked > SLOW ? SHORT : Math.min(2 * this.#length, SLICE);
    this.#looked = now;
    if (this.#interrupt?.() === true) throw new Stopped(interrupted());
    this.#countObjects(g);
    this.#countGarbage();
    if (this.#awaitsPause) {
      if (isHidden())
        pause.wanted = true; // a call of another state's may have been paused in its stead
      else this.#lookAround(false);
    }
    if (this.#turned !== undefined && now - this.#turned > UNHEARD) {
      pause.turn = this.#footprint!.canTurn(L);
      // Within a call of the host, or while a chunk is compiled, it can't be paused yet. The next instruction asks again.
      this.#slice = g.fuel = 0;
    } else this.#fill(g);
  };

  /** What was used of the slice when the script ends or waits. */
  #settle(steps: number): void {
    this.#instructions += steps;
    if (this.#outer !== undefined) this.#outer.#settle(steps);
  }

  #count(steps: number, L?: LuaState): void {
    this.#instructions += steps;
    if (this.#hit !== undefined) throw new Stopped(this.#hit);
    const { instructions } = this.limits;
    if (instructions !== undefined && this.#instructions >= instructions) this.stop("instructions", instructions, L);
    if (this.#outer !== undefined) this.#outer.#count(steps);
  }

  #countObjects(g: GlobalState): void {
    const made = g.id_counter - this.#ids;
    this.#ids = g.id_counter;
    this.left -= completed - this.#completed; // which is there: it is not wanted as well
    this.#completed = completed;
    allocate(made * OBJECT);
  }

  /** What translations made is not part of what the script has, for the most part; but it lies there. */
  #countGarbage(): void {
    const { memory } = this.limits;
    this.#garbage += translated - this.#translated;
    this.#translated = translated;
    if (memory === undefined || this.#garbage < memory * MUCH_GARBAGE) return;
    this.#garbage = 0;
    collectGarbage(memory * MUCH_GARBAGE);
  }

  /**
   * Looks at what the script really uses. What compiled code has in its hands is seen by nobody, so where that runs the
   * script is paused first, when the fuel is looked at; until then it may take as much again. Within a call that can't be
   * suspended, such as `load`, that is when the call is over.
   */
  exhausted(wanted: Bytes): void {
    const { memory } = this.limits;
    if (memory === undefined) return;
    if (isHidden()) this.#giveGrace(wanted, memory);
    else this.#measureAgainst(wanted, memory);
  }

  borrow(bytes: Bytes): void {
    const { memory } = this.limits;
    if (memory === undefined) return;
    if (isHidden()) {
      this.#borrowed = Math.max(this.#borrowed, bytes);
      this.#giveGrace(bytes, memory);
    } else {
      this.#measureAgainst(bytes, memory);
      this.left += bytes;
    }
  }

  #giveGrace(wanted: Bytes, memory: Bytes): void {
    if (this.#isInGrace || wanted > memory || this.unseen > memory) this.stop("memory", memory);
    this.#isInGrace = true;
    this.left = memory;
    this.#pauseSoon();
  }

  /** The script is paused, and nobody has anything of it in his hands: weak tables are cleared. */
  collect(): Size {
    const size = this.#lookAround(true);
    this.work(size.objects);
    return size;
  }

  /** The script is paused. @returns whether it goes on after a turn of the event loop, and not at once */
  paused(): boolean {
    pause.wanted = false;
    if (this.#awaitsPause) this.#lookAround(true);
    if (!pause.turn) return false;
    pause.turn = false;
    this.#turned = performance.now();
    return true;
  }

  /** The script can be looked at. @param clears whether weak tables may be cleared */
  #lookAround(clears: boolean): Size {
    pause.wanted = false;
    pause.always = false;
    this.#awaitsPause = false;
    this.#isInGrace = false;
    const { memory, coroutines } = this.limits;
    const borrowed = this.#borrowed;
    this.#borrowed = 0;
    const size = memory !== undefined ? this.#measureAgainst(borrowed, memory, clears) : this.#measure(clears);
    this.left += borrowed;
    if (coroutines !== undefined && this.#coroutines > coroutines) this.#countCoroutines(coroutines);
    return size;
  }

  /** Looks at what the script reaches, now or when it can be paused. */
  lookSoon(): void {
    if (isHidden()) this.#pauseSoon();
    else this.#measure();
  }

  #pauseSoon(): void {
    this.#awaitsPause = true;
    pause.wanted = true;
    const g = this.#footprint!.current.l_G;
    if (g.fuel < 0) return;
    this.#slice -= g.fuel + 1; // that was not used
    g.fuel = -1;
  }

  #measureAgainst(wanted: Bytes, memory: Bytes, clears = false): Size {
    this.left = Number.POSITIVE_INFINITY; // measuring makes a few strings itself
    forgetResults();
    collectGarbage(memory * MUCH_GARBAGE);
    const size = this.#measure(clears);
    const used = size.bytes + wanted;
    if (used > memory) {
      // What weak tables have may be given up, as soon as all of the script can be seen.
      if (!size.isWeak || clears || !canWait(this.#footprint!.current)) this.stop("memory", memory);
      pause.always = true;
      this.#giveGrace(wanted, memory);
      return size;
    }
    this.left = Math.max(memory - used, memory * LEAST_STEP);
    return size;
  }

  work(steps: number): void {
    burn(this.#footprint!.current, steps);
  }

  tooLong(): never {
    return this.stop("stringLength", this.longest);
  }

  /** Before a coroutine is made. */
  newCoroutine(): void {
    allocate(THREAD_RECORD);
    const { coroutines } = this.limits;
    if (coroutines === undefined || ++this.#coroutines <= coroutines) return;
    const made = this.#coroutines;
    this.#countCoroutines(coroutines); // those that are seen are no more than there are
    if (!isHidden()) return;
    this.#coroutines = made;
    if (made > 2 * coroutines) this.stop("coroutines", coroutines);
    this.#pauseSoon();
  }

  /** How many of those that were made are still alive. */
  #countCoroutines(coroutines: number): void {
    this.#coroutines = this.#measure().coroutines;
    if (this.#coroutines >= coroutines) this.stop("coroutines", coroutines);
  }

  #measure(clears = false): Size {
    const footprint = this.#footprint!;
    const size = measure(footprint, clears);
    discarded(SEEN * size.objects);
    return { ...size, bytes: size.bytes + this.unseen + footprint.kept };
  }

  /** Instructions that were counted. */
  get used(): number {
    return this.#instructions;
  }

  /** What a run in another thread may use that is called within this one. */
  remains(): Limits {
    const { instructions, memory } = this.limits;
    const { remaining } = this;
    return {
      ...Object.fromEntries(narrowing.map((name) => [name, this.limits[name]])),
      timeout: Number.isFinite(remaining) ? Math.max(0, remaining) : undefined,
      instructions: instructions && Math.max(0, instructions - this.#instructions),
      memory: memory && this.#memoryLeft(memory),
    };
  }

  /** Counts the instructions of such a run; a limit that is hit by that ends this one when it goes on. */
  charge(steps: number): void {
    this.#settle(steps);
  }

  timeUp(L?: LuaState): never {
    return this.stop("time", this.limits.timeout!, L);
  }

  /** Ends the script that runs in `L`. */
  stop(limit: Limit, value: number, L: LuaState = this.#footprint!.current): never {
    const error = this.#hit ?? new LimitError(limit, value);
    if (error.luaStackDepth === 0) error.luaStack = captureStack(L);
    this.#hit = error;
    L.l_G.fuel = 0;
    throw new Stopped(error);
  }
}
