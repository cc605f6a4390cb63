import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import type { Isolation, RunOptions } from "../../src/host/run-options.ts";
import { everythingAllowed, memory, policy } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";
import { minutes, saySeed, seed } from "./asked.ts";
import { ProgramWriter, random } from "./program.ts";

/**
 * One host, and everything that goes on in it at the same time: random scripts in both isolations, plugins that come and
 * go, waits, reloads, and runs that are killed. At the end memory is back, no thread is left, nothing of what runs leave
 * is left, and each store holds just what its writer remembers.
 *
 *   npm run fuzz                         for ten minutes; FUZZ_MINUTES says otherwise
 *   FUZZ_SEED=123 npm run fuzz           the same decisions once more
 */
const seconds = minutes > 0 ? minutes * 60 : 20;
/** So long, what is compiled and kept once comes to be there. */
const first = Math.min(60, seconds / 4);
/** What goes on at the same time. */
const LANES = 6;
/** A call that takes longer hangs. */
const LONGEST = 60_000;
const MiB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const folder = mkdtempSync(join(tmpdir(), "soak-"));
afterAll(() => rmSync(folder, { recursive: true }));

const stores = ["plain", "small", "file"] as const;
const registry = (version: number) => ({
  version: "1.0",
  namespace: "app",
  entries: [
    memory("plain", { max_size: 0 }),
    memory("small", { max_size: 50, eviction: "lru" }),
    memory("cache", { max_size: 100 }),
    { name: "db", kind: "db.sql.sqlite", file: "soak.db" },
    { name: "file", kind: "store.sql", database: "db", table_name: "soak" },
    policy(`version${version}`, "allow", "nothing"), // each reload puts something else in force
    lua("double", "return function(x) return x * 2 end"),
    ...everythingAllowed,
  ],
});
const write = (version: number) => writeFileSync(join(folder, "registry.yaml"), JSON.stringify(registry(version)));

const plugin = () =>
  writePlugin(
    folder,
    "guest",
    [
      lua("f", 'return function(x) require("time").sleep("2ms") return x end', { modules: ["time"] }),
      lua("spin", "return function() while true do end end"),
      lua("heard", "return function(x) return x end"),
    ],
    { hooks: [{ on: "tick", call: "heard" }] },
  );

/** A script that ends within its limits, or by them, in one of the ways that runs end. */
const endings = [
  'require("time").sleep("5ms") return 1',
  'require("time").sleep("1h")',
  "while true do end",
  'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end',
  'for i = 1, 20 do coroutine.spawn(function() require("time").sleep("1h") end) end return 1',
  'local e = require("events") local s = e.subscribe("a*") e.send("a", "k", "p", {1}) return s:channel():receive().kind',
  'local h = require("hash") for i = 1, 5 do coroutine.spawn(h.pbkdf2, "p", "s", 200000, 32) end require("time").sleep("30ms")',
  'return require("funcs").call("app:double", 21)',
  'local s = require("store").get("app:cache") for i = 1, 200 do s:set(i, ("v"):rep(i)) end return #s:list().items',
  "return function() return 1 end",
  "error({message = 'on purpose'})",
];

const isolations: readonly Isolation[] = ["shared", "shared", "worker"];

/** What a script writes here is remembered by whoever ran it; nobody else writes under the prefix. */
class Writer {
  readonly #host: Host;
  readonly #prefix: string;
  readonly #next: () => number;
  readonly #kept = new Map<string, Map<string, number>>(stores.map((name) => [name, new Map()]));
  /** Keys whose last write was cut off: it was done or not, and the value says which. */
  readonly #open = new Map<string, number>();

  constructor(host: Host, prefix: string, next: () => number) {
    this.#host = host;
    this.#prefix = prefix;
    this.#next = next;
  }

