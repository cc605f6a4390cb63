/** `require("store")`: the documented store API. A backend is reached through a permission, and in no other way. */
import { MoonkeepError } from "../errors.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import type { Param } from "../lua/boundary/param.ts";
import { noAttributes } from "../security/actor.ts";
import { deleteIf } from "../stores/delete-if.ts";
import { notAStore, rateNotCounted, storeDenied, storeNotFound } from "../stores/errors.ts";
import { HostStore } from "../stores/host-store.ts";
import { rateAnswer, spendingOf } from "../stores/rate.ts";
import type { KeyValue, NumberValue, Write } from "../stores/store.ts";
import { Unreadables } from "../stores/unreadables.ts";
import { slide } from "../stores/window.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import {
  ByteString,
  type Bytes,
  float,
  type Key,
  type Milliseconds,
  noItems,
  Table,
  type Value,
} from "../value/value.ts";
import type { Call } from "./call.ts";
import { by, id, key, options, ttl, value } from "./params.ts";
import { DELETE, GET, HAS, SET, StoreAccess } from "./store-access.ts";
import { clear, readable, StoreIterator } from "./store-each.ts";
import { fetch, fetchMethods } from "./store-fetch.ts";
import { acquire as acquireLock } from "./store-lock.ts";
import { entryList, keyList, Outcome, withErrors } from "./store-many.ts";
import {
  readClear,
  readDelete,
  readIncrement,
  readPage,
  readRange,
  readRate,
  readRestriction,
  readWrite,
} from "./store-options.ts";
import { describe, describePage, record } from "./store-record.ts";
import { update, updateMethods } from "./store-update.ts";

/**
 * A store in the hands of a script: it does what the policies allow the script's actor, until it is released. One that
 * is restricted does less, whoever holds it, and there is no way back from it to one that does more.
 */
export class StoreHandle {
  readonly #access: StoreAccess;
  readonly #isLive = (): boolean => !this.#access.released;

  constructor(access: StoreAccess) {
    this.#access = access;
  }

  get access(): StoreAccess {
    return this.#access;
  }

  get(k: Key): Eventually<Value | undefined> {
    const access = this.#access;
    const store = access.reach(GET, k);
    const { tally } = access;
    if (tally === undefined || --tally.untilMeasured <= 0) return store.get(k, access.memory);
    tally.gets++;
    return access.uncounted.get(k);
  }

  set(k: Key, v: Value, life: Milliseconds | undefined): Eventually<boolean> {
    const store = this.#access.reach(SET, k);
    this.#access.count(k, v);
    const done = store.set(k, v, life);
    return this.#access.call.hearsStores ? this.#access.tell(done, "store.set", k, yes) : andThen(done, yes);
  }

  has(k: Key): Eventually<boolean> {
    return this.#access.reach(HAS, k).has(k);
  }

