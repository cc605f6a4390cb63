/**
 * Channels, as Go has them: coroutines of one state hand values to each other, and wait for each other. A channel of
 * no capacity hands over directly; one with capacity keeps so many values that nobody has taken yet. Values are those of
 * the VM themselves, so what one coroutine sends is what the other gets.
 *
 * Who waits is in a queue of the channel: a receiver, or a sender with its value. One `select` may be in the queues of
 * many channels; the first that has something for it takes it out of all of them.
 */

import { MoonkeepError } from "../../errors.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { receiverOf } from "../boundary/function.ts";
import { writeHandle } from "../boundary/handle-type.ts";
import { raiseError as raise } from "../boundary/results.ts";
import { canWait } from "../core/pause.ts";
import { stateOf } from "../core/state-of.ts";
import { cannotWaitHere, park, type Wait } from "../core/suspend.ts";
import { allocate, work } from "../meter/meter.ts";
import { getString, sequence } from "../vm/lua-table.ts";
import { appendField, booleanCell, newCell, newTable, nilCell, tableCell } from "../vm/table.ts";
import {
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  TABLE,
  type TValue,
} from "../vm/types.ts";
import { casesExpected, closedChannel, noCases, notACase } from "./errors.ts";
import type { Execution } from "./execution.ts";
import type { Task } from "./task.ts";

/** What a place in a queue or in a buffer takes. */
const PLACE: Bytes = 60;
/** A channel with nothing in it, and its empty queues. */
const RECORD: Bytes = 350;

/** What came of an operation: the value, and whether it came from a sender (or was taken by a receiver). */
interface Outcome {
  readonly channel: Channel;
  readonly value: TValue;
  readonly ok: boolean;
}

/** Somebody in the queue of a channel. */
interface Waiter {
  readonly queue: Set<Waiter>;
  readonly party: Party;
  readonly channel: Channel;
  /** Of a sender. */
  readonly value?: TValue;
}

/** A coroutine that waits, in one queue or in several. */
class Party {
  readonly #task: Task;
  readonly #execution: Execution;
  readonly #places: Waiter[] = [];
  readonly wait: Wait;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#task = execution.current;
    this.wait = { cancel: () => this.#leave(), rejected: false, outcome: undefined };
  }

  join(channel: Channel, queue: Set<Waiter>, value?: TValue): void {
    allocate(2 * PLACE);
    const waiter: Waiter = { queue, party: this, channel, ...(value === undefined ? {} : { value }) };
    this.#places.push(waiter);
    queue.add(waiter);
  }

  #leave(): void {
    for (const waiter of this.#places) waiter.queue.delete(waiter);
  }

  /** It goes on, with an outcome or an error. */
  settle(outcome: Outcome | MoonkeepError): void {
    this.#leave();
    if (!(outcome instanceof MoonkeepError)) this.wait.holds = [outcome.value];
    this.#task.settle(outcome instanceof MoonkeepError, outcome);
    this.#execution.wake();
  }
}

const copyOf = ({ type, value }: TValue): TValue => newCell(type, value);
const first = (queue: Set<Waiter>): Waiter | undefined => queue.values().next().value;

export class Channel {
  readonly capacity: number;
  readonly receivers: Set<Waiter> = new Set();
  readonly senders: Set<Waiter> = new Set();
  /** Called when one of the values that lay in it was taken. */
  onTaken: (() => void) | undefined;
  #buffer: TValue[] = [];
  /** How many at the beginning of the buffer were taken already. */
  #taken = 0;
  #isClosed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many values lie in it. */
  get length(): number {
    return this.#buffer.length - this.#taken;
  }

  /** Whether a value can be sent without waiting. */
  get hasRoom(): boolean {
    return !this.#isClosed && (this.receivers.size > 0 || this.length < this.capacity);
  }

