import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import type { Isolation, RunOptions } from "../../src/host/run-options.ts";
import type { LuaFunction } from "../../src/lua/run/outside.ts";
import { ProgramWriter, random } from "../fuzz/program.ts";
import { everythingAllowed, memory, policy } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";
import { Cluster, serverPrograms } from "../support/postgres-cluster.ts";
import { hasProgram } from "../support/programs.ts";
import { type OwnServer, ownRedis } from "../support/servers.ts";
import { leftOut } from "../support/services.ts";
import { descriptors, settledUsage, type Usage, usage } from "../support/usage.ts";
import { Counting, expectExact, expectPassing } from "./counting.ts";

/**
 * One host for a long time, as an operator has it: scripts in both isolations, a plugin, all backends, a Redis and a
 * PostgreSQL that are killed and come back, reloads, hosts beside it that are opened and closed. Every counter and every
 * lock is exact at the end, and the process uses what it used after its first part.
 *
 *   npm run soak                      for two hours; SOAK_MINUTES says otherwise
 *   SOAK_SEED=123 npm run soak        the same decisions once more
 *
 * Without SOAK_MINUTES it takes half a minute, in five parts.
 */
const minutes = Number(process.env.SOAK_MINUTES ?? 0);
const seconds = minutes > 0 ? minutes * 60 : 25;
const parts = minutes > 0 ? Math.max(5, Math.round(minutes / 2)) : 5;
const seed = Number(process.env.SOAK_SEED ?? (minutes > 0 ? (Math.random() * 2 ** 31) | 0 : 1));
const LANES = 6;
const THREADS = 3;
/** A call that takes longer hangs. */
const LONGEST = 30_000;
const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "soak-"));
afterAll(() => rmSync(folder, { recursive: true }));

const stores = ["plain", "file", "redis", "pg"].map((name) => `app:${name}`);

interface Ports {
  readonly redis: number;
  readonly pg: number;
}

const registry = (version: number, { redis, pg }: Ports) => ({
  version: "1.0",
  namespace: "app",
  entries: [
    memory("plain", { max_size: 0 }),
    memory("cache", { max_size: 100, eviction: "lru" }),
    { name: "sqlite", kind: "db.sql.sqlite", file: "soak.db" },
    { name: "file", kind: "store.sql", database: "sqlite", table_name: "soak" },
    { name: "server", kind: "db.redis", url: `redis://127.0.0.1:${redis}`, timeout: "2s" },
    { name: "redis", kind: "store.redis", database: "server", prefix: "soak" },
    { name: "cluster", kind: "db.sql.postgres", url: `postgres://postgres@127.0.0.1:${pg}/postgres`, timeout: "2s" },
    { name: "pg", kind: "store.sql", database: "cluster", table_name: "soak" },
    policy(`version${version % 7}`, "allow", "nothing"), // each reload puts something else in force
    lua("double", "return function(x) return x * 2 end"),
    ...everythingAllowed,
  ],
});
const write = (version: number, ports: Ports): string => {
  const path = join(folder, "registry.yaml");
  writeFileSync(path, JSON.stringify(registry(version, ports)));
  return path;
};

const plugin = (): string =>
  writePlugin(
    folder,
    "guest",
    [
      lua("f", 'return function(x) require("time").sleep("2ms") return x end', { modules: ["time"] }),
      lua("spin", "return function() while true do end end"),
      lua("heard", "return function(x) return x end"),
      memory("notes", { max_size: 100 }),
      lua("note", 'return function(k) return require("store").get("guest:notes"):set(k, k) end', {
        modules: ["store"],
      }),
    ],
    { hooks: [{ on: "tick", call: "heard" }] },
  );

