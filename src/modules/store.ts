/** `require("store")`: the documented store API. A backend is reached through a permission, and in no other way. */
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { noAttributes } from "../security/actor.ts";
import { deleteIf } from "../stores/delete-if.ts";
import { keyDenied, notAStore, rateNotCounted, storeDenied, storeNotFound, storeReleased } from "../stores/errors.ts";
import { HostStore } from "../stores/host-store.ts";
import { rateAnswer, spendingOf } from "../stores/rate.ts";
import type { Entry, KeyValue, NumberValue, Page, Store, Write } from "../stores/store.ts";
import { binaryToText } from "../value/bytes.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import {
  ByteString,
  type Bytes,
  float,
  type Key,
  type Milliseconds,
  noItems,
  sizeOf,
  Table,
  type Value,
} from "../value/value.ts";
import type { Call, InForce, OpenEntry, Permission, ReadTally } from "./call.ts";
import { cursorOf, keyOfCursor, seal } from "./cursor.ts";
import { STORE_SYSTEM } from "./event-bus.ts";
import { by, id, key, options, ttl, value } from "./params.ts";
import { type Found, ReadableKeys } from "./readable-keys.ts";
import { entryList, keyList, Outcome, withErrors } from "./store-many.ts";
import {
  type Restriction,
  readDelete,
  readIncrement,
  readPage,
  readRate,
  readRestriction,
  readWrite,
  type StoreAction,
  unrestricted,
} from "./store-options.ts";

/** What is done with a key. */
class KeyAction {
  static #made = 0;
  /** Its place among what a handle keeps for each of them. */
  readonly index = KeyAction.#made++;
  /** What the policies are asked. */
  readonly name: string;
  /** For the refusal. */
  readonly verb: Parameters<typeof keyDenied>[0];
  /** For a restriction. */
  readonly short: StoreAction;

  constructor(short: StoreAction, verb: Parameters<typeof keyDenied>[0]) {
    this.name = `store.key.${short}`;
    this.verb = verb;
    this.short = short;
  }
}

const GET = new KeyAction("get", "read");
const SET = new KeyAction("set", "write");
const DELETE = new KeyAction("delete", "delete");
const HAS = new KeyAction("has", "check");

/**
 * A store in the hands of a script: it does what the policies allow the script's actor, until it is released. One that
 * is restricted does less, whoever holds it, and there is no way back from it to one that does more.
 */
export class StoreHandle {
  readonly #id: string;
  readonly #store: Store;
  readonly #tally: ReadTally | undefined;
  readonly #uncounted: Store;
  readonly #call: Call;
  readonly #restriction: Restriction;
  readonly #inForce: InForce;
  #released = false;
  /** What the policies say of each action on a key, decided once as far as the key does not matter. */
  readonly #permissions: (Permission | undefined)[] = [undefined, undefined, undefined, undefined];
  /** When that was decided, and whether the store may still be held. */
  #epoch: number;
  #mayHold = true;

  constructor({ id, value, tally, uncounted }: OpenEntry, call: Call, restriction: Restriction) {
    this.#id = id;
    this.#store = value as Store;
    this.#tally = tally;
    this.#uncounted = uncounted ?? this.#store;
    this.#call = call;
    this.#restriction = restriction;
    this.#inForce = call.inForce;
    this.#epoch = call.inForce.epoch;
  }

  get(k: Key): Eventually<Value | undefined> {
    const store = this.#reach(GET, k);
    const tally = this.#tally;
    if (tally === undefined || --tally.untilMeasured <= 0) return store.get(k);
    tally.gets++;
    return this.#uncounted.get(k);
  }

  set(k: Key, v: Value, life: Milliseconds | undefined): Eventually<boolean> {
    const store = this.#reach(SET, k);
    this.#count(k, v);
    const done = store.set(k, v, life);
    return this.#call.hearsStores ? this.#tell(done, "store.set", k, yes) : andThen(done, yes);
  }

  has(k: Key): Eventually<boolean> {
    return this.#reach(HAS, k).has(k);
  }

  delete(k: Key, opts?: Table): Eventually<boolean> {
    const condition = readDelete(opts);
    const store = this.#reach(DELETE, k);
    const done = condition === undefined ? store.delete(k) : deleteIf(store, k, condition);
    return this.#call.hearsStores ? this.#tell(done, "store.delete", k, (was) => was) : done;
  }

  entry(k: Key): Eventually<Value | undefined> {
    const store = this.#reach(GET, k);
    return andThen(store.entry(k), (found) => (found === undefined ? undefined : describe(found)));
  }

  put(k: Key, v: Value, opts: Table | undefined): Eventually<Value> {
    const write: Write = readWrite(opts);
    const store = this.#reach(SET, k);
    this.#count(k, v);
    const done = store.put(k, v, write);
    return this.#call.hearsStores ? this.#tell(done, "store.set", k, describe) : andThen(done, describe);
  }

