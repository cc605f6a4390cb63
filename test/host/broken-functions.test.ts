/** A function that came out of a script, after a call of it hit a limit: what its script held, and what goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { defineHandle, defineModule, fn, Host, type LuaFunction, type RunOptions } from "../../src/index.ts";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

class Cart {
  static open = 0;
  isReleased = false;
  constructor() {
    Cart.open++;
  }
  release(): void {
    if (!this.isReleased) Cart.open--;
    this.isReleased = true;
  }
}
defineHandle("broken.Cart", Cart, {}, { release: (cart) => cart.release(), isReleased: (cart) => cart.isReleased });
const carts = defineModule("carts", { new: fn([], () => new Cart()) });

/** Functions that a script returns, by their names. A thread for it has come up before, which takes none of its time. */
async function functions(host: Host, source: string, options: RunOptions): Promise<Record<string, LuaFunction>> {
  if (options.isolation === "worker") await host.run("return 1", { isolation: "worker" });
  return (await host.run(source, options)).value as Record<string, LuaFunction>;
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "it went well",
    (e: { limit?: string; kind: string }) => e.limit ?? e.kind,
  );

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i++) await sleep(10);
  expect(isSo()).toBe(true);
}

describe.each(["shared", "worker"] as const)("when a call of a function hits a limit (%s)", (isolation) => {
  const ends: readonly [string, RunOptions, string][] = [
    ["time", { timeout: 300 }, "while true do end"],
    ["instructions", { instructions: 100_000 }, "while true do end"],
    ["memory", { memory: 8 * 2 ** 20 }, 'local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end'],
  ];
  it.each(ends)(
    "of its %s, the script gives up what it holds, and each later call fails with that",
    async (limit, options, code) => {
      await using host = await Host.open(undefined, { modules: [carts], print() {} });
      const source = `Cart = require("carts").new() return {f = function(x) if x then ${code} end return 7 end}`;
      const { f } = await functions(host, source, { isolation, ...options });
      expect([await f!(), Cart.open]).toEqual([7, 1]);
      expect(await failure(f!(true))).toBe(limit);
      await until(() => Cart.open === 0);
      expect(await failure(f!())).toBe(limit);
      f!.release();
      f!.release();
      expect(await failure(f!())).toBe("INVALID");
    },
  );

  it("a lock is free", async () => {
    await using app = await ScriptHost.open([memory("cache"), policy("all", "allow", "*"), acting()]);
    const source = `local s = require("store").get("app:cache")
      return {f = function() Lock = assert(s:lock("k", {ttl = 3600})) while true do end end}`;
    const { f } = await functions(app.host, source, { isolation, instructions: 100_000 });
    expect(await failure(f!())).toBe("instructions");
    await (await app.host.store("app:cache").lock("k", { wait: 5 })).release();
    expect(await failure(f!())).toBe("instructions");
  });

  it("what else is called in its script fails with it", async () => {
    await using host = await Host.open(undefined, { modules: [carts], print() {} });
    const source = `return {f = function() while true do end end, g = function() require("time").sleep("1h") end}`;
    const { f, g } = await functions(host, source, { isolation, instructions: 100_000, timeout: "1h" });
    const calls = isolation === "shared" ? [g!(), f!()] : [f!(), g!()]; // in a thread, one after the other
    expect(await Promise.all(calls.map(failure))).toEqual(["instructions", "instructions"]);
  });

  it("of its time while it waits for the host, it can be called again, and gets nothing of what comes then", async () => {
    await using app = await ScriptHost.open([memory("cache"), policy("all", "allow", "*"), acting()]);
    const store = app.host.store("app:cache");
    const source = `local s = require("store").get("app:cache")
      return {f = function(x) if x then s:lock("k", {wait = 10, ttl = 3600}) end return 7 end}`;
    const { f } = await functions(app.host, source, { isolation, timeout: 300 });
    for (let i = 0; i < 2; i++) {
      const held = await store.lock("k", { ttl: 3600 });
      expect(await failure(f!(true))).toBe("time");
      expect(await f!()).toBe(7);
      await held.release();
      await (await store.lock("k", { wait: 5 })).release();
      expect(await f!()).toBe(7);
    }
  });
});

it("a thread whose function hit a limit is free for others, though somebody still has the function", async () => {
  await using host = await Host.open(undefined, { isolation: "worker", workers: { max: 1, spares: 0, maxWait: "5s" } });
  const { f } = await functions(host, "return {f = function() while true do end end}", { instructions: 100_000 });
  expect(await failure(f!())).toBe("instructions");
  expect((await host.run("return 5")).value).toBe(5);
  expect(await failure(f!())).toBe("instructions");
  f!.release();
  expect((await host.run("return 6")).value).toBe(6);
});
