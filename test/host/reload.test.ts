import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";
import { type EntrySource, everythingAllowed, memory } from "../support/host.ts";
import { lua } from "../support/plugin.ts";

const registry = (...entries: readonly EntrySource[]) =>
  JSON.stringify({ version: "1.0", namespace: "app", entries: [...entries, ...everythingAllowed] });

/** A host, and how to write another version of its registry. */
async function open(entries: readonly EntrySource[], options: HostOptions = {}) {
  const path = join(folder(), "registry.yaml");
  const write = (...next: readonly EntrySource[]) => writeFileSync(path, registry(...next));
  write(...entries);
  return { host: await Host.open(path, options), write, path };
}

/** A module whose calls wait until they are let go. */
function gate() {
  const waiting: (() => void)[] = [];
  const module = defineModule("gate", { wait: fn([], () => new Promise<void>((resolve) => waiting.push(resolve))) });
  const open = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { module, open, count: () => waiting.length };
}

const failure = (doing: Promise<unknown>): Promise<MoonkeepError> =>
  doing.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

describe("host.reload", () => {
  it("puts the new version in force: functions, stores and policies", async () => {
    const { host, write } = await open([lua("f", "return function() return 1 end")]);
    await using _ = host;
    write(lua("f", "return function() return 2 end"), memory("new"));
    await host.reload();
    expect(await host.call("app:f")).toBe(2);
    expect(host.store("app:new").id).toBe("app:new");
    expect(host.registry.get("app:new")).toBeDefined();
  });

  it("keeps what a memory store has whose entry says the same", async () => {
    const { host, write } = await open([memory("same"), memory("changed")]);
    await using _ = host;
    await host.store("app:same").set("k", 1);
    await host.store("app:changed").set("k", 1);
    write(memory("changed", { max_size: 5 }), memory("same"));
    await host.reload();
    expect(await host.store("app:same").get("k")).toBe(1);
    expect(await host.store("app:changed").get("k")).toBeUndefined();
  });

  it.each([
    ["that is no registry", "version: 2"],
    ["of which a part is missing", registry(memory("cache")).slice(0, -9)],
    ["with code that does not parse", registry(lua("f", "return function("))],
    ["with a wrong entry beside good ones", registry(memory("new"), memory("bad", { max_size: "many" }))],
  ])("refuses a file %s, and goes on as before", async (_, text) => {
    const { host, path } = await open([memory("cache"), lua("f", "return function() return 1 end")]);
    await using __ = host;
    await host.store("app:cache").set("k", 1);
    writeFileSync(path, text);
    expect((await failure(host.reload())).name).toBe("RegistryError");
    expect(await host.store("app:cache").get("k")).toBe(1);
    expect(await host.call("app:f")).toBe(1);
    expect(() => host.store("app:new")).toThrow(/there is no/);
  });

  it("leaves what runs with what it has, and closes that when it has ended", async () => {
    const { module, open: letGo, count } = gate();
    const wait = `local store, gate = require("store"), require("gate")
      return function() gate.wait() local s, e = store.get("app:old") if e then return nil, e end
        s:set("k", "late") return (s:get("k")) end`;
    const entries = [memory("old"), lua("f", wait, { modules: ["store", "gate"] })];
    const { host, write } = await open(entries, { modules: [module] });
    await using _ = host;
    const running = host.call("app:f");
    await expect.poll(count).toBe(1);
    write(lua("f", "return function() return 2 end"));
    await host.reload();
    expect(await host.call("app:f")).toBe(2);
    expect(() => host.store("app:old")).toThrow(/there is no/);
    letGo();
    expect(await running).toBe("late");
  });

  it("closes a store only when the last version that has it has ended", async () => {
    const { module, open: letGo, count } = gate();
    const script = `local s = require("store").get("app:kept") require("gate").wait() s:set("k", 1) return (s:get("k"))`;
    const { host, write } = await open([memory("kept")], { modules: [module] });
    await using _ = host;
    const running = host.run(script);
    await expect.poll(count).toBe(1);
    write(memory("kept"), memory("more"));
    await host.reload();
    write();
    await host.reload();
    letGo();
    expect((await running).value).toBe(1);
  });
});
