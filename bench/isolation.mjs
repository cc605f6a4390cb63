/**
 * What does a wall around a script cost: to start it, to call the host from it, to compute in it?
 *
 *   npm run build && node bench/isolation.mjs
 *
 * moonkeep in the host's thread and in a thread of its own, next to what one could take instead: isolated-vm (V8
 * isolates: JavaScript, compiled to machine code), quickjs-emscripten (a JavaScript interpreter in WebAssembly) and
 * wasmoon (a Lua interpreter in WebAssembly). All in one process, in turn, several times; the fastest time counts, and the
 * ratios to moonkeep's shared isolation.
 */
import { Script } from "node:vm";
import { defineModule, Host, plain } from "../dist/index.js";
import { peer } from "./peers.mjs";

const ROUNDS = 9;
const CALLS = 20_000;

const lua = {
  empty: "return 1",
  calls: (empty) => `${empty} for i = 1, ${CALLS} do empty() end return 1`,
  fib: "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(22)",
};
const js = {
  empty: "1",
  calls: `for (let i = 0; i < ${CALLS}; i++) empty(); 1`,
  fib: "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(22)",
};

const bare = defineModule("bare", { empty: plain([], () => undefined) });
const host = await Host.open(undefined, { modules: [bare], workers: { spares: 1 } });
const alone = await Host.open(undefined, { modules: [bare], workers: { spares: 2, reuse: false } });
const moonkeep = (where, isolation) => ({
  empty: () => where.run(lua.empty, { isolation }),
  calls: () => where.run(lua.calls('local empty = require("bare").empty'), { isolation }),
  fib: () => where.run(lua.fib, { isolation }),
});

const { default: ivm } = await peer("isolated-vm");
const { getQuickJS } = await peer("quickjs-emscripten");
const { LuaFactory } = await peer("wasmoon");
const quickjs = await getQuickJS();
const factory = new LuaFactory();

async function inIsolate(code) {
  const isolate = new ivm.Isolate({ memoryLimit: 256 });
  try {
    const context = await isolate.createContext();
    await context.global.set("empty", new ivm.Callback(() => undefined));
    return await (await isolate.compileScript(code)).run(context, { timeout: 30_000 });
  } finally {
    isolate.dispose();
  }
}

function inQuickjs(code) {
  const context = quickjs.newContext();
  try {
    const empty = context.newFunction("empty", () => undefined);
    context.setProp(context.global, "empty", empty);
    empty.dispose();
    const result = context.unwrapResult(context.evalCode(code));
    result.dispose();
  } finally {
    context.dispose();
  }
}

async function inWasmoon(code) {
  const engine = await factory.createEngine();
  try {
    engine.global.set("empty", () => undefined);
    return engine.doStringSync(code);
  } finally {
    engine.global.close();
  }
}

const engines = {
  "moonkeep, shared": moonkeep(host, "shared"),
  "moonkeep, worker": moonkeep(host, "worker"),
  "moonkeep, worker, never used again": moonkeep(alone, "worker"),
  "isolated-vm": { empty: () => inIsolate(js.empty), calls: () => inIsolate(js.calls), fib: () => inIsolate(js.fib) },
  "quickjs-emscripten": {
    empty: () => inQuickjs(js.empty),
    calls: () => inQuickjs(js.calls),
    fib: () => inQuickjs(js.fib),
  },
  wasmoon: {
    empty: () => inWasmoon(lua.empty),
    calls: () => inWasmoon(lua.calls("")),
    fib: () => inWasmoon(lua.fib),
  },
};

const times = {};
const least = (list) => Math.min(...list);
for (let round = 0; round < ROUNDS; round++) {
  for (const [engine, tasks] of Object.entries(engines)) {
    for (const [task, run] of Object.entries(tasks)) {
      const repeat = task === "empty" ? 10 : 1;
      const started = performance.now();
      for (let i = 0; i < repeat; i++) await run();
      const of = ((times[engine] ??= {})[task] ??= []);
      if (round > 0) of.push((performance.now() - started) / repeat); // the first round is to warm up
    }
  }
}

const results = Object.entries(times).map(([engine, of]) => {
  const empty = least(of.empty);
  return [engine, empty, ((least(of.calls) - empty) * 1000) / CALLS, least(of.fib) - empty];
});
const [, ...base] = results[0];
const ratio = (n, i) => `${(n / base[i]).toFixed(2)}x`;
const heads = ["", "a fresh environment, ms", "a call of the host, µs", "fib(22), ms"];
console.log(`| ${heads.join(" | ")} |\n| --- | ---: | ---: | ---: |`);
for (const [engine, ...numbers] of results) {
  const cells = numbers.map((n, i) => `${n.toFixed(n < 10 ? 2 : 1)} (${ratio(n, i)})`);
  console.log(`| ${[engine, ...cells].join(" | ")} |`);
}

// What a run costs without V8's watch, which ends a script wherever it is: that of Ctrl-C, which the command alone asks
// for, and that of a time limit, which nobody asks for any more (node:vm starts a thread for it).
const nothing = new Script("1");
const watches = {
  none: () => host.run(lua.empty),
  "Ctrl-C": () => host.run(lua.empty, { interruptible: true }),
  time: () => {
    nothing.runInThisContext({ timeout: 30_000 });
    return host.run(lua.empty);
  },
};
const costs = {};
for (let round = 0; round < 3 * ROUNDS; round++) {
  for (const [watch, run] of Object.entries(watches)) {
    const started = performance.now();
    for (let i = 0; i < 100; i++) await run();
    (costs[watch] ??= []).push((performance.now() - started) * 10);
  }
}
const cost = (watch) => `${least(costs[watch]).toFixed(0)} µs`;
console.log(
  `\nA run: ${cost("none")}; under V8's watch for Ctrl-C ${cost("Ctrl-C")}, for a time limit ${cost("time")}.`,
);

// A thread that is started for a run, and what it takes of the process's memory.
const starts = [];
const before = process.memoryUsage().rss;
const hosts = [];
for (let i = 0; i < ROUNDS; i++) {
  const cold = await Host.open(undefined, { workers: { spares: 0 } });
  hosts.push(cold);
  const started = performance.now();
  await cold.run("return 1", { isolation: "worker" });
  starts.push(performance.now() - started);
}
const each = (process.memoryUsage().rss - before) / ROUNDS / 2 ** 20;
console.log(`\nA run whose thread has to be started: ${least(starts).toFixed(0)} ms, ${each.toFixed(0)} MiB a thread.`);
await Promise.all([host, alone, ...hosts].map((one) => one.close()));
