/**
 * What do chunks cost that run for a moment? A fresh state with a line of code, chunks that this process has never seen,
 * and a chunk that comes for the hundredth time in a state of its own.
 *
 *   npm run build && node bench/short.mjs
 *
 * Programs of bench/programs with small sizes. All ways run in turn, in one warm process. The least time counts, since a
 * machine that is busy only adds to it: of chunks that are new by a number in their first line, next to the interpreter
 * alone; of the 90th to the 130th run of a chunk, next to the same code as a function that one state has called 200 times.
 */
import { readFileSync } from "node:fs";
import { defineModule, Host, plain } from "../dist/index.js";

const ROUNDS = 41;
const LINES = 2000;

/** The program of a file with another size. */
function sized(file, from, to) {
  const text = readFileSync(new URL(`programs/${file}.lua`, import.meta.url), "utf8");
  const small = text.replaceAll(from, to);
  if (small === text) throw new Error(`programs/${file}.lua has no "${from}"`);
  return small;
}

const programs = {
  "nbody(100)": sized("nbody", "1, 2000 do", "1, 100 do"),
  "fannkuch(6)": sized("fannkuch", "local n = 8", "local n = 6"),
  "spectral(15)": sized("spectral-norm", "local n = 60", "local n = 15"),
  "trees(8)": sized("binary-trees", "12", "8"),
  "fib(18)": sized("fib", "fib(25)", "fib(18)"),
};

const clock = defineModule("clock", { now: plain([], () => performance.now()) });
const compiled = await Host.open(undefined, { modules: [clock] });
const interpreted = await Host.open(undefined, { modules: [clock], compile: false });

const least = (values) => Math.min(...values);

async function time(host, code) {
  const start = performance.now();
  await host.run(code);
  return performance.now() - start;
}

/** Milliseconds for a call of the code as a function that has been called 200 times. */
const warm = async (code) => {
  const { value } = await compiled.run(`local now = require("clock").now
    local function chunk() ${code}\nend
    for i = 1, 200 do chunk() end
    local least = math.huge
    for i = 1, ${ROUNDS} do local start = now() chunk() least = math.min(least, now() - start) end
    return least`);
  return value;
};

async function fresh(host) {
  const times = [];
  for (let i = 0; i < LINES; i++) times.push(await time(host, "return 1"));
  return least(times.slice(LINES / 2));
}

const show = (ms) => `${(ms * 1000).toFixed(0).padStart(7)} µs`;
const ratio = (value, reference) => (value / reference).toFixed(2).padStart(5);

console.log(
  `a fresh state with a line of code ${show(await fresh(compiled))}, interpreted ${show(await fresh(interpreted))}`,
);

let number = 0;
const unseen = (code) => `-- ${number++}\n${code}`;
for (const code of Object.values(programs)) {
  for (const host of [compiled, interpreted]) for (let i = 0; i < 10; i++) await host.run(unseen(code)); // warm up
}

console.log("\n                 never seen  interpreted  ratio   100th state         warm  ratio");
for (const [name, code] of Object.entries(programs)) {
  const first = { compiled: [], interpreted: [] };
  for (let i = 0; i < ROUNDS; i++) {
    first.compiled.push(await time(compiled, unseen(code)));
    first.interpreted.push(await time(interpreted, unseen(code)));
  }
  const again = [];
  for (let i = 0; i < 90 + ROUNDS; i++) again.push(await time(compiled, code));
  const [news, alone, hundredth, hot] = [
    least(first.compiled),
    least(first.interpreted),
    least(again.slice(90)),
    await warm(code),
  ];
  console.log(
    `${name.padEnd(14)} ${show(news)}   ${show(alone)}  ${ratio(news, alone)}    ${show(hundredth)}   ${show(hot)}  ${ratio(hundredth, hot)}`,
  );
}
await Promise.all([compiled, interpreted].map((host) => host.close()));
