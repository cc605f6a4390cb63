/**
 * What does it cost to count? `store:get` of a script, with and without `metrics: true`, turn by turn in one process.
 *
 *   npm run build && node bench/metrics.mjs
 *
 * Read the ratio, of the least of many rounds each; what a script does beside it (a loop) is in both.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";

const ROUNDS = Number(process.env.ROUNDS ?? 40);
const CALLS = 100_000;
const folder = mkdtempSync(join(tmpdir(), "metrics-"));
const path = join(folder, "registry.yaml");
writeFileSync(
  path,
  JSON.stringify({
    version: "1.0",
    namespace: "app",
    entries: [
      { name: "cache", kind: "store.memory" },
      {
        name: "all",
        kind: "security.policy",
        policy: { actions: "*", resources: "*", effect: "allow" },
        groups: ["all"],
      },
      { name: "host", kind: "host.config", security: { actor: { id: "bench" }, groups: ["all"] } },
    ],
  }),
);
const script = `local s = require("store").get("app:cache") s:set("user:1", 1)
  for i = 1, ${CALLS} do s:get("user:1") end`;

const hosts = { off: await Host.open(path), on: await Host.open(path, { metrics: true }) };
const least = { off: Number.POSITIVE_INFINITY, on: Number.POSITIVE_INFINITY };
for (let round = 0; round < ROUNDS; round++) {
  for (const name of round % 2 === 0 ? ["off", "on"] : ["on", "off"]) {
    const before = process.cpuUsage();
    await hosts[name].run(script);
    const { user, system } = process.cpuUsage(before);
    least[name] = Math.min(least[name], ((user + system) * 1000) / CALLS);
  }
}
for (const host of Object.values(hosts)) await host.close();
rmSync(folder, { recursive: true });
console.log(
  `store:get ${least.off.toFixed(0)} ns, counted ${least.on.toFixed(0)} ns: ${(least.on / least.off).toFixed(3)}`,
);
