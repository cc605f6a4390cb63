import { describe, expect, it } from "vitest";
import { cacheHost } from "../support/host.ts";

const kinds = {
  NOT_FOUND: "NotFound",
  ALREADY_EXISTS: "AlreadyExists",
  INVALID: "Invalid",
  PERMISSION_DENIED: "PermissionDenied",
  UNAVAILABLE: "Unavailable",
  INTERNAL: "Internal",
  CANCELED: "Canceled",
  CONFLICT: "Conflict",
  TIMEOUT: "Timeout",
  RATE_LIMITED: "RateLimited",
  RESOURCE_EXHAUSTED: "ResourceExhausted",
  UNKNOWN: "",
};

/** What a script tells of an error that it makes. */
async function told(error: string): Promise<unknown> {
  await using host = await cacheHost();
  return await host.run(`return said(${error})`);
}

describe("errors", () => {
  it("is a global, and the same table as require gives", async () => {
    await using host = await cacheHost();
    expect(await host.run('return errors == require("errors")')).toBe(true);
  });

  it("has the constants, and nothing else but its functions", async () => {
    await using host = await cacheHost();
    const script = `local constants, functions = {}, {}
      for name, value in pairs(errors) do
        if type(value) == "string" then constants[name] = value else functions[name] = type(value) end
      end return constants, functions`;
    const [constants, functions] = await host.results(script);
    expect(constants).toEqual(kinds);
    expect(functions).toEqual({ new: "function", wrap: "function", is: "function", call_stack: "function" });
  });

  it.each(["errors.INVALID = 1", "errors.more = 1", "rawset(errors, 'new', print)", "setmetatable(errors, {})"])(
    "is frozen: %s raises",
    async (change) => {
      await using host = await cacheHost();
      await expect(host.run(change)).rejects.toThrow();
      expect(await host.run("return errors.INVALID, errors.more")).toBe("Invalid");
    },
  );
});

describe("errors.new", () => {
  it("knows where it was made, wherever it is returned or raised", async () => {
    await using host = await cacheHost();
    const make = "local function make()\n  local e = errors.new('m')\n  return e\nend\n";
    for (const end of ["return nil, make()", "error(make())", "local e = make()\nerror(e)"]) {
      const { luaStack } = await host.failure(make + end, { name: "made.lua" });
      expect(luaStack.slice(0, 2)).toMatchObject([
        { source: "made.lua", line: 2 },
        { source: "made.lua", line: 5 },
      ]);
    }
  });

  it("with a message makes an error of an unknown kind", async () => {
    expect(await told('errors.new("no luck")')).toEqual({ kind: "", message: "no luck" });
  });

  it.each(Object.entries(kinds))(
    "takes %s as a kind, by the constant, by its value and by its name",
    async (name, value) => {
      await using host = await cacheHost();
      const script = `local t = {} for i, kind in ipairs{errors.${name}, "${value}", "${name}"} do
      local e = errors.new(kind, "m") t[i] = e:kind() .. "/" .. e:message() end return t`;
      expect(await host.run(script)).toEqual([`${value}/m`, `${value}/m`, `${value}/m`]);
    },
  );

  it.each([
    ["NOT_FOUND", false],
    ["ALREADY_EXISTS", false],
    ["INVALID", false],
    ["PERMISSION_DENIED", false],
    ["UNAVAILABLE", true],
    ["INTERNAL", false],
    ["CANCELED", false],
    ["CONFLICT", true],
    ["TIMEOUT", true],
    ["RATE_LIMITED", true],
    ["RESOURCE_EXHAUSTED", false],
    ["UNKNOWN", undefined],
  ])("of %s is retryable: %s", async (name, retryable) => {
    await using host = await cacheHost();
    expect(await host.results(`return errors.new(errors.${name}, "m"):retryable()`)).toEqual([retryable]);
  });

  it.each(["OutOfTea", "conflict", "toString", "__proto__", "not found"])(
    "keeps a kind that is none of them as given: %s",
    async (kind) => {
      expect(await told(`errors.new("${kind}", "m")`)).toEqual({ kind, message: "m" });
    },
  );

  it("takes a table of message, kind, retryable and details", async () => {
    expect(
      await told('errors.new{message = "m", kind = errors.CONFLICT, retryable = false, details = {n = 1, list = {1}}}'),
    ).toEqual({ kind: "Conflict", message: "m", retryable: false, details: { n: 1, list: [1] } });
    expect(await told('errors.new{message = "m"}')).toEqual({ kind: "", message: "m" });
    expect(await told('errors.new{message = "m", kind = "TIMEOUT"}')).toEqual({
      kind: "Timeout",
      message: "m",
      retryable: true,
    });
    expect(await told('errors.new{message = "m", retryable = true}')).toEqual({
      kind: "",
      message: "m",
      retryable: true,
    });
  });

  it("takes a number for a message, as its tostring", async () => {
    expect(await told("errors.new(42)")).toEqual({ kind: "", message: "42" });
    expect(await told('errors.new("INVALID", 1.0)')).toMatchObject({ message: "1.0" });
  });

  it.each([
    ["errors.new()", "errors.new: expected a message, got nil"],
    ["errors.new(nil)", "errors.new: expected a message, got nil"],
    ["errors.new(true)", "errors.new: expected a message, got boolean"],
    ["errors.new(print)", "errors.new: expected a message, got function"],
    ['errors.new("INVALID", {})', "errors.new: expected a message, got table"],
    ["errors.new{}", "errors.new: the field message must be a string"],
    ["errors.new{message = 1}", "errors.new: the field message must be a string"],
    ['errors.new{"m"}', 'errors.new: there is no field "1"; the fields are message, kind, retryable, details'],
    ['errors.new{message = "m", kind = 1}', "errors.new: the field kind must be a string"],
    [
      'errors.new{message = "m", "n"}',
      'errors.new: there is no field "1"; the fields are message, kind, retryable, details',
    ],
    [
      'errors.new{message = "m", [true] = 1}',
      'errors.new: there is no field "true"; the fields are message, kind, retryable, details',
    ],
    ['errors.new{message = "m", retryable = "no"}', "errors.new: the field retryable must be a boolean"],
    ['errors.new{message = "m", details = "d"}', "errors.new: the field details must be a table"],
    [
      'errors.new{message = "m", retriable = true}',
      'errors.new: there is no field "retriable"; the fields are message, kind, retryable, details',
    ],
    ['errors.new{message = "m", details = {f = print}}', "error.details.f: a function can't be part of an error"],
    [
      'errors.new{message = "m", details = {errors.new("x")}}',
      "error.details[1]: a userdata can't be part of an error",
    ],
  ])("raises INVALID for what it can't use: %s", async (call, message) => {
    await using host = await cacheHost();
    const script = `return said(raised(function() return ${call} end))`;
    expect(await host.run(script)).toEqual({ kind: "Invalid", message, retryable: false });
  });
});

