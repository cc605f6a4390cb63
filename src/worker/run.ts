/** A run in a thread: of a script or a function, start to end, and the life of the functions that come out of it. */
import { CanceledError, LimitError } from "../errors.ts";
import { type Limits, narrowed, optionOf } from "../limits.ts";
import { answerOf } from "../lua/boundary/answer.ts";
import type { Allowances } from "../lua/limits/allowance.ts";
import { Stopped } from "../lua/meter/stopped.ts";
import type { Computing, Signal } from "../lua/run/call-options.ts";
import type { Channel } from "../lua/run/channel.ts";
import type { Chunk } from "../lua/run/chunk.ts";
import type { StartFeed } from "../lua/run/feeds.ts";
import type { Loads } from "../lua/run/loads.ts";
import { type Again, type LuaFunction, luaFunction, Outside, readAll } from "../lua/run/outside.ts";
import type { Results } from "../lua/run/results.ts";
import { newCell } from "../lua/vm/table.ts";
import { LUA_CLOSURE, type LuaState, type TValue } from "../lua/vm/types.ts";
import { IO, ioModule } from "../modules/io.ts";
import { afterTime } from "../value/clock.ts";
import { isLater } from "../value/eventually.ts";
import { toJsInTurns } from "../value/js-steps.ts";
import type { Milliseconds, Value } from "../value/value.ts";
import { type Code, findersOf, LoadsPacker, modulesOf } from "./code.ts";
import { Desk } from "./desk.ts";
import { callerEnded, runCanceled, threadFailed } from "./errors.ts";
import type { Party } from "./fair-queue.ts";
import type { HostThread } from "./host-thread.ts";
import { ANSWER, type Entry, type Job, type ToThread } from "./messages.ts";
import type { Outer } from "./outer.ts";
import { Patience } from "./patience.ts";
import type { Pool, Taken } from "./pool.ts";
import { BadMessage, isPacked, packValue, type Wire } from "./wire.ts";

/** How long after its deadline a script is killed that did not end by itself. */
const GRACE: Milliseconds = 250;

/** What a run is lent by the host. */
export interface Setting {
  /** Who acts, and under which policies: no thread serves two of these. */
  readonly principal: string;
  readonly loads: Loads;
  /** What module functions get as their first argument. */
  readonly context: unknown;
  readonly limits: Limits;
  readonly print: (line: Uint8Array) => void;
  readonly signal: Signal | undefined;
  /** Calls a function that came out. */
  readonly again: Again;
  /** Told for how long the thread was busy. */
  readonly computing?: Computing | undefined;
  /** Whether each call says where in Lua it was made. */
  readonly traced: boolean;
  readonly compile: boolean;
  /** Whether the script has the global `io`. */
  readonly io: boolean;
  /** The run that calls this one, and gives it no more than it has left. */
  readonly outer: Outer | undefined;
  /** For whom it runs, as far as threads are shared. */
  readonly party: Party;
  /** When it was called, by `performance.now()`: its time is counted from there. */
  readonly since: Milliseconds;
}

interface Running {
  readonly loads: Loads;
  readonly args: readonly (Value | undefined)[];
}

export interface RunningScript extends Running {
  readonly source: Uint8Array;
  /** As Lua names chunks. */
  readonly name: string;
  /** The global `arg`. */
  readonly arg: Value;
  readonly results?: Results;
}

export interface RunningFunction extends Running {
  readonly chunk: Chunk;
  readonly entry: Entry;
}

export interface Outcome {
  readonly value: unknown;
  readonly values: readonly unknown[];
}

/** One run. The thread is its own until it has ended and every function that came out is released, or is garbage. */
export class ThreadRun implements Outer {
  readonly limits: Limits;
  readonly #place: Taken;
  readonly #thread: HostThread;
  readonly #desk: Desk;
  readonly #setting: Setting;
  readonly #outside: Outside;
  /** Ends the runs that this one calls. */
  readonly #called = new Set<(reason: unknown) => void>();
  readonly #leaveCaller: () => void;
  /** Functions that came out and are not released. */
  #functions = 0;
  /** Calls that run, or wait for the one that runs. */
  #working = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Of the run itself; calls of functions that came out have the time of the run each. */
  readonly #deadline: Milliseconds;
  #clean = true;
  #charged = false;
  #over = false;
  /** What each further call rejects with. */
  #broken: unknown;

