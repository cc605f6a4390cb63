import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { deleteIf } from "../../src/stores/delete-if.ts";
import { HostStore } from "../../src/stores/host-store.ts";
import type { SqlStore } from "../../src/stores/sql/sql.ts";
import type { Unreadable } from "../../src/stores/store.ts";
import { Versions } from "../../src/stores/versions.ts";
import { encode } from "../../src/value/codec.ts";
import { ByteString } from "../../src/value/value.ts";
import { ManualClock } from "../contract/clock.ts";
import { keysOf, kindOf } from "../contract/harness.ts";
import { key } from "../contract/values.ts";
import { freshFile, openRaw, openStore } from "../support/sqlite.ts";

const k = key("k");
/** Of a version of ours, without a ttl. */
const freshLength = new Versions().next().length;

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (e) {
    if (e instanceof MoonkeepError) return `${e.kind}: ${e.message}`;
    throw e;
  }
  return expect.unreachable("the call should have failed");
}

describe("a table that was there before", () => {
  const theirs = "CREATE TABLE mine (id BLOB PRIMARY KEY, payload BLOB, until REAL, note TEXT DEFAULT 'x')";
  const columns = { table: "mine", key: "id", value: "payload", expiresAt: "until" };

  function open(sql = theirs): { store: SqlStore; path: string } {
    const path = freshFile();
    openRaw(path).exec(sql);
    return { store: openStore(path, columns), path };
  }

  it("works, less versions", async () => {
    const { store } = open();
    expect(store.traits).toMatchObject({ versioned: false, conditionalPut: true });
    await store.set(k, 1);
    expect(await store.entry(k)).toEqual({ key: k, value: 1, version: "" });
    expect(await store.put(k, 2, {})).toEqual({ key: k, value: 2, version: "" });
    expect((await store.list({ prefix: key(""), limit: 5 })).entries).toEqual([{ key: k, value: 2, version: "" }]);
    expect(await kindOf(() => store.put(k, 3, { onlyIf: "absent" }))).toBe("ALREADY_EXISTS");
    expect(await messageOf(() => store.put(k, 3, { onlyIf: { version: "" } }))).toBe(
      "INVALID: this store has no versions, so if_version can't be used",
    );
    expect(await store.get(k)).toBe(2);
  });

  it("without versions has no locks, computations, updates and sliding windows, and nothing is left of the try", async () => {
    const { store, path } = open();
    const host = new HostStore("app:s", store);
    await host.set("n", 1);
    const rate = { limit: 1, per: 60, window: "sliding" } as const;
    for (const [call, what] of [
      [() => host.lock("job"), "a lock or a computation"],
      [() => host.fetch("k", () => 1), "a lock or a computation"],
      [() => host.update("n", () => 2), "if_version"],
      [async () => [await host.rate("r", rate), await host.rate("r", { ...rate, limit: 2 })], "if_version"],
    ] as const) {
      expect(await messageOf(call)).toBe(`INVALID: this store has no versions, so ${what} can't be used`);
    }
    expect(openRaw(path).prepare("SELECT count(*) AS n FROM mine WHERE id LIKE '%moonkeep%'").get()).toEqual({ n: 0 });
    expect(await host.get("n")).toBe(1);
    expect(await host.fetch("n", () => 2)).toBe(1);
  });

  it("keeps what it has in other columns", async () => {
    const { store, path } = open();
    await store.set(k, 1);
    openRaw(path).exec("UPDATE mine SET note = 'kept'");
    await store.set(k, 2);
    expect(openRaw(path).prepare("SELECT note FROM mine").get()).toEqual({ note: "kept" });
  });

  it("has no versions where the column of that name is somebody else's", () => {
    const { store } = open("CREATE TABLE mine (id BLOB PRIMARY KEY, payload BLOB, until REAL, version INTEGER)");
    expect(store.traits.versioned).toBe(false);
  });

  it("has versions where there is a column for them", async () => {
    const { store } = open("CREATE TABLE mine (id BLOB PRIMARY KEY, payload BLOB, until REAL, version TEXT)");
    expect(store.traits.versioned).toBe(true);
    expect((await store.put(k, 1, {})).version).not.toBe("");
  });

  it("is an error that says which column is missing", async () => {
    const { store } = open("CREATE TABLE mine (id BLOB PRIMARY KEY, until REAL)");
    expect(await messageOf(() => store.get(k))).toBe(
      'INTERNAL: table "mine" of test.db can\'t be used: it has no column "payload"',
    );
  });

  it("is an error when its keys are not unique, or its columns want more", async () => {
    const loose = open("CREATE TABLE mine (id BLOB, payload BLOB, until REAL)").store;
    expect(await messageOf(() => loose.set(k, 1))).toMatch(
      /^INTERNAL: table "mine" of test.db can't be used: ON CONFLICT/,
    );
    const strict = open("CREATE TABLE mine (id BLOB PRIMARY KEY, payload BLOB, until REAL, must TEXT NOT NULL)").store;
    expect(await messageOf(() => strict.set(k, 1))).toMatch(/^INTERNAL: .*NOT NULL constraint failed: mine.must/);
  });

  it("is not made when that is forbidden", async () => {
    const path = freshFile();
    expect(await messageOf(() => openStore(path, { create: false }).get(k))).toBe(
      'INTERNAL: table "kv" of test.db can\'t be used: it does not exist, and `create` is false',
    );
    openRaw(path).exec("CREATE TABLE kv (key BLOB PRIMARY KEY, value BLOB, expires_at REAL)");
    const store = openStore(path, { create: false });
    await store.set(k, 1, 1e6);
    expect(
      openRaw(path).prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").get(),
    ).toEqual({ n: 0 });
  });

  it("may be changed while it is used", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(k, 1);
    openRaw(path).exec("DROP TABLE kv");
    expect(await messageOf(() => store.get(k))).toMatch(/^UNAVAILABLE: table "kv" of .* is gone: it was dropped/);
    await store.set(k, 2); // made anew
    expect(await store.get(k)).toBe(2);
  });
});

