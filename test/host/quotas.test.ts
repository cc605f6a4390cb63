import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { folder } from "../registry/support.ts";
import { acting, type EntrySource, memory, policy, ScriptHost, stopClock } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";
import { postgres, redis, withService } from "../support/services.ts";

const allowed = policy("everything", "allow", "*");

/** A host whose scripts have these quotas, beside others that have none. */
const open = (quotas: Readonly<Record<string, unknown>>, entries: readonly EntrySource[] = []) =>
  ScriptHost.open([memory("cache"), ...entries, allowed, { ...acting(), quotas: [{ actors: "test*", ...quotas }] }], {
    metrics: true,
  });

const cache = 'local s = require("store").get("app:cache")';
const failure = (run: Promise<unknown>): Promise<MoonkeepError> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

describe("a quota", () => {
  it("of runs in flight refuses one more, names itself, its entry and when to try again, and is given back", async () => {
    await using app = await open({ runs: 2 });
    const [first, second] = [1, 2].map(() => app.run('require("time").sleep("10m")').catch(() => {}));
    const refused = await app.failure("return 1");
    expect(refused).toMatchObject({
      kind: "RATE_LIMITED",
      retryable: true,
      message: 'the quota of "tester" is used up: 2 runs in flight (set by app:host, quotas[0])',
      details: { quota: "runs", limit: 2, actor: "tester", entry: "app:host, quotas[0]", retry_after: 1 },
    });
    expect(await app.run("return 1", { actor: "somebody else" })).toBe(1);
    const { samples } = app.host.metrics().moonkeep_quota_exceeded_total;
    expect(samples).toEqual([{ labels: { quota: "runs" }, value: 1 }]);
    for (const run of app.host.runs()) run.kill();
    await Promise.all([first, second]);
    expect(await app.run("return 1")).toBe(1);
  });

  it("of store operations is a minute's worth that fills evenly, for each actor by itself", async () => {
    const clock = stopClock();
    await using app = await open({ store_operations_per_minute: 60 });
    const read = `${cache} for i = 1, ... do local _, e = s:get("k") if e then return e:kind(), e:details().retry_after end end`;
    expect(await app.results(read, { args: [60] })).toEqual([]);
    expect(await app.results(read, { args: [1] })).toEqual(["RateLimited", 1]);
    expect(await app.results(read, { args: [60], actor: "test 2" })).toEqual([]);
    clock.advance(1000);
    expect(await app.results(read, { args: [2] })).toEqual(["RateLimited", 1]);
    clock.advance(60_000);
    expect(await app.results(read, { args: [61] })).toEqual(["RateLimited", 1]);
  });

  it.each(["shared", "worker"] as const)(
    "of computing refuses the next run until it is paid back, %s",
    async (isolation) => {
      const clock = stopClock();
      await using app = await open({ cpu_per_minute: "20ms" });
      const spin = app.failure("while true do end", { isolation, timeout: 15_000, instructions: 30_000_000 });
      expect((await spin).kind).toBe("TIMEOUT");
      const refused = await app.failure("return 1", { isolation });
      expect(refused).toMatchObject({ kind: "RATE_LIMITED", details: { quota: "cpuPerMinute", limit: 20 } });
      clock.advance(1000 * (refused.details!.retry_after as number) + 1);
      expect(await app.run("return 1", { isolation })).toBe(1);
    },
  );

  it("of computing does not count a wait", async () => {
    stopClock();
    await using app = await open({ cpu_per_minute: "10s" });
    await app.run('require("time").sleep("20ms")');
    for (let i = 0; i < 5; i++) expect(await app.run("return 1")).toBe(1);
  });

  it("of keys and bytes refuses what is too much, before it is written", async () => {
    const clock = stopClock();
    await using app = await open({ kept_keys: 2, kept_bytes: "1KiB" }, [memory("other")]);
    const set = `${cache} local ok, e = s:set(...) return ok or false, e and e:details().quota`;
    const args = (...all: unknown[]) => ({ args: all });
    expect(await app.results(set, args("a", 1))).toEqual([true, undefined]);
    expect(await app.results(set, args("b", 1, 10))).toEqual([true, undefined]);
    expect(await app.results(set, args("a", 2))).toEqual([true, undefined]); // over itself
    expect(await app.results(set, args("c", 1))).toEqual([false, "keptKeys"]);
    expect(await app.host.store("app:cache").get("c")).toBeUndefined();
    expect(await app.run('return (require("store").get("app:other"):set("c", 1))')).toBe(true); // each store by itself
    clock.advance(10_000);
    expect(await app.results(set, args("c", 1))).toEqual([true, undefined]); // b has expired
    expect(await app.results(set, args("a", "x".repeat(2000)))).toEqual([false, "keptBytes"]);
    await app.run(`${cache} s:delete("a")`);
    expect(await app.results(set, args("d", 1))).toEqual([true, undefined]);
    await app.host.store("app:cache").delete("c");
    await app.run(`${cache} s:get("c")`); // finds that it is gone
    expect(await app.results(set, args("e", 1))).toEqual([true, undefined]);
  });

  it("does not count a write that was refused", async () => {
    await using app = await open({ kept_keys: 2 });
    await app.run(`${cache} s:set("a", 1) for i = 1, 5 do s:put("b", 1, {if_version = "no"}) end`);
    expect(await app.run(`${cache} return (s:set("c", 1))`)).toBe(true);
  });

  it("of a plugin counts all its calls, whoever makes them, and the lower one of both holds", async () => {
    await using app = await ScriptHost.open([
      allowed,
      { ...acting(), quotas: [{ actors: "plugin:*", runs: 3, store_operations_per_minute: 100 }] },
    ]);
    const wait = lua("wait", 'return function() require("time").sleep("10m") end', { modules: ["time"] });
    const hello = lua("hello", "return function() return 1 end");
    const path = writePlugin(folder(), "guest", [wait, hello]);
    app.host.plugins.load(path, { quotas: { runs: 1 } });
    const waiting = app.host.call("guest:wait").catch(() => {});
    const refused = await failure(app.host.call("guest:hello"));
    expect(refused).toMatchObject({
      kind: "RATE_LIMITED",
      details: { quota: "runs", limit: 1, actor: "plugin:guest" },
    });
    expect(refused.message).toContain("(set by plugins.load of guest)");
    expect(await app.refusal('return require("funcs").call("guest:hello")')).toMatchObject({ kind: "RateLimited" });
    for (const run of app.host.runs()) run.kill();
    await waiting;
    expect(await app.run('return require("funcs").call("guest:hello")')).toBe(1);
  });

  it("changes with the registry, and is refused there when it is wrong", async () => {
    await expect(open({ runs: "many" })).rejects.toThrow(/quotas\[0\]\.runs: expected a whole number of runs/);
    await expect(open({ run: 1 })).rejects.toThrow(/did you mean "runs"/);
  });
});

const onServer = (database: EntrySource, store: Readonly<Record<string, unknown>>) => async () => {
  await using app = await open({ kept_keys: 2 }, [database, { name: "far", kind: "", ...store } as EntrySource]);
  const far = 'local s = require("store").get("app:far")';
  expect(await app.run(`${far} return (s:set("a", 1, 60)) and (s:set("b", 1, 60))`)).toBe(true);
  expect(await app.refusal(`${far} return s:set("c", 1, 60)`)).toMatchObject({ kind: "RateLimited" });
  expect(await app.run(`${far} return s:delete("a") and (s:set("c", 1, 60)) and s:delete("b") and s:delete("c")`)).toBe(
    true,
  );
};

describe("a quota of keys on a shared backend counts what this process wrote", async () => {
  const name = `quota_${randomUUID().replaceAll("-", "")}`;
  await withService(redis, () => {
    it(
      "Redis",
      onServer({ name: "db", kind: "db.redis", url: redis.url }, { kind: "store.redis", database: "db", prefix: name }),
    );
  });
  await withService(postgres, () => {
    const db = { name: "db", kind: "db.sql.postgres", url: postgres.url };
    it("PostgreSQL", onServer(db, { kind: "store.sql", database: "db", table_name: name }));
  });
});
