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
  "n-body": `local bodies = {}
    for i = 1, 5 do bodies[i] = { x = i, y = i * 2, z = i * 3, vx = 0, vy = 0, vz = 0, mass = 1 / i } end
    local sqrt = math.sqrt
    for step = 1, 2000 do
      for i = 1, 5 do
        local a = bodies[i]
        for j = i + 1, 5 do
          local b = bodies[j]
          local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
          local d2 = dx * dx + dy * dy + dz * dz
          local mag = 0.001 / (d2 * sqrt(d2))
          a.vx, a.vy, a.vz = a.vx - dx * b.mass * mag, a.vy - dy * b.mass * mag, a.vz - dz * b.mass * mag
          b.vx, b.vy, b.vz = b.vx + dx * a.mass * mag, b.vy + dy * a.mass * mag, b.vz + dz * a.mass * mag
        end
      end
      for i = 1, 5 do
        local a = bodies[i]
        a.x, a.y, a.z = a.x + 0.001 * a.vx, a.y + 0.001 * a.vy, a.z + 0.001 * a.vz
      end
    end
    return bodies[1].x`,
  "spectral norm": `local n = 60
    local function A(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
    local function Av(x, y) for i = 1, n do local a = 0 for j = 1, n do a = a + x[j] * A(i, j) end y[i] = a end end
    local u, v = {}, {} for i = 1, n do u[i] = 1 end
    for i = 1, 20 do Av(u, v) Av(v, u) end
    return u[1]`,
  fannkuch: `local n = 7
    local p, q, s, sign, flips, sum = {}, {}, {}, 1, 0, 0
    for i = 1, n do p[i], q[i], s[i] = i, i, i end
    repeat
      local q0 = p[1]
      if q0 ~= 1 then
        for i = 2, n do q[i] = p[i] end
        local f = 1
        while true do
          local qq = q[q0]
          if qq == 1 then sum = sum + sign * f if f > flips then flips = f end break end
          q[q0] = q0
          if q0 >= 4 then local i, j = 2, q0 - 1 repeat q[i], q[j] = q[j], q[i] i = i + 1 j = j - 1 until i >= j end
          q0 = qq f = f + 1
        end
      end
      if sign == 1 then p[1], p[2] = p[2], p[1] sign = -1
      else
        p[2], p[3] = p[3], p[2] sign = 1
        for i = 3, n do
          local sx = s[i]
          if sx ~= 1 then s[i] = sx - 1 break end
          if i == n then return sum end
          s[i] = i
          local t = p[1] for j = 1, i do p[j] = p[j + 1] end p[i + 1] = t
        end
      end
    until false`,
  sieve: `local count = 0
    for round = 1, 5 do
      local flags = {}
      for i = 2, 20000 do flags[i] = true end
      for i = 2, 20000 do if flags[i] then count = count + 1 for k = i + i, 20000, i do flags[k] = false end end end
    end
    return count`,
  "string buffer": `local t = {} for i = 1, 5e4 do t[#t + 1] = ("%d:%s;"):format(i, "value") end return #table.concat(t)`,
  patterns: `local n, s = 0, ("key=value; "):rep(2000) for k, v in s:gmatch("(%w+)=(%w+)") do n = n + #k end
    return n, (s:gsub("%w+", string.upper))`,
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
