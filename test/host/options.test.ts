/** Options from JavaScript: none is ignored, and each refusal says what would be right. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CanceledError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { KeyvAdapter } from "../../src/keyv.ts";
import type { HostStore } from "../../src/stores/host-store.ts";
import { cacheHost, type ScriptHost, stopClock } from "../support/host.ts";

let scripts: ScriptHost;
let host: Host;
let store: HostStore;

beforeAll(async () => {
  scripts = await cacheHost();
  host = scripts.host;
  store = host.store("app:cache");
});
afterAll(() => scripts[Symbol.asyncDispose]());

/** As JavaScript calls it, which no compiler checks. */
const any = <T>(value: T) => value as never;

describe("a name that there is not", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["a capital", () => store.set("k", 1, any({ TTL: 1 })), 'store.set: there is no option "TTL"; did you mean "ttl"?'],
    ["another word", () => store.set("k", 1, any({ expires: 1 })), 'there is no option "expires"; the options are ttl'],
    ["Lua's spelling", () => store.put("k", 1, any({ if_version: "1" })), 'did you mean "ifVersion"?'],
    [
      "Lua's spelling of another",
      () => store.put("k", 1, any({ only_if_absent: true })),
      'did you mean "onlyIfAbsent"?',
    ],
    ["a slip", () => store.list(any({ prefx: "a" })), 'store.list: there is no option "prefx"; did you mean "prefix"?'],
    [
      "of a run",
      () => host.run("", any({ timeuot: "50ms" })),
      'host.run: there is no option "timeuot"; did you mean "timeout"?',
    ],
    ["one that is missing its s", () => host.run("", any({ group: "app:x" })), 'did you mean "groups"?'],
    [
      "of limits within",
      () => host.run("", any({ limits: { timeout: 1 } })),
      "limits are options of their own, beside the others",
    ],
    [
      "of a call",
      () => host.call("app:f", [], any({ actr: "a" })),
      'host.call: there is no option "actr"; did you mean "actor"?',
    ],
    [
      "of the host",
      () => Host.open(undefined, any({ isolatoin: "worker" })),
      'Host.open: there is no option "isolatoin"; did you mean "isolation"?',
    ],
    [
      "of the host's limits",
      () => Host.open(undefined, any({ limits: { memroy: 1 } })),
      'limits: there is no option "memroy"; did you mean "memory"?',
    ],
    [
      "of its threads",
      () => Host.open(undefined, any({ workers: { maximum: 1 } })),
      'workers: there is no option "maximum"',
    ],
    [
      "of an actor",
      () => host.run("", any({ actor: { id: "a", mta: {} } })),
      'actor: there is no option "mta"; did you mean "meta"?',
    ],
    [
      "of a plugin",
      () => host.plugins.load("x", any({ grant: "all" })),
      'plugins.load: there is no option "grant"; did you mean "grants"?',
    ],
    [
      "of its grants",
      () => host.plugins.load("x", any({ grants: { module: [] } })),
      'grants: there is no option "module"; did you mean "modules"?',
    ],
    [
      "of an emit",
      () => host.hooks.emit("x", 1, any({ timeot: 1 })),
      'hooks.emit: there is no option "timeot"; did you mean "timeout"?',
    ],
    [
      "of a health check",
      () => host.health(any({ timout: 1 })),
      'host.health: there is no option "timout"; did you mean "timeout"?',
    ],
    [
      "of a question",
      async () => host.explain(any({ action: "a", resource: "b", attribute: {} })),
      'did you mean "attributes"?',
    ],
    [
      "of a subscription",
      async () => host.events.subscribe("*", () => {}, any({ kinds: "x" })),
      'did you mean "kind"?',
    ],
  ])("is a TypeError that names the nearest one, or all: %s", async (_, call, message) => {
    const error = await call().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
  });
});

