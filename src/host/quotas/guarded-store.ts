import { MoonkeepError } from "../../errors.ts";
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
import { andThen, type Eventually, isLater } from "../../value/eventually.ts";
import { type Bytes, type Key, type Milliseconds, sizeOf, type Value } from "../../value/value.ts";
import type { Account } from "./account.ts";

/** A store in the hands of an actor that has quotas. */
export class GuardedStore implements Store {
  readonly #id: string;
  readonly #store: Store;
  readonly #account: Account;

  constructor(id: string, store: Store, account: Account) {
    this.#id = id;
    this.#store = store;
    this.#account = account;
  }

  get traits(): Traits {
    return this.#store.traits;
  }

  get together(): Together {
    return this.#store.together;
  }

  get(key: Key, most?: Bytes): Eventually<Value | undefined> {
    this.#account.operation();
    return andThen(this.#store.get(key, most), (found) => this.#found(key, found));
  }

  has(key: Key): Eventually<boolean> {
    this.#account.operation();
    return andThen(this.#store.has(key), (found) => this.#found(key, found || undefined) === true);
  }

  entry(key: Key, most?: Bytes): Eventually<Entry | undefined> {
    this.#account.operation();
    return andThen(this.#store.entry(key, most), (found) => this.#found(key, found));
  }

  set(key: Key, value: Value, ttl?: Milliseconds): Eventually<void> {
    return this.#write(key, value, ttl, () => this.#store.set(key, value, ttl));
  }

  put(key: Key, value: Value, write: Write): Eventually<Entry> {
    return this.#write(key, value, write.ttl, () => this.#store.put(key, value, write));
  }

  delete(key: Key, version?: string): Eventually<boolean> {
    this.#account.operation();
    return andThen(this.#store.delete(key, version), (was) => {
      this.#account.keptIn(this.#id).delete(key);
      return was;
    });
  }

  ttl(key: Key): Eventually<Milliseconds | undefined> {
    this.#account.operation();
    return andThen(this.#store.ttl(key), (found) => this.#found(key, found));
  }

  expire(key: Key, ttl?: Milliseconds): Eventually<boolean> {
    this.#account.operation();
    return andThen(this.#store.expire(key, ttl), (is) => {
      if (is) this.#account.keptIn(this.#id).expire(key, ttl);
      return is;
    });
  }

  /** How long it lives is not known here: it counts until it is looked at. */
  touch(key: Key): Eventually<boolean> {
    this.#account.operation();
    return andThen(this.#store.touch(key), (is) => {
      if (is) this.#account.keptIn(this.#id).expire(key, undefined);
      return is;
    });
  }

  increment(key: Key, by: Increment): Eventually<NumberValue> {
    return this.#write(key, by.initial, by.ttl, () => this.#store.increment(key, by));
  }

  spend(key: Key, cost: Spending): Eventually<Spent> {
    return this.#write(key, 0, cost.most, () => this.#store.spend(key, cost));
  }

  getMany(keys: readonly Key[], most?: Bytes): Eventually<readonly (Value | MoonkeepError | undefined)[]> {
    this.#account.operation(keys.length);
    return this.#store.getMany(keys, most);
  }

  /** All of them are refused where they are too many together. */
  setMany(entries: readonly KeyValue[], ttl?: Milliseconds): Eventually<readonly (MoonkeepError | undefined)[]> {
    this.#account.operation(entries.length);
    const takeBack: (() => void)[] = [];
    const failed = (e: unknown): never => {
      if (!mayBeDone(e)) for (const back of takeBack) back();
      throw e;
    };
    try {
      for (const { key, value, ttl: own = ttl } of entries) {
        takeBack.push(this.#account.keep(this.#id, key, key.length + sizeOf(value), own));
      }
      const done = andThen(this.#store.setMany(entries, ttl), (errors) => {
        errors.forEach((error, i) => {
          if (error !== undefined && !mayBeDone(error)) takeBack[i]!();
        });
        return errors;
      });
      return isLater(done) ? done.catch(failed) : done;
    } catch (e) {
      return failed(e);
    }
  }

  deleteMany(keys: readonly Key[]): Eventually<readonly boolean[]> {
    this.#account.operation(keys.length);
    return andThen(this.#store.deleteMany(keys), (were) => {
      for (const key of keys) this.#account.keptIn(this.#id).delete(key);
      return were;
    });
  }

  list(page: Page): Eventually<Listing> {
    this.#account.operation();
    return this.#store.list(page);
  }

  /** Keys are searched for some at a time, which is one operation: how many times tells of keys that are hidden. */
  keys(page: KeyPage): Eventually<readonly Key[]> {
    if (page.after === undefined) this.#account.operation();
    return this.#store.keys(page);
  }

  close(): Eventually<void> {
    return this.#store.close();
  }

  /** What is gone, whatever took it, is not kept any more. */
  #found<T>(key: Key, found: T | undefined): T | undefined {
    if (found === undefined) this.#account.keptIn(this.#id).delete(key);
    return found;
  }

  #write<T>(key: Key, value: Value, ttl: Milliseconds | undefined, write: () => Eventually<T>): Eventually<T> {
    this.#account.operation();
    const takeBack = this.#account.keep(this.#id, key, key.length + sizeOf(value), ttl);
    const failed = (e: unknown): never => {
      if (!mayBeDone(e)) takeBack();
      throw e;
    };
    try {
      const done = write();
      return isLater(done) ? done.catch(failed) : done;
    } catch (e) {
      return failed(e);
    }
  }
}

const mayBeDone = (e: unknown): boolean => e instanceof MoonkeepError && e.details?.uncertain === true;
