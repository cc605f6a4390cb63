/** What a call of the host answers belongs to the script; where that has ended meanwhile, it is let go of. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { defineHandle, defineModule, fn, Host, type LuaFunction, many } from "../../src/index.ts";
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
defineHandle("late.Cart", Cart, {}, { release: (cart) => cart.release(), isReleased: (cart) => cart.isReleased });

/** Answers that come when the test says so. */
function newGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
let gate = newGate();
const asked: (() => void)[] = [];
const after = async <T>(make: () => T): Promise<T> => {
  asked.shift()?.();
  await gate.opened;
  return make();
};

const carts = defineModule("carts", {
  one: fn([], () => after(() => new Cart())),
  list: fn([], () => after(() => [new Cart(), new Cart()])),
  several: many([], () => after(() => [1, new Cart(), [new Cart()]])),
});

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe.each(["shared", "worker"] as const)("an answer that comes when the script has ended (%s)", (isolation) => {
  it.each(["one", "list", "several"])("of carts.%s is released, whenever that is", async (name) => {
    await using host = await Host.open(undefined, { modules: [carts], print() {} });
    for (let wait = 0; wait < 6; wait++) {
      gate = newGate();
      const begun = new Promise<void>((resolve) => asked.push(resolve));
      const end = new AbortController();
      const run = host.run(`require("carts").${name}() require("time").sleep("1h")`, { signal: end.signal, isolation });
      const ended = run.catch((e: { kind: string }) => e.kind);
      await begun;
      // Before it, at the same moment, or a few turns later, when the script may have it or not.
      if (wait === 0) end.abort();
      gate.open();
      await turns(wait);
      end.abort();
      expect(await ended).toBe("CANCELED");
    }
    for (let i = 0; i < 500 && Cart.open > 0; i++) await sleep(10);
    expect(Cart.open).toBe(0);
  });
});

it.each(["shared", "worker"] as const)(
  "an answer that comes when the call of a function has ended is released (%s)",
  async (isolation) => {
    await using host = await Host.open(undefined, { modules: [carts], print() {} });
    const source = `return function(name) return name and require("carts")[name]() and 1 end`;
    await host.run("return 1", { isolation }); // a thread comes up, which takes none of the time below
    const { value } = await host.run(source, { timeout: 300, isolation });
    const f = value as LuaFunction;
    for (const name of ["one", "list", "several"]) {
      gate = newGate();
      await expect(f(name)).rejects.toMatchObject({ limit: "time" });
      gate.open();
      await turns(5);
      expect(Cart.open).toBe(0);
      expect(await f()).toBeUndefined();
    }
    f.release();
  },
);

it("a lock, or a value to be computed, that a script gets when it ends is free again", async () => {
  await using app = await ScriptHost.open([memory("cache"), policy("all", "allow", "*"), acting()]);
  const store = app.host.store("app:cache");
  for (const call of ['s:lock("k", {ttl = 3600})', 's:fetch("k", function() require("time").sleep("1h") end)']) {
    for (let wait = 0; wait < 8; wait++) {
      const end = new AbortController();
      const source = `local s = require("store").get("app:cache") ${call} require("time").sleep("1h")`;
      const run = app.host.run(source, { signal: end.signal }).catch((e: { kind: string }) => e.kind);
      await turns(wait);
      end.abort();
      expect(await run).toBe("CANCELED");
    }
  }
  const lock = await store.lock("k", { ttl: 1, wait: 5 });
  await lock.release();
  expect(await store.fetch("k", () => 5, { wait: 5 })).toBe(5);
});