describe("a value of a wrong type", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      "options that are a number",
      () => store.set("k", 1, any(60)),
      "store.set: expected options such as { ttl: 60 }, got 60",
    ],
    [
      "options that are a text",
      () => store.put("k", 1, any("x")),
      'store.put: expected options, an object with ttl, onlyIfAbsent or ifVersion, got "x"',
    ],
    [
      "options that are null",
      () => store.set("k", 1, any(null)),
      "store.set: expected options, an object with ttl, got null",
    ],
    [
      "a ttl that is true",
      () => store.set("k", 1, any({ ttl: true })),
      'ttl: expected seconds, or a duration such as "1h30m", got true',
    ],
    [
      "a ttl that is digits",
      () => store.set("k", 1, { ttl: "60" }),
      'ttl: expected seconds, or a duration such as "1h30m", got "60"',
    ],
    [
      "a version that is null",
      () => store.put("k", 1, any({ ifVersion: null })),
      "ifVersion: expected a string, got null",
    ],
    [
      "a flag that is a text",
      () => store.put("k", 1, any({ onlyIfAbsent: "no" })),
      'onlyIfAbsent: expected true or false, got "no"',
    ],
    [
      "a limit that is a text",
      () => store.list(any({ limit: "5" })),
      'limit: expected a whole number, from 1 to 1000, got "5"',
    ],
    ["a key that is a number", () => store.get(any(5)), "key: expected a string or a Uint8Array, got 5"],
    [
      "a script that is a number",
      () => host.run(any(42)),
      "source: expected a script's text, as a string or as bytes (Uint8Array), got 42",
    ],
    [
      "a path that is options",
      () => Host.open(any({})),
      "options come second: Host.open(path, options), got an object",
    ],
    ["a path that is a URL", () => Host.open(any(new URL("file:///x"))), "fileURLToPath(url)"],
    [
      "an isolation that there is not",
      () => host.run("", any({ isolation: "thread" })),
      'isolation: expected "shared" or "worker", got "thread"',
    ],
    [
      "a group by itself",
      () => host.run("", any({ groups: "app:x" })),
      'groups: expected an array of strings, got "app:x"',
    ],
    ["arguments that are none", () => host.run("", any({ args: "x" })), 'args: expected an array, got "x"'],
    [
      "an actor that is a number",
      () => host.run("", any({ actor: 1 })),
      "actor: expected an id, or { id, meta }, got 1",
    ],
    [
      "a time limit that is true",
      () => host.run("", any({ timeout: true })),
      'timeout: expected milliseconds, or a duration such as "1s" or "250ms", got true',
    ],
    ["print that is a stream", () => host.run("", any({ print: process.stdout })), "print: expected a function"],
    [
      "a signal that is its controller",
      () => host.run("", any({ signal: new AbortController() })),
      "signal: expected an AbortSignal, got an AbortController",
    ],
    ["modules that are one", () => Host.open(undefined, any({ modules: {} })), "modules: expected an array of modules"],
    ["arguments of a call", () => host.call("app:f", any("x")), 'args: expected an array, got "x"'],
    ["a plugin's path", () => host.plugins.load(any(undefined)), "path: expected a string, got undefined"],
    ["grants that are a list", () => host.plugins.load("x", any({ grants: [] })), "grants: expected"],
    ["what hears of reloads", async () => host.watch(any({})), "reloaded: expected a function, got an object"],
    ["the id of a store", async () => host.store(any(1)), "id: expected a string, got 1"],
  ])("is a TypeError that says what would be right: %s", async (_, call, message) => {
    const error = await call().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
  });

  it("leaves everything as it was", async () => {
    await store.set("kept", 1);
    await expect(store.set("kept", 2, any({ TTL: 1 }))).rejects.toThrow(TypeError);
    expect(await store.get("kept")).toBe(1);
  });
});

describe("a ttl", () => {
  it("may be a duration, and null is for ever", async () => {
    const clock = stopClock();
    await using other = await cacheHost();
    const cache = other.host.store("app:cache");
    await cache.set("hour", 1, { ttl: "1h" });
    await cache.put("minute", 1, { ttl: "1m" });
    await cache.set("ever", 1, { ttl: null });
    clock.advance(3_599_999);
    expect([await cache.has("hour"), await cache.has("minute"), await cache.has("ever")]).toEqual([true, false, true]);
    clock.advance(1);
    expect([await cache.has("hour"), await cache.has("ever")]).toEqual([false, true]);
  });

  it.each([Number.NaN, "", "50", true, -1, Number.POSITIVE_INFINITY])(
    "of Keyv's that is %j is refused",
    async (ttl) => {
      const keyv = new KeyvAdapter(store);
      await expect(keyv.set("k", 1, any(ttl))).rejects.toThrow(/^ttl: expected milliseconds, 0 or more, got/);
      expect(await keyv.get("k")).toBeUndefined();
    },
  );

  it("of Keyv's that is not given is for ever", async () => {
    const keyv = new KeyvAdapter(store);
    for (const ttl of [undefined, null, 0]) expect(await keyv.set("k", 1, ttl)).toBe(true);
    await store.delete("k");
  });

  it("needs a store: a host is none", () => {
    expect(() => new KeyvAdapter(any(host))).toThrow("store: expected what host.store(id) gives, got a Host");
  });
});

describe("a signal that is aborted already", () => {
  it.each(["shared", "worker"] as const)("rejects as a later one does: %s", async (isolation) => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const error = await host.run("return 1", { signal, isolation }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CanceledError);
    expect(error).toMatchObject({ kind: "CANCELED", message: "the run was canceled", cause: reason });
    await expect(host.call("app:f", [], { signal })).rejects.toThrow(CanceledError);
  });
});

it("options may come from any object, and may be undefined", async () => {
  class Options {
    timeout = "1s";
    name = undefined;
  }
  expect((await host.run("return 1", any(new Options()))).value).toBe(1);
  await store.set("k", 1, { ttl: undefined });
});
