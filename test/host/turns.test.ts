import { describe, expect, it } from "vitest";
import type { LimitError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { everythingAllowed, ScriptHost } from "../support/host.ts";
import { lua } from "../support/plugin.ts";

/** A module whose function waits for nothing that takes a turn of the event loop. */
const quick = defineModule("quick", { one: fn([], async () => 1) });

describe("scripts that only wait for microtasks", () => {
  it("let timers and other calls have their turn, and end with their time", async () => {
    await using host = await Host.openDefault({ modules: [quick] });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const error = await host
      .run('local quick = require("quick") while true do quick.one() end', { timeout: 300 })
      .catch((e: unknown) => e);
    clearInterval(timer);
    expect(error as LimitError).toMatchObject({ limit: "time" });
    expect(ticks).toBeGreaterThan(5);
  });

  it("do so in any number of coroutines", async () => {
    await using host = await Host.openDefault({ modules: [quick] });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const code = `local quick = require("quick")
      for i = 1, 300 do coroutine.spawn(function() while true do quick.one() end end) end
      require("time").sleep("1m")`;
    const error = await host.run(code, { timeout: 1000 }).catch((e: unknown) => e);
    clearInterval(timer);
    expect(error as LimitError).toMatchObject({ limit: "time" });
    expect(ticks).toBeGreaterThan(10);
  });

  it("do so when they wake each other by events", async () => {
    await using host = await Host.openDefault();
    const player = (mine: string, other: string) => `local events = require("events")
      local sub = events.subscribe("${mine}") local ch = sub:channel()
      events.send("${other}", "ball", "/", 1)
      while true do ch:receive() events.send("${other}", "ball", "/", 1) end`;
    const ends = await Promise.all(
      [player("ping", "pong"), player("pong", "ping")].map((code) =>
        host.run(code, { timeout: 300 }).catch((e: unknown) => e),
      ),
    );
    for (const end of ends) expect(end as LimitError).toMatchObject({ limit: "time" });
  });
});

describe("what a function answers", () => {
  const copies = `local s, t = ("x"):rep(2^20), {} for i = 1, 200 do t[i] = s end`;

  it("is weighed as what a run returns", async () => {
    await using host = await ScriptHost.open([
      lua("f", `return function() ${copies} return t end`),
      ...everythingAllowed,
    ]);
    const error = await host.host.call("app:f", [], { memory: "64MiB" }).catch((e: unknown) => e);
    expect(error as LimitError).toMatchObject({ limit: "memory" });
  });

  it("as an error has a text of bounded length", async () => {
    await using host = await ScriptHost.open([
      lua("f", `return function() ${copies} return nil, t end`),
      lua("g", `return function() return nil, {("\\255"):rep(7 * 2^20)} end`),
      ...everythingAllowed,
    ]);
    for (const id of ["app:f", "app:g"]) {
      const error = (await host.host.call(id).catch((e: unknown) => e)) as Error;
      expect(error.message.length).toBeLessThan(100_000);
    }
    const run = (await host.host.run('return nil, {("\\255"):rep(7 * 2^20)}').catch((e: unknown) => e)) as Error;
    expect(run.message.length).toBeLessThan(100_000);
  });
});
