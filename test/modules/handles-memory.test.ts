import { describe, expect, it } from "vitest";
import type { RunOptions } from "../../src/host/run-options.ts";
import { handles } from "../support/handles.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";

/**
 * For each type of handle: Lua that makes one which keeps as much of what the script gives as it can. `s` is a text of
 * 1 MiB, `h` one of nearly half of that, `n` one of 1000 bytes, and `i` is another number each time.
 */
const makers: Readonly<Record<string, string>> = {
  "channel.Case": "channel.new(1):case_send(s .. i)",
  "channel.Channel": "(function() local c = channel.new(1) c:send(s .. i) return c end)()",
  error: "errors.new(s .. i)",
  "events.Subscription": '(function() local sub = require("events").subscribe(n .. i) sub:close() return sub end)()',
  "expr.Program": 'require("expr").compile("a" .. i .. " == \'" .. n .. "\'")',
  "json.Null": 'require("json").null',
  "funcs.Executor": 'require("funcs").new():with_context({a = s .. i})',
  "logger.Logger": 'require("logger"):with({a = h .. i})',
  "security.Actor": 'require("security").new_actor("a", {a = n:rep(60) .. i})',
  "security.Policy": 'require("security").policy("app:everything")',
  "security.Scope": 'require("security").new_scope()',
  "store.Iterator": 'require("store").get("app:cache"):each({prefix = s .. i})',
  "store.Lock": 'require("store").get("app:cache"):lock(n .. i)',
  "store.Store": 'require("store").get("app:cache", {prefix = s .. i})',
  "text.Differ": 'require("text").diff.new()',
  "text.Regexp": 'require("text").regexp.compile("(abc|[a-z]+d){20}" .. i)',
  "time.Duration": 'require("time").parse_duration(i .. "s")',
  "time.Location": 'require("time").fixed_zone("zone" .. i, 1)',
  "time.Ticker": 'require("time").ticker("1h")',
  "time.Time": 'require("time").now()',
  "time.Timer": 'require("time").timer("1h")',
};
const kept = Object.values(handles).flat();
const MiB = 1024 * 1024;
const limits: RunOptions = { memory: 16 * MiB, timeout: "20s" };
const head = 'local s, h, n = ("x"):rep(2^20), ("x"):rep(2^19 - 1000), ("x"):rep(1000) local t = {}';

it("every type of handle has its line", () => {
  expect(Object.keys(makers).sort()).toEqual(kept.map(({ name }) => name).sort());
});

/** Of those, what the script gives can be as long as it likes. */
const large = Object.entries(makers).filter(([, make]) => /\b[sh] \.\. i/.test(make));

describe("what a handle keeps counts for the memory limit", () => {
  it.each(Object.entries(makers))(
    "of %s",
    async (name, make) => {
      await using host = await ScriptHost.open([memory("cache", { max_size: 0 }), ...everythingAllowed]);
      const count = large.some(([one]) => one === name) ? 30 : 200_000;
      const script = `${head} for i = 1, ${count} do t[i] = assert(${make}) end return #t`;
      if (name === "json.Null") expect(await host.results(script.replace("200000", "1000"), limits)).toEqual([1000]);
      else {
        const failure = await host.failure(script, limits);
        const isTooMany = /too many|at most 100 locks/.test(failure.message);
        expect(isTooMany || (failure as { limit?: string }).limit === "memory", failure.message).toBe(true);
      }
    },
    60_000,
  );

  it.each(large)("and is free again when nothing keeps a %s", async (name, make) => {
    if (name === "store.Store") return; // it is kept until it is released
    await using host = await ScriptHost.open([memory("cache"), ...everythingAllowed]);
    const script = `${head} local last for i = 1, 60 do last = assert(${make}) end return tostring(last) ~= nil`;
    const outcome = await host.results(script, limits).catch((e: unknown) => e);
    // A thread's handles are the host's until the run has ended (docs/sandbox.md).
    if (process.env.ISOLATION !== "worker") expect(outcome).toEqual([true]);
  });

  it("a store's, when it is released", async () => {
    await using host = await ScriptHost.open([memory("cache"), ...everythingAllowed]);
    const script = `${head} for i = 1, 3000 do require("store").get("app:cache", {prefix = n .. i}):release() end return true`;
    expect(await host.results(script, limits)).toEqual([true]);
    const forgotten = `${head} for i = 1, 60 do require("store").get("app:cache", {prefix = s .. i}) end`;
    expect(await host.failure(forgotten, limits)).toMatchObject({ limit: "memory" });
  });
});
