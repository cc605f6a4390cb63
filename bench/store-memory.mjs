// What does the memory store cost beside a plain Map, and does it stay out of everybody's way when it is large?
// Run after a build: `npm run build && node --expose-gc bench/store-memory.mjs`. Read the ratios, not the times.

import { MemoryStore } from "../dist/stores/memory/memory.js";
import { ByteString } from "../dist/value/value.js";

const HOUR = 3_600_000;
const MILLION = 1_000_000;
const ROUNDS = 7;

const value = ByteString.fromText("x".repeat(100));
let sink = 0; // what is read goes here, so that no reading is optimised away

/** Distinct keys in no order, each a flat string of its own, as they come from scripts. */
function makeKeys(count, prefix = "user:") {
  const keys = [];
  for (let i = 0; i < count; i++) {
    keys.push(Buffer.from(`${prefix}${Math.imul(i, 2654435761) >>> 0}:${i}`).latin1Slice());
  }
  return keys;
}

function openStore(options = {}) {
  return new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0, ...options });
}

/**
 * Nanoseconds per operation: the median of several rounds of at least 300 000, after two that are not counted. `undo`
 * makes the target what it was, and is not timed.
 */
function measure(keys, target, operation, undo = () => {}) {
  // Compiled for each row anew, so that no row pays for the shapes that another has shown to V8.
  const loop = new Function(
    "target",
    "keys",
    "value",
    `let n = 0; for (const key of keys) if (${operation}) n++; return n`,
  );
  const repeat = Math.max(1, Math.floor(300_000 / keys.length));
  const times = [];
  globalThis.gc?.();
  for (let round = -2; round < ROUNDS; round++) {
    let spent = 0;
    for (let i = 0; i < repeat; i++) {
      const start = performance.now();
      sink += loop(target, keys, value);
      spent += performance.now() - start;
      undo(target);
    }
    if (round >= 0) times.push((spent * 1e6) / (keys.length * repeat));
  }
  return median(times);
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

function row(name, ns, plain) {
  const ratio = plain === undefined ? "" : `${(ns / plain).toFixed(2)} x Map`;
  console.log(`  ${name.padEnd(34)}${ns.toFixed(0).padStart(7)} ns   ${ratio}`);
}

function operations(count) {
  const keys = makeKeys(count);
  const others = makeKeys(count, "other:");
  const fill = (target, from = keys, ttl = undefined) => {
    for (const key of from) target.set(key, value, ttl);
    return target;
  };
  const empty = (target) => {
    for (const key of keys) target.delete(key);
  };

  const get = "target.get(key) !== undefined";
  const set = "target.set(key, value) === undefined";
  const setTtl = `target.set(key, value, ${HOUR}) === undefined`;
  const remove = "target.delete(key)";

  console.log(`\n${count} keys`);
  const mapGet = measure(keys, fill(new Map()), get);
  row("Map get", mapGet);
  row("get", measure(keys, fill(openStore()), get), mapGet);
  row("get, keys with ttl", measure(keys, fill(openStore(), keys, HOUR), get), mapGet);
  row("get, lru", measure(keys, fill(openStore({ eviction: "lru" })), get), mapGet);
  const mapInsert = measure(keys, new Map(), set, empty);
  row("Map set, new keys", mapInsert);
  row("set, new keys", measure(keys, openStore(), set, empty), mapInsert);
  row("set, new keys, ttl", measure(keys, openStore(), setTtl, empty), mapInsert);
  const evicting = fill(openStore({ eviction: "lru", maxSize: count }), others);
  row(
    "set, full, lru evicts",
    measure(keys, evicting, set, () => fill(evicting, others)),
    mapInsert,
  );
  const mapSet = measure(keys, fill(new Map()), set);
  row("Map set, overwriting", mapSet);
  row("set, overwriting", measure(keys, fill(openStore()), set), mapSet);
  row("set, overwriting, ttl renewed", measure(keys, fill(openStore(), keys, HOUR), setTtl), mapSet);
  row("set, overwriting, max_bytes", measure(keys, fill(openStore({ maxBytes: 1e12 })), set), mapSet);
  const mapDelete = measure(keys, fill(new Map()), remove, fill);
  row("Map delete", mapDelete);
  row("delete", measure(keys, fill(openStore()), remove, fill), mapDelete);
  const refill = (target) => fill(target, keys, HOUR);
  row("delete, keys with ttl", measure(keys, refill(openStore()), remove, refill), mapDelete);
}

function growing() {
  const keys = makeKeys(MILLION);
  for (const [name, target] of [
    ["Map", new Map()],
    ["store", openStore()],
  ]) {
    globalThis.gc?.();
    let longest = 0;
    for (const key of keys) {
      const start = performance.now();
      target.set(key, value);
      longest = Math.max(longest, performance.now() - start);
    }
    console.log(`  the longest single set on the way to ${MILLION} keys, ${name}: ${longest.toFixed(1)} ms`);
  }
}

function storeOf(keys) {
  const store = openStore();
  for (const key of keys) store.set(key, value);
  return store;
}

async function order() {
  console.log(`\nlist, ${MILLION} keys`);
  const keys = makeKeys(MILLION);
  const store = storeOf(keys);
  const page = { prefix: "", limit: 100 };

  const pauses = watchPauses();
  const start = performance.now();
  await store.list(page);
  console.log(`  making the order: ${(performance.now() - start).toFixed(0)} ms in slices, ${pauses.stop()}`);

  const pages = 10_000;
  const from = performance.now();
  for (let i = 0; i < pages; i++) sink += store.list({ ...page, after: keys[(i * 97) % MILLION] }).entries.length;
  console.log(`  a page of 100: ${(((performance.now() - from) * 1e3) / pages).toFixed(1)} microseconds`);

  const extra = makeKeys(100_000, "user:4");
  const insert = (target) => {
    for (const key of extra) target.set(key, value);
  };
  const undo = (target) => {
    for (const key of extra) target.delete(key);
  };
  const unordered = storeOf(keys);
  const times = [store, unordered].map((target) => {
    const runs = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      insert(target);
      runs.push(((performance.now() - begin) * 1e6) / extra.length);
      undo(target);
    }
    return median(runs);
  });
  console.log(`  a new key with the order: ${times[0].toFixed(0)} ns, without: ${times[1].toFixed(0)} ns`);
}

