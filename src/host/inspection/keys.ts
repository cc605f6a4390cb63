/** The entries of a store, for people to look at: a page of keys, and as much of each value as can be shown. */
import type { Change, KeyPage, KeyView, Removal, ShownValue } from "../../inspect/api.ts";
import type { KeyQuestion } from "../../inspect/inspected.ts";
import { keyReserved } from "../../stores/errors.ts";
import { HostStore } from "../../stores/host-store.ts";
import { isOwn } from "../../stores/own-keys.ts";
import { PAGE_BYTES } from "../../stores/portions.ts";
import { isUnreadable, type Listed, type Store } from "../../stores/store.ts";
import { textToBinary } from "../../value/bytes.ts";
import { fromJson, type Json, parseJson, toJson } from "../../value/json.ts";
import { type Key, type Milliseconds, sizeOf, type Value } from "../../value/value.ts";
import { ttlNotAbove } from "../errors.ts";
import { keyFromJson, keyToJson } from "../exact-store.ts";

/** How many keys a page has. */
const PAGE = 50;
/** How much of a value is shown in a page, and by itself. */
const SHOWN_IN_PAGE = 300;
const SHOWN_ALONE = 64 * 1024;
/** What is larger is not made into text at all: that would keep the host from its work. */
const MOST_SHOWN = 1024 * 1024;

export class Keys {
  readonly #store: Store;

  constructor(store: HostStore) {
    this.#store = HostStore.backend(store);
  }

  async page({ prefix, after }: Omit<KeyQuestion, "store">): Promise<KeyPage> {
    const from = after === undefined ? undefined : keyOf(parseJson(after));
    const page = { prefix: textToBinary(prefix) as Key, after: from, limit: PAGE, bytes: PAGE_BYTES, ttl: true };
    const { entries: items, hasMore } = await this.#store.list(page);
    return {
      items: items.map((entry) => viewOf(entry, SHOWN_IN_PAGE)),
      ...(hasMore ? { next: JSON.stringify(keyToJson(items.at(-1)!.key)) } : {}),
    };
  }

  /** @param key as JSON text */
  async entry(key: string): Promise<KeyView | undefined> {
    const name = keyOf(parseJson(key));
    const found = await this.#store.entry(name);
    if (found === undefined) return undefined;
    const ttl = await this.#store.ttl(name);
    return viewOf({ ...found, ttl: ttl === Number.POSITIVE_INFINITY ? undefined : ttl }, SHOWN_ALONE, 2);
  }

  async set({ key, json, ttl, keepTtl = false, version }: Omit<Change, "store">): Promise<void> {
    const name = keyOf(key);
    const value = parsedValue(json);
    if (version === undefined) return this.#store.set(name, value, lifeOf(ttl));
    await this.#store.put(name, value, {
      ttl: lifeOf(ttl),
      keepTtl,
      onlyIf: version === null ? "absent" : { version },
    });
  }

  async delete({ key, version }: Omit<Removal, "store">): Promise<boolean> {
    return this.#store.delete(keyOf(key), version);
  }
}

/** @throws TypeError, MoonkeepError INVALID */
function keyOf(json: unknown): Key {
  const key = keyFromJson(json);
  if (isOwn(key)) throw keyReserved();
  return key;
}

/** @throws TypeError, SyntaxError, MoonkeepError INVALID */
function parsedValue(text: string): Value {
  return fromJson(parseJson(String(text)), "value");
}

/** @throws RangeError */
function lifeOf(ttl: number | undefined): Milliseconds | undefined {
  if (ttl === undefined || ttl === null) return undefined;
  if (typeof ttl === "number" && ttl > 0 && ttl < Number.POSITIVE_INFINITY) return ttl;
  throw new RangeError(ttlNotAbove(ttl));
}

function viewOf(one: Listed, most: number, indent?: number): KeyView {
  const key = keyToJson(one.key);
  if (isUnreadable(one)) return { key, value: { isCut: false, bytes: 0, error: one.error.text }, version: "" };
  const { value, version, ttl } = one;
  return { key, value: shownValue(value, most, indent), version, ...(ttl === undefined ? {} : { ttl }) };
}

function shownValue(value: Value, most: number, indent: number | undefined): ShownValue {
  const bytes = sizeOf(value);
  if (bytes > MOST_SHOWN) return { isCut: true, bytes };
  const json: Json = toJson(value);
  const text = JSON.stringify(json, undefined, indent);
  return { json: text.slice(0, most), isCut: text.length > most, bytes };
}
