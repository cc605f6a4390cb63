import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";
import { postgres, redis, withService } from "../support/services.ts";

/** What another program wrote under a key, or a disk has damaged: it fails that key and nothing else. */
const place = randomUUID().slice(0, 8);

const registryWith = (entries: string) => `version: "1.0"
namespace: app
entries:
${entries}
  - {name: all, kind: security.policy, policy: {actions: "*", resources: "*", effect: allow}, groups: [all]}
  - {name: host, kind: host.config, security: {actor: {id: a}, groups: [all]}}
`;

interface Backend {
  readonly registry: string;
  /** Puts bytes under a key that are no value. */
  damage(key: string, cwd: string): Promise<void> | void;
  /** The same as something else than bytes, where there is such a thing. */
  replace?(key: string): Promise<void>;
}

function tests({ registry, damage, replace }: Backend): void {
  const opened = async () => {
    const cwd = folder({ "registry.yaml": registryWith(registry) });
    const host = await Host.open(join(cwd, "registry.yaml"));
    const store = host.store("app:kv");
    await store.clear();
    for (const key of ["a", "b", "c", "d"]) await store.set(key, `is ${key}`);
    return { host, store, cwd };
  };

  it("leaves out of a page what can't be read, and says which", async () => {
    const { host, store, cwd } = await opened();
    await using _ = host;
    await damage("b", cwd);
    const { items, error, ...rest } = await store.list({ limit: 3 });
    expect(items.map(({ key, value }) => [key, value])).toEqual([
      ["a", "is a"],
      ["c", "is c"],
    ]);
    expect(rest).toEqual({ cursor: "c", hasMore: true });
    expect(error).toMatchObject({ kind: "INTERNAL", details: { keys: { b: { kind: "Internal" } } } });
    expect(error!.message).toMatch(/^1 of 3 keys failed: the value of key "b" can't be read: /);
    expect(await store.list({ prefix: "c" })).not.toHaveProperty("error");
    const code = `local page, err = require("store").get("app:kv"):list()
      local keys = {} for _, entry in ipairs(page.items) do keys[#keys + 1] = entry.key end
      return table.concat(keys), err:kind(), err:details().keys.b.kind, page.has_more`;
    expect((await host.run(code)).values).toEqual(["acd", "Internal", "Internal", false]);
  });

  it("goes through all others, and fails then", async () => {
    const { host, store, cwd } = await opened();
    await using _ = host;
    await damage("b", cwd);
    const met: unknown[] = [];
    const going = (async () => {
      for await (const { key } of store.each()) met.push(key);
    })();
    await expect(going).rejects.toThrow(/^1 of 4 keys failed: the value of key "b"/);
    expect(met).toEqual(["a", "c", "d"]);
    const code = `local met = {}
      local ok, err = pcall(function() for key in require("store").get("app:kv"):each() do met[#met + 1] = key end end)
      return table.concat(met), ok, tostring(err)`;
    const { values } = await host.run(code);
    expect(values).toEqual(["acd", false, expect.stringContaining('1 of 4 keys failed: the value of key "b"')]);
  });

  it("answers the others of many", async () => {
    const { host, store, cwd } = await opened();
    await using _ = host;
    await damage("b", cwd);
    const code = `local values, err = require("store").get("app:kv"):get_many({"a", "b", "x"})
      return values.a, values.b == nil, err:details().keys.b.kind`;
    expect((await host.run(code)).values).toEqual(["is a", true, "Internal"]);
    await expect(store.getMany(["a", "b"])).rejects.toThrow('the value of key "b" can\'t be read');
  });

  it("is written around by the command: list, dump, copy and stat give the others, and end with 1", async () => {
    const { host, cwd } = await opened();
    await host.close();
    await damage("b", cwd);
    const says = /^error: the value of key "b" can't be read: .*\n/m;
    const dump = await moonkeep(["store", "dump", "app:kv"], { cwd });
    expect(dump).toMatchObject({ code: 1, err: expect.stringMatching(says) });
    expect(
      dump.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).key),
    ).toEqual(["a", "c", "d"]);
    expect(await moonkeep(["store", "list", "app:kv"], { cwd })).toMatchObject({ code: 1, out: "a\nc\nd\n" });
    expect(await moonkeep(["store", "stat", "app:kv", "--json"], { cwd })).toMatchObject({
      code: 1,
      out: expect.stringContaining('"entries":3'),
    });
    expect(await moonkeep(["store", "copy", "app:kv", "app:other"], { cwd })).toMatchObject({
      code: 1,
      out: "copied 3 entries\n",
    });
  });

  if (replace === undefined) return;
  it("is the same where it is something else", async () => {
    const { host, store } = await opened();
    await using _ = host;
    await replace("b");
    const { items, error } = await store.list();
    expect(items.map(({ key }) => key)).toEqual(["a", "c", "d"]);
    expect(error!.message).toBe('1 of 4 keys failed: the value of key "b" can\'t be read: it is not a Redis string');
  });
}

