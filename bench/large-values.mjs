/**
 * How long does a large value of a script in a thread keep the host's thread?
 *
 *   npm run build && node --expose-gc bench/large-values.mjs           all of them
 *   node --expose-gc bench/large-values.mjs "keys set"                 those whose name has this in it
 *
 * Each script makes a table of about a million parts and does one thing with it. The longest time between two turns of
 * the host's event loop is what everybody else had to wait; the whole time is that of the run, the thread's part included.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";
import { longestTurn } from "./harness/longest-turn.mjs";

const MiB = 2 ** 20;
const LIMITS = { isolation: "worker", timeout: 60_000, memory: 512 * MiB };

const tables = {
  integers: "for i = 1, 990000 do t[i] = i end",
  floats: "for i = 1, 990000 do t[i] = i + 0.5 end",
  lists: "for i = 1, 240000 do t[i] = {i, i, i} end",
  records: "for i = 1, 190000 do t[i] = {a = i, b = i, c = i, d = i} end",
  strings: 'for i = 1, 990000 do t[i] = "s" .. i end',
  keys: 'for i = 1, 990000 do t["k" .. i] = i end',
};
const uses = {
  return: "return t",
  set: 'require("store").get("app:kv"):set("k", t)',
  get: 'local s = require("store").get("app:kv") s:set("k", t) s:get("k")',
  call: 'require("funcs").call("app:f", t)',
  send: 'require("events").send("a", "b", "c", t)',
  log: 'require("logger"):info("x", {t = t})',
};

const entries = [
  { name: "kv", kind: "store.memory" },
  { name: "f", kind: "function.lua", source: "return function(x) return 1 end" },
  { name: "host", kind: "host.config", security: { strict_mode: false } },
];
const folder = mkdtempSync(join(tmpdir(), "large-values-"));
writeFileSync(join(folder, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: "app", entries }));
const host = await Host.open(join(folder, "registry.yaml"), { workers: { spares: 1 }, print() {}, log() {} });
rmSync(folder, { recursive: true });
for (let i = 0; i < 10; i++) await host.run("return 1", LIMITS);

console.log(`${"".padEnd(18)}${"longest step, ms".padStart(18)}${"run, ms".padStart(10)}`);
for (const [table, fill] of Object.entries(tables)) {
  for (const [use, code] of Object.entries(uses)) {
    const name = `${table} ${use}`;
    if (!name.includes(process.argv[2] ?? "")) continue;
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 300)); // and the next thread comes up
    let outcome = "";
    const { longest, whole } = await longestTurn(() =>
      host.run(`local t = {} ${fill} ${code}`, LIMITS).catch((e) => {
        outcome = `  ${e.message}`;
      }),
    );
    console.log(`${name.padEnd(18)}${longest.toFixed(0).padStart(18)}${whole.toFixed(0).padStart(10)}${outcome}`);
  }
}
await host.close();
