import { expect, it, vi } from "vitest";
import type { HostEvent } from "../../src/host/events.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";

const open = () => ScriptHost.open([memory("cache"), ...everythingAllowed]);
const events = 'local events = require("events") ';
const settled = () => new Promise((resolve) => setImmediate(resolve));

it("the embedder hears what scripts send, by system and kind, in order", async () => {
  await using host = await open();
  const all: HostEvent[] = [];
  const made: string[] = [];
  host.host.events.subscribe("orders*", (event) => all.push(event));
  host.host.events.subscribe("*", ({ system }) => made.push(system), { kind: "made" });
  await host.run(`${events} events.send("orders.eu", "made", "/1", {n = 1, list = {1, 2.5, "x"}})
    events.send("orders.eu", "paid", "/1") events.send("other", "made", "/2", "\\255")`);
  await settled();
  expect(all).toEqual([
    { system: "orders.eu", kind: "made", path: "/1", data: { n: 1, list: [1, 2.5, "x"] } },
    { system: "orders.eu", kind: "paid", path: "/1", data: undefined },
  ]);
  expect(made).toEqual(["orders.eu", "other"]);
});

it("the embedder hears of changes in stores, and what it sends itself", async () => {
  await using host = await open();
  const heard: HostEvent[] = [];
  host.host.events.subscribe("*", (event) => heard.push(event));
  await host.run('store.get("app:cache"):set("k", 1)');
  host.host.events.send("app", "started", "/", { at: [1] });
  expect(heard.length).toBeLessThan(2); // never within the call that sends
  await settled();
  expect(heard).toEqual([
    { system: "store", kind: "store.set", path: "app:cache", data: { key: "k" } },
    { system: "app", kind: "started", path: "/", data: { at: [1] } },
  ]);
});

it.each(["shared", "worker"] as const)("a script (%s) hears what the embedder sends", async (isolation) => {
  await using host = await open();
  const script = `${events} local sub = events.subscribe("app") print("ready")
    local e = sub:channel():receive() return e.kind, e.path, e.data`;
  const waiting = host.results(script, { isolation });
  await vi.waitFor(() => expect(host.printed).toContain("ready\n"), { timeout: 5000 });
  host.host.events.send("app", "tick", "/now", { n: 1 });
  expect(await waiting).toEqual(["tick", "/now", { n: 1 }]);
});

it("each listener has its own copy of the data", async () => {
  await using host = await open();
  const seen: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    host.host.events.subscribe("s", ({ data }) => {
      seen.push(structuredClone(data));
      (data as { n: number }).n = 99;
    });
  }
  host.host.events.send("s", "k", "/", { n: 1 });
  await settled();
  expect(seen).toEqual([{ n: 1 }, { n: 1 }]);
});

it("what comes while 1000 wait is lost, and counted", async () => {
  await using host = await open();
  const heard: unknown[] = [];
  const subscription = host.host.events.subscribe("s", ({ data }) => heard.push(data));
  await host.run(`${events} for i = 1, 1005 do events.send("s", "k", "/", i) end`, { isolation: "shared" });
  await settled();
  expect(subscription.lost).toBe(5);
  expect(heard).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
});

it("a subscription ends when it is closed, also for what waits, and with the host", async () => {
  const host = await open();
  const heard: string[] = [];
  const { events } = host.host;
  const first = events.subscribe("s", ({ kind }) => {
    heard.push(`first ${kind}`);
    first.close();
  });
  {
    using second = events.subscribe("s", ({ kind }) => heard.push(`second ${kind}`));
    events.send("s", "a", "/");
    events.send("s", "b", "/");
    await settled();
    expect(second.lost).toBe(0);
  }
  events.send("s", "c", "/");
  await settled();
  expect(heard.sort()).toEqual(["first a", "second a", "second b"]);
  first.close();
  events.subscribe("s", ({ kind }) => heard.push(`late ${kind}`));
  events.send("s", "d", "/");
  await host.host.close();
  await settled();
  expect(heard).toHaveLength(3);
  expect(() => events.send("s", "e", "/")).toThrow("the host is closed");
  expect(() => events.subscribe("s", () => {})).toThrow("the host is closed");
});

it("what a listener throws is an uncaught exception, and no business of scripts and other listeners", async () => {
  await using host = await open();
  const heard: string[] = [];
  host.host.events.subscribe("s", ({ kind }) => {
    heard.push(`bad ${kind}`);
    throw new Error(`bad ${kind}`);
  });
  host.host.events.subscribe("s", ({ kind }) => heard.push(`good ${kind}`));
  const before = process.rawListeners("uncaughtException") as NodeJS.UncaughtExceptionListener[];
  process.removeAllListeners("uncaughtException");
  const uncaught: string[] = [];
  process.on("uncaughtException", (e) => uncaught.push(e.message));
  try {
    await host.run(`${events} events.send("s", "a", "/") events.send("s", "b", "/") return 1`);
    await settled();
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  }
  expect(uncaught).toEqual(["bad a", "bad b"]);
  expect(heard.sort()).toEqual(["bad a", "bad b", "good a", "good b"]);
});

it("says what is wrong with a call", async () => {
  await using host = await open();
  const { events } = host.host;
  const wrong = (value: unknown) => value as never;
  expect(() => events.send("", "k", "/")).toThrow(
    new TypeError("system: expected a string that is not empty, got an empty one"),
  );
  expect(() => events.send("s", wrong(1), "/")).toThrow(
    new TypeError("kind: expected a string that is not empty, got number"),
  );
  expect(() => events.send("s", "k", wrong(undefined))).toThrow(TypeError);
  expect(() => events.send("store", "store.set", "app:cache")).toThrow(
    new RangeError('system: "store" is reserved for the host'),
  );
  expect(() => events.send("s", "k", "/", { f: () => {} })).toThrow(/^data\.f: /);
  expect(() => events.send("s", "k", "/", "x".repeat(70_000))).toThrow(/^data: an event can have at most 65536 bytes/);
  expect(() => events.subscribe("", () => {})).toThrow(TypeError);
  expect(() => events.subscribe("s", () => {}, { kind: "" })).toThrow(TypeError);
  expect(() => events.subscribe("s", wrong({}))).toThrow(new TypeError("listener: expected a function, got an object"));
});
