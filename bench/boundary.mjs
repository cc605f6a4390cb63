/**
 * What does a call from Lua into the host cost, and how much of it is the store?
 *
 *   npm run build && node bench/boundary.mjs
 *
 * All cases run in turn, several times, in one process, and the fastest time of each counts: what else the machine does
 * only adds. Read the ratios. The cost of the loop itself is taken off.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineModule, Host, plain } from "../dist/index.js";

const CALLS = 1_000_000;
const ROUNDS = 9;

const registry = join(mkdtempSync(join(tmpdir(), "moonkeep-bench-")), "registry.yaml");
const policy = (name, group, actions, condition = "") => `
  - name: ${name}
    kind: security.policy
    policy: {actions: ${actions}, resources: "app:cache", effect: allow${condition}}
    groups: [${group}]`;
const onKey = ', conditions: [{field: meta.key, operator: matches, value: "^user:"}]';
writeFileSync(
  registry,
  `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}${policy("acquire", "keyed", "store.get")}${policy("by_key", "keyed", '"store.key.*"', onKey)}${policy("all", "plain", '["store.get", "store.key.*"]')}
`,
);

const bare = defineModule("bare", { empty: plain([], () => undefined) });
const host = await Host.open(registry, { modules: [bare], limits: { timeout: 0, storeBytes: 2 ** 50 } });
const prelude = `
  local N, empty = ${CALLS}, require("bare").empty
  local cache = require("store").get("app:cache")
  local key, short, hundred = "user:1", "alice", ("x"):rep(100)
  local record = { name = "alice", role = "admin", roles = { "a", "b", "c", "d", "e" }, n = 1 }
  cache:set(key, short) cache:set("user:100", hundred) cache:set("user:t", record)
`;
const cases = {
  "the loop": "for i = 1, N do end",
  "an empty host function": "for i = 1, N do empty() end",
  "an empty Lua function": "local function f() end for i = 1, N do f() end",
  "get of a short string": "for i = 1, N do cache:get(key) end",
  "get under a condition on the key": ["keyed", "for i = 1, N do cache:get(key) end"],
  "get of 100 bytes": 'local k = "user:100" for i = 1, N do cache:get(k) end',
  "get of a key made in the loop": 'for i = 1, N do cache:get("user:" .. i % 100) end',
  "get of a record with a list": 'local k = "user:t" for i = 1, N do cache:get(k) end',
  has: "for i = 1, N do cache:has(key) end",
  "set of a short string": "for i = 1, N do cache:set(key, short) end",
  "set with ttl": "for i = 1, N do cache:set(key, short, 300) end",
  "set of a record with a list": 'for i = 1, N do cache:set("user:t2", record) end',
};

const times = new Map(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, what] of Object.entries(cases)) {
    const [group, code] = Array.isArray(what) ? what : ["plain", what];
    const started = performance.now();
    await host.run(prelude + code, { actor: "bench", groups: [`app:${group}`] });
    times.get(name).push(performance.now() - started);
  }
}
await host.close();

const fastest = (name) => Math.min(...times.get(name));
const cost = (name) => ((fastest(name) - fastest("the loop")) * 1e6) / CALLS;
const empty = cost("an empty host function");
console.log(`${"".padEnd(36)}${"ns".padStart(8)}${"/ empty".padStart(10)}`);
for (const name of times.keys()) {
  if (name === "the loop") continue;
  console.log(`${name.padEnd(36)}${cost(name).toFixed(0).padStart(8)}${(cost(name) / empty).toFixed(2).padStart(10)}`);
}
const judge = (name, most) => {
  const ratio = cost(name) / empty;
  console.log(`${name}: ${ratio.toFixed(2)} times an empty host function (goal: at most ${most})`);
};
judge("get of a short string", 3);
judge("set with ttl", 5);