describe("what a table holds", () => {
  it("is keys and values as bytes, and times in milliseconds", async () => {
    const path = freshFile();
    const store = openStore(path, { clock: new ManualClock(1000) });
    const { version } = await store.put(key("\xff\0"), 1.5, { ttl: 0.5 });
    expect(openRaw(path).prepare("SELECT * FROM kv").all()).toEqual([
      { key: Uint8Array.of(255, 0), value: encode(1.5), expires_at: 1000.5, version },
    ]);
  });

  it("and is no value of ours is an error that names the key, and it stays", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(key("good"), 1);
    const raw = openRaw(path);
    raw.exec(
      "INSERT INTO kv VALUES (CAST('json' AS BLOB), '{\"a\":1}', NULL, 'v'), (CAST('cut' AS BLOB), X'c1e4', NULL, 'w')",
    );
    const json = 'INTERNAL: the value of key "json" can\'t be read: it is not bytes';
    expect(await messageOf(() => store.get(key("json")))).toBe(json);
    expect(await messageOf(() => store.entry(key("json")))).toBe(json);
    expect(await messageOf(() => store.get(key("cut")))).toBe(
      'INTERNAL: the value of key "cut" can\'t be read: byte 3: the end is missing',
    );
    const { entries: listed } = await store.list({ prefix: key(""), limit: 9 });
    expect(listed.map(({ key, value }) => [key, value])).toEqual([
      ["cut", undefined],
      ["good", 1],
      ["json", undefined],
    ]);
    expect((listed[0] as Unreadable).error.message).toMatch(/key "cut"/);
    expect(await store.has(key("json"))).toBe(true);
    expect(raw.prepare("SELECT count(*) AS n FROM kv").get()).toEqual({ n: 3 });
    await store.set(key("json"), 2);
    expect(await store.delete(key("cut"))).toBe(true);
    expect(await keysOf(store)).toEqual(["good", "json"]);
  });
});

