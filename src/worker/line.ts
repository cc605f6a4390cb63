/** A thread's line to the host: each question blocks the thread, and so the script, until it is answered. */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { MoonkeepError } from "../errors.ts";
import type { Arg } from "../lua/boundary/arg.ts";
import { writeHandle } from "../lua/boundary/handle-type.ts";
import { captureStack } from "../lua/core/traceback.ts";
import type { Budget } from "../lua/limits/budget.ts";
import { type Stopped, StoppedWaiting } from "../lua/meter/stopped.ts";
import type { Found } from "../lua/run/loads.ts";
import type { State } from "../lua/run/state.ts";
import { nilCell, numberCell, textCell } from "../lua/vm/table.ts";
import { baseType, type TValue, type Udata, USERDATA } from "../lua/vm/types.ts";
import type { ByteString } from "../value/value.ts";
import { type ErrorWire, Origin, packError, unpackError } from "./error-wire.ts";
import { tooManyTogether } from "./errors.ts";
import type { FedChannels } from "./fed-channels.ts";
import {
  FILES,
  type FromThread,
  isToFeed,
  LONGEST_PLACE,
  type Question,
  type Reply,
  type Setup,
  type ToThread,
  weightOf,
} from "./messages.ts";
import { type Asked, mirrorHandle, type RemoteClass, RemoteHandle } from "./mirror.ts";
import type { ConstantHandles } from "./shapes.ts";
import {
  exactly,
  Freight,
  type HandleWire,
  isPacked,
  MOST_IN_A_MESSAGE,
  packAll,
  type Special,
  unpack,
  unpackTable,
} from "./wire.ts";

/** Bytes of output that the host has not taken yet; a script that prints more waits. */
const WINDOW = 256 * 1024;

export class Line implements Asked {
  /** The state whose script runs, and the channels of it that the host puts values into. */
  state: State | undefined;
  fed: FedChannels | undefined;
  /** Whether each call says where it was made. */
  traced = false;
  /** The handles that are constants of modules. */
  constants: ConstantHandles | undefined;
  readonly #port: MessagePort;
  readonly #signals: Int32Array;
  /** The classes of the host's handles, by the numbers of their types. */
  readonly #types = new Map<number, RemoteClass>();
  /** What the host sent while something else was waited for. */
  readonly #pending: ToThread[] = [];
  #calls = 0;
  #printed = 0;

  constructor(port: MessagePort, { signals }: Setup) {
    this.#port = port;
    this.#signals = signals;
  }

  post(message: FromThread): void {
    this.#port.postMessage(message);
  }

  /** Takes what came while the script ran. */
  pending(): ToThread | undefined {
    return this.#pending.shift();
  }

  // ---- output ----

