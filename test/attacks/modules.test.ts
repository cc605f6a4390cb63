/** What an embedder's functions take and answer is memory of the script, as long as the script or the call has it. */
import { describe, expect, it } from "vitest";
import { LimitError } from "../../src/errors.ts";
import { defineHandle, defineModule, fn, Host, many, param } from "../../src/index.ts";

class Box {
  readonly bytes = new Uint8Array(4 * 2 ** 20);
  read(): Uint8Array {
    return this.bytes;
  }
}
const box = new Box();
const text = "y".repeat(2 ** 20);
defineHandle("attacks.Box", Box, { read: [] });

let waiting: (() => void)[] = [];
const wait = () => new Promise<number>((resolve) => waiting.push(() => resolve(1)));

const module = defineModule("m", {
  bytes: fn([], () => box.bytes),
  soon: fn([], async () => box.bytes),
  listed: fn([], () => [box.bytes, box.bytes]),
  field: fn([], () => ({ deep: { bytes: box.bytes } })),
  mapped: fn([], () => new Map([[1, box.bytes]])),
  several: many([], () => [box.bytes, box.bytes, 1]),
  texts: many([], () => Array.from({ length: 1000 }, () => text)),
  box: fn([], () => box),
  data: fn([param.rest(param.data("x"))], (_, ...x) => x.length),
  text: fn([param.rest(param.text("x"))], (_, ...x) => x.length),
  raw: fn([param.rest(param.bytes("x"))], (_, ...x) => x.length),
  two: fn([param.data("a"), param.text("b"), param.bytes("c")], () => 1),
  keeps: fn([param.data("x")], wait),
  endless: many([], () => {
    const results: unknown[] = [];
    results.length = 2 ** 32 - 1;
    return results;
  }),
  few: many([], () => [1, undefined, "three"]),
  empty: many([], () => []),
});

const keep = (call: string) => `local m, t = require("m"), {} while true do t[#t + 1] = {${call}} end`;
const give = (name: string) =>
  `local s, t = ("x"):rep(4 * 2^20), {} for i = 1, 400 do t[i] = s end return require("m").${name}(table.unpack(t))`;

const cases: Readonly<Record<string, string>> = {
  "bytes that are kept": keep("m.bytes()"),
  "bytes that come later": keep("m.soon()"),
  "bytes in a list": keep("m.listed()"),
  "bytes in a field": keep("m.field()"),
  "bytes in a map": keep("m.mapped()"),
  "bytes among several results": keep("m.several()"),
  "a thousand long results": keep("m.texts()"),
  "bytes of a handle": keep("m.box():read()"),
  "one string as many arguments of data": give("data"),
  "one string as many arguments of text": give("text"),
  "one string as many arguments of bytes": give("raw"),
};

/** A thread asks the host for one thing at a time. */
const manyThatWait = `local m, s = require("m"), ("x"):rep(4 * 2^20)
  for i = 1, 400 do coroutine.spawn(function() m.keeps(s) end) end m.keeps(1)`;

const open = () => Host.open(undefined, { modules: [module], print() {} });
const limits = { timeout: 60_000, memory: "32MiB" } as const;
const ending = (run: Promise<{ readonly value: unknown }>) =>
  run.then(
    ({ value }) => value,
    (e: unknown) => (e instanceof LimitError ? e.limit : String(e)),
  );

it("arguments of calls that wait count until they are answered", async () => {
  await using host = await open();
  waiting = [];
  expect(await ending(host.run(manyThatWait, limits))).toBe("memory");
  for (const end of waiting) end();
});

describe.each(["shared", "worker"] as const)("a function of an embedder's module (%s)", (isolation) => {
  it.each(Object.entries(cases))("counts %s", async (_, script) => {
    await using host = await open();
    expect(await ending(host.run(script, { ...limits, isolation }))).toBe("memory");
  });

  it("gives back what a call had when it is over", async () => {
    await using host = await open();
    const script = `local m, s = require("m"), ("x"):rep(2^20)
      for i = 1, 30 do m.two(s, s, s) m.data(s, s) m.bytes() m.empty() assert(select("#", m.few()) == 3) end return 1`;
    expect(await ending(host.run(script, { ...limits, isolation }))).toBe(1);
  });

  it("may not answer more results than a stack has room for", async () => {
    await using host = await open();
    const failed = await ending(host.run('return require("m").endless()', { ...limits, isolation }));
    expect(String(failed)).toMatch(/internal error|script's thread failed/i);
    expect(await ending(host.run("return 5", { isolation }))).toBe(5);
  });
});
