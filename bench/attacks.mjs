/**
 * How well is a hostile script contained?
 *
 *   npm run build && node bench/attacks.mjs            every attack of test/attacks/scripts, and those below
 *   node bench/attacks.mjs endless recursion           those whose name has one of these in it
 *
 * Each runs under 1 s and 32 MiB, in each isolation, in a process that does it again and again: how it ended, how long
 * after its limit of time, by how much the process grew above what it had idle, and how long another call waited
 * meanwhile. In worker isolation that should be under 50 ms; in shared isolation it is as long as the hostile script's
 * own time. Times are those of one machine; where others use it, too, a figure is worth as much as the machine is idle.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defineModule, fn, Host, LimitError } from "../dist/index.js";
import { peak } from "../test/attacks/peak.mjs";

const MiB = 2 ** 20;
const LIMITS = { timeout: 1000, memory: 32 * MiB };
const MOST = { time: 1.5, memory: 2 * LIMITS.memory, wait: 50 };

/** A table of which much is in two heaps when it is given to the host by a thread. */
const fields = 'local t = {} for i = 1, 100000 do t["k" .. i] = i end';

/** What takes more than one script, or a module of the application's. */
const more = {
  "waits-that-are-microtasks": 'local f = require("m").soon while true do f() end',
  "events-to-itself":
    'local e = require("events") local s = e.subscribe("a") e.send("a", "k", "p", {}) while true do s:channel():receive() e.send("a", "k", "p", {}) end',
  "functions-that-call-each-other": 'local funcs = require("funcs") while true do funcs.call("app:soon", 1) end',
  "keys-derived-side-by-side":
    'local h = require("hash") for i = 1, 200 do coroutine.spawn(h.pbkdf2, "p", "s" .. i, 1000000, 32) end require("time").sleep("1h")',
  "names-of-loggers":
    'local l, t, s = require("logger"), {}, ("\\255"):rep(1000) for i = 1, 1e7 do t[i] = l:named(s) end',
  "questions-with-long-names":
    'local c, s = require("security").can, ("x"):rep(1000) for i = 1, 1e7 do c("a", s .. i) end',
  "a-list-whose-length-lies": "table.sort(setmetatable({}, {__len = function() return -1 end}))",
  "numbers-of-millions-of-digits": 'local s = ("z"):rep(30 * 2^20) while true do tonumber(s, 36) end',
  "errors-of-bytes": 'local s = ("\\255"):rep(10 * 2^20) while true do errors.new(s) end',
  "an-error-of-bytes": 'return nil, {("\\255"):rep(7 * 2^20)}',
  "results-of-copies": 'local s, t = ("x"):rep(8 * 2^20), {} for i = 1, 1000 do t[i] = s end return t',
  "durations-of-megabytes": 'local d, s = require("time").parse_duration, ("A"):rep(20 * 2^20) while true do d(s) end',
  "base64-of-megabytes": 'local b, s = require("base64"), ("A\\n"):rep(5 * 2^20) while true do b.encode(s) end',
  "schemas-of-thousands":
    'local j, v, all = require("json"), ("x"):rep(4 * 2^20), {} for i = 1, 2000 do all[i] = {minLength = 1} end j.validate({allOf = all}, v)',
  "patterns-of-events": 'local c, s = require("events"), ("A*"):rep(4 * 2^20) while true do c.subscribe(s) end',
  "fields-that-are-stored-again": `${fields} local s, n = require("store").get("app:cache"), 0 while true do n = n + 1 s:set("k" .. n % 3, t) end`,
  "fields-that-are-read-again": `${fields} local s = require("store").get("app:cache") s:set("a", t) t = nil while true do s:get("a") end`,
  "fields-that-are-sent-again": `${fields} local e = require("events") while true do e.send("a", "b", "c", t) end`,
  "fields-that-are-logged-again":
    'local l, s, t = require("logger"), ("x"):rep(1000), {} for i = 1, 5000 do t["k" .. i] = s end while true do l:info("a", t) end',
  "texts-that-are-printed-again": 'local s = ("x"):rep(8 * 2^20) while true do print(s) end',
  "lines-of-megabytes": 'local l, s = require("logger"), ("\\255"):rep(5e6) while true do l:info(s) end',
};

const folder = new URL("../test/attacks/scripts/", import.meta.url);
const scripts = Object.fromEntries(
  readdirSync(folder).map((file) => [file.replace(".lua", ""), readFileSync(new URL(file, folder), "utf8")]),
);
const attacks = { ...scripts, ...more };

const self = fileURLToPath(import.meta.url);
if (process.argv[2] === "--in") await measure(process.argv[3]);
else await report(process.argv.slice(2));

// ---- the process that is attacked ----

