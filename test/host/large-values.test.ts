/** Large tables between the host and threads: they cross as small ones do, and the host has its turns meanwhile. */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// @ts-expect-error: the benchmarks run it as it is
import { longestTurn } from "../../bench/harness/longest-turn.mjs";
import type { RunOptions } from "../../src/host/run-options.ts";
import { data, rest } from "../../src/lua/boundary/arg.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { everythingAllowed, ScriptHost } from "../support/host.ts";
import { lua } from "../support/plugin.ts";

const echo = defineModule("echo", { all: fn([rest(data("value"))], (_, values) => values) });

const open = () =>
  ScriptHost.open(
    [
      { name: "kv", kind: "store.memory" },
      lua("same", "return function(x) return x end"),
      lua("count", "return function(x) return #x end"),
      ...everythingAllowed,
    ],
    { modules: [echo] },
  );

const tables = {
  "a list of integers": "for i = 1, 10000 do t[i] = i end",
  "floats, whole ones too": "for i = 1, 10000 do t[i] = i / 2 end t[1] = -0.0",
  "integers of 64 bits": "for i = 1, 10000 do t[i] = math.maxinteger - i end",
  records: 'for i = 1, 3000 do t[i] = {id = i, name = "n" .. i, tags = {"a", "b"}, ok = i % 2 == 0} end',
  "text keys": 'for i = 1, 10000 do t["k" .. i] = i end',
  "keys of all kinds": 'for i = 1, 5000 do t[i] = i t["k" .. i] = i t[i + 0.5] = i t[-i] = i end t[true] = 1',
  "bytes of all kinds": 'for i = 1, 5000 do t[i] = string.char(i % 256):rep(i % 40) end t[1] = ("\\255"):rep(3e5)',
  "a shared table": "local u = {} for i = 1, 100 do u[i] = i end for i = 1, 100 do t[i] = u end",
  "few parts of many bytes": 't.a, t.b = ("x"):rep(3e5), ("\\128"):rep(3e5)',
};

/** By Node's comparison: that of Vitest takes seconds for what has a hundred thousand bytes. */
const expectSame = (a: unknown, b: unknown) => expect(isDeepStrictEqual(a, b)).toBe(true);

describe.each(Object.entries(tables))("%s", (_, fill) => {
  let host: ScriptHost;
  beforeAll(async () => {
    host = await open();
  });
  afterAll(() => host.host.close());
  const make = `local t = {} ${fill}`;
  const routes = {
    "as a result": `${make} return t`,
    "as one of several": `${make} return 1, t, nil, t`,
    "of a module of the application": `${make} return require("echo").all(t, 1, t)`,
    "to a store and back": `${make} local s = require("store").get("app:kv") s:set("k", t) return s:get("k")`,
    "to stores by many keys": `${make} local s = require("store").get("app:kv") s:set_many({a = t, b = 1})
      return s:get_many({"a", "b"})`,
    "to a function and back": `${make} return require("funcs").call("app:same", t)`,
  };

  it.each(Object.entries(routes))("crosses %s as in shared isolation", async (_, code) => {
    const [shared, threaded] = await Promise.all([
      host.host.run(code, { isolation: "shared" }),
      host.host.run(code, { isolation: "worker" }),
    ]);
    expectSame(threaded, shared);
  });

  it("crosses as an argument, and from a function that came out", async () => {
    const { value } = await host.host.run(`${make} return t`);
    const given = await host.host.run("return ...", { args: [value], isolation: "worker" });
    expectSame(given.value, value);
    const out = await host.host.run("return function(x) return x end", { isolation: "worker" });
    const f = out.value as ((x: unknown) => Promise<unknown>) & { release(): void };
    expectSame(await f(value), value);
    f.release();
    expectSame(await host.host.call("app:same", [value], { isolation: "worker" }), value);
  });
});

it("a table that is large and small enough for an event crosses by one", async () => {
  await using host = await open();
  const code = `local t = {} for i = 1, 2100 do t[i] = i end
    local events = require("events") local sub = events.subscribe("big")
    assert(events.send("big", "k", "/", t)) return sub:channel():receive().data`;
  const { value } = await host.host.run(code, { isolation: "worker" });
  expect(value).toEqual(Array.from({ length: 2100 }, (_, i) => i + 1));
});