  /** The values that it keeps. */
  *values(): Iterable<TValue> {
    for (let i = this.#taken; i < this.#buffer.length; i++) yield this.#buffer[i]!;
    for (const { value } of this.senders) yield value!;
  }

  /** What it takes with its queues, less what the values in it are. */
  get bytes(): Bytes {
    return RECORD + PLACE * (this.#buffer.length + this.receivers.size + this.senders.size);
  }

  #take(): TValue {
    const value = this.#buffer[this.#taken]!;
    this.#buffer[this.#taken] = nothing;
    this.#taken++;
    if (this.#taken > 32 && this.#taken * 2 > this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#taken);
      this.#taken = 0;
    }
    return value;
  }

  /** Drops what lies in it. */
  clear(): void {
    while (this.length > 0) this.tryReceive();
  }

  /** @returns undefined where it would have to wait */
  tryReceive(): Outcome | undefined {
    if (this.length > 0) {
      const value = this.#take();
      const sender = first(this.senders);
      if (sender !== undefined) {
        this.#buffer.push(sender.value!);
        sender.party.settle({ channel: this, value: sender.value!, ok: true });
      }
      this.onTaken?.();
      return { channel: this, value, ok: true };
    }
    const sender = first(this.senders);
    if (sender !== undefined) {
      sender.party.settle({ channel: this, value: sender.value!, ok: true });
      return { channel: this, value: sender.value!, ok: true };
    }
    return this.#isClosed ? { channel: this, value: nilCell(), ok: false } : undefined;
  }

  /** @returns whether somebody has it now. @throws MoonkeepError when it is closed */
  trySend(value: TValue): boolean {
    if (this.#isClosed) throw sendOnClosed();
    const receiver = first(this.receivers);
    if (receiver !== undefined) {
      receiver.party.settle({ channel: this, value, ok: true });
      return true;
    }
    if (this.length >= this.capacity) return false;
    allocate(PLACE);
    this.#buffer.push(value);
    return true;
  }

  /** Who waits to receive gets nothing, and who waits to send an error. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { party } of [...this.receivers]) party.settle({ channel: this, value: nilCell(), ok: false });
    for (const { party } of [...this.senders]) party.settle(sendOnClosed());
  }
}

/** In the place of a value that was taken. */
const nothing = nilCell();

/** What a `select` may do with a channel. */
export class SelectCase {
  readonly channel: Channel;
  /** What it would send; undefined: it receives. */
  readonly value: TValue | undefined;
  constructor(channel: Channel, value?: TValue) {
    this.channel = channel;
    this.value = value;
  }

  /** @returns undefined where it would have to wait */
  try(): Outcome | undefined {
    const { channel, value } = this;
    if (value === undefined) return channel.tryReceive();
    return channel.trySend(value) ? { channel, value, ok: true } : undefined;
  }

  join(party: Party): void {
    const { channel, value } = this;
    if (value === undefined) party.join(channel, channel.receivers);
    else party.join(channel, channel.senders, value);
  }
}

const sendOnClosed = () => new MoonkeepError("INVALID", closedChannel);

// ---- what scripts call ----

type Deliver = (L: LuaState, outcome: Outcome) => number;

const deliverReceived: Deliver = (L, { value, ok }) => {
  L.stack[L.top++] = copyOf(value);
  L.stack[L.top++] = booleanCell(ok);
  return 2;
};

const deliverSent: Deliver = (L) => {
  L.stack[L.top++] = booleanCell(true);
  return 1;
};

const deliverSelected: Deliver = (L, { channel, value, ok }) => {
  const result = newTable(L);
  const handle = nilCell();
  writeHandle(L, channel, handle);
  appendField(result, "channel", handle);
  if (value.type !== NIL) appendField(result, "value", copyOf(value));
  appendField(result, "ok", booleanCell(ok));
  L.stack[L.top++] = tableCell(result);
  return 1;
};

const resumedWith =
  (deliver: Deliver): Continuation =>
  (L, _, context) => {
    const wait = context as Wait;
    wait.holds = [];
    return wait.rejected ? raise(L, wait.outcome) : deliver(L, wait.outcome as Outcome);
  };

/** Does the first of these that can be done; else waits for one of them. */
function operation(deliver: Deliver): (L: LuaState, cases: readonly SelectCase[]) => number {
  const resumed = resumedWith(deliver);
  return (L, cases) => {
    for (const one of cases) {
      let outcome: Outcome | undefined;
      try {
        outcome = one.try();
      } catch (e) {
        return raise(L, e);
      }
      if (outcome !== undefined) return deliver(L, outcome);
    }
    if (!canWait(L)) return raise(L, cannotWaitHere());
    const party = new Party(stateOf(L).execution as Execution);
    for (const one of cases) one.join(party);
    return park(L, party.wait, resumed);
  };
}

const receiveFrom = operation(deliverReceived);
const sendTo = operation(deliverSent);
const selectOf = operation(deliverSelected);

/** An argument behind the receiver. */
function argument(L: LuaState, n: number): TValue {
  const at = L.ci.funcOff + n;
  return at < L.top ? copyOf(L.stack[at]!) : nilCell();
}

/** A method of a channel. */
type Method = (L: LuaState, channel: Channel) => number;

export const receive: Method = (L, channel) => receiveFrom(L, [new SelectCase(channel)]);
export const send: Method = (L, channel) => sendTo(L, [new SelectCase(channel, argument(L, 2))]);

export const caseReceive: Method = (L, channel) => pushHandle(L, new SelectCase(channel));
export const caseSend: Method = (L, channel) => pushHandle(L, new SelectCase(channel, argument(L, 2)));

function pushHandle(L: LuaState, object: object): number {
  const cell = nilCell();
  writeHandle(L, object, cell);
  L.stack[L.top++] = cell;
  return 1;
}

/** A method as a function of the VM. */
export const methodOf =
  (method: Method) =>
  (name: string, receiver: Parameters<typeof receiverOf>[1] | undefined): LuaCFunction =>
  (L) => {
    const self = argument(L, 1);
    return method(L, receiverOf(L, receiver!, name, self.type, self.value) as Channel);
  };

/** `select{case, …, default = true}` */
export const select: LuaCFunction = (L) => {
  const given = argument(L, 1);
  if (given.type !== TABLE) return raise(L, invalid(casesExpected));
  const table = given.value as LuaTable;
  work(table.items.length);
  const cases: SelectCase[] = [];
  for (const item of sequence(table)) {
    const data = (item.value as { data?: unknown } | null)?.data;
    if (!(data instanceof SelectCase)) {
      return raise(L, invalid(notACase(cases.length + 1)));
    }
    cases.push(data);
  }
  const otherwise = getString(table, DEFAULT);
  if (otherwise.type === NIL || otherwise.value === false) {
    if (cases.length === 0) return raise(L, invalid(noCases));
    return selectOf(L, cases);
  }
  for (const one of cases) {
    let outcome: Outcome | undefined;
    try {
      outcome = one.try();
    } catch (e) {
      return raise(L, e);
    }
    if (outcome !== undefined) return deliverSelected(L, outcome);
  }
  const result = newTable(L);
  appendField(result, "default", booleanCell(true));
  appendField(result, "ok", booleanCell(true));
  L.stack[L.top++] = tableCell(result);
  return 1;
};

const DEFAULT = ByteString.fromAscii("default");

const invalid = (message: string) => new MoonkeepError("INVALID", message);