describe("what another program has written into a table", () => {
  const odd: readonly [string, string][] = [
    ["bytes", "x'ff00'"],
    ["text that is not UTF-8", "CAST(x'fffe' AS TEXT)"],
    ["text with a zero byte", "CAST(x'610062' AS TEXT)"],
    ["text of any language", "'версия'"],
    ["no text", "''"],
    ["a long one", "printf('%.*c', 100000, 'x')"],
    ["a time that is not one", "'v~soon'"],
    ["a time without end", "'v~inf'"],
  ];
  it.each(odd)("as a version is compared as it is: %s", async (_, sql) => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(key("other"), 1);
    const write = () =>
      openRaw(path).exec(`INSERT OR REPLACE INTO kv VALUES (CAST('k' AS BLOB), X'c105', NULL, ${sql})`);
    write();
    const { version } = (await store.entry(k))!;
    expect(await store.touch(k)).toBe(true);
    for (const wrong of ["other", `${version}x`, version.slice(1), "ł"]) {
      if (wrong === version) continue;
      expect(await kindOf(() => store.put(k, 1, { onlyIf: { version: wrong } }))).toBe("CONFLICT");
      expect(await kindOf(() => store.delete(k, wrong))).toBe("CONFLICT");
    }
    expect((await store.list({ prefix: k, limit: 5 })).entries).toEqual([{ key: k, value: 5, version }]);
    expect((await store.put(k, 7, { onlyIf: { version } })).value).toBe(7);
    write();
    expect((await store.put(k, 7, { keepTtl: true, onlyIf: { version } })).version).toHaveLength(freshLength);
    write();
    expect(await store.increment(k, { by: 1, initial: 0 })).toBe(6);
    expect((await store.entry(k))!.version).toHaveLength(freshLength);
    write();
    expect(await kindOf(() => deleteIf(store, k, { value: 6 }))).toBe("CONFLICT");
    expect(await deleteIf(store, k, { value: 5 })).toBe(true);
    write();
    expect(await store.delete(k, version)).toBe(true);
  });

  it("as a value is the matter of its key, whatever its type", async () => {
    const path = freshFile();
    const store = openStore(path);
    for (const name of ["a", "z"]) await store.set(key(name), 1);
    const values = ["9223372036854775807", "-9223372036854775808", "5", "1.5", "'text'", "9e999"];
    for (const [i, value] of values.entries()) {
      openRaw(path).exec(`INSERT INTO kv VALUES (CAST('n${i}' AS BLOB), ${value}, NULL, 'v')`);
    }
    const keys = values.map((_, i) => key(`n${i}`));
    const wrong = (name: string) => `INTERNAL: the value of key "${name}" can't be read: it is not bytes`;
    for (const name of keys) {
      const host = new HostStore("app:s", store);
      const reads = [
        () => store.get(name),
        () => store.entry(name),
        () => store.increment(name, { by: 1, initial: 0 }),
        () => deleteIf(store, name, { value: 1 }),
        () => host.update(name, () => 1),
      ];
      for (const read of reads) expect(await messageOf(read)).toBe(wrong(name));
      expect([await store.has(name), await store.ttl(name)]).toEqual([true, Number.POSITIVE_INFINITY]);
    }
    const [one, ...more] = await store.getMany([key("a"), ...keys, key("z")]);
    expect([one, more.at(-1)]).toEqual([1, 1]);
    const page = await new HostStore("app:s", store).list();
    expect(page.items.map((item) => item.key)).toEqual(["a", "z"]);
    expect(page.error!.message).not.toContain("9223372036854775807");
    expect(await keysOf(store)).toHaveLength(8);
    expect(await new HostStore("app:s", store).clear()).toBe(8);
  });

  it.each(["", "INTEGER", "REAL", "NUMERIC"])("as a time far ahead is never, in a column of type %j", async (type) => {
    const path = freshFile();
    openRaw(path).exec(
      `CREATE TABLE mine (id BLOB PRIMARY KEY, payload BLOB, until ${type}, version TEXT DEFAULT 'v')`,
    );
    const store = openStore(path, { table: "mine", key: "id", value: "payload", expiresAt: "until" });
    const ids: Record<string, string> = {
      never: "9223372036854775807",
      past: "-9223372036854775808",
      gone: "1",
      words: "'never'",
    };
    const write = () => {
      for (const [id, until] of Object.entries(ids)) {
        openRaw(path).exec(
          `INSERT OR REPLACE INTO mine (id, payload, until) VALUES (CAST('${id}' AS BLOB), X'c105', ${until})`,
        );
      }
    };
    write();
    for (const id of ["never", "words"].map(key)) {
      write();
      expect([await store.get(id), await store.has(id)]).toEqual([5, true]);
      if (type !== "REAL") expect(await store.ttl(id)).toBe(Number.POSITIVE_INFINITY);
      expect(await store.touch(id)).toBe(true);
      expect((await store.list({ prefix: id, limit: 2, ttl: true })).entries).toMatchObject([{ key: id, value: 5 }]);
      expect(await store.getMany([id])).toEqual([5]);
      if (type !== "REAL") expect(await kindOf(() => store.spend(id, { time: 1, most: 10 }))).toBe("INVALID");
      expect(await store.increment(id, { by: 1, initial: 0 })).toBe(6);
      const { version } = (await store.entry(id))!;
      await store.put(id, 1, { keepTtl: true, onlyIf: { version } });
      expect(await deleteIf(store, id, { value: 1 })).toBe(true);
    }
    for (const id of ["past", "gone"].map(key)) {
      expect([await store.get(id), await store.has(id), await store.touch(id)]).toEqual([undefined, false, false]);
      expect(await store.spend(id, { time: 1, most: 10 })).toEqual({ allowed: true, ahead: 1 });
    }
  });
});

