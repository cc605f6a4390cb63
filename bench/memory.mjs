/**
 * How right is the memory account? Each script builds something that stays reachable; what the account says it takes is
 * compared with what the process grew by.
 *
 *   npm run build && node bench/memory.mjs
 */
import { execFileSync } from "node:child_process";
import { measure } from "../dist/lua/limits/measure.js";
import { State } from "../dist/lua/run/state.js";

const shapes = {
  "array of integers": "local t = {} for i = 1, 300000 do t[i] = i end return t",
  "table with text keys": 'local t = {} for i = 1, 200000 do t["k" .. i] = i end return t',
  "empty tables": "local t = {} for i = 1, 100000 do t[i] = {} end return t",
  "records of four fields": "local t = {} for i = 1, 50000 do t[i] = { a = i, b = i, c = i, d = true } end return t",
  "lists of ten": "local t = {} for i = 1, 30000 do t[i] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, i } end return t",
  "short strings": 'local t = {} for i = 1, 200000 do t[i] = "text " .. i end return t',
  "strings of 1 KB": 'local t = {} for i = 1, 30000 do t[i] = ("x"):rep(1000) .. i end return t',
  "strings of 1 MB": 'local t = {} for i = 1, 60 do t[i] = ("x"):rep(1000000) .. i end return t',
  "closures of one upvalue": "local t = {} for i = 1, 100000 do t[i] = function() return i end end return t",
  "closures of two hundred upvalues":
    'local n = {} for i = 1, 190 do n[i] = "v" .. i end n = table.concat(n, ", ") local f = load("local " .. n .. " = ... return function() return " .. n .. " end") local t = {} for i = 1, 2000 do t[i] = f(i) end return t',
  coroutines:
    "local t = {} for i = 1, 20000 do t[i] = coroutine.create(function() coroutine.yield(i) end) coroutine.resume(t[i]) end return t",
  "wrapped coroutines":
    "local t = {} for i = 1, 20000 do t[i] = coroutine.wrap(function() coroutine.yield(i) end) t[i]() end return t",
  "chunks of code":
    'local t = {} for i = 1, 300 do t[i] = load(("local a = b + %d; f(a, %d); "):format(i, i):rep(100)) end return t',
  "linked list": "local t = nil for i = 1, 100000 do t = { next = t } end return t",
};

const used = () => {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** Builds one shape in this process, which does nothing else. */
function weigh(code) {
  const state = new State({ modules: new Map(), call: undefined, print() {} });
  const f = state.load(Buffer.from(code), "=shape");
  const before = used();
  const accountBefore = measure(state.footprint).bytes;
  const [result] = state.run(f, []);
  const process = used() - before;
  state.thread.stack[state.thread.top++] = result; // reachable from the state, as a global would be
  return { account: measure(state.footprint).bytes - accountBefore, process };
}

const MB = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const only = process.argv[2];
if (only !== undefined) console.log(JSON.stringify(weigh(shapes[only])));
else {
  console.log(`${"".padEnd(26)}${"account".padStart(10)}${"process".padStart(10)}${"account / process".padStart(20)}`);
  for (const name of Object.keys(shapes)) {
    const out = execFileSync(process.execPath, ["--expose-gc", import.meta.filename, name]);
    const { account, process: grown } = JSON.parse(out);
    const ratio = (account / grown).toFixed(2);
    console.log(`${name.padEnd(26)}${MB(account).padStart(10)}${MB(grown).padStart(10)}${ratio.padStart(20)}`);
  }
}