describe("an error", () => {
  it("is userdata, which no script can change or look into", async () => {
    await using host = await cacheHost();
    const script = `local e = errors.new("m")
      local assigned, raw = pcall(function() e.kind = print end), pcall(rawset, e, "kind", 1)
      return type(e), getmetatable(e), assigned, raw, e.luaStack == nil`;
    expect(await host.results(script)).toEqual(["userdata", false, false, false, true]);
  });

  it("shows its message by tostring and by .., on either side", async () => {
    await using host = await cacheHost();
    const script = `local e = errors.new("CONFLICT", "m") return tostring(e), e .. "!", "! " .. e, e .. e, 1 .. e`;
    expect(await host.results(script)).toEqual(["m", "m!", "! m", "mm", "1m"]);
  });

  it("answers details as a copy each time, and nil when there are none", async () => {
    await using host = await cacheHost();
    const script = `local given = {n = 1}
      local e = errors.new{message = "m", details = given}
      given.n = 2 e:details().n = 3
      return e:details().n, e:details() ~= e:details(), errors.new("m"):details(), errors.new{message = "m", details = {}}:details()`;
    expect(await host.results(script)).toEqual([1, true, undefined, undefined]);
  });

  it("keeps details of any plain data", async () => {
    await using host = await cacheHost();
    const script = `local d = errors.new{message = "m", details = {list = {1, 2.5, "x"}, [10] = true, bytes = "\\xff\\0"}}:details()
      return d.list[2], d[10], d.bytes == "\\xff\\0"`;
    expect(await host.results(script)).toEqual([2.5, true, true]);
  });

  it("has methods that need a :, on an error", async () => {
    await using host = await cacheHost();
    const script = `local e, t = errors.new("m"), {}
      for i, name in ipairs{"kind", "message", "retryable", "details", "stack"} do
        t[i] = tostring(raised(e[name])):match("bad self.*") == "bad self (error expected; use ':')"
      end return t`;
    expect(await host.run(script)).toEqual([true, true, true, true, true]);
  });

  it("an error that was wrapped is garbage when the script has only the wrapping one", async () => {
    await using host = await cacheHost();
    const script = 'local e = errors.new("x") for i = 1, 10000 do e = errors.wrap(e, "y") end return 1';
    const before = process.memoryUsage().heapUsed;
    await host.run(script, { memory: 0, timeout: 0 });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(250 * 2 ** 20); // 480 MiB when each kept the one before
  });
});
