/** JavaScript's own stores, called from JavaScript: what a host of Lua could reach at the most. */
import { peer } from "../peers.mjs";

const now = () => performance.now() / 1000;

async function openMap() {
  const map = new Map();
  return {
    get: (key) => map.get(key),
    set: (key, value) => map.set(key, value),
    setTtl: undefined,
    has: (key) => map.has(key),
    delete: (key) => map.delete(key),
  };
}

async function openLru(keys) {
  const { LRUCache } = await peer("lru-cache");
  const cache = new LRUCache({ max: 2 * keys });
  const life = { ttl: 300_000 };
  return {
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    setTtl: (key, value) => cache.set(key, value, life),
    has: (key) => cache.has(key),
    delete: (key) => cache.delete(key),
  };
}

async function openKeyv() {
  const { default: Keyv } = await peer("keyv");
  const keyv = new Keyv();
  return {
    later: true,
    get: (key) => keyv.get(key),
    set: (key, value) => keyv.set(key, value),
    setTtl: (key, value) => keyv.set(key, value, 300_000),
    has: (key) => keyv.has(key),
    delete: (key) => keyv.delete(key),
  };
}

/** Figures of each case, in nanoseconds. */
async function measureAll(store, { keys: n, kind, cases, rounds, least }) {
  const keys = Array.from({ length: n }, (_, i) => `user:${(i * 7919) % n}`);
  const value = kind === "text" ? "x".repeat(100) : { name: "alice", role: "admin", roles: [1, 2, 3, 4, 5], n: 7 };
  const { get, set, setTtl, has, delete: remove } = store;
  const operations = {
    get: (key) => {
      if (get(key) !== undefined) found++;
    },
    set: (key) => set(key, value),
    "set with ttl": setTtl && ((key) => setTtl(key, value)),
    has: (key) => has(key),
    delete: (key) => remove(key),
    "session mix": setTtl && ((key, i) => (i % 20 < 16 ? get(key) : i % 20 < 19 ? setTtl(key, value) : remove(key))),
  };
  let found = 0;
  const loop = async (operation, count) => {
    if (store.later) for (let i = 0, j = 0; i < count; i++, j = j + 1 === n ? 0 : j + 1) await operation(keys[j], i);
    else for (let i = 0, j = 0; i < count; i++, j = j + 1 === n ? 0 : j + 1) operation(keys[j], i);
  };
  const fill = async () => {
    for (const key of keys) await set(key, value);
  };
  const figures = {};
  for (const name of cases) {
    const operation = operations[name];
    if (operation === undefined) continue;
    await fill();
    let count = 500;
    for (let spent = 0; spent < least; ) {
      count *= 2;
      const from = now();
      await loop(operation, count);
      spent = now() - from;
    }
    if (name === "delete") count = n;
    for (let warm = 0; warm < 4; warm++) await loop(operation, count);
    figures[name] = [];
    for (let round = 0; round < rounds; round++) {
      let spent = 0;
      let done = 0;
      do {
        if (name === "delete") await fill();
        const from = now();
        await loop(operation, count);
        spent += now() - from;
        done += count;
      } while (spent < least);
      figures[name].push((spent / done) * 1e9);
    }
  }
  if (found < 0) throw new Error("what is read must be used");
  return figures;
}

const limit = (title, open) => ({ title, run: async (job) => measureAll(await open(job.keys), job) });

export const javascript = {
  map: limit("JavaScript: Map", openMap),
  lru: limit("JavaScript: lru-cache", openLru),
  keyv: limit("JavaScript: keyv", openKeyv),
};
