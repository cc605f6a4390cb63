/**
 * A Lua state: globals, modules, and calls into it under a budget. Scripts in different states share nothing that they
 * can change.
 */

import { CanceledError, LimitError, MoonkeepError } from "../../errors.ts";
import { MAX_DETAILS_BYTES } from "../../limits.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import { toJs } from "../../value/js.ts";
import { ByteString, type Bytes, sizeOf, Table, type Value } from "../../value/value.ts";
import { errorOf, handleContents } from "../boundary/handle-type.ts";
import { KeptHandles, type ReleasedAtEnd } from "../boundary/kept-handles.ts";
import { fromValue, Refused, toValue } from "../boundary/marshal.ts";
import type { Module } from "../boundary/module.ts";
import { writeResult } from "../boundary/results.ts";
import { js } from "../core/compiled-frames.ts";
import { newThread, resume } from "../core/coroutine.ts";
import { COLLECTED, canWait, PAUSED } from "../core/pause.ts";
import { shared } from "../core/shared.ts";
import { hasRoom, push } from "../core/stack.ts";
import { newState } from "../core/state.ts";
import type { Random, Runtime } from "../core/state-of.ts";
import type { Wait } from "../core/suspend.ts";
import { captureStack, messageOf, whereIs } from "../core/traceback.ts";
import { createRandom } from "../library/random.ts";
import { openLibraries } from "../library/stdlib.ts";
import { type Allowances, unlimited } from "../limits/allowance.ts";
import { Budget, interrupted } from "../limits/budget.ts";
import { interruptible } from "../limits/interrupt.ts";
import { allocate, chargeTo } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { forEachAfter, getInteger, set } from "../vm/lua-table.ts";
import { appendField, newCell, newTable, nilCell, rawField, tableCell } from "../vm/table.ts";
import type { Tier } from "../vm/thread.ts";
import {
  LUA_CLOSURE,
  type LuaClosure,
  type LuaState,
  type LuaTable,
  OK,
  STRING,
  TABLE,
  type TValue,
  YIELD,
} from "../vm/types.ts";
import type { CallOptions } from "./call-options.ts";
import type { Channel } from "./channel.ts";
import { Chunk } from "./chunk.ts";
import { compiler } from "./compiler.ts";
import { givenText, hasText, textFunction } from "./error-text.ts";
import { scriptHasEnded, tooManyArguments } from "./errors.ts";
import { Execution, type Task } from "./execution.ts";
import { type Feed, Feeds, type Give, type StartFeed } from "./feeds.ts";
import { hooksWith } from "./hooks.ts";
import { ioSource } from "./io-source.ts";
import type { FoundFile, Library, Loads } from "./loads.ts";
import { type Name, namesAt } from "./names.ts";
import { turn } from "./turn.ts";

/** Beside what the code that is called may load by `require`. */
export interface StateOptions extends Loads {
  /** Modules that are there without `require`, as globals of their names. */
  readonly globals?: readonly Module[];
  /** What the global `io` does its work by (io-source.ts). Absent: there is no `io`. */
  readonly io?: Module | undefined;
  /**
   * What module functions get as their first argument. Undefined: the state, which is all that modules need that run
   * wherever the script does.
   */
  readonly call: unknown;
  /** Where `print` writes: one line with its newline, as bytes. */
  readonly print: (line: Uint8Array) => void;
  /** The state whose code calls into this one: what is used here counts there, and this one ends with it. */
  readonly caller?: State | undefined;
  /** Whether what scripts do often is compiled, as `compiler.ts` says. Default: true. */
  readonly compile?: boolean | undefined;
  /** What compiles then. Default: the compiler of this process. */
  readonly tier?: Tier | null | undefined;
  /**
   * Whether the state can be used after a call of it was ended for its time, its instructions or by its `interrupt`, all
   * of which end it between two instructions. Default: false, for what may be hostile gets no second try.
   */
  readonly outlivesEnds?: boolean | undefined;
}

export type { CallOptions } from "./call-options.ts";

