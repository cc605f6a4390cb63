import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { freshFolder } from "../support/sqlite.ts";

const sqlite = { name: "db", kind: "db.sql.sqlite", file: "data.db" };
const store = { name: "kv", kind: "store.sql", database: "db", table_name: "kv" };

async function open(...entries: readonly object[]): Promise<Host> {
  const folder = freshFolder();
  const path = join(folder, "registry.yaml");
  writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries }));
  return Host.open(path, { env: {} });
}

async function problemsOf(...entries: readonly object[]): Promise<string[]> {
  try {
    await (await open(...entries)).close();
  } catch (e) {
    if (e instanceof RegistryError) return e.problems.map(({ message }) => message);
    throw e;
  }
  return [];
}

describe("store.sql on db.sql.sqlite", () => {
  it("keeps what is written, across hosts", async () => {
    const folder = freshFolder();
    const path = join(folder, "registry.yaml");
    writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries: [sqlite, store] }));
    const first = await Host.open(path);
    await first.store("app:kv").set("k", { n: 1.5 });
    const before = await first.store("app:kv").entry("k");
    await first.close();
    await using second = await Host.open(path);
    expect(await second.store("app:kv").entry("k")).toEqual(before);
    expect(second.store("app:kv").info).toEqual({
      backend: "sql",
      consistency: "linearizable",
      durable: true,
      list: true,
      versioned: true,
      conditionalPut: true,
      ttl: true,
    });
  });

  it("works without a file, and is not durable then", async () => {
    await using host = await open({ ...sqlite, file: ":memory:" }, store);
    await host.store("app:kv").set("k", 1);
    expect(await host.store("app:kv").get("k")).toBe(1);
    expect(host.store("app:kv").info.durable).toBe(false);
  });

  it("has several stores in one database", async () => {
    await using host = await open(sqlite, store, { ...store, name: "other", table_name: "other" });
    await host.store("app:kv").set("k", 1);
    expect(await host.store("app:other").has("k")).toBe(false);
  });

  it("says what is wrong with its fields", async () => {
    expect(await problemsOf(sqlite, { ...store, table_name: 'kv"; DROP TABLE x; --' })).toEqual([
      'expected a name of letters, digits and "_", at most 63 of them and no digit in front, got "kv\\"; DROP TABLE x; --"',
    ]);
    expect(await problemsOf(sqlite, { ...store, table_name: "sqlite_master" })).toEqual([
      'names like "sqlite_master" are reserved for the database itself',
    ]);
    expect(await problemsOf(sqlite, { ...store, payload_column_name: "KEY" })).toEqual([
      "id_column_name uses the same column; give another one",
    ]);
    expect(await problemsOf(sqlite, { ...store, database: "kv" })).toHaveLength(1);
    expect(await problemsOf({ ...sqlite, file: "a\0b" })).toEqual(["the name of a file can't contain a zero byte"]);
    expect(await problemsOf({ ...sqlite, synchronous: "off" })).toHaveLength(1);
    expect(await problemsOf(sqlite, { name: "kv", kind: "store.sql", database: "db" })).toHaveLength(1);
  });
});

describe("the health of a host", () => {
  it("says of each database and store whether it answers, how fast, and which version", async () => {
    await using host = await open(sqlite, store, { name: "m", kind: "store.memory" });
    const [db, kv, memory, ...more] = await host.health();
    expect(more).toEqual([]);
    expect(db).toEqual({
      id: "app:db",
      kind: "db.sql.sqlite",
      ok: true,
      version: expect.stringMatching(/^SQLite 3\.\d+/),
      warnings: [],
      milliseconds: expect.any(Number),
    });
    expect(kv).toMatchObject({ id: "app:kv", ok: true, version: db!.version });
    expect(memory).toMatchObject({ id: "app:m", ok: true, version: "memory of this process" });
  });

  it("writes a key of its own where that is asked for, and leaves none", async () => {
    await using host = await open(sqlite, store);
    expect((await host.health({ write: true })).map(({ ok }) => ok)).toEqual([true, true]);
    expect((await host.store("app:kv").list()).items).toEqual([]);
  });

  it("says why something can't be used", async () => {
    await using host = await open({ ...sqlite, file: "missing/data.db" }, store);
    const health = await host.health();
    for (const { ok, error } of health) {
      expect([ok, error?.kind, error?.message]).toEqual([
        false,
        "UNAVAILABLE",
        "missing/data.db can't be used: its folder does not exist",
      ]);
    }
  });
});
