import suite, { keyvIteratorTests } from "@keyv/test-suite";
import Keyv from "keyv";
import * as vitest from "vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { KeyvAdapter } from "../../src/keyv.ts";
import { freshTable, openPostgres } from "../support/postgres.ts";
import { freshPrefix, openRedis } from "../support/redis.ts";
import { registryFile } from "../support/registry-file.ts";
import { postgres, redis, withService } from "../support/services.ts";

/** The tests of one backend. */
function keyvOn(name: string, entries: readonly object[]): void {
  describe(`Keyv on a store in ${name}`, () => {
    const file = registryFile(entries);
    let host: Host;
    const adapter = () => new KeyvAdapter(host.store("app:kv")); // one for each Keyv, which sets its namespace
    beforeAll(async () => {
      host = await Host.open(file.path);
    });
    afterAll(async () => {
      await host.close();
      file.remove();
    });

    describe("passes Keyv's own suite", () => {
      suite(vitest, Keyv, adapter);
      keyvIteratorTests(vitest, Keyv, adapter);
    });

    it("shares its entries with scripts", async () => {
      const keyv = new Keyv({ store: adapter(), namespace: "web" });
      await keyv.set("k", { n: 1 }, 60_000);
      const entry = JSON.parse((await host.store("app:kv").get("web:k")) as string);
      expect(entry.value).toEqual({ n: 1 });
      await host.store("app:kv").delete("web:k");
      expect(await keyv.get("k")).toBeUndefined();
    });

    it("clears its namespace, however much is in it, and nothing else", async () => {
      const keyv = new Keyv({ store: adapter(), namespace: "many" });
      await host.store("app:kv").set("man", 1);
      await host.store("app:kv").set("many;", 1);
      for (let i = 0; i < 1500; i++) await host.store("app:kv").set(`many:${i}`, "x");
      await keyv.clear();
      expect((await host.store("app:kv").list({ prefix: "man" })).items.map(({ key }) => key)).toEqual([
        "man",
        "many;",
      ]);
    });
  });
}

keyvOn("memory", [{ name: "kv", kind: "store.memory" }]);
keyvOn("SQLite", [
  { name: "db", kind: "db.sql.sqlite", file: "data.db" },
  { name: "kv", kind: "store.sql", database: "db", table_name: "kv" },
]);
await withService(postgres, () => {
  const table = freshTable();
  keyvOn("PostgreSQL", [
    { name: "db", kind: "db.sql.postgres", url: postgres.url, timeout: "20s" },
    { name: "kv", kind: "store.sql", database: "db", table_name: table },
  ]);
  afterAll(() => openPostgres({ table }).end());
});
await withService(redis, () => {
  const prefix = freshPrefix();
  keyvOn("Redis", [
    { name: "db", kind: "db.redis", url: redis.url, timeout: "20s" },
    { name: "kv", kind: "store.redis", database: "db", prefix },
  ]);
  afterAll(() => openRedis(redis.url, 20_000, prefix).end());
});