export class State implements Runtime {
  readonly call: unknown;
  readonly random: Random = createRandom();
  readonly resumers: LuaState[] = [];
  readonly print: (line: Uint8Array) => void;
  root: LuaState | undefined;
  running: LuaState | undefined;
  current: LuaState;
  waiting: Wait | undefined;
  /** What the call that is going on may use. */
  budget: Budget | undefined;
  /** Instructions of the call that ran last. */
  used = 0;
  /** The call that is going on. */
  execution: Execution | undefined;
  readonly #L: LuaState;
  readonly loads: Loads;
  readonly #caller: State | undefined;
  /** The states that this one's code calls into. */
  readonly #called = new Set<State>();
  readonly #globalModules: readonly Module[];
  /** What the main code has loaded, by name: its `package.loaded`. */
  readonly loaded: LuaTable;
  /** What the libraries that were imported came to, by their ids. */
  #imported: LuaTable | undefined;
  readonly #kept = new KeptHandles();
  readonly fed: Feeds = new Feeds();
  /** The calls that run or wait. */
  readonly #calls = new Set<Execution>();
  /** Functions that came out of the script, as long as somebody has them. */
  #out: WeakRef<LuaClosure>[] = [];
  readonly #outlivesEnds: boolean;
  #broken: MoonkeepError | undefined;
  #ended = false;

  constructor(options: StateOptions) {
    const {
      modules,
      imports,
      finder,
      compatible,
      globals = [],
      call,
      print,
      caller,
      compile = true,
      tier = compiler,
    } = options;
    this.call = call ?? this;
    this.#outlivesEnds = options.outlivesEnds ?? false;
    this.print = print;
    this.loads = { modules, imports, finder, compatible };
    this.#caller = caller;
    if (caller !== undefined) caller.#called.add(this);
    this.#globalModules = globals;
    this.#L = newState(hooksWith(compile ? tier : null));
    this.current = this.#L;
    this.#L.l_G.host = this;
    this.loaded = openLibraries(this.#L, this.globals, undefined, compatible);
    this.#openGlobalModules(this.globals);
    if (options.io !== undefined) this.#openIo(options.io);
  }

  /** Such a state may load it by `require` as well. */
  #openIo(module: Module): void {
    const open = this.use(Chunk.compile(Buffer.from(ioSource), "=io"));
    const [io] = this.run(open, [module.table()], {}, new Budget({})) as readonly TValue[]; // it waits for nothing
    this.setGlobalCell("io", io!);
    appendField(this.loaded, "io", newCell(io!.type, io!.value));
  }

  #openGlobalModules(target: LuaTable): void {
    for (const { name, table } of this.#globalModules) appendField(target, name, newCell(TABLE, table().value));
  }