describe("a large table that is not plain data", () => {
  const error = async (code: string, options: RunOptions = {}) => {
    await using host = await open();
    const failed = await host.host.run(code, { isolation: "worker", ...options }).catch((e: unknown) => e);
    return failed as Error & { kind: string };
  };

  it("goes part by part, as long as it has no more than 20 000 of them", async () => {
    await using host = await open();
    const code = "local t = {} for i = 1, 9000 do t[i] = i end t[9001] = function() return 7 end return t";
    const { value } = await host.host.run(code, { isolation: "worker" });
    const f = (value as (() => Promise<number>)[])[9000]!;
    expect(await f()).toBe(7);
  });

  it("is refused with what is wrong, and where", async () => {
    const many = "local t = {} for i = 1, 9000 do t[i] = i end t[4] = {a = print} ";
    const { message } = await error(`${many} return require("store").get("app:kv"):set("k", t)`);
    expect(message).toMatch(/value\[4\]\.a: a function/);
    const cycle = "local t = {} for i = 1, 9000 do t[i] = i end t[5] = t ";
    expect((await error(`${cycle} return t`)).message).toMatch(/result\[5\]: .*itself/);
  });

  it("of more parts is told so", async () => {
    const { kind, message } = await error("local t = {} for i = 1, 30000 do t[i] = i end t[4] = print return t");
    expect(kind).toBe("INVALID");
    expect(message).toMatch(/^a table of more than 20000 parts can leave a thread only if it is plain data/);
  });

  it("of more parts than any value may have is told so, as in shared isolation", async () => {
    const code = "local t = {} for i = 1, 1000001 do t[i] = i end return t";
    const [threaded, shared] = [await error(code), await error(code, { isolation: "shared" })];
    expect(threaded.message).toBe(shared.message);
  });

  it("is refused when it is nested too deeply, as in shared isolation", async () => {
    const code =
      "local t = {} for i = 1, 3000 do t[i] = i end local u = t for i = 1, 30 do u[1] = {} u = u[1] end return t";
    const limits = { valueDepth: 20 };
    const [threaded, shared] = [await error(code, limits), await error(code, { ...limits, isolation: "shared" })];
    expect(threaded.message).toBe(shared.message);
  });
});

describe("the host has its turns while it reads", () => {
  const million = "local t = {} for i = 1, 300000 do t[i] = {i} end ";
  const routes = {
    "a result": `${million} return t`,
    "what a store is given": `${million} return require("store").get("app:kv"):set("k", t)`,
    "what a function is given": `${million} return require("funcs").call("app:count", t)`,
  };

  it.each(Object.entries(routes))("%s", async (_, code) => {
    await using host = await open();
    await host.host.run("return 1", { isolation: "worker" });
    const limits: RunOptions = { isolation: "worker", timeout: 60_000, memory: "1GiB" };
    const { longest, whole } = await longestTurn(() => host.host.run(code, limits));
    expect(longest).toBeLessThan(whole / 3); // in one step, it was most of the time
  });

  it("and a run that is ended meanwhile settles at once", async () => {
    await using host = await open();
    const abort = new AbortController();
    const log: string[] = [];
    const code = `${million} print("made") return require("store").get("app:kv"):set("k", t)`;
    const run = host.host.run(code, {
      isolation: "worker",
      memory: "1GiB",
      signal: abort.signal,
      print: (line: Uint8Array) => {
        log.push(String(line));
        setTimeout(() => abort.abort(), 100);
      },
    } as RunOptions);
    await expect(run).rejects.toMatchObject({ kind: "CANCELED" });
    expect((await host.host.run("return 1", { isolation: "worker" })).value).toBe(1);
  });
});

describe("many values of a call in a thread", () => {
  it.each([
    ["numbers", "return table.unpack(t, 1, 190000)"],
    ["small tables", "local u = {} for i = 1, 30000 do u[i] = {i} end return table.unpack(u)"],
    [
      "tables of some parts",
      "local u = {} for i = 1, 30 do u[i] = {table.unpack(t, 1, 1500)} end return table.unpack(u)",
    ],
    [
      "tables with functions that hold one table many times",
      "local function f() local s, u = {table.unpack(t, 1, 900)}, {print = function() end} for i = 1, 19 do u[i] = s end return u end return f(), f()",
    ],
    ["functions", "local u = {} for i = 1, 30000 do u[i] = function() end end return table.unpack(u)"],
  ])("are refused where the host would read them all in one step: %s", async (_, results) => {
    await using host = await open();
    const script = `local t = {} for i = 1, 190000 do t[i] = i end ${results}`;
    await expect(host.run(script, { isolation: "worker" })).rejects.toMatchObject({
      kind: "INVALID",
      message: expect.stringContaining("have more than 25000 values and parts together"),
    });
    expect(await host.run("return 1", { isolation: "worker" })).toBe(1);
  });

  it("are not refused where nobody reads them", async () => {
    await using host = await ScriptHost.open([
      lua("many", "return function() local t = {} for i = 1, 99999 do t[i] = 1 end return table.unpack(t) end"),
      ...everythingAllowed,
    ]);
    expect(await host.host.call("app:many", [], { isolation: "worker" })).toBe(1);
    expect(await host.run('return (require("funcs").call("app:many"))', { isolation: "worker" })).toBe(1);
  });

  it("are refused as arguments, too, and as many as one step takes are not", async () => {
    await using host = await open();
    const script = `local t, all = {}, require("echo").all for i = 1, 190000 do t[i] = i end
      local none, err = all(table.unpack(t))
      local small, large = {}, {} for i = 1, 10 do small[i] = {table.unpack(t, 1, 1900)} large[i] = t end
      return tostring(err), #all(table.unpack(t, 1, 20000)), #all(table.unpack(small)), #all(t, t, t)`;
    const values = await host.results(script, { isolation: "worker" });
    expect(values).toEqual([expect.stringContaining("have more than 25000 values and parts"), 20000, 10, 3]);
  });
});