async function sweeping() {
  console.log(`\ncleanup, ${MILLION} expired keys`);
  for (const [name, ordered, deadline] of [
    ["one deadline", false, () => HOUR],
    ["deadlines over an hour", false, (i) => 1 + ((i * 7919) % HOUR)],
    ["with an order", true, (i) => 1 + ((i * 7919) % HOUR)],
  ]) {
    let now = 12_345.678;
    const store = openStore({ clock: { now: () => now } });
    makeKeys(MILLION).forEach((key, i) => {
      store.set(key, value, deadline(i));
    });
    if (ordered) await store.list({ prefix: "", limit: 1 });
    globalThis.gc?.();
    // Half way first: the wheel then has slots to open and not only to pass.
    const slices = [];
    for (const share of [0.5, 1]) {
      now = 12_345.678 + share * HOUR;
      for (let more = true; more; ) {
        const start = performance.now();
        more = store.sweep();
        slices.push(performance.now() - start);
      }
    }
    slices.sort((a, b) => b - a);
    const total = slices.reduce((sum, slice) => sum + slice, 0);
    const longest = slices.slice(0, 5).map((slice) => slice.toFixed(1));
    console.log(
      `  ${name}: ${total.toFixed(0)} ms in ${slices.length} slices, the longest ${longest.join(", ")} ms; ${store.size} left`,
    );
  }
}

/** Watches how long the event loop is kept from turning. */
function watchPauses() {
  let longest = 0;
  let last = performance.now();
  let running = true;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      running = false;
      return `the longest pause ${longest.toFixed(1)} ms`;
    },
  };
}

for (const count of [1000, 100_000, MILLION]) operations(count);
console.log("");
growing();
await order();
await sweeping();
console.log(`\n(${sink} values read)`);
