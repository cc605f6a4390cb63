/**
 * What do plugins cost that are loaded? 1000 of them, each with two functions, a library, a memory store and a
 * subscription to one hook: time and memory of loading them, of telling all of them, and of a call in one.
 *
 *   npm run build && node --expose-gc bench/plugins.mjs
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";

const PLUGINS = 1000;
const folder = mkdtempSync(join(tmpdir(), "bench-plugins-"));
const helpers = Array.from({ length: 20 }, (_, i) => `function M.f${i}(a, b) return a + b + ${i} end`).join("\n");
const entries = [
  { name: "counts", kind: "store.memory" },
  { name: "lib", kind: "library.lua", source: `local M = {}\n${helpers}\nreturn M` },
  { name: "hello", kind: "function.lua", source: 'return function(name) return "hello, " .. name end' },
  {
    name: "heard",
    kind: "function.lua",
    modules: ["store"],
    imports: { lib: "lib" },
    source: 'local s, lib = require("store"), require("lib") return function(e) return lib.f1(e.n, 1) end',
  },
];
const names = Array.from({ length: PLUGINS }, (_, i) => `p${i}`);
for (const name of names) {
  mkdirSync(join(folder, name));
  const manifest = { name, version: "1.0.0", moonkeep: ">=0.1", hooks: [{ on: "heard", call: "heard" }] };
  writeFileSync(join(folder, name, "plugin.yaml"), JSON.stringify(manifest));
  writeFileSync(join(folder, name, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: name, entries }));
}

const memory = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const host = await Host.open();
await host.plugins.load(join(folder, names[0])); // what is loaded once for all
await host.plugins.unload(names[0]);

const before = memory();
const started = performance.now();
for (const name of names) await host.plugins.load(join(folder, name));
const loaded = performance.now() - started;
const bytes = memory() - before;
console.log(`load:  ${(loaded / PLUGINS).toFixed(2)} ms and ${(bytes / PLUGINS / 1024).toFixed(0)} KiB a plugin`);

const best = async (times, doing) => {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await doing();
    least = Math.min(least, performance.now() - start);
  }
  return least;
};
const told = await best(5, () => host.hooks.emit("heard", { n: 1 }));
console.log(`emit:  ${((1000 * told) / PLUGINS).toFixed(0)} µs a subscriber`);
const called = await best(5, async () => {
  for (const name of names) await host.call(`${name}:hello`, ["Ada"]);
});
console.log(`call:  ${((1000 * called) / PLUGINS).toFixed(0)} µs, each in another plugin`);
const reloaded = await best(1, async () => {
  for (const name of names) await host.plugins.reload(name);
});
console.log(`reload: ${(reloaded / PLUGINS).toFixed(2)} ms a plugin`);
await host.close();
rmSync(folder, { recursive: true });
