/** The host's bus for its embedder: what scripts send and hear by `require("events")`. No policy is asked. */

import {
  type BusEvent,
  EVENTS_KEPT,
  type EventBus,
  type Listener,
  MAX_EVENT_DATA,
  STORE_SYSTEM,
} from "../modules/event-bus.ts";
import { fromJs, toJs } from "../value/js.ts";
import { sizeOf } from "../value/value.ts";
import { emptyWord, eventTooLarge, systemReserved } from "./errors.ts";
import { readFunction, readSubscribeOptions } from "./options.ts";

/** Something that happened. */
export interface HostEvent {
  /** What it happened in: `orders`. */
  readonly system: string;
  /** What happened: `order.created`. */
  readonly kind: string;
  /** What it happened to: `/orders/123`, or a store's id. */
  readonly path: string;
  /** Plain data, a copy for each listener; `undefined` where there are none. */
  readonly data: unknown;
}

export interface SubscribeOptions {
  /** Only events of this kind. */
  readonly kind?: string | undefined;
}

export class HostEvents {
  readonly #bus: EventBus;
  readonly #check: () => void;
  readonly #subscriptions = new Set<HostSubscription>();

  /** @param check throws when the host is closed */
  constructor(bus: EventBus, check: () => void) {
    this.#bus = bus;
    this.#check = check;
  }

  /**
   * Tells those who listen at this moment, scripts among them.
   * @param data plain data, of 64 KiB at most
   * @throws TypeError for an empty name, and for what is not plain data; RangeError for the system `store`, which is the
   * host's own, and for data that are too large
   */
  send(system: string, kind: string, path: string, data?: unknown): void {
    this.#check();
    for (const [name, given] of Object.entries({ system, kind, path })) checkWord(name, given);
    if (system === STORE_SYSTEM) throw new RangeError(systemReserved(STORE_SYSTEM));
    const value = fromJs(data, "data");
    const size = value === undefined ? 0 : sizeOf(value);
    if (size > MAX_EVENT_DATA) {
      throw new RangeError(eventTooLarge(MAX_EVENT_DATA, size));
    }
    this.#bus.publish({ system, kind, path, data: value });
  }

  /**
   * Calls `listener` for each event from now on, in order, and soon after it was sent: never within the call of the
   * script that sent it. What it throws is an uncaught exception of the process.
   * @param system `*` is any run of characters
   * @returns the subscription: `close()` ends it, as does the host when it is closed
   * @throws TypeError for an empty name, or a listener that is not a function
   */
  subscribe(system: string, listener: (event: HostEvent) => void, options?: SubscribeOptions): HostSubscription {
    this.#check();
    const { kind } = readSubscribeOptions(options);
    checkWord("system", system);
    readFunction(listener, "listener");
    const subscription = new HostSubscription(
      listener,
      (receive) => this.#bus.subscribe(system, kind, receive),
      () => this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** The host is closed. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }
}

/** A subscription of the embedder's. */
export class HostSubscription implements Disposable {
  readonly #listener: (event: HostEvent) => void;
  readonly #waiting: BusEvent[] = [];
  readonly #end: () => void;
  #lost = 0;

  /** @param listen begins to listen, and returns what ends it */
  constructor(listener: (event: HostEvent) => void, listen: (receive: Listener) => () => void, closed: () => void) {
    this.#listener = listener;
    const stop = listen((event) => this.#receive(event));
    this.#end = () => {
      stop();
      closed();
    };
  }

  /** How many events came while 1000 waited for the listener: a script that does not wait can send that many. */
  get lost(): number {
    return this.#lost;
  }

  /** The listener is not called again. Any number of times. */
  close(): void {
    this.#end();
    this.#waiting.length = 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(event: BusEvent): boolean {
    if (this.#waiting.length >= EVENTS_KEPT) {
      this.#lost++;
      return false;
    }
    if (this.#waiting.push(event) === 1) queueMicrotask(() => this.#deliver());
    return true;
  }

  /** One event, and the next one after it: what the listener throws keeps none back. */
  #deliver(): void {
    const [event] = this.#waiting;
    if (event === undefined) return; // it was closed
    const { system, kind, path, data } = event;
    try {
      this.#listener({ system, kind, path, data: toJs(data) });
    } finally {
      this.#waiting.shift();
      if (this.#waiting.length > 0) queueMicrotask(() => this.#deliver());
    }
  }
}

function checkWord(name: string, given: unknown): void {
  if (typeof given === "string" && given !== "") return;
  const got = typeof given === "string" ? "an empty one" : typeof given;
  throw new TypeError(emptyWord(name, got));
}
