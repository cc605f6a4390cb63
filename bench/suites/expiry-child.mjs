/** One store, a million keys with random times to live: what a write, the memory and the cleaning up cost. */
import { peer } from "../peers.mjs";

const [, , name, count] = process.argv;
const n = Number(count);
const HOUR = 3_600_000;
const value = "x".repeat(100);
const ttlOf = (i) => 1000 + ((i * 7919) % HOUR);
const keysOf = (prefix) =>
  Array.from({ length: n }, (_, i) => Buffer.from(`${prefix}:${(i * 7919) % n}`).latin1Slice());

let now = 1_000_000;
const stores = {
  async moonkeep() {
    const { MemoryStore } = await import("../../dist/stores/memory/memory.js");
    const { ByteString } = await import("../../dist/value/value.js");
    const text = ByteString.fromText(value);
    const store = new MemoryStore({
      maxSize: 0,
      maxBytes: 0,
      eviction: "none",
      cleanupInterval: 0,
      clock: { now: () => now },
    });
    return {
      set: (key) => store.set(key, text),
      setTtl: (key, ttl) => store.set(key, text, ttl),
      clean: () => store.sweep(),
    };
  },
  async lru() {
    const { LRUCache } = await peer("lru-cache");
    const cache = new LRUCache({ max: 2 * n, ttlResolution: 0, perf: { now: () => now } });
    return {
      set: (key) => cache.set(key, value),
      setTtl: (key, ttl) => cache.set(key, value, { ttl }),
      clean: () => void cache.purgeStale(),
    };
  },
  async "node-cache"() {
    const { default: NodeCache } = await peer("node-cache");
    const cache = new NodeCache({ useClones: false, checkperiod: 0 });
    return {
      set: (key) => cache.set(key, value),
      setTtl: (key, ttl) => cache.set(key, value, ttl / 1000),
      clean: undefined, // its clock can't be moved
    };
  },
};

const plain = await stores[name]();
const used = () => {
  gc();
  gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
};
const time = (keys, f) => {
  const from = performance.now();
  for (let i = 0; i < n; i++) f(keys[i], i);
  return ((performance.now() - from) * 1e6) / n;
};

const warm = await stores[name]();
for (let i = 0; i < 50_000; i++) warm.setTtl(`warm:${i}`, ttlOf(i));
const result = { set: time(keysOf("a"), (key) => plain.set(key)) };

const store = await stores[name]();
const before = used();
let keys = keysOf("b");
result["set with a random ttl"] = time(keys, (key, i) => store.setTtl(key, ttlOf(i)));
keys = undefined;
result["memory per key"] = (used() - before) / n;

if (store.clean !== undefined) {
  now += HOUR / 2;
  let longest = 0;
  for (let more = true; more; ) {
    const from = performance.now();
    more = store.clean() === true;
    longest = Math.max(longest, performance.now() - from);
  }
  result["longest pause of cleaning up"] = longest;
}
process.stdout.write(JSON.stringify(result));
process.exit(0);
