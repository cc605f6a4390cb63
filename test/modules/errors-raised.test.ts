import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import { cacheHost, everythingAllowed, ScriptHost } from "../support/host.ts";

describe("errors.wrap", () => {
  it("keeps kind, message, retryable and details, and shows the context in tostring and the stack", async () => {
    await using host = await cacheHost();
    const script = `local e = errors.new{message = "m", kind = "CONFLICT", retryable = false, details = {n = 1}}
      local w = errors.wrap(errors.wrap(e, "loading the cart"), "paying")
      return said(w), tostring(w), w:stack():match("^[^\\n]*"), tostring(e)`;
    expect(await host.results(script)).toEqual([
      { kind: "Conflict", message: "m", retryable: false, details: { n: 1 } },
      "paying: loading the cart: m",
      "paying: loading the cart: m",
      "m",
    ]);
  });

  it("takes a plain string, and a number", async () => {
    await using host = await cacheHost();
    const script = `local w = errors.wrap("broken pipe", "reading") return said(w), tostring(w), tostring(errors.wrap(7, "n"))`;
    expect(await host.results(script)).toEqual([{ kind: "", message: "broken pipe" }, "reading: broken pipe", "n: 7"]);
  });

  it("keeps where the error came from", async () => {
    await using host = await cacheHost();
    const script = `local _, e = store.get("")
      return errors.wrap(e, "c"):stack() == "c: " .. e:stack()`;
    expect(await host.run(script)).toBe(true);
  });

  it.each([
    ["errors.wrap(nil, 'c')", "errors.wrap: expected an error or a string, got nil"],
    ["errors.wrap({}, 'c')", "errors.wrap: expected an error or a string, got table"],
    ["errors.wrap(store.get('app:cache'), 'c')", "errors.wrap: expected an error or a string, got userdata"],
    ["errors.wrap('m')", "context: expected a string, got nil"],
    ["errors.wrap('m', {})", "context: expected a string, got table"],
  ])("raises INVALID for what it can't use: %s", async (call, message) => {
    await using host = await cacheHost();
    expect(await host.run(`return raised(function() return ${call} end):message()`)).toBe(message);
  });
});

describe("errors.is", () => {
  it("says whether an error is of a kind, by constant, value or name", async () => {
    await using host = await cacheHost();
    const script = `local e = errors.wrap(select(2, store.get("")), "c") local mine = errors.new("Mine", "m")
      return errors.is(e, errors.INVALID), errors.is(e, "Invalid"), errors.is(e, "INVALID"),
        errors.is(e, errors.CONFLICT), errors.is(e, ""), errors.is(mine, "Mine"), errors.is(mine, "mine"),
        errors.is(errors.new("m"), errors.UNKNOWN)`;
    expect(await host.results(script)).toEqual([true, true, true, false, false, true, false, true]);
  });

  it.each(["nil", "false", "0", '"Invalid"', "{}", '{kind = "Invalid"}', "print", 'store.get("app:cache")'])(
    "is false for %s, which is no error",
    async (value) => {
      await using host = await cacheHost();
      expect(
        await host.results(`return errors.is(${value}, errors.INVALID), errors.is(${value}, errors.UNKNOWN)`),
      ).toEqual([false, false]);
    },
  );
});

describe("errors.call_stack", () => {
  it("answers the thread, and frames with source, line and name, the innermost first", async () => {
    await using host = await cacheHost();
    const script = `
local function inner()
  local _, e = store.get("")
  return e
end
local function outer()
  local e = inner()
  return e
end
local e = outer()
return errors.call_stack(e)`;
    const { thread, frames } = (await host.run(script, { name: "deep.lua" })) as {
      thread: string;
      frames: { source: string; line?: number; name?: string }[];
    };
    expect(thread).toBe("main");
    const lines = frames.filter(({ source }) => source.endsWith("deep.lua")).map(({ line }) => line);
    expect(lines).toEqual([3, 7, 10]);
    expect(frames[0]).toHaveProperty("source");
  });

  it("is nil for what is no error", async () => {
    await using host = await cacheHost();
    expect(await host.results('return errors.call_stack("x"), errors.call_stack()')).toEqual([undefined, undefined]);
  });
});

