/**
 * A Lua state: globals, modules, and calls into it under a budget. Scripts in different states share nothing that they
 * can change. The room run/ puts the others together: it makes states, and runs, suspends and ends what is called in
 * them.
 */

import type { MoonkeepError } from "../../errors.ts";
import type { Eventually } from "../../value/eventually.ts";
import { ByteString, type Value } from "../../value/value.ts";
import { KeptHandles, type ReleasedAtEnd } from "../boundary/kept-handles.ts";
import { fromValue } from "../boundary/marshal.ts";
import type { Module } from "../boundary/module.ts";
import { newState } from "../core/state.ts";
import type { Random } from "../core/state-of.ts";
import type { Wait } from "../core/suspend.ts";
import { whereIs } from "../core/traceback.ts";
import { createRandom } from "../library/random.ts";
import { type Allowances, unlimited } from "../limits/allowance.ts";
import { Budget } from "../limits/budget.ts";
import { set } from "../vm/lua-table.ts";
import { appendField, newCell, nilCell } from "../vm/table.ts";
import type { Tier } from "../vm/thread.ts";
import { type LuaState, STRING, type TValue } from "../vm/types.ts";
import type { CallOptions } from "./call-options.ts";
import { Calls, type Running } from "./calls.ts";
import type { Channel } from "./channel.ts";
import { Chunk } from "./chunk.ts";
import { compiler } from "./compiler.ts";
import type { Execution } from "./execution.ts";
import { Feeds, type StartFeed } from "./feeds.ts";
import { Footprint } from "./footprint.ts";
import { hooksWith } from "./hooks.ts";
import { ioSource } from "./io-source.ts";
import type { Loads } from "./loads.ts";
import { type Name, namesAt } from "./names.ts";
import { Packages } from "./packages.ts";

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

export class State implements Running {
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
  used = 0;
  /** The call that is going on. */
  execution: Execution | undefined;
  readonly packages: Packages;
  readonly #L: LuaState;
  readonly #caller: State | undefined;
  /** The states that this one's code calls into. */
  readonly #called = new Set<State>();
  readonly #kept = new KeptHandles();
  readonly #fed: Feeds;
  /** Where its budget looks. */
  readonly footprint: Footprint;
  readonly #calls: Calls;

  constructor(options: StateOptions) {
    const { modules, imports, finder, compatible, globals = [], call, print, caller } = options;
    const { compile = true, tier = compiler, outlivesEnds = false } = options;
    this.call = call ?? this;
    this.print = print;
    this.#caller = caller;
    if (caller !== undefined) caller.#called.add(this);
    const L = newState(hooksWith(compile ? tier : null));
    L.l_G.host = this;
    this.#L = L;
    this.current = L;
    this.packages = new Packages(L, { modules, imports, finder, compatible }, globals);
    this.#fed = new Feeds(L);
    const calls = new Set<Execution>();
    this.footprint = new Footprint(L, this, calls, this.#kept, this.#fed, caller?.footprint);
    this.#calls = new Calls(L, this, this.footprint, calls, outlivesEnds, () => this.close());
    if (options.io !== undefined) this.#openIo(options.io);
  }

  /** Such a state may load it by `require` as well. */
  #openIo(module: Module): void {
    const open = this.use(Chunk.compile(Buffer.from(ioSource), "=io"));
    const [io] = this.run(open, [module.table()], {}, new Budget({})) as readonly TValue[]; // it waits for nothing
    this.setGlobalCell("io", io!);
    appendField(this.packages.loaded, "io", newCell(io!.type, io!.value));
  }

  /** The state's first thread, for work on the stack outside any call. */
  get thread(): LuaState {
    return this.#L;
  }

  keep(handle: object, type: ReleasedAtEnd): void {
    this.#kept.add(handle, type);
  }

  /** `f` is called when the call that goes on has ended. @returns what takes that back */
  atEnd(f: () => void): () => void {
    return this.execution!.atEnd(f);
  }

  /**
   * Lets something outside put values into a channel of the call that goes on, as `Feeds.begin` says.
   * @param start begins it, and returns what ends it
   */
  feed(channel: Channel, owner: object | undefined, start: StartFeed): () => void {
    return this.#fed.begin(this.execution!, channel, owner, start);
  }

  /** A function of the script's has come out, and may be called later. */
  cameOut(f: TValue): void {
    this.footprint.cameOut(f);
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
    return namesAt(this.#L, this.packages.globals, path);
  }

  setGlobal(name: string, value: Value): void {
    const cell = nilCell();
    fromValue(this.#L, value, cell);
    this.setGlobalCell(name, cell);
  }

  setGlobalCell(name: string, cell: TValue): void {
    set(this.#L, this.packages.globals, newCell(STRING, ByteString.fromText(name)), cell);
  }

  /**
   * Compiles a chunk of text, within the limits of a budget: a source can be made to take the compiler hours.
   * @param name as Lua names chunks: `@file` or `=text`.
   * @throws MoonkeepError INVALID for a syntax error; the message says `file:line: what`. LimitError as `run` does.
   */
  load(source: Uint8Array, name: string, budget: Budget = new Budget({}, this.#caller?.budget)): TValue {
    this.#calls.check();
    return this.#calls.within(budget, () => this.use(Chunk.compile(source, name)));
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
    return this.#calls.within(budget, read);
  }

  /** Compiled code as a function of this state, with the state's globals. */
  use(chunk: Chunk): TValue {
    return chunk.in(this.#L, this.packages.globals);
  }

  /**
   * Calls a Lua function in a coroutine of its own. Answers at once unless the function has to wait.
   * @returns its results, as cells of this state.
   * @throws what the function raised, as MoonkeepError; LimitError when a limit was reached, after which the state is
   * broken: no function of it can be called, and it is closed.
   * @param budget of which something was used already, to load the function
   */
  run(
    f: TValue,
    args: readonly TValue[],
    options: CallOptions = {},
    budget: Budget = this.budgetFor(options),
  ): Eventually<readonly TValue[]> {
    return this.#calls.run(f, args, options, budget);
  }

  /** Why nothing can be called in this state any more; undefined as long as something can. */
  get broken(): MoonkeepError | undefined {
    return this.#calls.broken;
  }

  /** Releases every handle that the script still holds. Functions that came out can't be called any more. */
  close(): void {
    this.#calls.end();
    this.#kept.releaseAll();
    if (this.#caller !== undefined) this.#caller.#called.delete(this);
    for (const state of this.#called) state.#cutOff();
  }

  /** The run that called it has ended: nothing waits for what goes on here. */
  #cutOff(): void {
    this.#calls.drop();
    this.close();
  }
}
