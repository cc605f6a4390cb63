import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type OpenMetricsContentType, Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Metric, MetricName } from "../../src/host/telemetry/catalog.ts";
import { catalog } from "../../src/host/telemetry/catalog.ts";
import type { RunEnded } from "../../src/host/telemetry/recorder.ts";
import { collectMetrics } from "../../src/prometheus.ts";
import { folder } from "../registry/support.ts";
import { type EntrySource, everythingAllowed, memory, policy, ScriptHost, stopClock } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";

const open = (entries: readonly EntrySource[] = [], options = {}) =>
  ScriptHost.open([memory("cache"), ...entries, ...everythingAllowed], { metrics: true, ...options });

/** The number of a metric with these labels; 0 where there is none. */
function number({ host }: ScriptHost, name: MetricName, labels: Readonly<Record<string, string>> = {}): number {
  const metric = host.metrics()[name];
  if (metric.type === "histogram") throw new Error(`${name} is a histogram`);
  return metric.samples.find((one) => Object.entries(labels).every(([k, v]) => one.labels[k] === v))?.value ?? 0;
}

const count = (metric: Metric): number =>
  metric.type === "histogram" ? metric.samples.reduce((sum, one) => sum + one.count, 0) : Number.NaN;

const cache = 'local s = require("store").get("app:cache")';