describe("an error that is raised", () => {
  it("comes out of pcall as the same error", async () => {
    await using host = await cacheHost();
    const script = `local e = errors.new("CONFLICT", "m")
      local ok, caught = pcall(error, e)
      local _, nested = pcall(function() local _, x = pcall(error, e) error(x) end)
      local _, handled = xpcall(error, function(x) return x end, e)
      local thread = coroutine.create(function() error(e) end)
      local _, resumed = coroutine.resume(thread)
      return ok, caught == e, nested == e, handled == e, resumed == e, errors.is(caught, errors.CONFLICT)`;
    expect(await host.results(script)).toEqual([false, true, true, true, true, true]);
  });

  it.each([
    ["error(e)", (e: string) => `error(${e})`],
    ["return nil, e", (e: string) => `return nil, ${e}`],
    ["assert(nil, e)", (e: string) => `assert(nil, ${e})`],
  ])("comes out of the host with its kind: %s", async (_, raise) => {
    await using host = await cacheHost();
    const e = 'errors.new{message = "m", kind = "CONFLICT", details = {n = 1}}';
    expect(await host.failure(raise(`errors.wrap(${e}, "c")`))).toMatchObject({
      kind: "CONFLICT",
      message: "m",
      retryable: true,
      details: { n: 1 },
      context: ["c"],
    });
    expect(await host.failure(raise('errors.new("Mine", "m")'))).toMatchObject({ kind: "Mine", message: "m" });
  });

  it("that is a string comes out of pcall as that, and out of the host as an unknown kind", async () => {
    await using host = await cacheHost();
    expect(await host.results('return pcall(error, "text")')).toEqual([false, "text"]);
    expect(await host.failure('error("text", 0)')).toMatchObject({ kind: "UNKNOWN", message: "text" });
  });
});

describe("no path of the file system and no JavaScript shows in an error", () => {
  const leaks = /\.(ts|js|mjs)\b|node:|file:\/\/|\/(src|node_modules|home|usr|tmp)\/|\bat (async |Object|new )/;
  const boom = () => {
    throw new TypeError(`secret of ${import.meta.filename}`);
  };
  const modules = [
    defineModule("broken", {
      boom: plain([], boom),
      late: plain([], async () => boom()),
      wrapped: plain([], () => {
        throw new MoonkeepError("UNAVAILABLE", "it is down", { cause: new Error(import.meta.filename) });
      }),
    }),
  ];

  it.each([
    'select(2, store.get(""))',
    'select(2, store.get("app:missing"))',
    "raised(function() return errors.new() end)",
    "raised(require('broken').wrapped)",
    "errors.wrap(errors.new('m'), 'c')",
  ])("of %s", async (error) => {
    await using host = await ScriptHost.open(everythingAllowed, { modules });
    const script = `local e = ${error} local all = {tostring(e), e:message(), e:stack()}
      for _, f in ipairs(errors.call_stack(e).frames) do all[#all + 1] = f.source .. ":" .. tostring(f.name) end
      return table.concat(all, "\\n")`;
    expect(await host.run(script, { name: "shown.lua" })).not.toMatch(leaks);
  });

  it.each(["boom", "late"])(
    "of a bug of a module (%s), which is INTERNAL and says nothing, but to the embedder",
    async (name) => {
      await using host = await ScriptHost.open(everythingAllowed, { modules });
      const script = `local e = raised(require("broken").${name}) return said(e), tostring(e) .. e:stack()`;
      const [told, text] = await host.results(script);
      expect(told).toEqual({ kind: "Internal", message: "internal error", retryable: false });
      expect(text).not.toMatch(leaks);
      expect(text).not.toContain("secret");
      const failure = await host.failure(`require("broken").${name}()`);
      expect(failure.kind).toBe("INTERNAL");
      expect(failure.cause).toBeInstanceOf(TypeError);
    },
  );
});
