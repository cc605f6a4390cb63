import { afterAll, expect, it } from "vitest";
import { type Entry, isUnreadable, type Listed, type Page, type Store } from "../../src/stores/store.ts";
import type { Key, Milliseconds } from "../../src/value/value.ts";
import { ManualClock } from "./clock.ts";
import { key } from "./values.ts";

export interface ContractOptions {
  /** What the backend can't do: the names of tests, each with the reason. They are shown as skipped. */
  readonly lacks?: readonly { readonly what: string; readonly reason: string }[];
  /** Lets time pass for the backend. Without it, the clock that `open` was given is moved. */
  readonly advance?: (by: Milliseconds) => void | Promise<void>;
}

/** What a test works with: an empty store of its own, and its time. */
export interface Subject {
  readonly store: Store;
  advance(by: Milliseconds): Promise<void>;
}

/** Registers a test of one promise. */
export type Promised = (title: string, body: (subject: Subject) => Promise<void>) => void;

/** Makes `Promised` for one backend; the stores are closed after each test. */
export function promises(
  open: (clock: ManualClock) => Store | Promise<Store>,
  { lacks = [], advance }: ContractOptions,
): Promised {
  const unknown = new Set(lacks.map(({ what }) => what));
  afterAll(() => expect([...unknown], "tests that the backend lacks, and that do not exist").toEqual([]));

  return (title, body) => {
    unknown.delete(title);
    const lack = lacks.find(({ what }) => what === title);
    if (lack !== undefined) {
      it.skip(`${title} (lacking: ${lack.reason})`, () => {});
      return;
    }
    it(title, async () => {
      const clock = new ManualClock(1_000_000.125);
      const store = await open(clock);
      const move = advance ?? ((by) => clock.advance(by));
      try {
        await body({ store, advance: async (by) => await move(by) });
      } finally {
        await store.close();
      }
    });
  };
}

/** The kind of the error that a call ends with, thrown at once or later; fails when it succeeds. */
export async function kindOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return (error as { kind?: unknown }).kind;
  }
  return expect.unreachable("the call should have failed");
}

/** The keys of one page, which `keys` has as `list` has them. */
export async function keysOf(store: Store, page: Partial<Page> = {}): Promise<Key[]> {
  const all = { prefix: key(""), limit: 1000, ...page };
  const { entries, hasMore } = await store.list(all);
  const keys = entries.map((entry) => entry.key);
  expect(await store.keys(all)).toEqual(keys);
  expect(hasMore).toBe((await store.keys({ ...all, limit: all.limit + 1 })).length > keys.length);
  return keys;
}

/** A page of which everything can be read. */
export function whole(page: readonly Listed[]): readonly Entry[] {
  for (const one of page) if (isUnreadable(one)) throw one.error;
  return page as readonly Entry[];
}

/** All entries under a prefix, read page by page. `between` runs after each page. */
export async function readAll(
  store: Store,
  page: Omit<Page, "after">,
  between?: (last: Key) => Promise<void>,
): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let after: Key | undefined; ; ) {
    const { entries, hasMore } = await store.list({ ...page, after });
    all.push(...whole(entries));
    if (!hasMore) return all;
    after = entries.at(-1)!.key;
    await between?.(after);
  }
}