  async write(isolation: Isolation): Promise<void> {
    const name = stores[Math.floor(this.#next() * stores.length)]!;
    const key = `${this.#prefix}${Math.floor(this.#next() * 8)}`;
    const value = Math.floor(this.#next() * 1e6);
    const isDelete = this.#next() < 0.2;
    const isKilled = this.#next() < 0.2;
    const call = isDelete ? "s:delete(k)" : "assert(s:set(k, v))";
    const script = `local id, k, v = ... local s = assert(require("store").get(id)) ${call} ${isKilled ? "while true do end" : ""}`;
    await this.#host
      .run(script, { args: [`app:${name}`, key, value], isolation, timeout: isKilled ? 60 : LONGEST })
      .catch((e: unknown) => {
        if (!isKilled || !(e instanceof LimitError)) throw e;
      });
    const kept = this.#kept.get(name)!;
    if (isKilled) this.#open.set(`${name} ${key}`, isDelete ? Number.NaN : value);
    else {
      this.#open.delete(`${name} ${key}`);
      if (isDelete) kept.delete(key);
      else kept.set(key, value);
    }
    const found = await this.#host.store(`app:${name}`).get(key);
    if (this.#open.has(`${name} ${key}`)) this.#settle(name, key, found);
    else if (name !== "small") expect(found).toBe(kept.get(key));
    else expect([undefined, kept.get(key)]).toContain(found);
  }

  /** The write was done, or it was not. */
  #settle(name: string, key: string, found: unknown): void {
    const kept = this.#kept.get(name)!;
    const wanted = this.#open.get(`${name} ${key}`)!;
    const done = Number.isNaN(wanted) ? undefined : wanted;
    expect(name === "small" ? [undefined, done, kept.get(key)] : [done, kept.get(key)]).toContain(found);
    this.#open.delete(`${name} ${key}`);
    if (found === undefined) kept.delete(key);
    else kept.set(key, found as number);
  }

  async compare(): Promise<void> {
    for (const [name, kept] of this.#kept) {
      const { items } = await this.#host.store(`app:${name}`).list({ prefix: this.#prefix, limit: 1000 });
      const found = Object.fromEntries(items.map(({ key, value }) => [key, value]));
      if (name !== "small") expect(found).toEqual(Object.fromEntries(kept));
      else for (const [key, value] of Object.entries(found)) expect(value).toBe(kept.get(key));
    }
  }
}

function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What keeps the process alive, by its type, less what the test runner has. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/**
 * Files and sockets; 0 where the system can't tell. Those of SQLite are left out: the package for Node 20 lets go of
 * them when the statements are collected.
 */
function openFiles(): number {
  if (!existsSync("/proc/self/fd")) return 0;
  return readdirSync("/proc/self/fd").filter((number) => !whatIs(number).startsWith(folder)).length;
}

function whatIs(number: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${number}`);
  } catch {
    return ""; // it was the one that listed them
  }
}

async function settled<T>(what: () => T, is: (value: T) => boolean): Promise<T> {
  for (let i = 0; i < 100 && !is(what()); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return what();
}

it(
  "a host that everything happens to at once is as it was when it is over",
  async () => {
    saySeed("everything at once");
    const next = random(seed);
    write(0);
    plugin();
    const path = join(folder, "registry.yaml");
    const before = resources();
    const files = openFiles();
    const host = await Host.open(path, { print() {}, workers: { max: 3, spares: 1 } });
    host.plugins.load(join(folder, "guest"), { limits: { timeout: 300, memory: 8 * MiB } });
    let version = 0;
    let programs = 0;
    const outcomes = { result: 0, error: 0, limit: 0, canceled: 0 };
    const limits: RunOptions = {
      timeout: 200,
      memory: 8 * MiB,
      coroutines: 100,
      storeBytes: MiB,
      instructions: 2_000_000,
    };
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;

    const attempt = async (what: string, run: Promise<unknown>): Promise<void> => {
      const began = performance.now();
      const outcome = await run.then(
        () => "result" as const,
        (e: unknown) => e,
      );
      const told = (why: string) => `${why}\nFUZZ_SEED=${seed}\n${what}`;
      if (outcome === "result") outcomes.result++;
      else if (outcome instanceof LimitError) outcomes.limit++;
      else if (outcome instanceof MoonkeepError && outcome.kind === "CANCELED") outcomes.canceled++;
      else if (outcome instanceof MoonkeepError && outcome.kind !== "INTERNAL") outcomes.error++;
      else throw new Error(told("it failed otherwise than a run may"), { cause: outcome });
      if (performance.now() - began > LONGEST) throw new Error(told("it took too long"));
    };

    const step = async (writer: Writer): Promise<void> => {
      const isolation = pick(isolations);
      const dice = next();
      if (dice < 0.35) return writer.write(isolation);
      if (dice < 0.6) {
        const ending = pick(endings);
        return attempt(ending, host.run(ending, { ...limits, isolation }));
      }
      if (dice < 0.7) {
        const ending = pick(endings);
        const signal = AbortSignal.timeout(Math.floor(next() * 50));
        return attempt(
          `killed: ${ending}`,
          host.run(ending, { ...limits, isolation, signal }).catch((e: unknown) => {
            if (e instanceof DOMException) throw new MoonkeepError("CANCELED", "before it began");
            throw e;
          }),
        );
      }
      if (dice < 0.85) {
        const program = `local store, security = require("store"), require("security") local s = store.get("app:cache")\n${new ProgramWriter(seed + ++programs).program()}`;
        return attempt(program, host.run(program, { ...limits, isolation }));
      }
      if (dice < 0.93) return attempt("plugin", host.call(pick(["guest:f", "guest:f", "guest:spin"]), [1]));
      if (dice < 0.96) {
        await host.hooks.emit("tick", 1);
        return;
      }
      if (dice < 0.98) {
        write(++version);
        return attempt("reload", host.reload());
      }
      return attempt(
        "plugin reload",
        Promise.resolve().then(() => host.plugins.reload("guest")),
      );
    };

    const writers = Array.from({ length: LANES }, (_, lane) => new Writer(host, `lane${lane}:`, next));
    const work = async (duration: number): Promise<void> => {
      const end = performance.now() + duration;
      await Promise.all(
        writers.map(async (writer) => {
          while (performance.now() < end) await step(writer);
        }),
      );
    };

    await work(first * 1000);
    const base = inUse();
    await work((seconds - first) * 1000);
    for (const writer of writers) await writer.compare();
    expect(await settled(inUse, (used) => used < base + 30 * MiB)).toBeLessThan(base + 30 * MiB);
    await host.close();
    expect(await settled(openFiles, (now) => now <= files)).toBeLessThanOrEqual(files);
    const left = await settled(resources, (now) => (now.MessagePort ?? 0) <= (before.MessagePort ?? 0));
    for (const [type, count] of Object.entries(left)) {
      // The runner's own timers come and go.
      if (type !== "Timeout" && type !== "Immediate") expect(count, type).toBeLessThanOrEqual(before[type] ?? 0);
    }
    if (minutes > 0) console.log(`FUZZ_SEED=${seed}`, outcomes, `${programs} programs, ${version} reloads`);
    expect(
      Object.values(outcomes).every((n) => n > 0),
      JSON.stringify(outcomes),
    ).toBe(true);
  },
  (seconds + 200) * 1000,
);
