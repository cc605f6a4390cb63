/** What an embedder's module answers is its own mistake where no script can have it, and takes what the script may have. */
import { describe, expect, it } from "vitest";
import { defineHandle, defineModule, fn, MoonkeepError, many, plain } from "../../src/index.ts";
import { ScriptHost } from "../support/host.ts";

/** What the functions of the module answer, or throw. */
let answer: () => unknown;

class Thing {}
defineHandle("answers.Thing", Thing, {}, { tostring: () => answer() as string });
const answers = defineModule("answers", {
  one: fn([], () => answer()),
  later: fn([], async () => {
    await Promise.resolve();
    return answer();
  }),
  several: many([], () => [1, answer()]),
  raising: plain([], () => answer()),
  thing: fn([], () => new Thing()),
});
const calls = ["one", "later", "several"];
const open = () => ScriptHost.open([], { modules: [answers] });

type Around = (inner: unknown) => unknown;
const list: Around = (inner) => [inner];
const twice: Around = (inner) => [inner, inner];
const object: Around = (inner) => ({ a: inner });
const both: Around = (inner) => ({ a: inner, b: inner });

function nested(around: Around, depth: number, innermost: unknown): unknown {
  let value = innermost;
  for (let i = 0; i < depth; i++) value = around(value);
  return value;
}

const circle: unknown[] = [];
circle.push([circle]);

describe.each(calls)("what %s answers", (call) => {
  it.each<[string, unknown, RegExp]>([
    ["lists", nested(list, 128, []), /^result(\[0\]){128}: nested deeper than 128 levels$/],
    ["many lists", nested(list, 100_000, []), /^result(\[0\]){128}: nested deeper than 128 levels$/],
    ["objects", nested(object, 128, {}), /^result(\.a){128}: nested deeper than 128 levels$/],
    [
      "objects in lists",
      nested(list, 64, nested(object, 65, 1)),
      /^result(\[0\]){64}(\.a){64}: nested deeper than 128/,
    ],
    ["a list in itself", circle, /^result\[0\]\[0\]: a value that contains itself can't be given to Lua$/],
  ])("is not %s, which are too deep", async (_, value, message) => {
    await using host = await open();
    answer = () => value;
    const error = await host.failure(`return require("answers").${call}()`);
    expect(error).toMatchObject({ kind: "INTERNAL", cause: { message: expect.stringMatching(message) } });
  });

  it("may have 128 levels", async () => {
    await using host = await open();
    const depth = `local found = select(-1, require("answers").${call}()) local n = 0
      while type(found) == "table" do n, found = n + 1, found[1] or found.a end return n`;
    for (const value of [nested(list, 128, 1), nested(object, 128, 1), nested(list, 64, nested(object, 64, 1))]) {
      answer = () => value;
      expect(await host.run(depth)).toBe(128);
    }
  });

  it.each<[string, unknown]>([
    ["lists in lists", nested(twice, 40, [])],
    ["objects in objects", nested(both, 40, {})],
    ["objects in lists", nested(twice, 20, { a: {} })],
    ["a long text in a list", Array.from({ length: 2000 }, () => "x".repeat(100_000))],
    ["a long text in an object", { a: Array.from({ length: 2000 }, () => "x".repeat(100_000)) }],
    ["a long name", Array.from({ length: 2000 }, () => ({ ["x".repeat(100_000)]: 1 }))],
  ])("takes the memory of each place where the same part is: %s", async (_, value) => {
    await using host = await open();
    answer = () => value;
    const error = await host.failure(`return type(select(-1, require("answers").${call}()))`, { memory: "16MiB" });
    expect(error).toMatchObject({ kind: "RESOURCE_EXHAUSTED", limit: "memory" });
    answer = () => [1];
    expect(await host.run(`return #select(-1, require("answers").${call}())`, { memory: "16MiB" })).toBe(1);
  });
});

describe("the tostring of a handle", () => {
  const shows = ["tostring(thing)", 'thing .. "!"', '"!" .. thing', "print(thing)"];

  it.each(shows)("shows text in %s", async (shown) => {
    await using host = await open();
    answer = () => "é";
    await host.run(`local thing = require("answers").thing() return ${shown}`);
    expect(await host.run('local thing = require("answers").thing() return thing .. tostring(thing)')).toBe("éé");
  });

  it.each(
    [
      [5, "5"],
      [undefined, "undefined"],
      [{}, "an object"],
      [Symbol("x"), "Symbol(x)"],
      [Promise.resolve("x"), "a Promise"],
    ].flatMap(([given, got]) => shows.map((shown) => [got as string, shown, given] as const)),
  )("is the module's mistake where it gives %s in %s", async (got, shown, given) => {
    await using host = await open();
    answer = () => given;
    const error = await host.failure(`local thing = require("answers").thing() return ${shown}`);
    const message = `tostring of answers.Thing: expected a string, got ${got}`;
    expect(error).toMatchObject({ kind: "INTERNAL", message: "internal error", cause: { message } });
  });

  it.each(shows)("fails in %s as a function that raises", async (shown) => {
    await using host = await open();
    const script = `local thing = require("answers").thing() return ${shown}`;
    answer = () => {
      throw new MoonkeepError("UNAVAILABLE", "no text today");
    };
    expect(await host.failure(script)).toMatchObject({ kind: "UNAVAILABLE", message: "no text today" });
    answer = () => {
      throw new Error("a secret");
    };
    expect(await host.failure(script)).toMatchObject({ kind: "INTERNAL", cause: { message: "a secret" } });
  });
});

describe("what a module throws", () => {
  const fail = (): never => {
    throw new Error("from inside");
  };
  const having = (error: Error, property: PropertyDescriptor) => Object.defineProperty(error, "message", property);
  const inside = new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail, ownKeys: fail });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a symbol", Symbol("x")],
    ["an object whose text throws", { toString: fail }],
    ["an error whose message throws", having(new Error("x"), { get: fail })],
    ["a range error whose message throws", having(new RangeError("x"), { get: fail })],
    ["a range error whose message is no text", having(new RangeError("x"), { value: { toString: fail } })],
    ["a proxy that throws", inside],
  ])("is INTERNAL: %s", async (_, thrown) => {
    await using host = await open();
    answer = () => {
      throw thrown;
    };
    for (const call of [...calls, "raising"]) {
      const error = await host.failure(`local value, e = require("answers").${call}() error(e)`);
      expect(error.kind).toBe("INTERNAL");
    }
    const error = await host.failure('return tostring(require("answers").thing())');
    expect(error.kind).toBe("INTERNAL");
  });
});