  /** The table of globals. */
  get globals(): LuaTable {
    return getInteger(this.#L.l_G.l_registry.value as LuaTable, 2 /* LUA_RIDX_GLOBALS */).value as LuaTable;
  }

  /** The state's first thread, for work on the stack outside any call. */
  get thread(): LuaState {
    return this.#L;
  }

  imported(library: Library): TValue | undefined {
    return this.#imported && rawField(this.#imported, library.id);
  }

  setImported(library: Library, value: TValue): void {
    if (this.#imported === undefined) {
      this.#imported = newTable(this.#L);
      appendField(this.#L.l_G.l_registry.value as LuaTable, "imported", tableCell(this.#imported)); // it is measured there
    }
    appendField(this.#imported, library.id, value); // two coroutines may have loaded it at the same time
  }

  compile({ source, file, path }: FoundFile): Chunk {
    return Chunk.compile(source, `@${file}`, path);
  }

  start({ chunk, loads }: Library): TValue {
    const globals = newTable(this.#L);
    openLibraries(this.#L, globals, loads);
    this.#openGlobalModules(globals);
    return chunk.in(this.#L, globals);
  }

  keep(handle: object, type: ReleasedAtEnd): void {
    this.#kept.add(handle, type);
  }

  /** `f` is called when the call that goes on has ended. @returns what takes that back */
  atEnd(f: () => void): () => void {
    return this.execution!.atEnd(f);
  }

  /**
   * Lets somebody outside put values into a channel, until the call that goes on has ended, the script can't reach the
   * channel any more, or what this returns is called. While somebody may, a coroutine that waits for the channel does
   * not wait in vain. What is given counts for the call that gets it.
   * @param owner the handle that gives the script the channel; undefined: it is not in this state
   * @param start begins it, and returns what ends it
   * @throws MoonkeepError UNAVAILABLE when there are too many
   */
  feed(channel: Channel, owner: object | undefined, start: StartFeed): () => void {
    const execution = this.execution!;
    let stop = () => {};
    const feed: Feed = {
      channel,
      owner,
      end: () => {
        if (!this.fed.delete(feed)) return;
        stop();
        forget();
        noMore();
      },
    };
    this.fed.add(feed, () => execution.budget.lookSoon());
    const noMore = execution.expect();
    const forget = execution.atEnd(feed.end);
    stop = start((make) => this.#give(execution, channel, make));
    return feed.end;
  }

  #give(execution: Execution, channel: Channel, make: Parameters<Give>[0]): boolean {
    if (!channel.hasRoom) return false;
    const before = chargeTo(execution.budget);
    try {
      const given = make();
      if (given instanceof Table) allocate(sizeOf(given));
      const cell = nilCell();
      writeResult(this.#L, given, cell);
      return channel.trySend(cell);
    } catch (e) {
      if (!(e instanceof Stopped) || execution.isRunning) throw e;
      execution.abandon(e.reason);
      return false;
    } finally {
      chargeTo(before);
    }
  }

  // ---- what budget.ts looks at ----

  threads(): Iterable<LuaState> {
    const called = [...this.#calls].flatMap((execution) => [...execution.threads()]);
    return new Set([this.#L, shared, ...called, ...this.resumers, this.current]);
  }

  held(): Iterable<TValue> {
    const values: TValue[] = [];
    for (const { entry } of this.#calls) values.push(entry);
    forEachAfter(this.loaded, 0, (_, value) => values.push(value));
    this.#out = this.#out.filter((reference) => {
      const f = reference.deref();
      if (f !== undefined) values.push(newCell(LUA_CLOSURE, f));
      return f !== undefined;
    });
    return values;
  }

  /** A function of the script's has come out, and may be called later. */
  cameOut({ type, value }: TValue): void {
    if (type === LUA_CLOSURE) this.#out.push(new WeakRef(value as LuaClosure));
  }

  readonly contents = handleContents;

  get kept(): Bytes {
    return this.#kept.bytes + this.fed.bytes;
  }

  /** Where in Lua the host call that is going on was made: `file:line`. */
  get where(): string | undefined {
    return this.running === undefined ? undefined : whereIs(this.running);
  }

  /** What the call that is going on may spend. */
  get allowances(): Allowances {
    return this.budget === undefined ? unlimited : this.budget.allowances;
  }

  /** The names of what is at a path from the globals on, for completion. Nothing of the script is called. */
  names(path: readonly string[]): readonly Name[] {
    return namesAt(this.#L, this.globals, path);
  }

  setGlobal(name: string, value: Value): void {
    const cell = nilCell();
    fromValue(this.#L, value, cell);
    this.setGlobalCell(name, cell);
  }

  setGlobalCell(name: string, cell: TValue): void {
    set(this.#L, this.globals, newCell(STRING, ByteString.fromText(name)), cell);
  }

  /**
   * Compiles a chunk of text, within the limits of a budget: a source can be made to take the compiler hours.
   * @param name as Lua names chunks: `@file` or `=text`.
   * @throws MoonkeepError INVALID for a syntax error; the message says `file:line: what`. LimitError as `run` does.
   */
  load(source: Uint8Array, name: string, budget: Budget = new Budget({}, this.#caller?.budget)): TValue {
    this.#check();
    return this.#within(budget, () => this.use(Chunk.compile(source, name)));
  }

  /** What a call may use: its own limits, and what the call has left that this state was called by. */
  budgetFor(options: CallOptions): Budget {
    return new Budget(options, this.#caller?.budget, options);
  }

  /**
   * Reads what a call came to, at the expense of the call.
   * @param read makes of cells of this state what leaves it
   * @throws what `read` throws; LimitError when a limit was reached meanwhile
   */
  handOver<T>(budget: Budget, read: () => T): T {
    return this.#within(budget, read);
  }

  /** Does something outside of Lua that counts what it does, so that nobody has to watch. */
  #within<T>(budget: Budget, work: () => T): T {
    const { current } = this;
    this.current = this.#L;
    budget.enter(this.#L, this);
    try {
      return work();
    } catch (e) {
      if (!(e instanceof Stopped)) throw e;
      this.#stopped(e.reason as MoonkeepError);
      throw e.reason;
    } finally {
      budget.leave(this.#L.l_G);
      this.current = current;
    }
  }

  /** Compiled code as a function of this state, with the state's globals. */
  use(chunk: Chunk): TValue {
    return chunk.in(this.#L, this.globals);
  }

  /**
   * Calls a Lua function in a coroutine of its own. Answers at once unless the function has to wait.
   * @returns its results, as cells of this state.
   * @throws what the function raised, as MoonkeepError; LimitError when a limit was reached, after which the state is
   * broken and no function of it can be called.
   * @param budget of which something was used already, to load the function
   */
  run(
    f: TValue,
    args: readonly TValue[],
    options: CallOptions = {},
    budget: Budget = this.budgetFor(options),
  ): Eventually<readonly TValue[]> {
    const explain = (e: unknown): Eventually<never> => this.#explain(e, options, budget);
    try {
      const results = this.#call(f, args, options, budget);
      return isLater(results) ? results.catch(explain) : results;
    } catch (e) {
      return explain(e);
    }
  }

  #call(f: TValue, args: readonly TValue[], options: CallOptions, budget: Budget): Eventually<readonly TValue[]> {
    this.#check();
    const L = this.#L;
    const co = newThread(L);
    if (!hasRoom(co, args.length + 1)) {
      throw new MoonkeepError("INVALID", tooManyArguments(args.length));
    }
    for (const { type, value } of [f, ...args]) push(co, type, value);
    return this.#resume(new Execution(co, args.length, f, budget, options, this.#goOn, this.#abandoned));
  }

  /**
   * An error object that nobody caught says itself what it is, within the limits of the call that raised it.
   * @throws the error with that text; as it is where the object has none, or fails to give it
   */
  #explain(e: unknown, options: CallOptions, budget: Budget): Eventually<never> {
    const object = e instanceof MoonkeepError ? objects.get(e) : undefined;
    if (object === undefined) throw e;
    objects.delete(e as MoonkeepError);
    const fail = (failure: unknown): never => {
      throw failure instanceof LimitError || failure instanceof CanceledError ? failure : e;
    };
    const retell = (said: readonly TValue[]): never => {
      throw withText(e as MoonkeepError, givenText(said));
    };
    let said: Eventually<readonly TValue[]>;
    try {
      said = this.#call(textFunction, [object], options, budget);
    } catch (failure) {
      return fail(failure);
    }
    return isLater(said) ? said.then(retell, fail) : retell(said);
  }

  /** A call was ended. */
  #stopped(reason: MoonkeepError): void {
    if (!(this.#outlivesEnds && endsBetweenInstructions(reason))) this.#broken = reason;
  }

  /** Why nothing can be called in this state any more; undefined as long as something can. */
  get broken(): MoonkeepError | undefined {
    return this.#broken;
  }

  /** @throws why nothing can be called in this state any more */
  #check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#ended) throw new MoonkeepError("INVALID", scriptHasEnded);
  }

  /** Runs a call until it ends or waits. Calls of one state may wait at the same time, and one may start within another. */
  #resume(execution: Execution): Eventually<readonly TValue[]> {
    this.#check();
    const { thread: co, budget } = execution;
    const { root, current, budget: outerBudget, execution: outerExecution } = this;
    const outer = this.resumers.length === 0 ? undefined : this.resumers.splice(0);
    this.budget = budget;
    this.execution = execution;
    this.#calls.add(execution);
    budget.enter(co, this);
    const { computing } = execution.options;
    computing?.enter();
    let ended: Task | undefined;
    const { depth } = js;
    try {
      ended = this.#interruptible(execution);
    } catch (e) {
      execution.end();
      if (e instanceof Stopped) this.#stopped(e.reason as MoonkeepError);
      throw e instanceof Stopped ? e.reason : e;
    } finally {
      js.depth = depth; // what was stopped has left it as it was
      budget.leave(co.l_G);
      computing?.leave();
      this.used = budget.used;
      this.root = root;
      this.current = current;
      this.budget = outerBudget;
      this.execution = outerExecution;
      if (this.resumers.length > 0) this.resumers.length = 0;
      if (outer !== undefined) this.resumers.push(...outer);
    }
    if (ended === undefined) return execution.wait();
    this.#calls.delete(execution);
    execution.end();
    const { thread } = ended;
    if (thread.status === OK) {
      const results = thread.stack.slice(1, thread.top).map(({ type, value }) => newCell(type, value));
      thread.top = 1; // dead: the script may still have it in its hands
      return results;
    }
    throw raised(thread, thread.stack[thread.top - 1] ?? nilCell());
  }

  /** Runs what can run. @returns the task that ended the call, if one did */
  #run(execution: Execution): Task | undefined {
    let ended = execution.run(this.#resumeTask);
    while (ended === undefined && execution.isDeadlocked && this.#calls.size === 1) {
      if (execution.budget.remaining <= 0) execution.budget.timeUp(execution.thread); // that is what it waited for
      execution.breakDeadlock();
      ended = execution.run(this.#resumeTask);
    }
    return ended;
  }

  readonly #resumeTask = (task: Task): "waits" | "ended" | "failed" => {
    const { thread, nargs } = task;
    task.nargs = 0;
    this.root = thread;
    this.current = thread;
    let status = resume(thread, null, nargs);
    while (status === YIELD && (this.waiting === PAUSED || this.waiting === COLLECTED)) {
      const { waiting } = this;
      this.waiting = undefined;
      if (waiting === COLLECTED) this.#collect();
      else if (this.budget!.paused()) {
        this.execution!.waits(task, { promise: turn(), rejected: false, outcome: undefined });
        return "waits";
      }
      status = resume(thread, null, 0);
    }
    if (status !== YIELD) return status === OK ? "ended" : "failed";
    const wait = this.waiting!;
    this.waiting = undefined;
    this.execution!.waits(task, wait);
    return "waits";
  };

  #collect(): void {
    const g = this.#L.l_G;
    const { bytes, compiled } = this.budget!.collect();
    g.heapBytes = bytes - compiled;
    g.heapIds = g.id_counter;
  }

  /** Whether it can be suspended for a turn of the event loop where `L` is now, and so can those whose calls it serves. */
  canTurn(L: LuaState): boolean {
    if (!canWait(L)) return false;
    const caller = this.#caller;
    return caller?.execution === undefined || caller.canTurn(caller.current);
  }

  /** As `#run`; where that is asked for, Ctrl-C ends it. */
  #interruptible(execution: Execution): Task | undefined {
    if (execution.options.interruptible !== true) return this.#run(execution);
    const outcome = interruptible(() => this.#run(execution));
    if (outcome === undefined) throw new Stopped(interrupted());
    return outcome.result;
  }

  /** Goes on with a call whose wait is over. */
  readonly #goOn = (execution: Execution): void => {
    try {
      const results = this.#resume(execution);
      if (!isLater(results)) execution.succeed(results);
    } catch (e) {
      this.#calls.delete(execution);
      execution.fail(e);
    }
  };

  /** A call was ended in the middle of a wait. The state is sound, and other calls may go on in it. */
  readonly #abandoned = (execution: Execution): void => {
    this.#calls.delete(execution);
  };

  /** Releases every handle that the script still holds. Functions that came out can't be called any more. */
  close(): void {
    this.#ended = true;
    this.#kept.releaseAll();
    if (this.#caller !== undefined) this.#caller.#called.delete(this);
    for (const state of this.#called) state.#cutOff();
  }

  /** The run that called it has ended: nobody waits for what goes on here. */
  #cutOff(): void {
    for (const execution of this.#calls) execution.end();
    this.close();
  }
}

const endsBetweenInstructions = (e: MoonkeepError): boolean =>
  e instanceof LimitError ? e.limit === "time" || e.limit === "instructions" : e instanceof CanceledError;

/** The error that a Lua call ended with. What was raised may be any value, and even nil. */
function raised(co: LuaState, cell: TValue): MoonkeepError {
  const known = errorOf(cell);
  if (known !== undefined) {
    if (known.luaStackDepth === 0) known.luaStack = captureStack(co);
    return known;
  }
  const error = new MoonkeepError("UNKNOWN", messageOf(cell), { details: fieldsOf(cell) });
  error.luaStack = captureStack(co);
  if (hasText(co, cell)) objects.set(error, newCell(cell.type, cell.value));
  return error;
}

/** The objects that were raised, and can say what they are. */
const objects = new WeakMap<MoonkeepError, TValue>();

function withText(error: MoonkeepError, text: string | undefined): MoonkeepError {
  if (text === undefined) return error;
  const { kind, details, luaStack } = error;
  const told = new MoonkeepError(kind, text, { details });
  told.luaStack = luaStack;
  return told;
}

/** What a table says that was raised, when its keys are text and it is plain data. */
function fieldsOf(cell: TValue): Readonly<Record<string, unknown>> | undefined {
  if (cell.type !== TABLE) return undefined;
  try {
    const value = toValue(cell);
    if (value === undefined || sizeOf(value) > MAX_DETAILS_BYTES) return undefined;
    const fields = toJs(value);
    return Array.isArray(fields) || fields instanceof Map ? undefined : (fields as Readonly<Record<string, unknown>>);
  } catch (e) {
    if (e instanceof Refused) return undefined;
    throw e;
  }
}
