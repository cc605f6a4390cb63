import { expect, it } from "vitest";
import type { ReleasedAtEnd } from "../../src/lua/boundary/kept-handles.ts";
import type { LocalCall } from "../../src/modules/call.ts";
import { inThreadPool } from "../../src/modules/thread-pool.ts";
import { cacheHost } from "../support/host.ts";

/** A run, as far as the pool knows one. */
function run() {
  const kept: [object, ReleasedAtEnd][] = [];
  const call = {
    keep: (object: object, type: ReleasedAtEnd) => void kept.push([object, type]),
    feed: () => () => {},
    atEnd: () => () => {},
  };
  const end = () =>
    kept.forEach(([object, type]) => {
      type.release(object);
    });
  return { call: call as LocalCall, end };
}

/** Work that ends when it is told to. */
class Work {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  start(call: LocalCall, name: string): Promise<string> {
    return inThreadPool<string>(call, (done) => {
      this.begun.push(name);
      this.#ends.set(name, () => done(null, name));
    });
  }

  finish(name: string): void {
    this.#ends.get(name)!();
  }
}

it("one run has one piece of work in the pool, all of them together half of it, and they take turns", async () => {
  const work = new Work();
  const [a, b, c] = [run(), run(), run()];
  const all = ["a1", "a2", "b1", "c1"].map((name) => work.start({ a, b, c }[name[0]!]!.call, name));
  expect(work.begun).toEqual(["a1", "b1"]);
  work.finish("a1");
  expect(work.begun).toEqual(["a1", "b1", "c1"]); // whose turn it is, before the second of a
  work.finish("c1");
  work.finish("b1");
  work.finish("a2");
  expect(await Promise.all(all)).toEqual(["a1", "a2", "b1", "c1"]);
});

it("what has not begun when its run ends never begins", async () => {
  const work = new Work();
  const [a, b] = [run(), run()];
  void work.start(a.call, "a1");
  void work.start(a.call, "a2");
  a.end();
  work.finish("a1");
  const last = work.start(b.call, "b1");
  work.finish("b1");
  expect(await last).toBe("b1");
  expect(work.begun).toEqual(["a1", "b1"]);
});

it("work that fails makes room for others", async () => {
  const { call } = run();
  await expect(inThreadPool(call, (done) => done(new Error("it failed"), undefined))).rejects.toThrow("it failed");
  expect(await inThreadPool<number>(call, (done) => done(null, 1))).toBe(1);
});

it.each([
  ['"p", "s", 1000001, 32', "iterations: expected 1 to 1000000 for all blocks of the key together, got 1000001"],
  ['"p", "s", 500001, 64', "iterations: expected 1 to 1000000 for all blocks of the key together, got 500001"],
  ['"p", "s", 0, 32', "iterations: expected 1 to 1000000 for all blocks of the key together, got 0"],
  ['("p"):rep(65537), "s", 1, 32', "password: expected at most 65536 bytes, got 65537"],
  ['"p", ("s"):rep(65537), 1, 32', "salt: expected at most 65536 bytes, got 65537"],
])("pbkdf2(%s) is refused", async (args, message) => {
  await using host = await cacheHost();
  expect((await host.refusal(`return require("hash").pbkdf2(${args})`)).message).toBe(message);
});

it("hundreds of keys at once take no more than their time, and nothing once the script has ended", async () => {
  await using host = await cacheHost();
  const script = `local hash = require("hash")
    for i = 1, 200 do coroutine.spawn(hash.pbkdf2, "p", "s", 1000000, 32) end require("time").sleep("30s")`;
  expect(await host.failure(script, { timeout: 500 })).toMatchObject({ limit: "time" });
  const began = performance.now();
  expect(await host.run('return #require("hash").pbkdf2("p", "s", 1, 32)')).toBe(32);
  expect(performance.now() - began).toBeLessThan(10_000); // two hundred would take forty seconds
});
