/**
 * Runs attacks in a process of its own, one after the other, and says of each how it ended and what it left behind:
 * a line of JSON for each. What would end the process ends this one.
 *
 *   node --expose-gc test/attacks/judge.mjs shared scripts/endless-loop.lua …
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Host } from "../../dist/index.js";
import { peak } from "./peak.mjs";

const [isolation, ...files] = process.argv.slice(2);

const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - {name: guarded, kind: store.memory}
  - {name: secret, kind: store.memory}
  - name: plugin_policy
    kind: security.policy
    policy: {actions: ["store.get", "store.info", "store.key.*"], resources: "app:cache", effect: allow}
    groups: [plugin]
  - name: guarded_policy
    kind: security.policy
    policy:
      actions: ["store.get", "store.key.*"]
      resources: "app:guarded"
      effect: allow
      conditions: [{field: meta.key, operator: matches, value: "^mine:[0-9]+$"}]
    groups: [plugin]
  - name: guarded_list
    kind: security.policy
    policy: {actions: ["store.get", "store.key.list"], resources: "app:guarded", effect: allow}
    groups: [plugin]
  - {name: host, kind: host.config, security: {actor: {id: plugin, meta: {role: guest, teams: [guests]}}, groups: [plugin]}}
`;

/** What a neighbour does meanwhile. */
const work = 'local s = require("store").get("app:cache") s:set("six", 6) return s:get("six") * 7';

const MiB = 1024 * 1024;
/** Long enough for what has to fill the memory first, and short for what only ends by time. */
const limitsFor = (expected) => ({
  timeout: expected.startsWith("limit time") ? 200 : 60_000,
  memory: 32 * MiB,
  coroutines: 1000,
});

/** What a script that comes after can see of the libraries, as a text. */
const inventory = `
local lines = {}
local function note(name, t)
  local keys = {}
  for k, v in next, t do keys[#keys + 1] = tostring(k) .. "=" .. type(v) end
  table.sort(keys)
  lines[#lines + 1] = name .. ": " .. table.concat(keys, " ") .. tostring(getmetatable(t))
end
for _, name in ipairs({ "string", "table", "math", "os", "coroutine", "utf8", "_G" }) do note(name, _G[name]) end
for _, name in ipairs({ "store", "errors", "security" }) do note(name, require(name)) end
lines[#lines + 1] = tostring(getmetatable("").__index == string) .. ("x"):rep(3) .. #getmetatable("")
return table.concat(lines, "\\n"):gsub("0x%x+", "")
`;

/** More than this and it is collected again: what is outside the heap goes after what held it. */
const WORTH_A_LOOK = 8 * MiB;

/** What is in use after a collection, which takes longer than most attacks. */
async function inUse(base = 0) {
  for (let i = 0; ; i++) {
    globalThis.gc?.();
    await setImmediate();
    const { heapUsed, external } = process.memoryUsage();
    if (i === 1 || heapUsed + external < base + WORTH_A_LOOK) return heapUsed + external;
  }
}

const folder = mkdtempSync(join(tmpdir(), "attacks-"));
const path = join(folder, "registry.yaml");
writeFileSync(path, registry);
const host = await Host.open(path, { print() {} });
rmSync(folder, { recursive: true });
const other = { actor: { id: "neighbour" }, groups: ["app:plugin"], isolation };
await host.store("app:secret").set("token", "s3cret");
const before = (await host.run(inventory, other)).value;
const stored = host.store("app:cache");
let base = await inUse();

for (const file of files) {
  const source = readFileSync(file, "utf8");
  const expected = /^-- expect: (.*)$/m.exec(source)[1];
  const own = /^-- with: (.*)$/m.exec(source)?.[1];
  const limits = { ...limitsFor(expected), ...(own === undefined ? {} : JSON.parse(own)), isolation };
  peak();
  const residentBefore = process.memoryUsage().rss;
  const started = performance.now();
  const attack = host.run(source, limits).then(
    ({ value }) => ({ value: value === undefined ? null : value }),
    (e) => ({
      error: e?.constructor?.name,
      limit: e?.limit,
      kind: e?.kind,
      message: String(e?.message).slice(0, 1000),
      cause: e?.cause && String(e.cause.stack),
    }),
  );
  const neighbour = host.run(work, other).then(
    ({ value }) => value,
    (e) => String(e),
  );
  const [outcome, meanwhile] = await Promise.all([attack, neighbour]);
  const ms = performance.now() - started;
  const most = peak();
  const after = (await host.run(inventory, other)).value;
  for (let page; page?.hasMore !== false; ) {
    page = await stored.list({ limit: 100 });
    for (const { key } of page.items) await stored.delete(key);
  }
  const now = await inUse(base);
  console.log(
    JSON.stringify({
      attack: basename(file, ".lua"),
      ...outcome,
      meanwhile,
      ms,
      grown: most === undefined ? 0 : most - residentBefore,
      left: now - base,
      intact: after === before || after,
    }),
  );
  base = now;
}
await host.close();