describe("host.metrics", () => {
  it("is refused where nothing is counted, which is the default", async () => {
    await using app = await open([], { metrics: false });
    expect(() => app.host.metrics()).toThrow("metrics are off; turn them on with Host.open(path, { metrics: true })");
  });

  it.each(["shared", "worker"] as const)("counts runs by outcome, %s", async (isolation) => {
    await using app = await open();
    const options = { isolation, timeout: 3000 };
    await app.run("return 1", options);
    await app.failure("error('no')", options);
    await app.failure('return nil, "no"', options);
    await app.failure("while true do end", { ...options, instructions: 100_000 });
    const end = new AbortController();
    const canceled = app.failure('print("on") require("time").sleep("1m")', { ...options, signal: end.signal });
    while (app.printed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    end.abort();
    await canceled;
    for (const [outcome, n] of Object.entries({ ok: 1, error: 2, limit: 1, canceled: 1 })) {
      expect(number(app, "moonkeep_runs_total", { isolation, outcome }), outcome).toBe(n);
    }
    expect(number(app, "moonkeep_limits_hit_total", { limit: "instructions" })).toBe(1);
    const { moonkeep_run_duration_seconds: durations, moonkeep_run_queue_seconds: queue } = app.host.metrics();
    expect(count(durations)).toBe(5);
    expect(count(queue)).toBe(isolation === "worker" ? 5 : 0);
    expect(number(app, "moonkeep_runs_active", { isolation })).toBe(0);
  });

  it("shows runs that go on, and threads", async () => {
    await using app = await open();
    const run = app.run('require("time").sleep("10m")', { isolation: "worker" }).catch(() => {});
    const deadline = performance.now() + 10_000;
    while (number(app, "moonkeep_threads", { state: "running" }) === 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(number(app, "moonkeep_threads", { state: "running" })).toBe(1);
    expect(number(app, "moonkeep_runs_active", { isolation: "worker" })).toBe(1);
    for (const one of app.host.runs()) one.kill();
    await run;
    expect(number(app, "moonkeep_runs_active", { isolation: "worker" })).toBe(0);
  });

  it("counts operations of stores, of scripts and of the application, and what they failed with", async () => {
    await using app = await open([memory("small", { max_size: 1 })]);
    await app.run(`${cache} s:set("a", 1) s:get("a") s:get("b") s:has("a") s:delete("a") s:list()`);
    await app.host.store("app:cache").get("a");
    await app.run('local s = require("store").get("app:small") s:set("a", 1) s:set("b", 1)');
    const operations = (operation: string, store = "app:cache") =>
      number(app, "moonkeep_store_operations_total", { store, backend: "memory", operation });
    expect([operations("get"), operations("set"), operations("has"), operations("delete")]).toEqual([3, 1, 1, 1]);
    expect(operations("list")).toBe(1);
    expect(operations("set", "app:small")).toBe(2);
    expect(number(app, "moonkeep_store_errors_total", { store: "app:small", kind: "UNAVAILABLE" })).toBe(1);
    expect(count(app.host.metrics().moonkeep_store_operation_duration_seconds)).toBeGreaterThan(0);
  });

  it("counts what memory stores drop and free, and what is in them", async () => {
    const clock = stopClock();
    await using app = await open([memory("small", { max_size: 2, eviction: "lru", max_bytes: "1MiB" })]);
    const small = 'local s = require("store").get("app:small")';
    await app.run(`${small} for i = 1, 5 do s:set(i, "x") end`);
    expect(number(app, "moonkeep_store_evictions_total", { store: "app:small" })).toBe(3);
    expect(number(app, "moonkeep_store_entries", { store: "app:small" })).toBe(2);
    expect(number(app, "moonkeep_store_bytes", { store: "app:small" })).toBeGreaterThan(0);
    await app.run(`${small} s:set(1, "x", 1)`);
    clock.advance(1000);
    await app.run(`${small} s:get(1)`);
    expect(number(app, "moonkeep_store_expired_total", { store: "app:small" })).toBe(1);
    const { samples } = app.host.metrics().moonkeep_store_bytes;
    expect(samples.map(({ labels }) => labels.store)).toEqual(["app:small"]); // nothing is counted of the other one
  });

  it("counts decisions, whether they depend on the key or not", async () => {
    const conditions = [{ field: "meta.key", operator: "matches", value: "^secret" }];
    await using app = await open([policy("secret", "deny", "store.key.*", "*", { conditions })]);
    const counted = () => ["allow", "deny"].map((decision) => number(app, "moonkeep_decisions_total", { decision }));
    await app.run(`${cache} s:set("a", 1) s:get("a")`); // and store.get
    expect(counted()).toEqual([3, 0]);
    await app.run(`${cache} s:get("secret1") s:info()`);
    expect(counted()).toEqual([5, 1]);
    await app.run('require("security").can("store.get", "app:cache")'); // only a question
    expect(counted()).toEqual([5, 1]);
  });

  it("counts calls of functions, reloads, lost events, and shows plugins that are suspended", async () => {
    await using app = await open([
      lua("f", "return function(x) return x end"),
      lua("bad", "return function() error('no') end"),
    ]);
    await app.run('local f = require("funcs") f.call("app:f", 1) f.call("app:bad")');
    expect(number(app, "moonkeep_calls_total", { outcome: "ok" })).toBe(1);
    expect(number(app, "moonkeep_calls_total", { outcome: "error" })).toBe(1);
    await expect(app.host.reload()).rejects.toThrow(); // its file is gone
    expect(number(app, "moonkeep_reloads_total", { outcome: "error" })).toBe(1);
    using _ = app.host.events.subscribe("a", () => {});
    await app.run('for i = 1, 1100 do require("events").send("a", "k", "p") end');
    expect(number(app, "moonkeep_events_lost_total")).toBe(100);
    const hooks = { hooks: [{ on: "tick", call: "bad" }] };
    const bad = writePlugin(folder(), "guest", [lua("bad", "return function() error('no') end")], hooks);
    await app.host.plugins.load(bad, { failures: 1 });
    expect(number(app, "moonkeep_plugin_suspended", { plugin: "guest" })).toBe(0);
    await app.host.hooks.emit("tick");
    expect(number(app, "moonkeep_plugin_suspended", { plugin: "guest" })).toBe(1);
  });

  it("has no label that a script can choose", async () => {
    await using app = await open();
    const odd = "chosen-by-a-script";
    await app.failure(`${cache} s:set("${odd}", 1) require("events").send("${odd}", "${odd}", "${odd}")
      require("store").get("${odd}") require("funcs").call("${odd}") error(require("errors").new{kind = "${odd}", message = "${odd}"})`);
    expect(JSON.stringify(app.host.metrics())).not.toContain(odd);
  });

  it("has the metrics that docs/operations.md lists, with the labels that it lists", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
    const rows = [...page.matchAll(/^\| `(moonkeep_\w+)` \| (\w+) \|([^|]*)\|/gm)];
    const listed = rows.map(([, name, type, labels]) => [name, type, labels!.match(/\w+/g) ?? []]);
    const known = Object.entries(catalog).map(([name, { type, labels }]) => [name, type, labels]);
    expect(listed).toEqual(known);
  });
});

describe("moonkeep/prometheus", () => {
  it("shows the metrics as Prometheus reads them", async () => {
    await using app = await open();
    const registry = new Registry();
    registry.setDefaultLabels({ service: "shop" });
    collectMetrics(app.host, registry);
    await app.run(`${cache} s:get("a")`);
    const text = await registry.metrics();
    expect(text).toContain("# TYPE moonkeep_runs_total counter");
    expect(text).toMatch(/^moonkeep_runs_total\{isolation="\w+",outcome="ok",service="shop"\} 1$/m);
    expect(text).toMatch(
      /^moonkeep_store_operations_total\{store="app:cache",backend="memory",operation="get",service="shop"\} 1$/m,
    );
    expect(text).toMatch(/^moonkeep_run_duration_seconds_bucket\{le="\+Inf",isolation="\w+",service="shop"\} 1$/m);
    expect(text).toMatch(/^moonkeep_run_duration_seconds_count\{isolation="\w+",service="shop"\} 1$/m);
    expect(text).toMatch(/^moonkeep_run_duration_seconds_sum\{isolation="\w+",service="shop"\} 0\.\d+$/m);
  });

  it("takes OpenMetrics, and twice the same registry is refused", async () => {
    await using app = await open();
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    collectMetrics(app.host, registry);
    await app.run("return 1");
    for (let i = 0; i < 2; i++) expect(await registry.metrics()).toMatch(/^moonkeep_runs_total\{.*\} 1$/m);
    expect(() => collectMetrics(app.host, registry)).toThrow("already been registered");
  });
});

describe("node:diagnostics_channel", () => {
  it("has every run and every denial, whether metrics are on or not", async () => {
    const heard: unknown[] = [];
    const listen = (name: string) => {
      const listener = (message: unknown) => void heard.push([name, message]);
      subscribe(name, listener);
      onTestFinished(() => void unsubscribe(name, listener));
    };
    for (const name of ["moonkeep:run.start", "moonkeep:run.end", "moonkeep:denial"]) listen(name);
    await using app = await open([policy("no", "deny", "store.key.set")], { metrics: false });
    await app.run(`${cache} s:set("a", 1)`, { name: "shop.lua" });
    const [start, denial, end] = heard as [string, RunEnded][];
    expect(start).toEqual(["moonkeep:run.start", { id: 1, source: "shop.lua", isolation: expect.any(String) }]);
    expect(denial).toMatchObject([
      "moonkeep:denial",
      { action: "store.key.set", resource: "app:cache", attributes: { key: "a" }, actor: "tester", policy: "app:no" },
    ]);
    expect(end).toMatchObject(["moonkeep:run.end", { id: 1, source: "shop.lua", actor: "tester", outcome: "ok" }]);
    await app.failure("error('no')");
    expect(heard.at(-1)).toMatchObject(["moonkeep:run.end", { outcome: "error", error: { name: "MoonkeepError" } }]);
  });
});
