/** `require("events")`: what happens in a host, told to those who listen: events of scripts, and changes in stores. */

import { MoonkeepError } from "../errors.ts";
import { MAX_SUBSCRIPTIONS } from "../limits.ts";
import { isNil, optional, type Param, plainOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { Channel } from "../lua/run/channel.ts";
import { noAttributes } from "../security/actor.ts";
import { ByteString, type Bytes, noItems, sizeOf, Table, type Value } from "../value/value.ts";
import type { Call } from "./call.ts";
import {
  eventTooLarge,
  notSendable,
  sendDenied,
  subscribeDenied,
  systemReserved,
  tooManyStars,
  tooManySubscriptions,
} from "./errors.ts";
import { type BusEvent, EVENTS_KEPT, MAX_EVENT_DATA, STORE_SYSTEM } from "./event-bus.ts";
import { word } from "./params.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

const payload: Param<Value | undefined> = {
  name: "data",
  type: "any",
  optional: true,
  read(arg) {
    if (isNil(arg)) return undefined;
    try {
      const given = plainOf(arg)!;
      const size = sizeOf(given);
      if (size > MAX_EVENT_DATA) throw invalid(eventTooLarge(MAX_EVENT_DATA, size));
      return given;
    } catch (e) {
      throw e instanceof Refused ? invalid(notSendable(e.place("data"), e.what)) : e;
    }
  },
};

function send(call: Call, system: string, kind: string, path: string, data: Value | undefined): boolean {
  if (system === STORE_SYSTEM) throw invalid(systemReserved(STORE_SYSTEM));
  if (!call.permission("events.send", system).allows(noAttributes)) {
    throw call.denied(sendDenied(system), "events.send", system);
  }
  call.publish({ system, kind, path, data });
  return true;
}

/** A subscription in the hands of a script: events wait in its channel. */
class Subscription {
  /** Of the names, twice: as they are, and in parts. */
  readonly bytes: Bytes;
  readonly channel: Channel = new Channel(EVENTS_KEPT);
  /** Events that came while it was full. */
  lost = 0;
  #end: (() => void) | undefined;

  constructor(call: Call, system: string, kind: string | undefined) {
    this.bytes = 4 * (system.length + (kind?.length ?? 0));
    this.#end = call.feed(this.channel, this, (give) =>
      call.subscribe(system, kind, (event) => {
        if (!isVisible(call, event) || give(() => describe(event))) return true;
        this.lost++;
        return false;
      }),
    );
  }

  close(): boolean {
    this.channel.close();
    this.#end?.();
    this.#end = undefined;
    return true;
  }
}

/** Each event is asked for by its own system: a pattern may take in more than the policies allow. */
function isVisible(call: Call, { system, path, data }: BusEvent): boolean {
  if (!call.can("events.subscribe", system, noAttributes)) return false;
  if (system !== STORE_SYSTEM) return true;
  const key = data instanceof Table ? String(data.values[0]) : "";
  return call.can("store.key.get", path, { key });
}

const names = ["system", "kind", "path", "data"].map((name) => ByteString.fromText(name));

const described = new WeakMap<BusEvent, Table>();

/** What a script gets of an event: one table for all who get it, which is made when the first one does. */
function describe(event: BusEvent): Table {
  const known = described.get(event);
  if (known !== undefined) return known;
  const { system, kind, path, data } = event;
  const values = [system, kind, path].map((text) => ByteString.fromText(text) as Value);
  const table = new Table(
    noItems,
    names.slice(0, data === undefined ? 3 : 4),
    data === undefined ? values : [...values, data],
  );
  described.set(event, table);
  return table;
}

/** Each star is looked for in every event. */
const MAX_STARS = 16;

function subscribe(call: Call, system: string, kind: string | undefined): Subscription {
  const stars = system.split("*").length - 1;
  if (stars > MAX_STARS) throw invalid(tooManyStars(MAX_STARS, stars));
  if (!call.permission("events.subscribe", system).allows(noAttributes)) {
    throw call.denied(subscribeDenied(system), "events.subscribe", system);
  }
  if (call.subscriptions >= MAX_SUBSCRIPTIONS) {
    throw new MoonkeepError("UNAVAILABLE", tooManySubscriptions(MAX_SUBSCRIPTIONS), { retryable: false });
  }
  return new Subscription(call, system, kind);
}

export const subscriptionHandle: HandleDescription = defineHandle(
  "events.Subscription",
  Subscription,
  {},
  {
    functions: {
      channel: plain([], (subscription: Subscription) => subscription.channel),
      lost: plain([], (subscription: Subscription) => subscription.lost),
      close: plain([], (subscription: Subscription) => subscription.close()),
    },
    holds: ({ channel }) => channel.values(),
    bytes: ({ bytes }) => bytes,
  },
);

export const eventsModule: Module = defineModule("events", {
  send: fn([word("system"), word("kind"), word("path"), payload], send),
  subscribe: fn([word("system"), optional(word("kind"))], subscribe),
});
