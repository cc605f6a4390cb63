/** `store:each` and `store:clear`: what goes through the keys of a store, page by page. */
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { many } from "../lua/boundary/module.ts";
import { allocate, chargeTo, work } from "../lua/meter/meter.ts";
import { afterPart, storeReleased } from "../stores/errors.ts";
import { EACH_PAGE } from "../stores/host-store.ts";
import { keySlices, markSlices } from "../stores/key-slices.ts";
import { PAGE_BYTES } from "../stores/portions.ts";
import type { KeyPage, Listed, Listing, Page, Store } from "../stores/store.ts";
import { Unreadables } from "../stores/unreadables.ts";
import { binaryToText } from "../value/bytes.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import { ByteString, type Bytes, type Key, sizeOf } from "../value/value.ts";
import type { Permission } from "./call.ts";
import { DELETE, GET, type StoreAccess } from "./store-access.ts";

/** Steps of the VM that it takes to ask the policies for a key. */
const STEPS_A_KEY = 25;

/**
 * The entries of a page that may be read. What may not is passed over, however much it is: where the search goes on and
 * how it ends tells nothing of it, and a search that takes long ends with the run. It is one operation of the store.
 */
export function readable(access: StoreAccess, store: Store, page: Page): Eventually<Listing> {
  if (!access.has("get") || access.permission(GET).settled === false) return { entries: [], hasMore: false };
  const pick = (keys: readonly Key[]): readonly Key[] => {
    access.check();
    const permission = access.permission(GET);
    const { settled } = permission;
    if (settled === false) return [];
    const picked = settled === undefined ? uncharged(() => keys.filter(mayBeRead(permission))) : keys;
    work(STEPS_A_KEY * picked.length);
    return picked;
  };
  return store.list({ ...page, pick, bytes: PAGE_BYTES, most: access.memory });
}

const mayBeRead = (permission: Permission) => (key: Key) => permission.allowsKey(binaryToText(key));

/** What hidden keys cost must not show in what a call costs. Others have their turn between two batches of them. */
function uncharged<T>(f: () => T): T {
  const account = chargeTo(undefined);
  try {
    return f();
  } finally {
    chargeTo(account);
  }
}

const nothing = (): readonly unknown[] => [];

/**
 * What a `for` loop calls: it answers a key and its value, and nothing at the end. Entries that can't be read are passed
 * over; where there were some, the end is an error that names them.
 */
export class StoreIterator {
  readonly #access: StoreAccess;
  readonly #prefix: Key;
  /** The key that was given last. */
  #after: Key | undefined;
  /** The policies under which it was read. */
  #epoch: number;
  #entries: readonly Listed[] = [];
  #at = 0;
  #isOver = false;
  /** Why entries were passed over. */
  readonly #unreadable = new Unreadables();
  /** Of what it has read last: it is counted when the script asks again. */
  #uncounted: Bytes = 0;

  /** @throws PERMISSION_DENIED */
  constructor(access: StoreAccess, { prefix, after }: Omit<KeyPage, "limit">) {
    this.#access = access;
    this.#epoch = access.call.inForce.epoch;
    this.#prefix = access.within(prefix, "list");
    this.#after = after;
    access.live();
    access.permitList(this.#prefix);
  }

  /** A page may hold nothing that can be read, and the next one something. */
  next(): Eventually<readonly unknown[]> {
    if (this.#access.released) throw storeReleased();
    allocate(this.#uncounted);
    this.#uncounted = 0;
    if (this.#epoch !== this.#access.call.inForce.epoch) this.#forget();
    for (let entry = this.#entries[this.#at]; entry !== undefined; entry = this.#entries[this.#at]) {
      this.#at++;
      this.#after = entry.key;
      if (!this.#unreadable.has(entry)) return [ByteString.fromBinary(entry.key), entry.value];
    }
    if (this.#isOver) {
      const error = this.#unreadable.error();
      if (error !== undefined) throw error;
      return nothing();
    }
    const access = this.#access;
    const store = access.live();
    access.permitList(this.#prefix);
    const page = { prefix: this.#prefix, after: this.#after, limit: EACH_PAGE };
    return andThen(readable(access, store, page), ({ entries, hasMore }) => {
      this.#entries = entries;
      this.#at = 0;
      this.#isOver = !hasMore;
      this.#uncounted = this.bytes;
      return this.next();
    });
  }

  /** Other policies are in force than when the page was read: what is left of it is read again, if it may be. */
  #forget(): void {
    this.#epoch = this.#access.call.inForce.epoch;
    this.#isOver &&= this.#at === this.#entries.length;
    this.#entries = [];
    this.#at = 0;
  }

  /** What it has read and not given yet. */
  get bytes(): Bytes {
    let sum = this.#prefix.length + (this.#after?.length ?? 0);
    for (let i = this.#at; i < this.#entries.length; i++) {
      const { key, value } = this.#entries[i]!;
      sum += key.length + (value === undefined ? 0 : sizeOf(value));
    }
    return sum;
  }
}

export const storeIterator: HandleDescription = defineHandle(
  "store.Iterator",
  StoreIterator,
  {},
  {
    functions: { next: many([], (iterator: StoreIterator) => iterator.next()) },
    call: "next",
    bytes: ({ bytes }) => bytes,
  },
);

/** Keys that are deleted at once: a few milliseconds of work. */
const BATCH = 500;

/**
 * Deletes the keys of a prefix that may be deleted, for as long as the handle is live: it is released when its run ends.
 * Of the others, neither the answer nor what it counts tells anything.
 * @returns how many there were
 */
export async function clear(access: StoreAccess, given: Key): Promise<number> {
  const prefix = access.within(given, "clear");
  const { allowances } = access.call;
  access.permitClear(prefix);
  let count = 0;
  try {
    for await (const keys of deletable(access, prefix)) {
      const deleted = await access.liveFor(keys.length, allowances).deleteMany(keys);
      for (const [i, key] of keys.entries()) {
        if (!deleted[i]) continue;
        count++;
        access.publish("store.delete", key);
      }
    }
    if (access.permitClear(prefix) === "all") {
      for await (const marks of markSlices(access.live(), prefix, () => access.check())) {
        await access.liveFor(marks.length, allowances).deleteMany(marks);
      }
    }
  } catch (e) {
    throw count > 0 ? afterPart(e) : e;
  }
  return count;
}

/** The keys that may be deleted, as many at a time as if there were no others. */
async function* deletable(access: StoreAccess, prefix: Key): AsyncGenerator<readonly Key[], void, void> {
  const { inForce } = access.call;
  let found: readonly Key[] = [];
  let { epoch } = inForce;
  const allowed = (keys: readonly Key[]): readonly Key[] =>
    access.permitClear(prefix) === "all" ? keys : keys.filter((key) => access.mayUse(DELETE, key));
  for await (const keys of keySlices(access.live(), prefix, { check: () => access.check() })) {
    access.check();
    if (epoch !== inForce.epoch) found = allowed(found);
    epoch = inForce.epoch;
    found = [...found, ...allowed(keys)];
    if (found.length < BATCH) continue;
    yield found.slice(0, BATCH);
    found = found.slice(BATCH);
  }
  if (epoch !== inForce.epoch) found = allowed(found);
  if (found.length > 0) yield found;
}