/** Scripts that end within their limits, or by them, in the ways that runs end. */
const endings = [
  'require("time").sleep("5ms") return 1',
  'require("time").sleep("1h")',
  "while true do end",
  'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end',
  'for i = 1, 20 do coroutine.spawn(function() require("time").sleep("1h") end) end return 1',
  'local e = require("events") local s = e.subscribe("a*") e.send("a", "k", "p", {1}) return s:channel():receive().kind',
  'return require("funcs").call("app:double", 21)',
  'return require("funcs").call("guest:note", 21)',
  'local s = require("store").get("app:cache") for i = 1, 200 do s:set(i, ("v"):rep(i), 1) end return #s:list().items',
  'local s = require("store").get("app:pg") for i = 1, 5 do s:set("t" .. i, i, 0.5) end return s:list{limit = 3}',
  'local s = require("store").get("app:redis") for i = 1, 5 do s:set("t" .. i, i, 0.5) end return s:list{limit = 3}',
  'local s = require("store").get("app:file") s:increment("hits") s:set("t", 1, 0.2) return s:rate("door", {limit = 3, per = 1})',
  'local s = require("store").get("app:cache") for k in s:each() do if k == "none" then break end end return s:clear()',
  "error({message = 'on purpose'})",
];

const isolations: readonly Isolation[] = ["shared", "shared", "worker"];

const programs = serverPrograms();
if (programs === undefined || !hasProgram("redis-server") || process.platform !== "linux") {
  leftOut("Linux with redis-server and PostgreSQL's programs");
} else {
  const timeout = (seconds * 2 + 120) * 1000;
  it("a host with all backends is level and exact after all that an operator meets", () => soak(programs), timeout);
}

