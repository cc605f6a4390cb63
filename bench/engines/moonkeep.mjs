/** moonkeep as anybody uses it: a registry, a policy that allows, the default limits. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineModule, Float, Host, plain } from "../../dist/index.js";
import { job, now } from "./job.mjs";

const registry = join(mkdtempSync(join(tmpdir(), "moonkeep-bench-")), "registry.yaml");
writeFileSync(
  registry,
  `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory, max_size: 0}
  - name: use
    kind: security.policy
    policy: {actions: ["store.get", "store.key.*"], resources: "app:cache", effect: allow}
    groups: [all]
  - {name: host, kind: host.config, security: {actor: {id: bench}, groups: [all]}}
`,
);

const clock = defineModule("clock", { now: plain([], () => new Float(now())) });
const host = await Host.open(registry, { modules: [clock] });
const prelude = 'local now, s = require("clock").now, require("store").get("app:cache")';
// The benchmark keeps its keys in a table of its own, which a million of them make larger than a script may have.
const memory = job.large === true ? "4GiB" : undefined;
const { value } = await host.run(`${prelude}\n${job.code}`, { timeout: "10m", memory, storeBytes: 2 ** 50 });
process.stdout.write(String(value));
await host.close();
