import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Host } from "../../src/host/host.ts";
import type { HookReport } from "../../src/host/plugins/hooks.ts";
import type { Isolation } from "../../src/host/run-options.ts";
import type { LuaFunction } from "../../src/lua/run/outside.ts";
import { folder } from "../registry/support.ts";
import { ScriptHost } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";

describe.each<Isolation>(["shared", "worker"])("results and print, isolation %s", (isolation) => {
  const open = () => ScriptHost.open([], { isolation });
  const results = async (script: string, wanted: "shown" | "plain") => {
    await using host = await open();
    return (await host.host.run(script, { results: wanted })).values;
  };

  it("shows results as print writes them", async () => {
    const script = `local M = {f = print} M.__index = M
      return {name = "Ada", roles = {"a", "b"}}, 1.0, "text", nil, M, setmetatable({}, {__tostring = function() return "mine" end})`;
    expect(await results(script, "shown")).toEqual([
      '{name = "Ada", roles = {"a", "b"}}',
      "1.0",
      "text",
      "nil",
      "{__index = <cycle>, f = <function>}",
      "mine",
    ]);
  });

  it.each(["then", "toJSON", "toString", "toLocaleString", "valueOf"])(
    "hands out no object that acts by itself through %s",
    async (name) => {
      await using host = await open();
      const unheard: unknown[] = [];
      const hear = (e: unknown) => void unheard.push(e);
      process.on("unhandledRejection", hear);
      const table = `{["${name}"] = function() error("called") end}`;
      try {
        const { value, values } = await host.host.run(`return ${table}, {${table}}, function() return ${table} end`);
        const again = await (values[2] as LuaFunction)();
        for (const one of [value, values[0], (values[1] as unknown[])[0], again]) {
          expect(one).toBeInstanceOf(Map);
          expect((one as Map<string, unknown>).get(name)).toBeTypeOf("function");
          expect(`${JSON.stringify(one)} ${one}`).toBe("{} [object Map]");
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(unheard).toEqual([]);
        (values[2] as LuaFunction).release();
      } finally {
        process.off("unhandledRejection", hear);
      }
    },
  );

  it("leaves out what nobody returned", async () => {
    expect(await results("return 1, nil, nil", "shown")).toEqual(["1"]);
    expect(await results("return", "shown")).toEqual([]);
    expect(await results("return nil", "plain")).toEqual([]);
  });

  it("says what could not leave, in the place of it", async () => {
    const script = `local shared = {1} local M = {f = print, co = coroutine.create(print), a = shared, b = shared, t = require("time").now()}
      M.M = M return M`;
    expect(await results(script, "plain")).toEqual([
      {
        f: { $lua: "function" },
        co: { $lua: "coroutine" },
        a: [1],
        b: [1],
        t: { $lua: "time.Time" },
        M: { $lua: "cycle" },
      },
    ]);
    expect(await results("local t = {} for _ = 1, 1e5 do t = {t} end return (t)", "plain")).toHaveLength(1);
  });

  it("leaves a failure what it is", async () => {
    for (const wanted of ["shown", "plain"] as const) {
      await expect(results('return nil, errors.new("NOT_FOUND", "gone")', wanted)).rejects.toMatchObject({
        kind: "NOT_FOUND",
        message: "gone",
      });
    }
  });

  it("counts what showing takes against the limits", async () => {
    await using host = await open();
    const script = "return setmetatable({}, {__tostring = function() while true do end end})";
    await expect(host.host.run(script, { results: "shown", instructions: 1e5 })).rejects.toMatchObject({
      limit: "instructions",
    });
  });

  it("prints tables by their content, and leaves tostring as it is", async () => {
    await using host = await open();
    await host.host.run('print({1}, "s", 2) print((tostring({}):gsub("0x%x+", "…")))');
    expect(host.printed).toEqual(["{1}\ts\t2\n", "table: …\n"]);
  });

  it("prints by the script's own tostring, where there is one", async () => {
    await using host = await open();
    await host.host
      .run(
        "tostring = function(x) return type(x) end print({}, 1) local p = tostring tostring = nil local ok, e = pcall(print, 1) tostring = p print(ok) error(e)",
      )
      .catch(() => {});
    expect(host.printed[0]).toBe("table\tnumber\n");
    expect(host.printed[1]).toBe("boolean\n");
    await expect(host.host.run("tostring = function() end print(1)")).rejects.toThrow(
      "'tostring' must return a string to 'print'",
    );
  });
});

it("refuses a form of results that there is not", async () => {
  await using host = await ScriptHost.open([]);
  await expect(host.host.run("", { results: "text" as never })).rejects.toThrow(
    'results: expected "values", "shown", "plain" or "inspected", got "text"',
  );
});

describe("what leaves a state is read at the expense of the call", () => {
  /** Half a million parts, which take a few thousand instructions to make. */
  const shared = "local s, t = {}, {} for i = 1, 1000 do s[i] = i end for i = 1, 500 do t[i] = s end";
  const limits = { instructions: 200_000 };

  it.each<[string, (host: Host, code: string) => Promise<unknown>]>([
    ["a script's results", (host, code) => host.run(code, limits)],
    ["a function's answer", (host, code) => host.call("app:f", [code], limits)],
    [
      "the answer of a function that came out",
      async (host, code) => ((await host.run(`return function() ${code} end`, limits)).value as LuaFunction)(),
    ],
    [
      "a hook's answer",
      async (host, code) => {
        const [{ error }] = (await host.hooks.emit("made", code)) as [HookReport];
        if (error !== undefined) throw error;
      },
    ],
  ])("%s", async (_, hand) => {
    const below = folder({});
    writePlugin(below, "guest", [lua("made", "return function(code) return load(code)() end")], {
      hooks: [{ on: "made", call: "made" }],
    });
    await using app = await ScriptHost.open([lua("f", "return function(code) return load(code)() end")]);
    app.host.plugins.load(join(below, "guest"), { limits });
    await hand(app.host, `${shared} return #t`);
    await expect(hand(app.host, `${shared} return t`)).rejects.toMatchObject({ limit: "instructions" });
  });
});
