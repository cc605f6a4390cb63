import type { MoonkeepError } from "../../errors.ts";
import type {
  Entry,
  Increment,
  KeyPage,
  KeyValue,
  Listed,
  NumberValue,
  Page,
  Spending,
  Spent,
  Store,
  Traits,
  Write,
} from "../../stores/store.ts";
import type { Together } from "../../stores/together.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import type { Key, Milliseconds, Value } from "../../value/value.ts";
import type { Operation } from "./metered-store.ts";
import type { Span, Tracing } from "./tracing.ts";

/** A store in the hands of one run, whose operations are spans. Keys and values are not told. */
export class TracedStore implements Store {
  readonly #store: Store;
  readonly #id: string;
  readonly #tracing: Tracing;
  readonly #parent: Span | undefined;

  constructor(id: string, store: Store, tracing: Tracing, parent: Span | undefined) {
    this.#id = id;
    this.#store = store;
    this.#tracing = tracing;
    this.#parent = parent;
  }

  get traits(): Traits {
    return this.#store.traits;
  }

  get together(): Together {
    return this.#store.together;
  }

  get(key: Key): Eventually<Value | undefined> {
    return this.#span("get", () => this.#store.get(key));
  }

  has(key: Key): Eventually<boolean> {
    return this.#span("has", () => this.#store.has(key));
  }

  entry(key: Key): Eventually<Entry | undefined> {
    return this.#span("entry", () => this.#store.entry(key));
  }

  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.#span("set", () => this.#store.set(key, value, ttl));
  }

  put(key: Key, value: Value, write: Write): Eventually<Entry> {
    return this.#span("put", () => this.#store.put(key, value, write));
  }

  delete(key: Key, version?: string): Eventually<boolean> {
    return this.#span("delete", () => this.#store.delete(key, version));
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    return this.#span("ttl", () => this.#store.ttl(key));
  }

  expire(key: Key, ttl?: Milliseconds): Eventually<boolean> {
    return this.#span("expire", () => this.#store.expire(key, ttl));
  }

  touch(key: Key): Eventually<boolean> {
    return this.#span("touch", () => this.#store.touch(key));
  }

  increment(key: Key, by: Increment): Eventually<NumberValue> {
    return this.#span("increment", () => this.#store.increment(key, by));
  }

  spend(key: Key, cost: Spending): Eventually<Spent> {
    return this.#span("rate", () => this.#store.spend(key, cost));
  }

  getMany(keys: readonly Key[]): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    return this.#span("get_many", () => this.#store.getMany(keys));
  }

  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]> {
    return this.#span("set_many", () => this.#store.setMany(entries, ttl));
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]> {
    return this.#span("delete_many", () => this.#store.deleteMany(keys));
  }

  list(page: Page): Eventually<readonly Listed[]> {
    return this.#span("list", () => this.#store.list(page));
  }

  keys(page: KeyPage): Eventually<readonly Key[]> {
    return this.#span("list", () => this.#store.keys(page));
  }

  close(): Eventually<void> {
    return this.#store.close();
  }

  #span<T>(operation: Operation, work: () => Eventually<T>): Eventually<T> {
    const attributes = { "moonkeep.store": this.#id, "moonkeep.backend": this.#store.traits.backend };
    const span = this.#tracing.begin("store", operation, attributes, this.#parent);
    return spanning(span, work);
  }
}

/** Ends a span with what it is about, now or later. */
export function spanning<T>(span: Span | undefined, work: () => Eventually<T>): Eventually<T> {
  if (span === undefined) return work();
  let answer: Eventually<T>;
  try {
    answer = work();
  } catch (e) {
    span.end(e);
    throw e;
  }
  if (!isLater(answer)) {
    span.end();
    return answer;
  }
  return answer.then(
    (value) => {
      span.end();
      return value;
    },
    (e: unknown) => {
      span.end(e);
      throw e;
    },
  );
}