  delete(k: Key, opts?: Table): Eventually<boolean> {
    const condition = readDelete(opts);
    const store = this.#access.reach(DELETE, k);
    if (condition !== undefined) this.#access.permit(GET, k); // the answer tells what is there
    const asked = { isLive: this.#isLive, most: this.#access.memory };
    const done = condition === undefined ? store.delete(k) : deleteIf(store, k, condition, asked);
    return this.#access.call.hearsStores ? this.#access.tell(done, "store.delete", k, (was) => was) : done;
  }

  entry(k: Key): Eventually<Value | undefined> {
    const store = this.#access.reach(GET, k);
    return andThen(store.entry(k, this.#access.memory), (found) => (found === undefined ? undefined : describe(found)));
  }

  put(k: Key, v: Value, opts: Table | undefined): Eventually<Value> {
    const write: Write = readWrite(opts);
    const store = this.#access.reach(SET, k);
    this.#access.count(k, v);
    const done = store.put(k, v, write);
    return this.#access.call.hearsStores ? this.#access.tell(done, "store.set", k, describe) : andThen(done, describe);
  }

  /** Seconds. */
  ttl(k: Key): Eventually<Value | undefined> {
    return andThen(this.#access.reach(GET, k).ttl(k), (left) => (left === undefined ? undefined : float(left / 1000)));
  }

  expire(k: Key, life: Milliseconds | undefined): Eventually<boolean> {
    return this.#access.changed(this.#access.reach(SET, k).expire(k, life), k);
  }

  touch(k: Key): Eventually<boolean> {
    return this.#access.reach(SET, k).touch(k);
  }

  increment(k: Key, amount: NumberValue | undefined, opts: Table | undefined): Eventually<NumberValue> {
    const change = readIncrement(amount, opts);
    const store = this.#access.reach(GET, k);
    this.#access.permit(SET, k);
    this.#access.count(k, change.by);
    return this.#access.changed(store.increment(k, change), k);
  }

  lock(k: Key, opts: Table | undefined): Promise<object> {
    return acquireLock(this.#access, k, opts);
  }

  rate(k: Key, opts: Table | undefined): Eventually<Value> {
    const limit = readRate(opts);
    const cost = spendingOf(limit);
    if (cost === undefined) throw rateNotCounted();
    const store = this.#access.reach(GET, k);
    this.#access.permit(SET, k);
    this.#access.count(k, true);
    const { isWindow, ...rate } = limit;
    const answer = isWindow
      ? slide(store, k, { ...rate, cost: rate.cost ?? 1, memory: this.#access.memory }, this.#isLive)
      : andThen(store.spend(k, cost), (spent) => rateAnswer(rate, cost, spent));
    return andThen(answer, ({ allowed, remaining, retryAfter }) =>
      record({ allowed, remaining, retry_after: float(retryAfter / 1000) }),
    );
  }

  getMany(keys: ReadonlyMap<Key, ByteString>): Eventually<readonly unknown[]> {
    const store = this.#access.liveFor(keys.size);
    const outcome = new Outcome(keys.keys(), same, (k) => this.#access.refusal(GET, k));
    const { left } = outcome;
    return andThen(store.getMany(left, this.#access.memory), (values) => {
      const names: ByteString[] = [];
      const found: Value[] = [];
      for (let i = 0; i < left.length; i++) {
        const value = values[i];
        if (value === undefined) continue;
        if (value instanceof MoonkeepError) {
          outcome.errors.set(left[i]!, value);
          continue;
        }
        names.push(keys.get(left[i]!)!);
        found.push(value);
      }
      return outcome.answer(new Table(noItems, names, found));
    });
  }

  setMany(entries: readonly KeyValue[], life: Milliseconds | undefined): Eventually<readonly unknown[]> {
    const store = this.#access.liveFor(entries.length);
    const outcome = new Outcome(entries, keyOf, (entry) => this.#access.refusal(SET, entry.key));
    for (const entry of outcome.left) this.#access.count(entry.key, entry.value);
    return andThen(store.setMany(outcome.left, life), (failures) => {
      for (const [i, failure] of failures.entries()) {
        const { key: k } = outcome.left[i]!;
        if (failure !== undefined) outcome.errors.set(k, failure);
        else this.#access.publish("store.set", k);
      }
      return outcome.answer(entries.length - outcome.errors.size);
    });
  }

  deleteMany(keys: ReadonlyMap<Key, ByteString>): Eventually<readonly unknown[]> {
    const store = this.#access.liveFor(keys.size);
    const outcome = new Outcome(keys.keys(), same, (k) => this.#access.refusal(DELETE, k));
    return andThen(store.deleteMany(outcome.left), (deleted) => {
      const gone = outcome.left.filter((_, i) => deleted[i]);
      for (const k of gone) this.#access.publish("store.delete", k);
      return outcome.answer(gone.length);
    });
  }

  list(opts: Table | undefined): Eventually<readonly unknown[]> {
    const access = this.#access;
    const given = readPage(opts);
    const page = { ...given, prefix: access.within(given.prefix, "list") };
    const store = access.live();
    access.permitList(page.prefix);
    return andThen(readable(access, store, page), (found) => {
      const unreadable = new Unreadables();
      const shown = describePage(found, unreadable.without(found.entries));
      const error = unreadable.error();
      return error === undefined ? [shown] : [shown, error];
    });
  }

  each(opts: Table | undefined): StoreIterator {
    return new StoreIterator(this.#access, readRange(opts));
  }

  clear(opts: Table | undefined): Promise<number> {
    return clear(this.#access, readClear(opts));
  }

  info(): Value {
    this.#access.live();
    this.#access.permitInfo();
    const { backend, consistency, durable, list, versioned, conditionalPut, ttl: expires } = this.#access.store.traits;
    return record({
      id: ByteString.fromText(this.#access.id),
      backend: ByteString.fromText(backend),
      consistency: ByteString.fromText(consistency),
      durable,
      list,
      versioned,
      conditional_put: conditionalPut,
      ttl: expires,
    });
  }

  release(): boolean {
    this.#access.release();
    return true;
  }

  /** What the script gave for it. */
  get bytes(): Bytes {
    return this.#access.bytes;
  }

  get released(): boolean {
    return this.#access.released;
  }

  /** The store for an embedder that gets this from a script; none for a handle that is limited, since that has no limits. */
  get outside(): HostStore | undefined {
    const { isRestricted, id: storeId, store } = this.#access;
    return isRestricted ? undefined : new HostStore(storeId, store);
  }
}

const yes = () => true;
const same = <T>(one: T): T => one;
const keyOf = ({ key: k }: KeyValue): Key => k;

function acquire(call: Call, storeId: string, opts: Table | undefined): StoreHandle {
  const restriction = readRestriction(opts);
  // Asked before looking, so that a denial does not tell whether there is such a store.
  if (!call.permission("store.get", storeId).allows(noAttributes)) {
    throw call.denied(storeDenied("access", storeId), "store.get", storeId);
  }
  const entry = call.entry(storeId);
  if (entry === undefined) throw storeNotFound(storeId, call.nearestStore(storeId));
  if (!entry.kind.startsWith("store.")) throw notAStore(storeId, entry.kind);
  return new StoreHandle(new StoreAccess(entry, call, restriction));
}

/** Of a lock: read as a key is. */
const name: Param<Key> = { ...key, name: "name" };

export const storeHandle: HandleDescription = defineHandle(
  "store.Store",
  StoreHandle,
  {
    get: [key],
    set: [key, value, ttl],
    has: [key],
    delete: [key, options],
    entry: [key],
    put: [key, value, options],
    ttl: [key],
    expire: [key, ttl],
    touch: [key],
    increment: [key, by, options],
    rate: [key, options],
    lock: [name, options],
    clear: [options],
    info: [],
  },
  {
    inner: { ...updateMethods, ...fetchMethods },
    functions: {
      fetch,
      update,
      release: plain([], (handle: StoreHandle) => handle.release()),
      get_many: withErrors([keyList], (handle: StoreHandle, keys) => handle.getMany(keys)),
      set_many: withErrors([entryList, ttl], (handle: StoreHandle, entries, life) => handle.setMany(entries, life)),
      list: withErrors([options], (handle: StoreHandle, opts) => handle.list(opts)),
      each: plain([options], (handle: StoreHandle, opts) => handle.each(opts)),
      delete_many: withErrors([keyList], (handle: StoreHandle, keys) => handle.deleteMany(keys)),
    },
    tostring: (handle) => (handle.released ? "store.Store{released}" : "store.Store{}"),
    release: (handle) => void handle.release(),
    isReleased: (handle) => handle.released,
    outside: (handle) => handle.outside,
    bytes: ({ bytes }) => bytes,
  },
);

export const storeModule: Module = defineModule("store", {
  get: fn([id, options], acquire),
  backend: {
    MEMORY: "memory",
    SQL: "sql",
    REDIS: "redis",
    KV_RAFT: "kv.raft",
    KV_CRDT: "kv.crdt",
    UNKNOWN: "unknown",
  },
  consistency: { LINEARIZABLE: "linearizable", EVENTUAL: "eventual", LOCAL: "local", UNKNOWN: "unknown" },
});
