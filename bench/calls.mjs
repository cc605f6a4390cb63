/**
 * What does a warm call cost? A function that returns its argument, called by an application and by Lua, with and
 * without a time limit, next to a script that is compiled anew each time.
 *
 *   npm run build && node bench/calls.mjs
 *
 * All ways run in turn, several times, in one process; the least time of each counts, since a machine that is busy only
 * adds to it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";

const ROUNDS = 9;
const CALLS = 500;

const echo = { name: "echo", kind: "function.lua", source: "return function(x) return x end" };
const large = `local M = {} ${Array.from({ length: 50 }, (_, i) => `function M.f${i}(a, b) return a + b + ${i} end`).join(" ")}
  function M.main(x) return M.f1(x, 1) end return M`;
const registry = {
  version: "1.0",
  namespace: "app",
  entries: [
    echo,
    { name: "large", kind: "function.lua", method: "main", source: large },
    { name: "lib", kind: "library.lua", source: "local M = {} function M.id(x) return x end return M" },
    {
      name: "imports",
      kind: "function.lua",
      imports: { lib: "lib" },
      source: 'local lib = require("lib") return function(x) return lib.id(x) end',
    },
    { name: "cache", kind: "store.memory" },
    {
      name: "get",
      kind: "function.lua",
      modules: ["store"],
      source: 'local s = require("store").get("app:cache") return function(k) return s:get(k) end',
    },
    {
      name: "all",
      kind: "security.policy",
      policy: { actions: "*", resources: "*", effect: "allow" },
      groups: ["all"],
    },
    { name: "host", kind: "host.config", security: { actor: { id: "bench" }, groups: ["all"] } },
  ],
};

const folder = mkdtempSync(join(tmpdir(), "bench-calls-"));
writeFileSync(join(folder, "registry.yaml"), JSON.stringify(registry));
const host = await Host.open(join(folder, "registry.yaml"));
rmSync(folder, { recursive: true });

const repeat = (call) => async () => {
  for (let i = 0; i < CALLS; i++) await call(i);
};
const unlimited = { timeout: 0 };
const inLua = (call) => () => host.run(`local funcs = require("funcs") for i = 1, ${CALLS} do ${call} end`);
const ways = {
  "host.call, small function": repeat((i) => host.call("app:echo", [i])),
  "the same, without a time limit": repeat((i) => host.call("app:echo", [i], unlimited)),
  "funcs.call, small function": inLua('funcs.call("app:echo", i)'),
  "host.call, file of 50 functions": repeat((i) => host.call("app:large", [i], unlimited)),
  "host.call, with a library": repeat((i) => host.call("app:imports", [i], unlimited)),
  "host.call, with a store read": repeat(() => host.call("app:get", ["k"], unlimited)),
  "host.call, as a user of its own": repeat((i) =>
    host.call("app:echo", [i], { ...unlimited, actor: { id: `u${i}` } }),
  ),
  "host.run, the same as a script": repeat((i) => host.run("return ...", { ...unlimited, args: [i] })),
};

const best = Object.fromEntries(Object.keys(ways).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(ways)) {
    const started = performance.now();
    await run();
    best[name] = Math.min(best[name], (1000 * (performance.now() - started)) / CALLS);
  }
}
for (const [name, time] of Object.entries(best)) console.log(`${name.padEnd(34)}${time.toFixed(1).padStart(8)} µs`);
await host.close();
