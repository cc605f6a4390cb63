/**
 * What do limits cost? Lua that computes, with the default limits, with none, and in Fengari as it comes.
 *
 *   npm run build && node bench/limits.mjs
 *
 * All cases run in turn, several times, in one process; the median of each counts, and the ratios to "no limits".
 */
import { createRequire } from "node:module";
import { Host } from "../dist/index.js";

const { lua, lauxlib, lualib, to_luastring } = createRequire(import.meta.url)("fengari");
const ROUNDS = 7;

const programs = {
  "fib(25)": "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(25)",
  "loop of additions": "local n = 0 for i = 1, 3e6 do n = n + i % 7 end return n",
  "fill a table": "local t = {} for i = 1, 3e5 do t[i] = i end return #t",
  "fill a table by text keys": 'local t = {} for i = 1, 1e5 do t["k" .. i % 5000] = i end return 1',
  "many small tables": "local s = 0 for i = 1, 2e5 do local t = { a = i, b = { i } } s = s + t.b[1] end return s",
  closures: "local s = 0 for i = 1, 3e5 do local f = function() return i end s = s + f() end return s",
  "strings joined": 'local n = 0 for i = 1, 1e5 do local s = "x" .. i .. "y" n = n + #s end return n',
  "a string that grows": 'local s = "" for i = 1, 5000 do s = s .. "0123456789" end return #s',
  "table.concat": "local t = {} for i = 1, 1e5 do t[i] = tostring(i) end return #table.concat(t, ',')",
  coroutines: "local n = 0 for i = 1, 2e4 do n = n + coroutine.wrap(function() coroutine.yield(i) end)() end return n",
};

const unlimited = { timeout: 0, memory: 0, stringLength: 0, coroutines: 0 };
const host = await Host.open(undefined, { print() {} });

function plainFengari(code) {
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  if (lauxlib.luaL_dostring(L, to_luastring(code)) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
}

const ways = {
  "no limits": (code) => host.run(code, unlimited),
  "default limits": (code) => host.run(code),
  "plain Fengari": plainFengari,
};

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
console.log(
  `${"".padEnd(28)}${Object.keys(ways)
    .map((way) => way.padStart(16))
    .join("")}`,
);
for (const [name, code] of Object.entries(programs)) {
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [way, run] of Object.entries(ways)) {
      const started = performance.now();
      await run(code);
      times[way].push(performance.now() - started);
    }
  }
  const base = median(times["no limits"]);
  const cells = Object.values(times).map((list) =>
    `${median(list).toFixed(0)} ms ${(median(list) / base).toFixed(2)}`.padStart(16),
  );
  console.log(`${name.padEnd(28)}${cells.join("")}`);
}
await host.close();
