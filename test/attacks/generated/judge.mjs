/**
 * Runs cases (cases.ts) in a process of its own, one after the other, and says of each how it ended: a line of JSON for
 * each. What would end the process ends this one. The cases come in on standard input, one in a line.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Host, LimitError, MoonkeepError } from "../../../dist/index.js";
import { peak } from "../peak.mjs";

const MiB = 1024 * 1024;
const LIMITS = { timeout: 1000, memory: 32 * MiB, coroutines: 1000 };
/** A promise that is pending for so long is pending for ever. */
const FOR_EVER = 30_000;

const modules = JSON.parse(process.argv[2]);
const source = "return function(code) return assert(load(code, '=attack'))() end";
const registry = {
  version: "1.0",
  namespace: "app",
  entries: [
    { name: "cache", kind: "store.memory" },
    { name: "secret", kind: "store.memory" },
    { name: "f", kind: "function.lua", source: "return function(...) return ... end" },
    { name: "attack", kind: "function.lua", source, modules },
    {
      name: "everything",
      kind: "security.policy",
      policy: { actions: "*", resources: ["app:cache", "app:everything", "app:f", "*.*"], effect: "allow" },
      groups: ["all"],
    },
    {
      name: "rest",
      kind: "security.policy",
      policy: {
        actions: ["events.*", "logger.*", "security.*", "ctx.*", "env.*", "funcs.*"],
        resources: "*",
        effect: "allow",
      },
      groups: ["all"],
    },
    { name: "host", kind: "host.config", security: { actor: { id: "tester" }, groups: ["all"] } },
  ],
};
const manifest = {
  name: "guest",
  version: "1.0.0",
  moonkeep: ">=0.1",
  hooks: [{ on: "attack", call: "attack" }],
  permissions: [{ actions: ["*"], resources: ["app:cache"], reason: "attacks" }],
};
const folder = mkdtempSync(join(tmpdir(), "generated-"));
writeFileSync(join(folder, "registry.yaml"), JSON.stringify(registry));
mkdirSync(join(folder, "guest"));
writeFileSync(join(folder, "guest/plugin.yaml"), JSON.stringify(manifest));
writeFileSync(
  join(folder, "guest/registry.yaml"),
  JSON.stringify({
    version: "1.0",
    namespace: "guest",
    entries: [{ name: "attack", kind: "function.lua", source, modules }],
  }),
);

const hosts = {};
for (const isolation of ["shared", "worker"]) {
  const host = await Host.open(join(folder, "registry.yaml"), {
    print() {},
    log() {},
    isolation,
    workers: { spares: 1 },
  });
  host.plugins.load(join(folder, "guest"), {
    limits: LIMITS,
    isolation,
    grants: "all",
    failures: 1_000_000,
  });
  await host.store("app:secret").set("token", "s3cret");
  hosts[isolation] = host;
}
rmSync(folder, { recursive: true });

async function attack(host, { way, code }) {
  const text = way.endsWith("wait") ? `require("time").sleep("1ms") ${code}` : code;
  if (way.startsWith("run")) return (await host.run(text, LIMITS)).value;
  if (way.startsWith("call")) return host.call("app:attack", [text], LIMITS);
  const [report] = await host.hooks.emit("attack", text, { timeout: LIMITS.timeout });
  if (!report.ok) throw report.error;
  return report.value;
}

/** What JavaScript says when it was not asked nicely. */
const javascript =
  /\b(TypeError|RangeError|SyntaxError|Maximum call stack|Cannot (read|set|mix|convert|access|create)|is not (a function|iterable|defined|a constructor)|BigInt|Invalid (array|string) length)\b/;

/** What is wrong with how it ended; undefined where that is a way that a run may end. */
function wrongIn(outcome) {
  if ("value" in outcome) {
    const { value } = outcome;
    if (typeof value === "string" && (value.startsWith("INTERNAL") || javascript.test(value))) return value;
    return undefined;
  }
  const { error } = outcome;
  if (error instanceof LimitError) return undefined;
  if (!(error instanceof MoonkeepError)) return `not an error of ours: ${error?.stack ?? error}`;
  if (error.kind === "INTERNAL") return `INTERNAL: ${error.message}: ${error.cause?.stack ?? error.cause}`;
  return javascript.test(error.message.slice(0, 10_000)) ? error.message : undefined;
}

/** The store is what its operations say that it is. */
async function torn(host) {
  const store = host.store("app:cache");
  const keys = [];
  for (let after; ; ) {
    const page = await store.list({ limit: 1000, after });
    keys.push(...page.items.map(({ key }) => key));
    after = page.cursor;
    if (!page.hasMore) break;
  }
  for (const key of keys) {
    if (!(await store.has(key))) return `it lists ${String(key).slice(0, 50)} and does not have it`;
    if (!(await store.delete(key))) return "a key can't be deleted";
  }
  const { items } = await store.list();
  if (items.length > 0) return "it is not empty when everything is deleted";
  return (await host.store("app:secret").get("token")) === "s3cret" ? undefined : "another store has changed";
}

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line);
  const host = hosts[one.isolation];
  console.log(JSON.stringify({ begun: one.index }));
  peak();
  const before = process.memoryUsage().rss;
  const began = performance.now();
  let timer;
  const never = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ pending: true }), FOR_EVER);
  });
  const settled = attack(host, one).then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  const outcome = await Promise.race([settled, never]);
  clearTimeout(timer);
  const ms = performance.now() - began;
  const most = peak();
  const wrong = outcome.pending ? "it never settled" : wrongIn(outcome);
  const other = await Promise.race([
    host.run("return 6 * 7", { isolation: "shared" }).then(({ value }) => value),
    never,
  ]);
  const store = ++count % 25 === 0 ? await torn(host) : undefined;
  const grown = most === undefined ? 0 : most - before;
  const ended =
    outcome.error instanceof LimitError
      ? outcome.error.limit
      : outcome.error === undefined
        ? "value"
        : outcome.error.kind;
  console.log(
    JSON.stringify({
      index: one.index,
      wrong: wrong?.slice(0, 1500),
      ms,
      grown,
      ended,
      other: other === 42 ? undefined : String(other),
      store,
    }),
  );
}
for (const host of Object.values(hosts)) await host.close();
