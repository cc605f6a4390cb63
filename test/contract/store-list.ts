import fc from "fast-check";
import { expect } from "vitest";
import { ownKey } from "../../src/stores/own-keys.ts";
import type { Store } from "../../src/stores/store.ts";
import type { Key } from "../../src/value/value.ts";
import { keysOf, type Promised, readAll } from "./harness.ts";
import { awkwardKeys, key, keys } from "./values.ts";

/** Pages of entries in byte order. */
export function listing(promised: Promised): void {
  promised("lists nothing when there is nothing", async ({ store }) => {
    expect(await keysOf(store)).toEqual([]);
    expect(await keysOf(store, { prefix: key("a"), after: key("b"), limit: 1 })).toEqual([]);
  });

  promised("lists keys in the order of their bytes", async ({ store }) => {
    const all = Array.from({ length: 256 }, (_, byte) => key(String.fromCharCode((byte * 167) & 255)));
    for (const one of all) await store.set(one, true);
    expect(await keysOf(store)).toEqual(all.sort());
  });

  promised("lists as many entries as it is asked for", async ({ store }) => {
    await fill(store, ["a", "b", "c"]);
    expect(await keysOf(store, { limit: 1 })).toEqual(["a"]);
    expect(await keysOf(store, { limit: 2 })).toEqual(["a", "b"]);
    expect(await keysOf(store, { limit: 3 })).toEqual(["a", "b", "c"]);
    expect(await keysOf(store, { limit: 4 })).toEqual(["a", "b", "c"]);
  });

  promised("lists what comes after a key, whether it is there or not", async ({ store }) => {
    await fill(store, ["a", "b", "b\0", "c"]);
    expect(await keysOf(store, { after: key("") })).toEqual(["a", "b", "b\0", "c"]);
    expect(await keysOf(store, { after: key("a") })).toEqual(["b", "b\0", "c"]);
    expect(await keysOf(store, { after: key("aa") })).toEqual(["b", "b\0", "c"]);
    expect(await keysOf(store, { after: key("b") })).toEqual(["b\0", "c"]);
    expect(await keysOf(store, { after: key("b\xff") })).toEqual(["c"]);
    expect(await keysOf(store, { after: key("c") })).toEqual([]);
    expect(await keysOf(store, { after: key("\xff\xff") })).toEqual([]);
  });

  promised("lists none of the keys that are the library's own, whatever the page", async ({ store }) => {
    const own = Array.from({ length: 5 }, (_, i) => ownKey(i % 2 ? "lock" : "lease", key(`name${i}`)));
    for (const one of own) await store.set(one, true);
    await fill(store, ["\0", "\0moonkeep", "\0moonkeep;", "a"]);
    const all = ["\0", "\0moonkeep", "\0moonkeep;", "a"];
    for (let limit = 1; limit <= 6; limit++) expect(await keysOf(store, { limit })).toEqual(all.slice(0, limit));
    expect(await keysOf(store, { after: key("\0moonkeep"), limit: 1 })).toEqual(["\0moonkeep;"]);
    expect(await keysOf(store, { prefix: key("\0moonkeep") })).toEqual(["\0moonkeep", "\0moonkeep;"]);
    expect(await keysOf(store, { prefix: key("\0moonkeep:") })).toEqual([]);
    expect(await store.getMany(own)).toEqual(own.map(() => true));
  });

  promised("lists what begins with a prefix, byte for byte", async ({ store }) => {
    await fill(store, awkwardKeys);
    for (const prefix of [...awkwardKeys, key("a"), key("k"), key("none")]) {
      const expected = awkwardKeys.filter((one) => one.startsWith(prefix)).sort();
      expect(await keysOf(store, { prefix })).toEqual(expected);
    }
  });

  promised("takes an after that lies outside of the prefix", async ({ store }) => {
    await fill(store, ["a", "b1", "b2", "c"]);
    expect(await keysOf(store, { prefix: key("b"), after: key("a") })).toEqual(["b1", "b2"]);
    expect(await keysOf(store, { prefix: key("b"), after: key("b") })).toEqual(["b1", "b2"]);
    expect(await keysOf(store, { prefix: key("b"), after: key("bz") })).toEqual([]);
    expect(await keysOf(store, { prefix: key("b"), after: key("c") })).toEqual([]);
  });

  promised("fills a page although expired entries lie between", async ({ store, advance }) => {
    for (let i = 0; i < 300; i++) {
      await store.set(key(`k${String(i).padStart(3, "0")}`), i, i % 100 === 0 ? undefined : 1000);
    }
    await advance(1000);
    expect(await keysOf(store, { limit: 3 })).toEqual(["k000", "k100", "k200"]);
  });

  promised("follows writes after the first list", async ({ store }) => {
    await fill(store, ["b", "d"]);
    expect(await keysOf(store)).toEqual(["b", "d"]);
    await fill(store, ["a", "c", "e", "b"]);
    await store.delete(key("d"));
    expect(await keysOf(store)).toEqual(["a", "b", "c", "e"]);
    await store.put(key("d"), 1, { onlyIf: "absent" });
    expect(await keysOf(store)).toEqual(["a", "b", "c", "d", "e"]);
  });

  promised("gives what is there all the time once, whatever is written between pages", async ({ store }) => {
    const stays = Array.from({ length: 60 }, (_, i) => key(`k${String(i).padStart(2, "0")}`));
    await fill(store, stays);
    let round = 0;
    const read = await readAll(store, { prefix: key("k"), limit: 7 }, async (last) => {
      round++;
      await store.set(key(`k00:before${round}`), round); // behind the reader
      await store.set(key(`${last}:after`), round); // the next one to come
      await store.set(last, round); // written over
      await store.delete(key("k00:before1"));
      await store.delete(last); // the place where the reader stands
      await store.set(last, round);
    });
    const names = read.map((entry) => entry.key);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !name.includes(":"))).toEqual(stays);
    expect(names.filter((name) => name.includes(":after"))).toHaveLength(round);
    expect(names.filter((name) => name.includes(":before"))).toEqual([]);
  });

  promised("lists any keys under any prefix and after", async ({ store }) => {
    const written = new Set<Key>();
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 5 }), keys, keys, fc.nat(3), async (more, other, after, cut) => {
        await fill(store, more);
        for (const one of more) written.add(one);
        const prefix = key(other.slice(0, cut));
        const expected = [...written].filter((one) => one.startsWith(prefix) && one > after).sort();
        expect(await keysOf(store, { prefix, after })).toEqual(expected);
        expect((await readAll(store, { prefix, limit: 3 })).map((entry) => entry.key)).toEqual(
          [...written].filter((one) => one.startsWith(prefix)).sort(),
        );
      }),
      { numRuns: 30 },
    );
  });
}

async function fill(store: Store, names: readonly string[]): Promise<void> {
  for (const name of names) await store.set(key(name), true);
}
