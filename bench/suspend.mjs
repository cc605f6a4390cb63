/**
 * What does a suspended call cost on top of what it waits for, and what does a script take while it waits?
 *
 *   npm run build && node --expose-gc bench/suspend.mjs
 *
 * The host function answers with a promise that is resolved already, so all that is left is the way there and back. The
 * same loop in JavaScript, `await` and nothing else, is taken off. Cases run in turn, several rounds; read the least.
 */
import { defineModule, Host, plain } from "../dist/index.js";

const CALLS = 50_000;
const ROUNDS = 9;
const GOAL = 2; // microseconds

const done = Promise.resolve(1);
const tools = defineModule("tools", { wait: plain([], () => done), now: plain([], () => 1) });
const never = [];
const hang = defineModule("hang", { wait: plain([], () => new Promise((resolve) => never.push(resolve))) });
const host = await Host.open(undefined, { modules: [tools, hang] });
const signal = new AbortController().signal;

const loop = `local wait = require("tools").wait for i = 1, ${CALLS} do wait() end`;
const inside = (levels) =>
  levels === 0 ? `for i = 1, ${CALLS} do wait() end` : `coroutine.wrap(function() ${inside(levels - 1)} end)()`;
const cases = {
  "await in JavaScript": async () => {
    for (let i = 0; i < CALLS; i++) await done;
  },
  "a host function that does not wait": () => host.run(loop.replace(".wait", ".now")),
  "no limits": () => host.run(loop, { timeout: 0, memory: 0 }),
  "the default limits": () => host.run(loop),
  "the default limits and a signal": () => host.run(loop, { signal }),
  "in a coroutine": () => host.run(`local wait = require("tools").wait ${inside(1)}`),
  "three coroutines deep": () => host.run(`local wait = require("tools").wait ${inside(3)}`),
  "in a pcall": () => host.run(loop.replace("wait()", "pcall(wait)")),
};

const best = new Map(Object.keys(cases).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const started = performance.now();
    await run();
    best.set(name, Math.min(best.get(name), ((performance.now() - started) * 1000) / CALLS));
  }
}
const awaited = best.get("await in JavaScript");
console.log(`${"microseconds a call".padEnd(40)}${"all".padStart(8)}${"on top of await".padStart(18)}`);
for (const [name, time] of best) {
  console.log(`${name.padEnd(40)}${time.toFixed(2).padStart(8)}${(time - awaited).toFixed(2).padStart(18)}`);
}
const cost = best.get("the default limits") - awaited;
console.log(`a suspended call under the default limits: ${cost.toFixed(2)} microseconds (goal: at most ${GOAL})`);

const SCRIPTS = 1000;
const used = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const before = used();
const runs = Array.from({ length: SCRIPTS }, () => host.run('return require("hang").wait()'));
await new Promise((resolve) => setTimeout(resolve, 10));
console.log(`a script that waits: ${((used() - before) / SCRIPTS / 1024).toFixed(1)} KiB, of ${never.length} at once`);
for (const resolve of never) resolve();
await Promise.all(runs);
await host.close();