  /** Seconds. */
  ttl(k: Key): Eventually<Value | undefined> {
    return andThen(this.#reach(GET, k).ttl(k), (left) => (left === undefined ? undefined : float(left / 1000)));
  }

  expire(k: Key, life: Milliseconds | undefined): Eventually<boolean> {
    return this.#changed(this.#reach(SET, k).expire(k, life), k);
  }

  touch(k: Key): Eventually<boolean> {
    return this.#reach(SET, k).touch(k);
  }

  increment(k: Key, amount: NumberValue | undefined, opts: Table | undefined): Eventually<NumberValue> {
    const change = readIncrement(amount, opts);
    const store = this.#reach(GET, k);
    this.#permit(SET, k);
    this.#count(k, change.by);
    return this.#changed(store.increment(k, change), k);
  }

  rate(k: Key, opts: Table | undefined): Eventually<Value> {
    const limit = readRate(opts);
    const cost = spendingOf(limit);
    if (cost === undefined) throw rateNotCounted();
    const store = this.#reach(GET, k);
    this.#permit(SET, k);
    this.#count(k, true);
    return andThen(store.spend(k, cost), (spent) => {
      const { allowed, remaining, retryAfter } = rateAnswer(limit, cost, spent);
      return record({ allowed, remaining, retry_after: float(retryAfter / 1000) });
    });
  }

  getMany(keys: readonly Key[]): Eventually<readonly unknown[]> {
    const store = this.#liveFor(keys.length);
    const outcome = new Outcome(keys, same, (k) => this.#permit(GET, k));
    return andThen(store.getMany(outcome.left), (values) => {
      const found = outcome.left.filter((_, i) => values[i] !== undefined);
      const known = values.filter((v) => v !== undefined);
      return outcome.answer(new Table(noItems, found.map(ByteString.fromBinary), known));
    });
  }

  setMany(entries: readonly KeyValue[], life: Milliseconds | undefined): Eventually<readonly unknown[]> {
    const store = this.#liveFor(entries.length);
    const outcome = new Outcome(entries, keyOf, (entry) => this.#permit(SET, entry.key));
    for (const entry of outcome.left) this.#count(entry.key, entry.value);
    return andThen(store.setMany(outcome.left, life), (failures) => {
      for (const [i, failure] of failures.entries()) {
        const { key: k } = outcome.left[i]!;
        if (failure !== undefined) outcome.errors.set(k, failure);
        else this.#publish("store.set", k);
      }
      return outcome.answer(entries.length - outcome.errors.size);
    });
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly unknown[]> {
    const store = this.#liveFor(keys.length);
    const outcome = new Outcome(keys, same, (k) => this.#permit(DELETE, k));
    return andThen(store.deleteMany(outcome.left), (deleted) => {
      const gone = outcome.left.filter((_, i) => deleted[i]);
      for (const k of gone) this.#publish("store.delete", k);
      return outcome.answer(gone.length);
    });
  }

  list(opts: Table | undefined): Eventually<Value> {
    const page = this.#within(readPage(opts));
    this.#live();
    const prefix = { prefix: binaryToText(page.prefix) };
    if (!this.#has("list") || !this.#call.permission("store.key.list", this.#id).allows(prefix)) {
      throw this.#call.denied(storeDenied("list", this.#id).message, "store.key.list", this.#id, prefix);
    }
    return andThen(this.#readable(page), (found) => describePage(found, this.#id));
  }

  info(): Value {
    this.#live();
    if (!this.#has("info") || !this.#call.permission("store.info", this.#id).allows(noAttributes)) {
      throw this.#call.denied(storeDenied("access", this.#id).message, "store.info", this.#id);
    }
    const { backend, consistency, durable, list, versioned, conditionalPut, ttl: expires } = this.#store.traits;
    return record({
      id: ByteString.fromText(this.#id),
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
    this.#released = true;
    return true;
  }

  /** What the script gave for it. */
  get bytes(): Bytes {
    return this.#restriction.prefix.length + this.#id.length;
  }

  get released(): boolean {
    return this.#released;
  }

  /** The store for an embedder that gets this from a script; none for a handle that is limited, since that has no limits. */
  get outside(): HostStore | undefined {
    return this.#restriction === unrestricted ? new HostStore(this.#id, this.#store) : undefined;
  }

  #permission({ index, name }: KeyAction): Permission {
    if (this.#epoch !== this.#inForce.epoch) this.#askAgain();
    return (this.#permissions[index] ??= this.#call.permission(name, this.#id));
  }

  /** Other policies are in force: everything is asked again, first of all whether the store may be acquired. */
  #askAgain(): void {
    this.#epoch = this.#inForce.epoch;
    this.#permissions.fill(undefined);
    this.#mayHold = this.#call.permission("store.get", this.#id).allows(noAttributes);
  }

  #live(): Store {
    return this.#liveFor(1);
  }

  /** @param operations how many this call counts for */
  #liveFor(operations: number): Store {
    if (this.#released) throw storeReleased();
    if (this.#epoch !== this.#inForce.epoch) this.#askAgain();
    if (!this.#mayHold) throw this.#call.denied(storeDenied("access", this.#id).message, "store.get", this.#id);
    this.#call.allowances.storeOperations.spend(operations);
    return this.#store;
  }

  /** The backend, while the handle is live and the policies agree. */
  #reach(action: KeyAction, k: Key): Store {
    const store = this.#live();
    this.#permit(action, k);
    return store;
  }

  /** @throws PERMISSION_DENIED */
  #permit(action: KeyAction, k: Key): void {
    const permission = this.#permission(action);
    if (this.#restriction === unrestricted || this.#isWithin(action, k)) {
      if (permission.settled ?? permission.allowsKey(binaryToText(k))) return;
    }
    const { name, verb } = action;
    throw this.#call.denied(keyDenied(verb, k).message, name, this.#id, { key: binaryToText(k) });
  }

  /** Tells those who listen of a change once it is made; of a key that was not there, nothing changed. */
  #tell<T, U>(done: Eventually<T>, kind: string, k: Key, answer: (outcome: T) => U): Eventually<U> {
    return andThen(done, (outcome) => {
      if (outcome !== false) this.#publish(kind, k);
      return answer(outcome);
    });
  }

  /** As `#tell` does of a write, for those who listen. */
  #changed<T>(done: Eventually<T>, k: Key): Eventually<T> {
    return this.#call.hearsStores ? this.#tell(done, "store.set", k, same) : done;
  }

  #publish(kind: string, k: Key): void {
    if (!this.#call.hearsStores) return;
    const data = record({ key: ByteString.fromBinary(k) });
    this.#call.publish({ system: STORE_SYSTEM, kind, path: this.#id, data });
  }

  /** What is written, where somebody limits that. */
  #count(k: Key, v: Value): void {
    const { storeBytes } = this.#call.allowances;
    if (storeBytes.isLimited) storeBytes.spend(k.length + sizeOf(v));
  }

  #isWithin({ short }: KeyAction, k: Key): boolean {
    return this.#has(short) && k.startsWith(this.#restriction.prefix);
  }

  #has(name: StoreAction): boolean {
    return this.#restriction.actions?.has(name) ?? true;
  }

  /** A page of the keys that this handle reaches. @throws PERMISSION_DENIED for keys that it does not */
  #within(page: Page): Page {
    const { prefix } = this.#restriction;
    if (page.prefix.startsWith(prefix)) return page;
    if (prefix.startsWith(page.prefix)) return { ...page, prefix };
    const asked = { prefix: binaryToText(page.prefix) };
    throw this.#call.denied(storeDenied("list", this.#id).message, "store.key.list", this.#id, asked);
  }

  /** The entries of a page that may be read; what may not is passed over, up to so many keys. */
  #readable(page: Page): Eventually<Found> {
    const permission = () => this.#permission(GET);
    if (!this.#has("get") || permission().settled === false) return { entries: [], isWhole: true };
    const after = page.after === undefined ? undefined : keyOfCursor(page.after, this.#id);
    const search = new ReadableKeys({ ...page, after }, (batch) => this.#live().list(batch), permission);
    return search.run();
  }
}

const yes = () => true;
const same = <T>(one: T): T => one;
const keyOf = ({ key: k }: KeyValue): Key => k;

const names = new Map<string, ByteString>();

/** A table with these fields; the names are made once. */
function record(fields: Readonly<Record<string, Value>>): Table {
  const keys = Object.keys(fields).map((name) => {
    let known = names.get(name);
    if (known === undefined) {
      known = ByteString.fromText(name);
      names.set(name, known);
    }
    return known;
  });
  return new Table(noItems, keys, Object.values(fields));
}

const describe = ({ key: k, value: v, version }: Entry): Table =>
  record({ key: ByteString.fromBinary(k), value: v, version: ByteString.fromText(version) });

function describePage({ entries, isWhole, next }: Found, store: string): Table {
  const last = entries.at(-1);
  const cursor = next === undefined ? last && cursorOf(last.key, store) : seal(next, store);
  return record({
    items: new Table(entries.map(describe), noItems, noItems),
    ...(cursor === undefined ? {} : { cursor: ByteString.fromBinary(cursor) }),
    has_more: !isWhole,
  });
}

function acquire(call: Call, storeId: string, opts: Table | undefined): StoreHandle {
  const restriction = readRestriction(opts);
  // Asked before looking, so that a denial does not tell whether there is such a store.
  if (!call.permission("store.get", storeId).allows(noAttributes)) {
    throw call.denied(storeDenied("access", storeId).message, "store.get", storeId);
  }
  const entry = call.entry(storeId);
  if (entry === undefined) throw storeNotFound(storeId, call.nearestStore(storeId));
  if (!entry.kind.startsWith("store.")) throw notAStore(storeId, entry.kind);
  return new StoreHandle(entry, call, restriction);
}

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
    list: [options],
    info: [],
  },
  {
    functions: {
      release: plain([], (handle: StoreHandle) => handle.release()),
      get_many: withErrors([keyList], (handle: StoreHandle, keys) => handle.getMany(keys)),
      set_many: withErrors([entryList, ttl], (handle: StoreHandle, entries, life) => handle.setMany(entries, life)),
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
