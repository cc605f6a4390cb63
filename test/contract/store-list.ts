import fc from "fast-check";
import { expect } from "vitest";
import { type Kind, MoonkeepError } from "../../src/errors.ts";
import { ownKey } from "../../src/stores/own-keys.ts";
import type { Entry, Store } from "../../src/stores/store.ts";
import type { ByteString, Key } from "../../src/value/value.ts";
import { keysOf, kindOf, type Promised, readAll, whole } from "./harness.ts";
import { awkwardKeys, key, keys, str } from "./values.ts";

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

  promised("lists an error in the place of a value that is larger than it may read", async ({ store }) => {
    const isHere = store.traits.backend === "memory";
    const long = str("x".repeat(300_000));
    await store.setMany([
      { key: key("a"), value: 1 },
      { key: key("b"), value: long },
      { key: key("c"), value: str("x".repeat(2000)) },
    ]);
    const read = async (most?: number) =>
      (await store.list({ prefix: key(""), limit: 10, most })).entries.map((one) =>
        "error" in one ? `${one.error?.kind}: ${one.error?.message}` : one.value,
      );
    const all = [1, long, str("x".repeat(2000))];
    expect(await read()).toEqual(all);
    expect(await read(400_000)).toEqual(all);
    const error = 'INVALID: the value of key "b" takes more than 200000 bytes, which is all that the script may have';
    expect(await read(200_000)).toEqual(isHere ? all : [1, error, all[2]]);
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

  promised("gives only keys that the page may have, and asks before it reads their values", async ({ store }) => {
    await fill(store, ["a", "b1", "b2", "c", "d1", "d2"]);
    const may = (names: string) => (some: readonly Key[]) => some.filter((one) => names.split(" ").includes(one));
    for (let limit = 1; limit <= 3; limit++) {
      for (const names of ["", "a", "d2", "b1 d1", "b1 d1 d2", "a b1 b2 c d1 d2"]) {
        const given = await store.list({ prefix: key(""), limit, pick: may(names) });
        const all = names === "" ? [] : names.split(" ");
        expect(given.entries.map((entry) => entry.key)).toEqual(all.slice(0, limit));
        expect(given.hasMore).toBe(all.length > limit);
      }
    }
    const refused = kindOf(() => store.list({ prefix: key(""), limit: 1, pick: () => raise("PERMISSION_DENIED") }));
    expect(await refused).toBe("PERMISSION_DENIED");
  });

  promised("passes over keys that the page may not have, however many they are", async ({ store }) => {
    const hidden = Array.from({ length: 2500 }, (_, i) => key(`h${String(i).padStart(4, "0")}`));
    for (let at = 0; at < hidden.length; at += 500) {
      await store.setMany(hidden.slice(at, at + 500).map((one) => ({ key: one, value: 1 })));
    }
    await fill(store, ["z1", "z2"]);
    const pick = (some: readonly Key[]) => some.filter((one) => one.startsWith("z"));
    for (const limit of [1, 2, 1000]) {
      const { entries, hasMore } = await store.list({ prefix: key(""), limit, pick });
      expect(entries.map((entry) => entry.key)).toEqual(["z1", "z2"].slice(0, limit));
      expect(hasMore).toBe(limit === 1);
    }
    expect(await store.list({ prefix: key("h"), limit: 5, pick })).toEqual({ entries: [], hasMore: false });
  });

  promised("ends a page with the entry that takes it beyond its bytes", async ({ store }) => {
    const sizes = [10, 100_000, 100_000, 5000, 1_500_000, 10, 700_000, 700_000, 10, 300_000];
    for (const [i, size] of sizes.entries()) await store.set(key(`k${i}`), str("x".repeat(size)));
    const counts: number[] = [];
    const read: Entry[] = [];
    for (let after: Key | undefined, more = true; more; ) {
      const { entries, hasMore } = await store.list({ prefix: key(""), after, limit: 100, bytes: 150_000 });
      counts.push(entries.length);
      read.push(...whole(entries));
      after = entries.at(-1)!.key;
      more = hasMore;
    }
    expect(counts).toEqual([3, 2, 2, 1, 2]);
    expect(read.map((entry) => (entry.value as ByteString).length)).toEqual(sizes);
    expect((await store.list({ prefix: key(""), limit: 100 })).entries).toEqual(read);
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

function raise(kind: Kind): never {
  throw new MoonkeepError(kind, "no");
}