  private constructor(place: Taken, limits: Limits, deadline: Milliseconds, setting: Setting) {
    const { loads, context, print, outer, io } = setting;
    const { thread } = place;
    this.#place = place;
    this.#thread = thread;
    this.#deadline = deadline;
    this.limits = limits;
    this.#setting = setting;
    this.#desk = new Desk(
      {
        modules: io ? new Map([...modulesOf(loads), [IO, ioModule]]) : modulesOf(loads),
        finders: findersOf(loads),
        context,
        limits,
        print,
        outer,
      },
      thread,
      thread.tell,
    );
    this.#outside = new Outside((cell) => this.#function(cell.value as number), limits);
    this.#leaveCaller = outer instanceof ThreadRun ? outer.#calls((reason) => this.#kill(reason)) : () => {};
  }

  /** Waits for a thread, within the run's time. @throws UNAVAILABLE, CANCELED, LimitError time */
  static async open(pool: Pool, setting: Setting): Promise<ThreadRun> {
    const { outer, principal, party, signal, since } = setting;
    let { limits } = setting;
    const timeLimit = () => limits.timeout ?? Number.POSITIVE_INFINITY;
    const late = () => ofOuter(new LimitError("time", limits.timeout!), limits, setting);
    const patience = new Patience({ signal, deadline: since + timeLimit(), late });
    const leave = outer instanceof ThreadRun ? outer.#calls((reason) => patience.end(reason)) : () => {};
    try {
      if (outer !== undefined) {
        const left = outer.remains();
        limits = narrowed(limits, isLater(left) ? await patience.wait(left) : left);
        patience.deadline = performance.now() + timeLimit();
      }
      const memory = limits.memory ?? Number.POSITIVE_INFINITY;
      const need = { principal, party, memory, isCalled: outer !== undefined, isNested: outer instanceof ThreadRun };
      const place = await pool.take(need, patience);
      try {
        patience.check();
      } catch (e) {
        place.end(true);
        throw e;
      }
      return new ThreadRun(place, limits, patience.deadline, setting);
    } finally {
      leave();
    }
  }

  /** A run that this one calls: it ends when this one does. @returns to be called when it has ended */
  #calls(end: (reason: unknown) => void): () => void {
    if (this.#over) throw new CanceledError(callerEnded);
    this.#called.add(end);
    return () => this.#called.delete(end);
  }

  // ---- what the run's modules ask of their caller ----

  get allowances(): Allowances {
    return this.#desk.allowances;
  }

  remains(): Promise<Limits> {
    return this.#thread.remains(this.#desk);
  }

  charge(steps: number): void {
    this.#desk.charge(steps);
  }

  feed(channel: Channel, _owner: object, start: StartFeed): () => void {
    return this.#desk.feeds.open(channel, start);
  }

  get where(): string | undefined {
    return this.#desk.where;
  }

  // ---- running ----

  /** The state that arguments are cells of. */
  get thread(): LuaState {
    return this.#desk.thread;
  }

  /** Runs a script. */
  async outcome({ source, name, arg, results: wanted = "values", ...running }: RunningScript): Promise<Outcome> {
    const given = packValue(this.thread, arg);
    const message = this.#message({ source, name }, running, { arg: given, results: wanted });
    const values = await this.#work(message, (results) => this.#outside.taken(results));
    return outcomeOf(values);
  }

  /** Calls a function. */
  answer({ chunk, entry, ...running }: RunningFunction): Promise<Value | undefined> {
    const message = this.#message(this.#thread.code(chunk), running, { entry });
    return this.#work(message, (results) => answerOf(results, this.limits.memory), undefined, ANSWER);
  }

  /** What begins the run. Of its time, what it waited for its thread is over. */
  #message(code: Code, { loads, args }: Running, more: Pick<Job, "arg" | "entry" | "results">): ToThread {
    const packer = new LoadsPacker(this.#thread.code, findersOf(loads));
    const packed = packer.pack(loads);
    const { libraries } = packer;
    const { traced, compile, io } = this.#setting;
    const { limits } = this;
    const left = limits.timeout && Math.max(0, this.#deadline - performance.now());
    const values = this.#packAll(args);
    return ["run", { code, loads: packed, libraries, args: values, limits, left, traced, compile, io, ...more }];
  }

  #packAll(values: readonly (Value | undefined)[]): Wire[] {
    return values.map((value) => packValue(this.thread, value));
  }

  /**
   * One thing after the other: the thread does one at a time.
   * @param wanted how many of the results are read
   */
  async #work<T>(
    message: ToThread,
    read: (results: readonly TValue[]) => T,
    signal: Signal | undefined = this.#setting.signal,
    wanted: number = Number.POSITIVE_INFINITY,
  ): Promise<T> {
    if (this.#broken !== undefined) throw this.#broken;
    this.#working++;
    this.#thread.ref();
    const work = this.#turn(signal).then(() => this.#guarded(message, signal));
    this.#last = this.#last.then(() => work).catch(() => {});
    try {
      const results = await this.#readPacked((await work).slice(0, wanted));
      return this.#desk.handOver(() => read(this.#unpack(results)));
    } finally {
      this.#working--;
      this.#settle();
    }
  }

  /** Waits until the call before has ended. A call of a function hears its signal, and its time goes on, from here on. */
  #turn(signal: Signal | undefined): Promise<unknown> {
    if (this.#working === 1) return this.#last;
    const { timeout = Number.POSITIVE_INFINITY } = this.limits;
    const late = () => new LimitError("time", timeout);
    return new Patience({ signal, deadline: performance.now() + timeout, late }).wait(this.#last);
  }

  async #guarded(message: ToThread, signal: Signal | undefined): Promise<readonly Wire[]> {
    if (this.#broken !== undefined) throw this.#broken;
    const timeout = message[0] === "run" ? message[1].left : this.limits.timeout;
    const abort = () => this.#kill(new CanceledError(runCanceled, signal?.reason));
    const late = () => this.#kill(new LimitError("time", this.limits.timeout!));
    const leaveDeadline = timeout === undefined ? undefined : afterTime(timeout + GRACE, late);
    signal?.addEventListener("abort", abort);
    const { computing } = this.#setting;
    const [began, busy] = computing === undefined ? [0, 0] : [performance.now(), this.#thread.busy];
    try {
      this.#desk.begin();
      const work = this.#thread.work(message, this.#desk);
      if (signal?.aborted) abort();
      return await work;
    } catch (e) {
      const isLimit = e instanceof LimitError;
      if (isLimit) this.#clean = false;
      const reason = isLimit ? ofOuter(e, this.limits, this.#setting) : e;
      if (this.#desk.isBroken || (isLimit && this.#thread.isDead)) this.#broken = reason;
      throw reason;
    } finally {
      for (const end of [...this.#called]) end(new CanceledError(callerEnded));
      this.#desk.feeds.end();
      // A thread that was ended does not say any more how much of that it was busy.
      const elapsed = performance.now() - began;
      computing?.spent(this.#thread.isDead ? elapsed : Math.min(elapsed, this.#thread.busy - busy));
      leaveDeadline?.();
      signal?.removeEventListener("abort", abort);
    }
  }

  #kill(reason: unknown): void {
    this.#clean = false;
    void this.#thread.kill(reason);
  }

  async #readPacked(results: readonly Wire[]): Promise<readonly unknown[]> {
    if (!results.some(isPacked)) return results;
    try {
      return await this.#desk.readPacked(results);
    } catch (e) {
      throw e instanceof Stopped ? e.reason : this.#believed(e);
    }
  }

  #unpack(results: readonly unknown[]): TValue[] {
    try {
      return this.#desk.unpack(results, (id) => newCell(LUA_CLOSURE, id));
    } catch (e) {
      throw this.#believed(e);
    }
  }

  /** A thread that sends what none of ours does is ended. @returns what its caller gets */
  #believed(e: unknown): unknown {
    if (!(e instanceof BadMessage)) return e;
    const error = threadFailed(e);
    this.#kill(error);
    return error;
  }

  #function(id: number): LuaFunction {
    this.#functions++;
    const token = {};
    const f = luaFunction(
      (args) =>
        this.#setting.again((signal) => {
          const message = ["call", id, this.#packAll(readAll(args, "args"))] as const;
          return this.#work(message, (results) => this.#outside.taken(results), signal).then(async (values) => {
            return (await outcomeOf(values)).value;
          });
        }),
      () => {
        garbage.unregister(token);
        this.released();
      },
    );
    garbage.register(f, this, token);
    return f;
  }

  /** One function less. */
  released(): void {
    this.#functions--;
    this.#settle();
  }

  // ---- the end ----

  /** Gives up what is not needed any more: the thread, and the place among those that run. */
  #settle(): void {
    if (this.#working > 0) return;
    this.#thread.unref();
    if (!this.#charged) {
      this.#charged = true;
      this.#setting.outer?.charge(this.#desk.took);
    }
    if (this.#functions === 0 || this.#thread.isDead || this.#broken !== undefined) this.#end();
    else this.#place.rest();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#leaveCaller();
    this.#desk.close();
    this.#place.end(this.#clean);
  }
}

/**
 * The error as the run's caller knows its limits. Where less was left than the run may have by itself, the limit that was
 * hit is that of whoever called it; and the thread knows of the time only what was left when it began.
 * @param limits what it got
 */
function ofOuter(error: LimitError, limits: Limits, { limits: own, outer }: Setting): LimitError {
  const name = optionOf(error.limit);
  const isOwn = outer === undefined || own[name] === limits[name];
  const most = isOwn ? own[name] : outer.limits[name];
  if (most === undefined || most === error.value) return error;
  const renamed = new LimitError(error.limit, most);
  renamed.luaStack = error.luaStack;
  return renamed;
}

/** Functions that nobody can call any more need no thread. */
const garbage = new FinalizationRegistry<ThreadRun>((run) => run.released());

async function outcomeOf(taken: readonly (Value | undefined)[]): Promise<Outcome> {
  const values: unknown[] = [];
  for (const value of taken) values.push(await toJsInTurns(value));
  return { value: values[0], values };
}
