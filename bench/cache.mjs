/**
 * What do a counter, a fetch whose value is there, and a hundred keys at once cost, next to what one could use instead?
 *
 *   npm run build && node bench/cache.mjs
 *
 * In memory: Keyv and cacheable. On Redis, where MOONKEEP_TEST_REDIS names one: ioredis by command and by pipeline, and
 * Keyv and cacheable on @keyv/redis. All of them take turns in one process, one operation after the other, and the
 * fastest of many short rounds counts, so that other work on the machine does not. Read the ratios: a column's figure is
 * that of its row, the last one is to a `get` of the same.
 *
 * In memory also what nginx's Lua has, by LuaJIT: its shared dictionary, lua-resty-mlcache for `fetch`, lua-resty-lock
 * for `lock`. bench/resty.mjs says what it needs.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Host } from "../dist/index.js";
import { peer } from "./peers.mjs";
import { resty, whyNoResty } from "./resty.mjs";

const MANY = 100;
const ROUNDS = 100;
const keys = Array.from({ length: MANY }, (_, i) => `user:${i}`);
const value = "x".repeat(100);
const redis = process.env.MOONKEEP_TEST_REDIS;

const { Cacheable } = await peer("cacheable");
const { Keyv } = await peer("keyv");
const folder = mkdtempSync(join(tmpdir(), "moonkeep-bench-"));

const everything = [
  { name: "all", kind: "security.policy", policy: { actions: "*", resources: "*", effect: "allow" }, groups: ["all"] },
  { name: "host", kind: "host.config", security: { actor: { id: "bench" }, groups: ["all"] } },
];

const operations = {
  get: (i) => `s:get(keys[${i}])`,
  increment: () => `s:increment("n")`,
  fetch: (i) => `s:fetch(keys[${i}], make)`,
  many: () => "s:get_many(keys)",
  lock: () => `s:lock("l"):release()`,
};

/** A loop of so many in one script; the same loop without the operation is taken off. */
const script = (operation) => `
  local count = ...
  local s, keys = require("store").get("app:kv"), {}
  local function make() return "made" end
  for i = 1, ${MANY} do keys[i] = "user:" .. (i - 1) end
  for i = 1, count do ${operation} end`;

async function moonkeep(entries) {
  const registry = join(folder, "registry.yaml");
  writeFileSync(registry, JSON.stringify({ version: "1.0", namespace: "app", entries: [...entries, ...everything] }));
  const host = await Host.open(registry, { limits: { timeout: 0 } });
  const store = host.store("app:kv");
  for (const key of keys) await store.set(key, value);
  const inLua = (code) => (count) => host.run(script(code), { args: [count] });
  return {
    close: async () => {
      await store.clear();
      await host.close();
    },
    javascript: {
      get: (i) => store.get(keys[i]),
      increment: () => store.increment("n"),
      fetch: (i) => store.fetch(keys[i], () => "made"),
      many: () => store.getMany(keys),
      lock: async () => (await store.lock("l")).release(),
    },
    lua: Object.fromEntries(Object.entries(operations).map(([name, code]) => [name, inLua(code(`i % ${MANY} + 1`))])),
    nothing: inLua(""),
  };
}

async function keyv(store) {
  const cache = new Keyv(store === undefined ? {} : { store, namespace: "bench-keyv" });
  for (const key of keys) await cache.set(key, value);
  return {
    close: () => cache.clear(),
    get: (i) => cache.get(keys[i]),
    many: () => cache.getMany(keys),
  };
}

async function cacheable(store) {
  const cache =
    store === undefined
      ? new Cacheable()
      : new Cacheable({ primary: new Keyv({ store, namespace: "bench-cacheable" }) });
  for (const key of keys) await cache.set(key, value);
  return {
    close: () => cache.clear(),
    get: (i) => cache.get(keys[i]),
    fetch: (i) => cache.getOrSet(keys[i], async () => "made"),
    many: () => cache.getMany(keys),
  };
}

