/** What errors weigh on their way out of a thread: as much as they say, in each place. */
import { describe, expect, test } from "vitest";
import { Host } from "../../src/host/host.ts";

const MiB = 2 ** 20;
const limits = { timeout: 30_000, memory: 16 * MiB };
const run = async (code: string, options: { memory?: number } = {}) => {
  await using host = await Host.open(undefined, { isolation: "worker", limits, log() {} });
  return (await host.run(code, options)).value;
};
const tooMuch = { name: "LimitError", limit: "memory" };

/** Errors of 1 MiB, which a script can hold. */
const long = {
  kind: 'errors.new(("K"):rep(2^20), "x")',
  message: 'errors.new("INVALID", ("x"):rep(2^20))',
  context: 'errors.wrap(errors.new("x"), ("c"):rep(2^20))',
  details: 'errors.new({ message = "x", details = { s = ("x"):rep(2^20) } })',
};
const ways = {
  "is returned": "return t",
  "is passed to the host": 'return require("funcs").call("app:none", t)',
  "is in many arguments": 'return require("funcs").call("app:none", table.unpack(t))',
  "is in the fields of a record": 'for i = 1, #t do t["k" .. i], t[i] = t[i], nil end require("logger"):info("m", t)',
};

describe.each(Object.entries(long))("an error with a long %s", (_, error) => {
  test.each(Object.entries(ways))("counts in each place where it %s", async (_, way) => {
    await expect(run(`local e, t = ${error}, {} for i = 1, 100 do t[i] = e end ${way}`)).rejects.toMatchObject(tooMuch);
  });
});

test("the names on its stack count, too", async () => {
  const deep =
    'load("local function f(n) if n == 0 then return errors.new([[x]]) end local r = f(n - 1) return r end return f(50)", "=" .. ("n"):rep(59))';
  const code = `local e, t = (${deep})(), {} for i = 1, 1000 do t[i] = e end return t`;
  await expect(run(code, { memory: MiB })).rejects.toMatchObject(tooMuch);
});

/** Errors that say little, and often. */
const many = {
  "many contexts":
    '(function() local e = errors.new("x") for i = 1, 1000 do e = errors.wrap(e, "") end return e end)()',
  "a deep stack":
    "(function() local function f(n) if n == 0 then return errors.new('x') end return (f(n - 1)) end return (f(100)) end)()",
};

describe.each(Object.entries(many))("an error with %s", (_, error) => {
  test.each(["is returned", "is in many arguments"] as const)(
    "counts with each of them in each place where it %s",
    async (way) => {
      const result = run(`local e, t = ${error}, {} for i = 1, 19000 do t[i] = e end ${ways[way]}`);
      await expect(result).rejects.toMatchObject({ kind: "INVALID", message: expect.stringContaining("25000 values") });
    },
  );
});

test("an error that was wrapped very often crosses with its outermost contexts", async () => {
  const wrap = 'local e = errors.new("INVALID", "x") for i = 1, 1500 do e = errors.wrap(e, "c" .. i) end';
  await expect(run(`${wrap} error(e)`)).rejects.toMatchObject({ kind: "INVALID", message: "x" });
  expect(await run(`${wrap} return { e }`)).toMatchObject([{ kind: "INVALID" }]);
  await expect(run(`${wrap} return nil, e`)).rejects.toMatchObject({
    context: Array.from({ length: 1000 }, (_, i) => `c${1500 - i}`),
  });
});
