import type { Bytes, Value } from "../value/value.ts";

/** Events that a subscription keeps until somebody takes them; what comes when it is full is lost. */
export const EVENTS_KEPT = 1000;
/** The largest payload: an event says what happened, and data are in stores. */
export const MAX_EVENT_DATA: Bytes = 64 * 1024;

/** Something that happened, as whoever sent it says. */
export interface BusEvent {
  /** What it happened in: `orders`. */
  readonly system: string;
  /** What happened: `order.created`. */
  readonly kind: string;
  /** What it happened to: `/orders/123`, or a store's id. */
  readonly path: string;
  readonly data: Value | undefined;
}

/** @returns false where the event was lost: there was no room for it */
export type Listener = (event: BusEvent) => boolean;

/** The system that tells of changes in stores; nobody else can send in its name. */
export const STORE_SYSTEM = "store";

interface Subscriber {
  readonly matches: (system: string) => boolean;
  readonly kind: string | undefined;
  readonly listener: Listener;
}

/**
 * Hands events of a host to those who subscribed, at once and in the order of their subscriptions. Nothing is kept: who
 * is not there does not learn of it.
 */
export class EventBus {
  readonly #subscribers = new Set<Subscriber>();
  /** How many events somebody had no room for. */
  lost = 0;

  /** Whether anybody listens to this system. */
  hears(system: string): boolean {
    for (const { matches } of this.#subscribers) if (matches(system)) return true;
    return false;
  }

  get isQuiet(): boolean {
    return this.#subscribers.size === 0;
  }

  /**
   * @param system with `*` for any run of characters
   * @param kind the only one; undefined: all
   * @returns what ends it
   */
  subscribe(system: string, kind: string | undefined, listener: Listener): () => void {
    const subscriber: Subscriber = { matches: wildcard(system), kind, listener };
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  publish(event: BusEvent): void {
    for (const { matches, kind, listener } of [...this.#subscribers]) {
      if (kind !== undefined && kind !== event.kind) continue;
      if (matches(event.system) && !listener(event)) this.lost++;
    }
  }
}

/** A pattern whose `*` is any run of characters: the parts between are looked for from left to right, once each. */
function wildcard(pattern: string): (text: string) => boolean {
  const [head, ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    if (text.length < head!.length + tail.length || !text.startsWith(head!) || !text.endsWith(tail)) return false;
    let at = head!.length;
    const end = text.length - tail.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
