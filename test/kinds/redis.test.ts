import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { folder } from "../registry/support.ts";
import { fakeRedis } from "../support/fake-redis.ts";

const redis = { name: "db", kind: "db.redis", url: "redis://127.0.0.1:1" };
const sqlite = { name: "db", kind: "db.sql.sqlite", file: "x.db" };

const open = (entries: readonly object[], env = {}): Promise<Host> => {
  const text = JSON.stringify({ version: "1.0", namespace: "app", entries });
  return Host.open(join(folder({ "registry.yaml": text }), "registry.yaml"), { env });
};

async function problemsOf(...entries: readonly object[]): Promise<string[]> {
  try {
    await (await open(entries)).close();
  } catch (e) {
    if (e instanceof RegistryError) return e.problems.map(({ message }) => message);
    throw e;
  }
  return [];
}

describe("db.redis and store.redis", () => {
  it.each([
    "redis://localhost",
    "redis://localhost:6379/0",
    "rediss://user:p%40ss@redis.example.com:6380/15",
    "redis://:password@[::1]:6379",
  ])("takes %s", async (url) => {
    expect(
      await problemsOf({ ...redis, url }, { name: "s", kind: "store.redis", database: "db", prefix: "{x}" }),
    ).toEqual([]);
  });

  it.each([
    ["localhost:6379", "got a URL with another scheme (the known ones are redis, rediss)"],
    ["6379", "got something that is not a URL"],
    ["http://localhost", "got a URL with another scheme (the known ones are redis, rediss)"],
    ["redis://localhost/zero", "got a URL with another path"],
    ["redis://localhost?enableOfflineQueue=true", "got a URL with a query or a fragment"],
    ["redis://:50%@localhost", 'got a user or password with a "%", which must be written %25'],
  ])("refuses the url %s", async (url, problem) => {
    expect(await problemsOf({ ...redis, url })).toEqual([
      `expected redis://user:password@host:port/database, ${problem}`,
    ]);
  });

  it("shows nothing of a url that is wrong", async () => {
    for (const url of ["redis://:s3cret@localhost/x/y", "s3cret", "http://u:s3cret@h"]) {
      expect((await problemsOf({ ...redis, url })).join()).not.toContain("s3cret");
    }
  });

  it("refuses a database that is no Redis, and an empty prefix", async () => {
    const store = { name: "s", kind: "store.redis", database: "db" };
    expect(await problemsOf(sqlite, store)).toHaveLength(1);
    expect(await problemsOf(redis, { ...store, prefix: "" })).toHaveLength(1);
    expect(await problemsOf({ ...redis, timeout: "0" })).toHaveLength(1);
  });

  it("takes its password from the environment", async () => {
    await using host = await open([{ ...redis, url: `redis://:${"{env:SECRET}"}@127.0.0.1:1` }], { SECRET: "s3cret" });
    const [health] = await host.health();
    expect(health).toMatchObject({ ok: false, error: { message: "redis at 127.0.0.1:1 can't be reached" } });
  });

  it("is asked for nothing more when the run that clears a store has ended", async () => {
    let asked = 0;
    let last = 0;
    const url = await fakeRedis((socket, sent) => {
      const count = Number(/LIMIT\r\n\$1\r\n0\r\n\$\d+\r\n(\d+)/.exec(sent)?.[1]);
      if (Number.isNaN(count)) return void socket.write(":0\r\n");
      asked++;
      const names = Array.from({ length: count }, () => `$9\r\n${String(last++).padStart(9, "0")}\r\n`);
      socket.write(`*${count}\r\n${names.join("")}`); // there are always more, and none of them is there
    });
    const policy = { name: "all", kind: "security.policy", policy: { actions: "*", resources: "*", effect: "allow" } };
    await using host = await open([{ ...redis, url }, { name: "s", kind: "store.redis", database: "db" }, policy]);
    const run = host.run('return require("store").get("app:s"):clear()', {
      ...{ actor: "root", policies: ["app:all"], timeout: 300 },
    });
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining("time limit") });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = asked;
    expect(before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked).toBe(before);
  });
});
