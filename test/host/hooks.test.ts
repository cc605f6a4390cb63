/** What a plugin can do to the application that tells it of something: nothing but fail. */
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import type { LogSink } from "../../src/host/log.ts";
import { Breaker } from "../../src/host/plugins/breaker.ts";
import { type CallPlugin, Hooks } from "../../src/host/plugins/hooks.ts";
import type { Plugin } from "../../src/host/plugins/plugin.ts";
import { ByteString, type Value } from "../../src/value/value.ts";

/** As much of a plugin as hooks look at. */
function subscriber(name: string, timeout?: number): Plugin {
  return {
    name,
    cooldown: 10_000,
    breaker: new Breaker({ failures: 2, cooldown: 10_000 }),
    authority: { actor: { id: `plugin:${name}` } },
    edition: { hold: () => () => {} },
    source: { hooks: [{ on: "x", id: `${name}:f`, priority: 0, timeout }] },
  } as unknown as Plugin;
}

/** Hooks with a plugin that does this, and one after it that hears. */
function hooks(does: CallPlugin, log: LogSink = () => {}) {
  const bad = subscriber("bad");
  const all = [bad, subscriber("good")];
  const call: CallPlugin = (plugin, ...rest) =>
    plugin === bad ? does(plugin, ...rest) : Promise.resolve(ByteString.fromText("heard"));
  return { bad, hooks: new Hooks(() => all, call, log) };
}

const unreadable = new Proxy({} as object, {
  getPrototypeOf() {
    throw new RangeError("Invalid string length");
  },
}) as Value;

const throwing = (e: unknown) => () => Promise.reject(e);

const ways: readonly (readonly [string, CallPlugin, string])[] = [
  ["raises", throwing(new MoonkeepError("UNKNOWN", "no")), "UNKNOWN"],
  ["fails with an error of the engine", throwing(new RangeError("Invalid string length")), "INTERNAL"],
  ["fails with what is not even an error", throwing(undefined), "INTERNAL"],
  ["answers what can't be converted", () => Promise.resolve(unreadable), "INTERNAL"],
  [
    "fails before there is a promise",
    () => {
      throw new TypeError("at once");
    },
    "INTERNAL",
  ],
];

describe("hooks.emit", () => {
  it.each(ways)("reports a plugin that %s, tells the next one, and counts the failure", async (_, does, kind) => {
    const { bad, hooks: told } = hooks(does);
    for (let i = 0; i < 2; i++) {
      const [first, second] = await told.emit("x");
      expect(first).toMatchObject({ plugin: "bad", ok: false, error: { kind } });
      expect(second).toMatchObject({ plugin: "good", ok: true, value: "heard" });
    }
    expect(bad.breaker.isOpen).toBe(true);
    expect((await told.emit("x"))[0]!.error).toMatchObject({ kind: "UNAVAILABLE" });
  });

  it("goes on when the log can't take what a plugin failed with", async () => {
    const log = () => {
      throw new RangeError("Invalid string length");
    };
    const { hooks: told } = hooks(throwing(new MoonkeepError("UNKNOWN", "no")), log);
    expect((await told.emit("x")).map(({ ok }) => ok)).toEqual([false, true]);
  });

  it("rejects for a mistake of the caller's before anyone is called", async () => {
    const { bad, hooks: told } = hooks(() => Promise.reject(new Error("it was called")));
    await expect(told.emit("x", () => {})).rejects.toThrow(TypeError);
    await expect(told.emit("x", {}, { context: { f: () => {} } })).rejects.toThrow(TypeError);
    await expect(told.emit("x", {}, { timeout: Number.NaN })).rejects.toThrow(RangeError);
    expect(bad.breaker.isOpen).toBe(false);
  });

  it.each([
    // what the manifest says, what the application says, what comes of it
    [undefined, undefined, 1000],
    [20, undefined, 20],
    [3_600_000, undefined, 3_600_000],
    [undefined, 200, 200],
    [20, 200, 20],
    [3_600_000, 200, 200],
  ])("gives a subscription with the timeout %s, told with %s, %i ms", async (own, most, expected) => {
    const given: number[] = [];
    const call: CallPlugin = async (_plugin, _id, _args, { timeout }) => {
      given.push(timeout);
      return undefined;
    };
    const one = subscriber("one", own);
    await new Hooks(
      () => [one],
      call,
      () => {},
    ).emit("x", {}, { timeout: most });
    expect(given).toEqual([expected]);
  });
});