describe("on SQLite, a value that can't be read", () => {
  tests({
    registry: `  - {name: file, kind: db.sql.sqlite, file: kept.db}
  - {name: kv, kind: store.sql, database: file, table_name: kv}
  - {name: other, kind: store.sql, database: file, table_name: other}`,
    damage(key, cwd) {
      const database = new DatabaseSync(join(cwd, "kept.db"));
      database.prepare("UPDATE kv SET value = x'ffff' WHERE key = CAST(? AS BLOB)").run(key);
      database.close();
    },
  });
});

await withService(postgres, () =>
  describe("on PostgreSQL, a value that can't be read", () => {
    const table = `test_${place}`;
    const run = async (statement: string) => {
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      await client.query(statement);
      await client.end();
    };
    afterAll(() => run(`DROP TABLE IF EXISTS "${table}", "${table}_other"`));
    tests({
      registry: `  - {name: server, kind: db.sql.postgres, url: "${postgres.url}"}
  - {name: kv, kind: store.sql, database: server, table_name: ${table}}
  - {name: other, kind: store.sql, database: server, table_name: ${table}_other}`,
      damage: (key) => run(`UPDATE "${table}" SET value = '\\xffff'::bytea WHERE key = '${key}'::bytea`),
    });
  }),
);

await withService(redis, () =>
  describe("on Redis, a value that can't be read", () => {
    const client = new Redis(redis.url);
    const nameOf = async (key: string) =>
      (await client.keys(`*test:${place}:kv*`)).find((name) => name.endsWith(`:${key}`))!;
    afterAll(async () => {
      const names = await client.keys(`*test:${place}*`);
      if (names.length > 0) await client.del(names);
      client.disconnect();
    });
    tests({
      registry: `  - {name: server, kind: db.redis, url: "${redis.url}"}
  - {name: kv, kind: store.redis, database: server, prefix: "test:${place}:kv"}
  - {name: other, kind: store.redis, database: server, prefix: "test:${place}:other"}`,
      damage: async (key) => void (await client.set(await nameOf(key), "garbage")),
      async replace(key) {
        const name = await nameOf(key);
        await client.multi().del(name).lpush(name, "x").exec();
      },
    });

    it("is no matter of a key where the index is something else, and the error names the index", async () => {
      const index = `{test:${place}:broken}#order`;
      await client.set(index, "x");
      const yaml = registryWith(`  - {name: server, kind: db.redis, url: "${redis.url}"}
  - {name: kv, kind: store.redis, database: server, prefix: "test:${place}:broken"}`);
      await using host = await Host.open(join(folder({ "registry.yaml": yaml }), "registry.yaml"));
      const store = host.store("app:kv");
      const says = `can't be used: ${index} is not a sorted set`;
      const tries = [
        () => store.set("new", 1),
        () => store.increment("n", 1),
        () => store.list(),
        () => store.delete("new"),
      ];
      for (const attempt of tries) {
        await expect(attempt()).rejects.toMatchObject({ kind: "INTERNAL", message: expect.stringContaining(says) });
      }
      expect(await store.get("new")).toBeUndefined();
    });
  }),
);
