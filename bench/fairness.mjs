/**
 * What does a plugin that takes all threads it gets cost another one? Eight calls of it, until their limit of 5 s ends
 * them, in a pool of four threads; meanwhile another plugin is called again and again. Its calls are measured alone,
 * beside eight calls that only hold threads, and beside eight that compute, in turn. The first shows how threads are
 * shared; in the second, the calls wait for a free core as well.
 *
 *   npm run build && node bench/fairness.mjs [--quick]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";

const ROUNDS = process.argv.includes("--quick") ? 1 : 4;
const LIMIT = 5000;
const GREEDY = 8;
const folder = mkdtempSync(join(tmpdir(), "bench-fairness-"));

function plugin(name, source) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "plugin.yaml"), JSON.stringify({ name, version: "1.0.0", moonkeep: ">=0.1" }));
  const entries = [{ name: "f", kind: "function.lua", source, modules: ["time"] }];
  writeFileSync(join(folder, name, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: name, entries }));
  return join(folder, name);
}

const host = await Host.open(undefined, { workers: { max: 4, perPlugin: 2 } });
const greedy = { isolation: "worker", limits: { timeout: LIMIT } };
await host.plugins.load(plugin("holding", 'return function() require("time").sleep("1h") end'), greedy);
await host.plugins.load(plugin("computing", "return function() while true do end end"), greedy);
// Some milliseconds of computing, as a plugin does that is not bound by the call itself.
const work = "return function() local n = 0 for i = 1, 300000 do n = n + i % 7 end return n end";
await host.plugins.load(plugin("modest", work), { isolation: "worker" });
for (let i = 0; i < 500; i++) await host.call("modest:f");

/** How long each call takes, one after the other, until it is over. */
async function callsUntil(over) {
  const times = [];
  for (let isOver = false; !isOver; ) {
    const start = performance.now();
    await host.call("modest:f");
    times.push(performance.now() - start);
    isOver = over();
  }
  return times;
}

const after = (time) => {
  const end = performance.now() + time;
  return () => performance.now() > end;
};
const times = { alone: [], holding: [], computing: [] };
for (let round = 0; round < ROUNDS; round++) {
  times.alone.push(...(await callsUntil(after(LIMIT))));
  for (const name of ["holding", "computing"]) {
    let going = GREEDY;
    for (let i = 0; i < GREEDY; i++) {
      host.call(`${name}:f`).catch((e) => {
        if (e.limit !== "time") throw e;
        going--;
      });
    }
    times[name].push(...(await callsUntil(() => going === 0)));
  }
}
await host.close();
rmSync(folder, { recursive: true });

const part = (all, p) => all.sort((a, b) => a - b)[Math.floor(p * (all.length - 1))];
console.log(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`);
for (const [name, all] of Object.entries(times)) {
  const [median, most] = [part(all, 0.5), part(all, 0.95)];
  const ratio =
    name === "alone" ? "" : `, median ${(median / part(times.alone, 0.5)).toFixed(2)} times (goal: at most 2)`;
  const said = name === "alone" ? name : `beside ${GREEDY} ${name}`;
  console.log(
    `${said.padEnd(20)} ${all.length} calls, median ${median.toFixed(2)} ms, 95 % ${most.toFixed(2)} ms${ratio}`,
  );
}
