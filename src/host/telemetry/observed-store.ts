import type { MoonkeepError } from "../../errors.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listing,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../../stores/store.ts";
import type { Together } from "../../stores/together.ts";
import type { Eventually } from "../../value/eventually.ts";
import type { Bytes, Key, Milliseconds, Value } from "../../value/value.ts";

export const operations = [
  "get",
  "has",
  "entry",
  "set",
  "put",
  "delete",
  "ttl",
  "expire",
  "touch",
  "increment",
  "rate",
  "get_many",
  "set_many",
  "delete_many",
  "list",
] as const;
export type Operation = (typeof operations)[number];

/** A store whose operations, each as a whole, go through `observe`. */
export abstract class ObservedStore implements Store {
  protected readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Does the work of an operation, and notes what is wanted of it. */
  protected abstract observe<T>(operation: Operation, work: () => Eventually<T>): Eventually<T>;

  get traits(): Traits {
    return this.store.traits;
  }

  get together(): Together {
    return this.store.together;
  }

  get(key: Key, most?: Bytes): Eventually<Value | undefined> {
    return this.observe("get", () => this.store.get(key, most));
  }

  has(key: Key): Eventually<boolean> {
    return this.observe("has", () => this.store.has(key));
  }

  entry(key: Key, most?: Bytes): Eventually<Entry | undefined> {
    return this.observe("entry", () => this.store.entry(key, most));
  }

  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.observe("set", () => this.store.set(key, value, ttl));
  }

  put(key: Key, value: Value, write: Write): Eventually<Entry> {
    return this.observe("put", () => this.store.put(key, value, write));
  }

  delete(key: Key, version?: string): Eventually<boolean> {
    return this.observe("delete", () => this.store.delete(key, version));
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    return this.observe("ttl", () => this.store.ttl(key));
  }

  expire(key: Key, ttl?: Milliseconds): Eventually<boolean> {
    return this.observe("expire", () => this.store.expire(key, ttl));
  }

  touch(key: Key): Eventually<boolean> {
    return this.observe("touch", () => this.store.touch(key));
  }

  increment(key: Key, by: Increment): Eventually<NumberValue> {
    return this.observe("increment", () => this.store.increment(key, by));
  }

  spend(key: Key, cost: Spending): Eventually<Spent> {
    return this.observe("rate", () => this.store.spend(key, cost));
  }

  getMany(keys: readonly Key[], most?: Bytes): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    return this.observe("get_many", () => this.store.getMany(keys, most));
  }

  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]> {
    return this.observe("set_many", () => this.store.setMany(entries, ttl));
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]> {
    return this.observe("delete_many", () => this.store.deleteMany(keys));
  }

  list(page: Page): Eventually<Listing> {
    return this.observe("list", () => this.store.list(page));
  }

  keys(page: KeyPage): Eventually<readonly Key[]> {
    return this.observe("list", () => this.store.keys(page));
  }

  close(): Eventually<void> {
    return this.store.close();
  }
}