describe("the size of keys and values", () => {
  it("goes up to its limits", async () => {
    const store = openStore(freshFile());
    const longest = key("k".repeat(2048));
    const largest = new ByteString(new Uint8Array(64 * 1024 * 1024 - 6)); // a byte for the format, one for the type, four for the length
    await store.set(longest, largest);
    expect((await store.get(longest)) as ByteString).toHaveLength(largest.length);
  });

  it("and not above them", async () => {
    const store = openStore(freshFile());
    const tooLong = key("k".repeat(2049));
    const tooLarge = new ByteString(new Uint8Array(64 * 1024 * 1024 - 5));
    for (const write of [() => store.set(tooLong, 1), () => store.put(tooLong, 1, {})]) {
      expect(await messageOf(write)).toBe("INVALID: key must have at most 2048 bytes in this store, got 2049");
    }
    for (const write of [() => store.set(k, tooLarge), () => store.put(k, tooLarge, {})]) {
      expect(await messageOf(write)).toBe(
        "INVALID: value must have at most 67108864 bytes in this store, got 67108865",
      );
    }
    expect(await store.get(tooLong)).toBeUndefined();
    expect(await store.delete(tooLong)).toBe(false);
    expect(await keysOf(store)).toEqual([]);
  });
});

describe("the cleanup of a table", () => {
  it("removes what has expired, in batches, and nothing else", async () => {
    const path = freshFile();
    const clock = new ManualClock(1000);
    const store = openStore(path, { clock });
    for (let i = 0; i < 500; i++) await store.set(key(`k${i}`), i, i < 450 ? 10 : 5000);
    await store.set(k, 1);
    const rows = () => openRaw(path).prepare("SELECT count(*) AS n FROM kv").get()!.n;
    expect([await store.sweep(), rows()]).toEqual([false, 501]);
    clock.advance(10);
    expect([await store.sweep(), rows()]).toEqual([true, 301]);
    expect([await store.sweep(), rows()]).toEqual([true, 101]);
    expect([await store.sweep(), rows()]).toEqual([false, 51]);
  });

  it("finds what has expired by an index", async () => {
    const path = freshFile();
    await openStore(path).set(k, 1);
    const plan = openRaw(path)
      .prepare("EXPLAIN QUERY PLAN DELETE FROM kv WHERE key IN (SELECT key FROM kv WHERE expires_at <= 1 LIMIT 2)")
      .all();
    expect(plan.map(({ detail }) => detail).join("\n")).toContain("USING COVERING INDEX kv_expires_at");
  });
});