async function ioredis() {
  const client = new Redis(redis);
  const names = keys.map((key) => `bench-raw:${key}`);
  for (const name of names) await client.set(name, value);
  return {
    close: async () => {
      await client.del(...names, "bench-raw:n");
      await client.quit();
    },
    get: (i) => client.get(names[i]),
    increment: () => client.incr("bench-raw:n"),
    many: () => client.mget(...names),
    pipeline: async () => {
      const pipeline = client.pipeline();
      for (const name of names) pipeline.get(name);
      return await pipeline.exec();
    },
  };
}

/** Microseconds of each operation: the fastest round. */
async function measure(subjects, perRound) {
  const best = {};
  for (let round = -5; round < ROUNDS; round++) {
    for (const [name, { run, weight = 1 }] of Object.entries(subjects)) {
      const count = Math.max(1, Math.round(perRound / weight));
      const start = performance.now();
      await run(count);
      const each = ((performance.now() - start) / count) * 1000;
      if (round >= 0) best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, each);
    }
  }
  return best;
}

/** So many times as much work as one key. */
const heavy = (name) => (name === "many" || name === "pipeline" ? 50 : name === "lock" ? 10 : 1);

/** One after the other. */
const loop = (operation) => async (count) => {
  for (let i = 0; i < count; i++) await operation(i % MANY);
};

async function compare(title, entries, peers, perRound, looped = {}) {
  const ours = await moonkeep(entries);
  const subjects = {};
  for (const [name, operation] of Object.entries(ours.javascript)) {
    subjects[`moonkeep, JavaScript: ${name}`] = { run: loop(operation), weight: heavy(name) };
  }
  for (const [name, run] of Object.entries(ours.lua)) {
    const weight = heavy(name);
    subjects[`moonkeep, Lua: ${name}`] = { run, weight };
    subjects[`nothing: ${name}`] = { run: ours.nothing, weight };
  }
  for (const [peer, its] of Object.entries(peers)) {
    const { close: _, ...rest } = its;
    for (const [name, operation] of Object.entries(rest)) {
      subjects[`${peer}: ${name}`] = { run: loop(operation), weight: heavy(name) };
    }
  }
  for (const [peer, { close: _, nothing, ...rest }] of Object.entries(looped)) {
    for (const [name, run] of Object.entries(rest)) {
      subjects[`${peer}: ${name}`] = { run, weight: heavy(name) };
      subjects[`nothing, ${peer}: ${name}`] = { run: nothing, weight: heavy(name) };
    }
  }
  const best = await measure(subjects, perRound);
  console.log(`\n${title}\n`);
  for (const name of Object.keys(subjects).filter((one) => !one.startsWith("nothing"))) {
    const [who, what] = name.split(": ");
    const off = (operation) =>
      best[who === "moonkeep, Lua" ? `nothing: ${operation}` : `nothing, ${who}: ${operation}`] ?? 0;
    const time = best[name] - off(what);
    const ratio = time / (best[`${who}: get`] - off("get"));
    console.log(`${name.padEnd(32)} ${time.toFixed(2).padStart(9)} us  ${ratio.toFixed(2).padStart(7)} x get`);
  }
  for (const one of [ours, ...Object.values(peers), ...Object.values(looped)]) await one.close();
}

try {
  const inMemory = { Keyv: await keyv(), cacheable: await cacheable() };
  const missing = whyNoResty();
  const looped = missing === undefined ? { nginx: await resty() } : {};
  await compare("In memory", [{ name: "kv", kind: "store.memory" }], inMemory, 10_000, looped);
  if (missing !== undefined) console.log(`left out: lua-resty-mlcache and lua-resty-lock. ${missing}`);
  if (redis !== undefined) {
    const { default: KeyvRedis } = await peer("@keyv/redis");
    const stores = [new KeyvRedis(redis), new KeyvRedis(redis)];
    const onRedis = { ioredis: await ioredis(), Keyv: await keyv(stores[0]), cacheable: await cacheable(stores[1]) };
    const entries = [
      { name: "db", kind: "db.redis", url: redis },
      { name: "kv", kind: "store.redis", database: "db", prefix: "bench" },
    ];
    await compare("On Redis", entries, onRedis, 250);
    for (const store of stores) await store.disconnect();
  } else console.log("left out: Redis, since MOONKEEP_TEST_REDIS names none");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
