/**
 * Where the calls of one run arrive from its thread, and are answered: by the very functions and parameters that a
 * script in this thread reaches. A script that took its thread over can send what it likes, and gets no further than
 * its calls would: a question names a module that the run may load, or a handle that was given to it.
 */

import { LimitError, MoonkeepError } from "../errors.ts";
import { type Limit, type Limits, MAX_DEPTH } from "../limits.ts";
import type { Arg } from "../lua/boundary/arg.ts";
import type { Mode } from "../lua/boundary/function.ts";
import { handleTypeOf, releaseAnswer, textOf, writeHandle } from "../lua/boundary/handle-type.ts";
import type { ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import type { Member, Module } from "../lua/boundary/module.ts";
import { severalResults, writeResult } from "../lua/boundary/results.ts";
import { shared } from "../lua/core/shared.ts";
import { newState } from "../lua/core/state.ts";
import { type Allowances, allowances } from "../lua/limits/allowance.ts";
import { MUCH_GARBAGE } from "../lua/limits/budget.ts";
import { collectGarbage, noteHeap } from "../lua/limits/garbage.ts";
import { limitDepth } from "../lua/meter/depth.ts";
import { type Account, allSeen, chargeTo, work } from "../lua/meter/meter.ts";
import { Stopped } from "../lua/meter/stopped.ts";
import { Channel } from "../lua/run/channel.ts";
import type { Finder } from "../lua/run/loads.ts";
import { nilCell } from "../lua/vm/table.ts";
import { INTEGER, type LuaState, STRING, type TValue, type Udata, USERDATA } from "../lua/vm/types.ts";
import { local } from "../modules/index.ts";
import { toText, translated } from "../value/bytes.ts";
import { EncodingProblem } from "../value/codec.ts";
import { decodeInSteps } from "../value/codec-steps.ts";
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import { inTurns } from "../value/in-turns.ts";
import { isLarge, type Packed } from "../value/packed.ts";
import { ByteString, type Bytes, type Milliseconds, Table } from "../value/value.ts";
import { packError, unpackError } from "./error-wire.ts";
import {
  beyondMemory,
  malformedQuestion,
  noTooLongString,
  threadEnded,
  tooManyAtOnce,
  unknownCall,
  unknownFile,
} from "./errors.ts";
import { ThreadFeeds } from "./feeds.ts";
import { GivenHandles, type KnownHandles } from "./given-handles.ts";
import { FILES, type Question, type Reply, type ToFeed } from "./messages.ts";
import type { Outer } from "./outer.ts";
import type { HandleShape } from "./shapes.ts";
import {
  BadMessage,
  Freight,
  isPacked,
  MOST_IN_A_MESSAGE,
  pack,
  packTable,
  packValue,
  type Special,
  unpackAll,
  type Wire,
} from "./wire.ts";

export interface DeskOptions {
  readonly modules: ReadonlyMap<string, Module>;
  /** What finds the files beside the code, by the numbers that the thread has for them. Default: none. */
  readonly finders?: readonly Finder[];
  /** What module functions get as their first argument. */
  readonly context: unknown;
  readonly limits: Limits;
  readonly print: (line: Uint8Array) => void;
  /** Of the run that this one was called by: what is spent here is spent there, too. */
  readonly outer: Pick<Outer, "allowances"> | undefined;
}

type Callable = Member & Required<Pick<Member, "invoke" | "mode">>;

/** So many of the host's own errors are remembered for a run: the last ones. */
const MOST_ORIGINS = 100;
/** Work that is done for the script until its time is looked at, in instructions of the VM. */
const SLICE = 10_000;
/** A heap of the host that holds no more is collected within a few milliseconds. */
const SMALL: Bytes = 48 * 2 ** 20;

/** What was packed for one subscription goes to others of any thread: an event is one table for all of them. */
const wires = new WeakMap<Table, Wire>();

export class Desk {
  /** Where in Lua the call was made that is being answered; known in traced runs. */
  where: string | undefined;
  /** The limit that the host has seen hit. The thread is told, and has to end with it. */
  hit: LimitError | undefined;
  /** Whether nothing can be called in the script's state any more, as its thread says. */
  isBroken = false;
  /** Instructions that the run took. */
  took = 0;
  /** What the script may spend, in its thread and here. */
  readonly allowances: Allowances;
  /** Channels of the script that the host puts values into. */
  readonly feeds: ThreadFeeds;
  readonly #options: DeskOptions;
  readonly #handles: GivenHandles;
  readonly #origins = new Map<number, unknown>();
  readonly #L: LuaState;
  #isClosed = false;
  #numbers = 0;
  #used = 0;
  /** When the time of the call that goes on is up. */
  #deadline: Milliseconds = Number.POSITIVE_INFINITY;
  #untimed = 0;

  /** @param tell has something put into a channel of the script */
  constructor(options: DeskOptions, known: KnownHandles, tell: (message: ToFeed) => void) {
    this.#options = options;
    this.#account.left = options.limits.memory ?? Number.POSITIVE_INFINITY;
    const { modules } = options;
    const { memory } = options.limits;
    this.#handles = new GivenHandles({ known, modules, memory, over: (most) => this.#stop("memory", most) });
    this.allowances = allowances(options.limits, options.outer?.allowances, (what, limit) => this.#stop(what, limit));
    this.#L = newState(shared.l_G.hooks);
    this.#L.l_G.host = { keep: (handle: object, type: ReleasedAtEnd) => this.#handles.keep(handle, type) };
    this.feeds = new ThreadFeeds({
      memory,
      tell,
      pack: (value) => this.#packOnce(value),
      count: (bytes) => this.#handles.count(bytes),
    });
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  #packOnce(value: Table): Wire {
    const wire = wires.get(value) ?? packValue(this.#L, value);
    wires.set(value, wire);
    return wire;
  }

  /** A call begins, and its time. */
  begin(): void {
    const { timeout = Number.POSITIVE_INFINITY } = this.limits;
    this.#deadline = performance.now() + timeout;
  }

  /**
   * What the host does for a question, by the size of what it is given, counts as instructions of the script, and ends
   * with its time. What it allocates is bounded by what the message may carry.
   */
  readonly #account: Account = {
    left: Number.POSITIVE_INFINITY,
    unseen: 0,
    longest: Number.POSITIVE_INFINITY,
    exhausted: (wanted) => this.#collect(wanted),
    work: (steps) => {
      this.#used += Math.ceil(steps);
      this.#untimed += steps;
      if (this.#untimed < SLICE) return;
      this.#untimed = 0;
      if (performance.now() > this.#deadline) this.#stop("time", this.limits.timeout!);
    },
    tooLong() {
      throw new RangeError(noTooLongString);
    },
  };

  /** What messages of the script make here is garbage soon; one that makes more than the script may have is too much. */
  #collect(wanted: Bytes): void {
    const { memory = Number.POSITIVE_INFINITY } = this.#options.limits;
    const garbage = memory * MUCH_GARBAGE;
    this.#account.left = garbage;
    if (wanted > memory || this.#account.unseen > memory) this.#stop("memory", memory);
    if (Number.isFinite(memory)) collectGarbage(garbage, SMALL);
  }

  /** The state that values of this run are unpacked into. */
  get thread(): LuaState {
    return this.#L;
  }

  /** Counts the instructions of a run that was called by this one. */
  charge(used: number): void {
    this.#used += used;
    this.took += used;
  }

  #stop(limit: Limit, value: number): never {
    this.hit ??= new LimitError(limit, value);
    throw new Stopped(this.hit);
  }

  print(line: Uint8Array): void {
    this.allowances.output.spend(line.length);
    this.#options.print(line);
  }

  /**
   * Answers a question.
   * @param isAwaited whether the thread still waits for the answer
   * @throws BadMessage for one that no script of ours asks
   */
  answer(question: unknown, isAwaited: () => boolean = () => true): Eventually<Reply> {
    return andThen(this.#answer(question, isAwaited), (reply) => {
      if (this.#used === 0) return reply;
      const used = this.#used;
      this.#used = 0;
      return { ...reply, used };
    });
  }

  #answer(question: unknown, isAwaited: () => boolean): Eventually<Reply> {
    const { args, ...rest } = (question ?? {}) as Partial<Question>;
    const isShaped = Array.isArray(args) && args.length <= MOST_IN_A_MESSAGE;
    if (!isShaped) throw new BadMessage(malformedQuestion);
    if (!args.some(isPacked)) return this.#call(rest, args, isAwaited);
    return this.readPacked(args).then(
      (read) => this.#call(rest, read, isAwaited),
      (e: unknown) => {
        if (e instanceof BadMessage) throw e;
        return this.#failed(e);
      },
    );
  }

  /**
   * What a message carries, of which large tables are read, in steps and with turns of the event loop in between. The
   * run's time goes on, and it pays.
   * @throws BadMessage; Stopped
   */
  async readPacked(wires: readonly unknown[]): Promise<readonly unknown[]> {
    const freight = this.#freight();
    const read: unknown[] = [];
    for (const wire of wires) {
      if (isPacked(wire)) freight.add(wire.packed.length);
      read.push(isPacked(wire) ? await this.#table(wire.packed) : wire);
    }
    return read;
  }

  async #table(bytes: Uint8Array): Promise<Packed> {
    if (Number.isFinite(this.#account.left)) noteHeap();
    const steps = decodeInSteps(bytes, this.limits.valueDepth ?? MAX_DEPTH);
    try {
      return await inTurns(() => {
        if (this.#isClosed) throw new Stopped(threadEnded());
        const account = chargeTo(this.#account);
        try {
          const step = steps.next();
          if (step.done !== true) work(step.value);
          return step;
        } finally {
          chargeTo(account);
        }
      });
    } catch (e) {
      throw e instanceof EncodingProblem ? new BadMessage(e.message) : e;
    }
  }

  #call(
    { target, member, where }: Omit<Partial<Question>, "args">,
    args: readonly unknown[],
    isAwaited: () => boolean,
  ): Eventually<Reply> {
    this.where = where;
    if (member === undefined) return this.#show(target);
    if (typeof member !== "string") throw new BadMessage(malformedQuestion);
    const freight = this.#freight();
    const depth = limitDepth(this.#options.limits.valueDepth);
    const account = chargeTo(this.#account);
    const before = translated;
    let isPending = false;
    try {
      const special = (one: Special) => this.#unpackSpecial(one, freight);
      const cells = unpackAll(this.#L, args, special, freight);
      if (target === FILES) return this.#findFile(member, cells);
      const [{ invoke, mode }, self] = this.#find(target, member);
      const outcome = invoke(self, cells as unknown as Arg[]) as Eventually<unknown>;
      const deliver = (result: unknown) => {
        if (isAwaited() && !this.#isClosed) return this.#deliver(result, mode, target);
        releaseAnswer(result); // the thread is not told any more, and nobody else would
        return { values: [] };
      };
      if (isLater(outcome)) {
        this.#account.left -= translated - before;
        isPending = true;
        return outcome.then(
          (result) => this.#over(deliver(result)),
          (e: unknown) => this.#over(this.#failed(e)),
        );
      }
      const reply = deliver(outcome);
      this.#account.left -= translated - before;
      if (this.#account.left < 0) this.#collect(0);
      return reply;
    } catch (e) {
      if (e instanceof BadMessage) throw e;
      return this.#failed(e);
    } finally {
      if (!isPending) allSeen();
      chargeTo(account);
      limitDepth(depth);
    }
  }

  /** The file's text and name; or nil, why there is none, the nearest name, and what was looked for. */
  #findFile(member: string, [finder, name, ...more]: readonly TValue[]): Eventually<Reply> {
    const found = this.#options.finders?.[finder?.value as number];
    const isShaped = member === "find" && more.length === 0;
    if (!isShaped || finder?.type !== INTEGER || found === undefined || name?.type !== STRING) {
      throw new BadMessage(unknownFile);
    }
    return andThen(found.find(toText((name.value as ByteString).bytes)), (file) => {
      if ("tried" in file) return this.#deliver([undefined, file.reason, file.near, ...file.tried], "many");
      return this.#deliver([new ByteString(file.source), file.file], "many");
    });
  }

  /** What a message of the thread may carry: no thread of ours sends more. */
  #freight(): Freight {
    return new Freight(this.limits.memory, () => {
      throw new BadMessage(beyondMemory);
    });
  }

  #find(target: unknown, member: string): [Callable, unknown] {
    const object = typeof target === "number" ? this.#handles.get(target) : undefined;
    const module = object === undefined ? this.#served(target) : undefined;
    const type = object === undefined ? undefined : handleTypeOf(object);
    const members = type === undefined ? module?.members : [...type.members, ...type.inner];
    const found = members?.find(({ name }) => name === member);
    if (found?.invoke === undefined) throw new BadMessage(unknownCall);
    return [found as Callable, object ?? this.#options.context];
  }

  /** A module that runs in the thread is nothing to ask the host for. */
  #served(name: unknown): Module | undefined {
    const module = this.#options.modules.get(name as string);
    return module !== undefined && local.includes(module) ? undefined : module;
  }

  #show(target: unknown): Reply {
    const object = this.#handles.get(target);
    try {
      return this.#deliver(textOf(handleTypeOf(object)!, object));
    } catch (e) {
      return this.#failed(e);
    }
  }

  /** @param handle what was called, by its number: it may keep more than before */
  #deliver(result: unknown, mode?: Mode, handle?: unknown): Reply {
    const freight = new Freight(this.#options.limits.memory, (most) => this.#stop("memory", most));
    const account = chargeTo(this.#account); // it may be later than the call
    const before = translated;
    try {
      if (typeof handle === "number") this.#handles.recount(handle);
      const types: [number, HandleShape][] = [];
      const values = Array.from(mode === "many" ? severalResults(result) : [result], (value) => {
        if (value instanceof Table && isLarge(value)) return packTable(value, freight);
        const cell = nilCell();
        writeResult(this.#L, value, cell);
        return pack(cell, (part) => this.#packSpecial(part, types, freight), freight);
      });
      return { values, ...(types.length === 0 ? {} : { types }) };
    } catch (e) {
      return this.#failed(e);
    } finally {
      this.#account.left -= translated - before;
      chargeTo(account);
    }
  }

  /** What was made for a call that has waited is the script's now, or nobody's. */
  #over(reply: Reply): Reply {
    const account = chargeTo(this.#account);
    allSeen();
    chargeTo(account);
    return reply;
  }

  #failed(e: unknown): Reply {
    if (e instanceof Stopped && e.reason instanceof LimitError) {
      this.hit ??= e.reason; // it may be one of the run that called
      return { stop: [this.hit.limit, this.hit.value] };
    }
    if (!(e instanceof MoonkeepError)) return { fault: this.#remember(e) };
    return { error: packError(e, undefined, e.cause === undefined ? undefined : this.#remember(e.cause)) };
  }

  #remember(cause: unknown): number {
    const number = ++this.#numbers;
    this.#origins.set(number, cause);
    if (this.#origins.size > MOST_ORIGINS) this.#origins.delete(this.#origins.keys().next().value!);
    return number;
  }

  #packSpecial(cell: TValue, types: [number, HandleShape][], freight: Freight): Special | undefined {
    if (cell.type !== USERDATA) return undefined;
    const object = (cell.value as Udata).data as object;
    if (object instanceof MoonkeepError) return { error: packError(object, freight) };
    const channel = object instanceof Channel ? this.feeds.numberOf(object) : undefined;
    if (channel !== undefined) return { channel };
    return this.#handles.pack(object, types);
  }

  #unpackSpecial({ handle, error }: Special, freight: Freight): TValue {
    const object = error === undefined ? this.#handles.get(handle?.id) : this.error(error, freight);
    const cell = nilCell();
    writeHandle(this.#L, object, cell);
    return cell;
  }

  /** @throws BadMessage */
  error(wire: unknown, freight: Freight = this.#freight()): MoonkeepError {
    const error = unpackError(wire, (origin) => this.#origins.get(origin), freight);
    if (freight.isTooMuch) throw new BadMessage(tooManyAtOnce);
    return error;
  }

  /** Values that came out of the script. @throws BadMessage */
  unpack(wires: readonly unknown[], functionOf: (id: number) => TValue): TValue[] {
    const freight = this.#freight();
    const special = (one: Special) =>
      one.function === undefined ? this.#unpackSpecial(one, freight) : functionOf(one.function);
    return unpackAll(this.#L, wires, special, freight);
  }

  /**
   * Reads what a call came to, at the expense of the call.
   * @throws what `read` throws; LimitError when its time is up meanwhile
   */
  handOver<T>(read: () => T): T {
    const depth = limitDepth(this.limits.valueDepth);
    const account = chargeTo(this.#account);
    try {
      return read();
    } catch (e) {
      throw e instanceof Stopped ? e.reason : e;
    } finally {
      chargeTo(account);
      limitDepth(depth);
    }
  }

  /** Releases every handle of the run. */
  close(): void {
    this.#isClosed = true;
    this.feeds.end();
    this.#handles.close();
  }
}