  print(line: Uint8Array): void {
    this.post(["print", exactly(line)]);
    this.#printed = (this.#printed + weightOf(line)) | 0;
    for (;;) {
      const taken = Atomics.load(this.#signals, 1);
      if (((this.#printed - taken) | 0) <= WINDOW) return;
      this.#sleep(1, taken);
    }
  }

  #timeUp(budget: Budget): never {
    try {
      return budget.timeUp();
    } catch (e) {
      throw new StoppedWaiting((e as Stopped).reason);
    }
  }

  // ---- calls ----

  call(target: string | number, member: string, args: readonly Arg[]): readonly unknown[] {
    const budget = this.state?.budget;
    const freight = new Freight(budget?.limits.memory, (most) => budget!.stop("memory", most));
    const cells = args as unknown as readonly TValue[];
    const packed = packAll(cells, (cell) => this.packSpecial(cell, freight), freight);
    const where = this.traced ? this.state?.where?.slice(0, LONGEST_PLACE) : undefined;
    return this.#answer(this.#ask({ target, member, args: packed, ...(where === undefined ? {} : { where }) }));
  }

  /** Asks for a file beside the code. */
  find(finder: number, name: string): Found {
    const texts = this.call(FILES, "find", [numberCell(finder), textCell(name)] as unknown as Arg[]) as TValue[];
    const [source, first = "", near, ...tried] = texts.map(({ value }) => value as ByteString | null);
    if (source != null) return { source: source.bytes, file: String(first) };
    return {
      tried: tried.map(String),
      ...(first == null ? {} : { reason: String(first) }),
      ...(near == null ? {} : { near: String(near) }),
    };
  }

  show(handle: number): string {
    const [shown] = this.#answer(this.#ask({ target: handle, args: [] }));
    return String(shown!.value as ByteString);
  }

  #ask(question: Question): Reply {
    const call = ++this.#calls;
    this.fed?.flush();
    this.post(["ask", call, question]);
    for (;;) {
      const seen = Atomics.load(this.#signals, 0);
      const received = receiveMessageOnPort(this.#port) as { message: ToThread } | undefined;
      if (received === undefined) this.#sleep(0, seen);
      else if (received.message[0] === "remains") this.post(["remains", this.state!.budget!.remains()]);
      else if (isToFeed(received.message)) this.fed!.take(received.message);
      else if (received.message[0] !== "reply") this.#pending.push(received.message);
      else {
        const [, answered, reply] = received.message;
        this.learn(reply);
        if (answered === call) return reply;
      }
    }
  }

  /** The host tells of each type once, be it with an answer that comes too late. */
  learn({ types = [] }: Reply): void {
    for (const [type, shape] of types) this.#types.set(type, mirrorHandle(shape, false, this));
  }

  /** Until the signal changes, or the script's time is up. */
  #sleep(signal: number, seen: number): void {
    const { budget } = this.state!;
    const remaining = budget?.remaining ?? Number.POSITIVE_INFINITY;
    if (remaining <= 0) this.#timeUp(budget!);
    Atomics.wait(this.#signals, signal, seen, remaining);
  }

  /** @returns cells. @throws what the call threw */
  #answer({ values = [], error, fault, stop, used = 0 }: Reply): TValue[] {
    if (used > 0) this.state!.budget!.charge(used);
    if (stop !== undefined) this.state!.budget!.stop(...stop);
    if (fault !== undefined) throw new Origin(fault);
    if (error !== undefined) throw unpackError(error, (origin) => new Origin(origin));
    const { thread } = this.state!;
    return values.map((value) =>
      isPacked(value)
        ? unpackTable(thread, value.packed)
        : unpack(thread, value, (special) => this.#unpackSpecial(special)),
    );
  }

  #unpackSpecial({ handle, error, channel }: Special): TValue {
    const cell = nilCell();
    const object = channel !== undefined ? this.fed!.channel(channel) : undefined;
    writeHandle(this.state!.thread, object ?? (error === undefined ? this.#handle(handle!) : this.#error(error)), cell);
    return cell;
  }

  #handle({ id, type, bytes = 0 }: HandleWire): object {
    return this.constants!.get(id)?.object ?? new (this.#types.get(type!)!)(id, bytes);
  }

  /** An error that the host made has come into being here. */
  #error(wire: ErrorWire): MoonkeepError {
    const error = unpackError(wire, (origin) => new Origin(origin));
    if (error.luaStackDepth === 0) error.luaStack = captureStack(this.state!.running!);
    return error;
  }

  /** Handles and errors cross; a function does only where it leaves the script. */
  packSpecial(cell: TValue, freight: Freight): Special | undefined {
    if (baseType(cell) !== USERDATA) return undefined;
    const { data } = cell.value as Udata;
    if (data instanceof MoonkeepError) {
      const error = packError(data, freight);
      if (freight.isTooMuch) throw tooManyTogether(MOST_IN_A_MESSAGE);
      return { error };
    }
    const id = data instanceof RemoteHandle ? data.id : this.constants!.idOf(data);
    return id === undefined ? undefined : { handle: { id } };
  }
}
