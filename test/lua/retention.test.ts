/** What a script lets go of is let go of by the VM as well: V8 would keep it, and nobody would count it. */
import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { collector } from "../../src/value/collector.ts";

const MiB = 2 ** 20;

/** Bytes in use when all garbage is collected. */
async function inUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collector()!();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A long text that nobody has seen before, and a list that keeps what is put into it. */
const begin = `local made, keep = 0, {}
  local function fresh() made = made + 1 return ("abcdefghij klmnop"):rep(2^17) .. made end `;

describe("what a script keeps of a long text does not keep the text", () => {
  it.each([
    ["a part by string.format", 'keep[i] = ("%.30s"):format(s)'],
    ["what gsub has left of it", 'keep[i] = (("x"):rep(2^21) .. "abcdefghijklmnopqrstuvwxyz" .. i):gsub("^x+", "")'],
    [
      "what gsub has left at its end",
      'keep[i] = ("abcdefghijklmnopqrstuvwxyz" .. i .. ("x"):rep(2^21)):gsub("x+$", "")',
    ],
    ["a channel that it was in", 'local c = require("channel").new(10) c:send(s) c:receive() keep[i] = c'],
    [
      "a message with a name",
      "local _, e = pcall(function() return setmetatable({}, {__name = s}) + 1 end) keep[i] = e",
    ],
    ["a message of a library function", "local _, e = pcall(math.floor, setmetatable({}, {__name = s})) keep[i] = e"],
    ["an error of json", 'local _, e = require("json").decode("[" .. s) keep[i] = e'],
    ["an error of yaml", 'local _, e = require("yaml").decode("a: " .. s .. "\\nb: *nowhere") keep[i] = e'],
    [
      "results that are fewer each time",
      `local t = {} for j = 1, 101 - i do t[j] = 0 end t[#t] = {s:upper()}
       local function f() local x = {table.unpack(t)} return #x end keep[i] = f()`,
    ],
  ])("%s", async (_, code) => {
    await using host = await Host.open();
    const before = await inUse();
    const script = `${begin} for i = 1, 100 do local s = fresh() ${code} end require("time").sleep("300ms") return #keep`;
    const run = host.run(script, { memory: 64 * MiB, timeout: 60_000 });
    let most = 0;
    const looking = setInterval(() => {
      collector()!();
      const { heapUsed, external } = process.memoryUsage();
      most = heapUsed + external; // the last one is that of its sleep
    }, 50);
    expect((await run).value).toBe(100);
    clearInterval(looking);
    expect((most - before) / MiB).toBeLessThan(60); // all of them are 212
  });
});

describe("nothing of a script that has ended is kept", () => {
  it.each([
    ["keys of tables", 'local t = {} t[("x"):rep(2^23) .. n] = 1'],
    ["results", 'local t = {1, ("x"):rep(2^23) .. n} for i = 1, 20 do local a, b = table.unpack(t) end'],
    ["arguments", 'local h = require("hash") local s = ("x"):rep(2^23) .. n for i = 1, 20 do pcall(h.sha256, s) end'],
  ])("of its %s", async (_, code) => {
    await using host = await Host.open();
    await host.run(code.replace("n]", "0]").replace(".. n", ".. 0"));
    const before = await inUse();
    for (let n = 1; n <= 20; n++)
      await host.run(`local n = ${n} ${code} -- ${n}`, { memory: 64 * MiB, timeout: 60_000 });
    expect(((await inUse()) - before) / MiB).toBeLessThan(40); // all of them are 160
  });
});

it("table.remove takes nil for no position, as Lua does", async () => {
  await using host = await Host.open();
  const script = `local t = {1, 2, 3}
    local m = setmetatable({}, {__len = function() return 2 end, __index = function(_, i) return "at " .. i end})
    return table.remove(t, nil), #t, table.remove(m, nil)`;
  expect((await host.run(script)).values).toEqual([3, 2, "at 2"]);
});
