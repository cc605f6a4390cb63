import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Host } from "../../src/host/host.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { everythingAllowed, ScriptHost } from "../support/host.ts";
import { openPostgres } from "../support/postgres.ts";
import { registryFile } from "../support/registry-file.ts";
import { postgres, withService } from "../support/services.ts";

vi.setConfig({ testTimeout: 60_000 });

const entry = { name: "db", kind: "db.sql.postgres" };
const parts = { ...entry, host: "db.example", username: "app" };

async function problemsOf(db: object): Promise<string[]> {
  const { path, remove } = registryFile([db, { name: "kv", kind: "store.sql", database: "db", table_name: "kv" }]);
  try {
    await (await Host.open(path, { env: {} })).close();
  } catch (e) {
    if (e instanceof RegistryError) return e.problems.map(({ message }) => message);
    throw e;
  } finally {
    remove();
  }
  return [];
}

/** A host on a server that nobody has, and what its health says. */
async function toldOf(db: object): Promise<string | undefined> {
  const { path, remove } = registryFile([db]);
  onTestFinished(remove);
  await using host = await Host.open(path, { env: {} });
  return (await host.health())[0]?.error?.message;
}

describe("db.sql.postgres", () => {
  it("is given by a url, or by its parts", async () => {
    for (const db of [
      { ...entry, url: "postgres://app@db.example" },
      { ...entry, url: "postgresql://app:p%40ss@[::1]:5433/data", pool: { max: 3 }, timeout: "1s", tls: true },
      parts,
      { ...parts, port: 5433, database: "data", password: "p@ss", pool: {} },
    ]) {
      expect(await problemsOf(db)).toEqual([]);
    }
  });

  it("says what is wrong with its fields, and shows no credentials", async () => {
    const expected = "expected postgres://user:password@host:port/database";
    for (const [db, problem] of [
      [entry, "a database needs either url, or host and username"],
      [{ ...entry, host: "db.example" }, "with host, a database needs username too"],
      [{ ...parts, url: "postgres://app@db.example" }, "the url already contains this; leave one of them out"],
      [{ ...entry, url: "postgres://db.example/data" }, `${expected}, got a URL without a user`],
      [{ ...entry, url: "mysql://app:hush@db.example" }, `${expected}, got a URL with another scheme`],
      [{ ...entry, url: "postgres://app:hu%sh@db.example" }, `${expected}, got a user or password with a "%"`],
      [{ ...entry, url: "postgres://app:hush@db.example/a/b" }, `${expected}, got a URL with another path`],
      [{ ...parts, port: 70_000 }, "65535"],
      [{ ...parts, pool: { max: 0 } }, "connections"],
    ] as const) {
      const problems = (await problemsOf(db)).join("\n");
      expect(problems).toContain(problem);
      expect(problems).not.toMatch(/hush|hu%sh/);
    }
  });

  it("lets a host open and close without its server", async () => {
    const message = "postgres at 127.0.0.1:1 can't be reached";
    expect(await toldOf({ ...entry, url: "postgres://app:hush@127.0.0.1:1" })).toBe(message);
    expect(await toldOf({ ...entry, host: "127.0.0.1", port: 1, username: "app", password: "hush" })).toBe(message);
  });

  it("says which package is missing, and who needs it", async () => {
    vi.doMock("pg", () => {
      throw new Error("Cannot find package 'pg'");
    });
    onTestFinished(() => void vi.doUnmock("pg"));
    expect(await toldOf({ ...entry, url: "postgres://app@127.0.0.1:1" })).toBe(
      "app:db needs the package pg, which is not installed: npm install pg",
    );
  });
});

await withService(postgres, () => {
  describe("store.sql on db.sql.postgres", () => {
    it("is a store like any other to a script", async () => {
      const { table, raw, end } = openPostgres();
      onTestFinished(end);
      await using host = await ScriptHost.open([
        { ...entry, url: postgres.url, pool: { max: 2 }, timeout: "20s" },
        { name: "kv", kind: "store.sql", database: "db", table_name: table },
        ...everythingAllowed,
      ]);
      const results = await host.results(`
        local s = store.get("app:kv")
        assert(s:set("k\\0\\255", { n = 1, f = 1.0, list = { 1, 2, 3 } }, 1000))
        local v = s:get("k\\0\\255")
        assert(math.type(v.n) == "integer" and math.type(v.f) == "float" and #v.list == 3)
        local entry = s:put("a", 1)
        assert(s:put("a", 2, { if_version = entry.version }))
        local stale = told(s:put("a", 3, { if_version = entry.version }))
        local taken = told(s:put("a", 3, { only_if_absent = true }))
        local read = coroutine.wrap(function() return s:get("a") end)
        local ok, twice = pcall(function() return read() * 2 end)
        local seen = #s:list().items
        return stale.kind, taken.kind, ok, twice, seen, s:delete("a"), s:has("a"), s:info().durable
      `);
      expect(results).toEqual(["Conflict", "AlreadyExists", true, 4, 2, true, false, true]);
      expect((await raw.query(`SELECT count(*)::int AS n FROM ${table}`)).rows).toEqual([{ n: 1 }]);
      const [db, kv] = await host.host.health();
      expect(db).toMatchObject({ id: "app:db", ok: true, version: expect.stringMatching(/^PostgreSQL \d+/) });
      expect(kv).toMatchObject({ id: "app:kv", ok: true, version: db!.version });
    });

    it("serves many scripts at once with few connections", async () => {
      const { table, end } = openPostgres();
      onTestFinished(end);
      await using host = await ScriptHost.open([
        { ...entry, url: postgres.url, pool: { max: 2 }, timeout: "30s" },
        { name: "kv", kind: "store.sql", database: "db", table_name: table },
        ...everythingAllowed,
      ]);
      const code = 'local s = store.get("app:kv") s:set(tostring(...), ...) return s:get(tostring(...))';
      const values = await Promise.all(Array.from({ length: 64 }, (_, i) => host.run(code, { args: [i] })));
      expect(values).toEqual(Array.from({ length: 64 }, (_, i) => i));
    });
  });
});
