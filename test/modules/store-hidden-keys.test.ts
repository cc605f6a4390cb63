import { describe, expect, it } from "vitest";
import type { Permission } from "../../src/modules/call.ts";
import { keyOfCursor, seal } from "../../src/modules/cursor.ts";
import { ReadableKeys } from "../../src/modules/readable-keys.ts";
import type { Entry, Page } from "../../src/stores/store.ts";
import { toBinary } from "../../src/value/bytes.ts";
import { andThen, type Eventually } from "../../src/value/eventually.ts";
import type { Key } from "../../src/value/value.ts";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

/** A store whose keys the actor may read when they begin with z. */
const hidden = (name = "cache") => [
  memory(name, { max_size: 0 }),
  memory("other"),
  policy("listing", "allow", ["store.get", "store.key.list", "store.key.set"]),
  policy("reading", "allow", "store.key.get", "*", {
    conditions: [{ field: "meta.key", operator: "matches", value: "^z" }],
  }),
  acting(),
];

async function filled(hiddenKeys: number, shown: readonly string[]): Promise<ScriptHost> {
  const host = await ScriptHost.open(hidden());
  const store = host.host.store("app:cache");
  for (let i = 0; i < hiddenKeys; i++) await store.set(`secret-${String(i).padStart(5, "0")}`, 1);
  for (const key of shown) await store.set(key, 1);
  return host;
}

/** Reads all pages: the keys, how many pages, and the cursors between them. */
const readAll = `local cache, keys, pages, cursors = store.get("app:cache"), {}, 0, {}
  local opts = {limit = 2}
  repeat
    local page = assert(cache:list(opts)) pages = pages + 1
    for _, e in ipairs(page.items) do keys[#keys + 1] = e.key end
    opts.after = page.cursor cursors[#cursors + 1] = page.cursor
  until not page.has_more
  return table.concat(keys, " "), pages, table.concat(cursors, "|")`;

describe("keys that may not be read", () => {
  it("are passed over, however many they are, page by page", async () => {
    await using host = await filled(30_000, ["z1", "z2", "z3"]);
    const [keys, pages, cursors] = await host.results(readAll);
    expect(keys).toBe("z1 z2 z3");
    expect(pages).toBe(5); // three that found nothing in 10 000 keys
    expect(cursors).not.toContain("secret");
  });

  it("do not show by the cursor, and the same place has the same cursor", async () => {
    await using host = await filled(10_001, []);
    const script = `local cache = store.get("app:cache") local a, b = cache:list(), cache:list{limit = 7}
      return #a.items, a.has_more, a.cursor == b.cursor, a.cursor`;
    const [items, hasMore, isSame, cursor] = await host.results(script);
    expect([items, hasMore, isSame]).toEqual([0, true, true]);
    const bytes = Buffer.from(String(cursor).replace("moonkeep-cursor:", ""), "base64url");
    expect(bytes.includes("secret")).toBe(false);
  });

  it("cost the time of the run", async () => {
    await using host = await filled(10_000, []);
    const failure = await host.failure('local s = store.get("app:cache") while true do s:list{limit = 1} end', {
      timeout: 300,
      instructions: 3_000_000,
    });
    expect(failure).toMatchObject({ limit: expect.stringMatching(/time|instructions/) });
  });

  it("a cursor of another store is none, and so is one that was changed", async () => {
    await using host = await filled(10_001, []);
    const script = `local cursor = store.get("app:cache"):list().cursor
      local _, other = store.get("app:other"):list{after = cursor}
      local _, changed = store.get("app:cache"):list{after = cursor:sub(1, -3) .. "AA"}
      local _, short = store.get("app:cache"):list{after = "moonkeep-cursor:AA"}
      return other:message(), changed:message(), short:message()`;
    const message = expect.stringContaining("this cursor belongs to another store");
    expect(await host.results(script)).toEqual([message, message, message]);
  });

  it("a key that looks like a cursor is gone on from", async () => {
    await using host = await ScriptHost.open([memory("cache"), policy("all", "allow", "*"), acting()]);
    const script = `local cache = store.get("app:cache")
      for _, k in ipairs{"moonkeep-cursor:AA", "moonkeep-cursor:BB", "z"} do cache:set(k, 1) end
      local a = cache:list{limit = 1} local b = cache:list{limit = 1, after = a.cursor} local c = cache:list{after = b.cursor}
      return a.items[1].key, b.items[1].key, c.items[1].key, c.cursor`;
    expect(await host.results(script)).toEqual(["moonkeep-cursor:AA", "moonkeep-cursor:BB", "z", "z"]);
  });
});

describe("a sealed cursor", () => {
  it.each([0, 1, 5, 255, 256, 257, 5000])("stands for a key of %i bytes, whatever they are", (length) => {
    const key = toBinary(Uint8Array.from({ length }, (_, i) => (i * 7) & 255)) as Key;
    expect(keyOfCursor(seal(key, "app:a"), "app:a")).toBe(key);
  });

  it("is as long for each key of up to 255 bytes", () => {
    const lengths = [0, 10, 255].map((length) => seal("k".repeat(length) as Key, "app:a").length);
    expect(new Set(lengths).size).toBe(1);
  });
});

describe.each(["at once", "later"])("a backend that answers %s", (when) => {
  const all = Array.from(
    { length: 25_000 },
    (_, i): Entry => ({ key: String(i).padStart(5, "0") as Key, value: 1, version: "" }),
  );
  const asked: number[] = [];
  const list = ({ after = "" as Key, limit }: Page): Eventually<readonly Entry[]> => {
    asked.push(limit);
    const from = all.findIndex(({ key }) => key > after);
    const entries = from === -1 ? [] : all.slice(from, from + limit);
    return when === "later" ? Promise.resolve(entries) : entries;
  };
  const permission = (may: (key: string) => boolean): Permission => ({
    settled: undefined,
    allows: () => false,
    allowsKey: may,
  });
  const search = (limit: number, may: (key: string) => boolean, after?: Key) =>
    new ReadableKeys({ prefix: "" as Key, limit, after }, list, () => permission(may)).run();

  it("is asked for more at once the longer nothing is found, and for 10 000 keys at most", async () => {
    asked.length = 0;
    const found = await search(1, () => false);
    expect(found).toEqual({ entries: [], isWhole: false, next: "09999" });
    expect(asked.slice(0, 5)).toEqual([2, 4, 8, 16, 32]);
    expect(Math.max(...asked)).toBe(1000);
    expect(asked.reduce((sum, n) => sum + n)).toBe(10_000);
  });

  it("gives every key that may be read once, in pages of any size", async () => {
    const may = (key: string) => Number(key) % 3000 < 5;
    for (const limit of [1, 4, 5, 1000]) {
      const keys: string[] = [];
      for (let after: Key | undefined; ; ) {
        const { entries, isWhole, next } = await andThen(search(limit, may, after), (found) => found);
        expect(entries.length).toBeLessThanOrEqual(limit);
        keys.push(...entries.map(({ key }) => key));
        if (isWhole) break;
        after = next ?? entries.at(-1)!.key;
      }
      expect(keys).toEqual(all.map(({ key }) => key).filter(may));
    }
  });
});