async function measure(isolation) {
  const entries = [
    { name: "cache", kind: "store.memory" },
    { name: "soon", kind: "function.lua", source: "return function(x) return x end" },
    {
      name: "all",
      kind: "security.policy",
      policy: { actions: "*", resources: "*", effect: "allow" },
      groups: ["all"],
    },
    { name: "host", kind: "host.config", security: { actor: { id: "a" }, groups: ["all"] } },
  ];
  const below = mkdtempSync(join(tmpdir(), "attacks-"));
  writeFileSync(join(below, "registry.yaml"), JSON.stringify({ version: "1.0", namespace: "app", entries }));
  const host = await Host.open(join(below, "registry.yaml"), {
    print() {},
    log() {},
    modules: [defineModule("m", { soon: fn([], async () => 1) })],
    workers: { spares: 1 },
  });
  rmSync(below, { recursive: true });
  for (let i = 0; i < 20; i++) await host.run("return 1", { isolation: i % 2 ? isolation : "shared" });
  for await (const name of createInterface({ input: process.stdin })) {
    for (let i = 0; i < 3; i++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 150)); // and the next thread comes up
    }
    peak();
    const idle = process.memoryUsage().rss;
    let isOver = false;
    const began = performance.now();
    const attack = host
      .run(attacks[name], { ...LIMITS, isolation })
      .then(
        () => "a result",
        (e) => (e instanceof LimitError ? e.limit : (e.kind ?? `not ours: ${e}`)),
      )
      .finally(() => {
        isOver = true;
      });
    let wait = 0;
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const asked = performance.now();
      if (!isOver) await host.run("return 1", { isolation: "shared" });
      wait = Math.max(wait, performance.now() - asked);
    }
    const ended = await attack;
    const ms = performance.now() - began;
    console.log(JSON.stringify({ name, ended, ms, grown: Math.max(0, (peak() ?? Number.NaN) - idle), wait }));
  }
  await host.close();
}

// ---- the table ----

async function report(parts) {
  const names = Object.keys(attacks).filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
  const of = {};
  for (const isolation of ["shared", "worker"]) {
    const verdicts = await ask(isolation, names);
    of[isolation] = verdicts;
    console.log(`\n### ${isolation}: ${verdicts.length} of ${names.length} attacks contained\n`);
    const ends = {};
    for (const { ended } of verdicts) ends[ended] = (ends[ended] ?? 0) + 1;
    const ways = Object.entries(ends).map(([end, n]) => `${end} ${n}`);
    console.log(`They ended with: ${ways.join(", ")}.\n`);
    const missed = verdicts.filter(
      ({ ms, grown, wait }) =>
        ms > MOST.time * LIMITS.timeout || grown > MOST.memory || (isolation === "worker" && wait > MOST.wait),
    );
    const large = verdicts.filter(({ grown }) => grown > MOST.memory).length;
    console.log(`Over ${MOST.time} times the time, ${MOST.memory / MiB} MiB or ${MOST.wait} ms: ${missed.length}`);
    console.log(`Over ${MOST.memory / MiB} MiB: ${large}`);
    for (const { name, ended, ms, grown, wait } of missed)
      console.log(`- ${name}: ${ended}, ${ms.toFixed(0)} ms, ${(grown / MiB).toFixed(0)} MiB, ${wait.toFixed(0)} ms`);
  }
  console.log(`\n### The table of docs/sandbox.md (${names.length} scripts)\n`);
  console.log("| | shared: median, 95 %, maximum | worker: median, 95 %, maximum |\n|---|---|---|");
  const spread = (isolation, field, size) => {
    const all = of[isolation].map((verdict) => verdict[field]).sort((a, b) => a - b);
    const at = (q) => ((all[Math.min(all.length - 1, Math.floor(q * all.length))] ?? 0) / size).toFixed(0);
    return `${at(0.5)}, ${at(0.95)}, ${at(1)}`;
  };
  const row = (what, field, size) =>
    `| ${what} | ${spread("shared", field, size)} | ${spread("worker", field, size)} |`;
  console.log(row("time until the script ended, ms", "ms", 1));
  console.log(row("memory of the process above an idle one, MiB", "grown", MiB));
  const waited = spread("worker", "wait", 1);
  console.log(`| time that another call waited, ms | as long as the script computes | ${waited} |`);
}

/** Has each done in one process, and in a new one when an attack ended it. */
async function ask(isolation, names) {
  const verdicts = [];
  let rest = names;
  while (rest.length > 0) {
    const child = spawn(process.execPath, ["--expose-gc", self, "--in", isolation], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.on("error", () => {});
    child.stdin.write(`${rest[0]}\n`);
    for await (const line of createInterface({ input: child.stdout })) {
      verdicts.push(JSON.parse(line));
      rest = rest.slice(1);
      if (rest.length > 0) child.stdin.write(`${rest[0]}\n`);
      else child.stdin.end();
    }
    if (rest.length === 0) break;
    console.log(`${rest[0]} ended the process`);
    rest = rest.slice(1);
  }
  return verdicts;
}