async function soak(programs: string): Promise<void> {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const redis = await ownRedis();
  const cluster = await Cluster.make(programs);
  onTestFinished(() => cluster.remove());
  await Promise.all([redis.start(), cluster.start()]);
  const ports = { redis: redis.port, pg: cluster.port };
  const path = write(0, ports);
  const before = usage();
  const opened = descriptors();
  const tally = { result: 0, error: 0, limit: 0, canceled: 0, reloads: 0, hosts: 0, kills: 0, programs: 0, checks: 0 };

  const host = await Host.open(path, { print() {}, metrics: true, workers: { max: THREADS, spares: 1 } });
  await host.plugins.load(plugin(), {
    limits: { timeout: 300, memory: 8 * MiB },
    quotas: { runs: 20, storeOperationsPerMinute: 100_000, keptKeys: 50 },
  });
  const inside = new Set<string>();
  const counting = Array.from({ length: LANES }, (_, lane) =>
    stores.map((store) => new Counting(host, store, `lane${lane}`, inside)),
  );
  const limits: RunOptions = { timeout: 300, memory: 8 * MiB, coroutines: 100, storeBytes: MiB };

  /** @throws what is not a way for a run to end */
  const attempt = async (what: string, run: Promise<unknown>): Promise<void> => {
    const began = performance.now();
    try {
      await run;
      tally.result++;
    } catch (e) {
      if (e instanceof LimitError) tally.limit++;
      else if (e instanceof MoonkeepError && e.kind === "CANCELED") tally.canceled++;
      else if (e instanceof MoonkeepError && e.kind !== "INTERNAL") tally.error++;
      else throw new Error(`SOAK_SEED=${seed}: it failed otherwise than a run may: ${what}`, { cause: e });
    }
    if (performance.now() - began > LONGEST) throw new Error(`SOAK_SEED=${seed}: it took too long: ${what}`);
  };

  /** Another host on the same registry: opened, used, and closed with or without patience while it is busy. */
  const beside = async (): Promise<void> => {
    const other = await Host.open(path, { print() {}, workers: { max: 1, spares: 0 } });
    const running = isolations.slice(1).map((isolation) => {
      const ending = pick(endings);
      return attempt(`beside: ${ending}`, other.run(ending, { ...limits, isolation }));
    });
    await setTimeout(20 * next());
    const closed = other.close({ drain: next() < 0.5, timeout: 200 });
    await Promise.all([...running, closed]);
    tally.hosts++;
  };

  /** A function that comes out of a script: called, and given back or forgotten. */
  const functions = async (isolation: Isolation): Promise<void> => {
    const { value } = await host.run("local n = 0 return function() n = n + 1 return n end", { isolation });
    const f = value as LuaFunction;
    for (let i = 1; i <= 3; i++) expect(await f()).toBe(i);
    if (isolation === "worker" || next() < 0.7) f.release();
  };

  let version = 0;
  const step = async (counters: readonly Counting[]): Promise<void> => {
    const isolation = pick(isolations);
    const dice = next();
    if (dice < 0.35) return pick(counters).add(isolation);
    if (dice < 0.45) return pick(counters).lock(isolation);
    if (dice < 0.62) {
      const ending = pick(endings);
      return attempt(ending, host.run(ending, { ...limits, isolation }));
    }
    if (dice < 0.7) {
      const ending = pick(endings);
      const run = attempt(ending, host.run(ending, { ...limits, isolation }));
      pick(host.runs())?.kill();
      return run;
    }
    if (dice < 0.8) {
      tally.programs++;
      const program = `local store, security = require("store"), require("security") local s = store.get("app:cache")\n${new ProgramWriter(seed + tally.programs).program()}`;
      return attempt(program, host.run(program, { ...limits, isolation }));
    }
    if (dice < 0.88) return attempt("plugin", host.call(pick(["guest:f", "guest:note", "guest:spin"]), [1]));
    if (dice < 0.91) return attempt("hook", host.hooks.emit("tick", 1));
    if (dice < 0.94) return attempt("function", functions(isolation));
    if (dice < 0.96) {
      tally.checks++;
      return attempt("health", host.health({ write: true, timeout: 3000 }));
    }
    if (dice < 0.98) {
      tally.reloads++;
      write(++version, ports);
      return attempt("reload", host.reload());
    }
    if (dice < 0.99) return attempt("plugin reload", Promise.resolve(host.plugins.reload("guest")));
    return beside();
  };

  /** Kills a server without a farewell, and starts it again a moment later. */
  const outages = async (until: number): Promise<void> => {
    const every = seconds > 60 ? 20_000 : 2500;
    for (;;) {
      const wait = every * (0.5 + next());
      if (performance.now() + wait + 2000 > until) return;
      await setTimeout(wait);
      const server: OwnServer | Cluster = next() < 0.5 ? redis : cluster;
      await server.kill();
      await setTimeout(1000 * next());
      await server.start();
      tally.kills++;
    }
  };

  const work = async (duration: number): Promise<void> => {
    const end = performance.now() + duration;
    const lanes = counting.map(async (counters) => {
      while (performance.now() < end) await step(counters);
    });
    await Promise.all([...lanes, outages(end)]);
  };

  /** Once both servers are there again, as far as the host knows. */
  const quiet = async (): Promise<void> => {
    for (const store of stores) {
      for (let tries = 0; tries < 100; tries++) {
        const answer = await host
          .store(store)
          .has("counter")
          .then(() => true, expectPassing);
        if (answer === true) break;
        await setTimeout(100);
      }
    }
    expect(host.runs()).toEqual([]);
  };

  const level = (now: Usage, first: Usage): boolean =>
    now.heap <= first.heap + 30 &&
    now.threads <= first.threads + THREADS &&
    now.descriptors <= first.descriptors + 10 * THREADS &&
    now.handles <= first.handles + 4 * THREADS;

  const samples: Usage[] = [];
  for (let part = 0; part < parts; part++) {
    await work((seconds * 1000) / parts);
    await quiet();
    const first = samples[0];
    samples.push(first === undefined ? usage() : await settledUsage((now) => level(now, first)));
    if (minutes > 0)
      console.log(`${Math.round(((part + 1) * seconds) / parts)} s`, JSON.stringify({ ...samples.at(-1), ...tally }));
  }
  for (const [i, store] of stores.entries()) {
    await expectExact(
      host,
      store,
      counting.map((counters) => counters[i]!),
    );
  }
  const sum = (of: (one: Counting) => number) => counting.flat().reduce((total, one) => total + of(one), 0);
  if (minutes > 0)
    console.log(`SOAK_SEED=${seed}`, {
      before,
      first: samples[0],
      last: samples.at(-1),
      ...tally,
      added: sum(({ added }) => added),
      locked: sum(({ locked }) => locked),
    });
  for (const sample of samples.slice(1)) expect(level(sample, samples[0]!), JSON.stringify(samples)).toBe(true);

  await host.close();
  const left = () => descriptors().filter((one) => !opened.includes(one));
  const after = await settledUsage((now) => now.threads <= before.threads && left().length === 0);
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1); // one that libuv started for itself
  expect(left()).toEqual([]);
  expect(
    Object.values(tally).every((n) => n > 0),
    JSON.stringify(tally),
  ).toBe(true);
  expect(sum(({ added }) => added)).toBeGreaterThan(0);
  expect(sum(({ locked }) => locked)).toBeGreaterThan(0);
}
