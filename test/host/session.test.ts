import { describe, expect, it, onTestFinished } from "vitest";
import { Host } from "../../src/host/host.ts";
import { everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";
import { registryFile } from "../support/registry-file.ts";

const open = async (limits = {}) => {
  const host = await ScriptHost.open([memory("cache"), ...everythingAllowed]);
  return { host, session: host.host.session(limits), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
};

describe("a session", () => {
  it("keeps globals, handles and coroutines from one piece of code to the next", async () => {
    await using opened = await open();
    const { session } = opened;
    await session.run(
      's = require("store").get("app:cache") n = 1 co = coroutine.wrap(function() coroutine.yield(n) n = 2 end)',
    );
    await session.run('s:set("k", n) co()');
    await session.run("co()");
    expect((await session.run('return n, s:get("k")')).values).toEqual([2, 1]);
  });

  it("forgets locals", async () => {
    await using opened = await open();
    await opened.session.run("local x = 1");
    expect((await opened.session.run("return x")).value).toBeUndefined();
  });

  it("goes on after an error, a time limit and an interrupt, with what there was", async () => {
    await using opened = await open({ timeout: 100 });
    const { session } = opened;
    await session.run("kept = {}");
    await expect(session.run("kept.a = 1 error('no')")).rejects.toThrow("no");
    await expect(session.run("kept.b = 1 while true do end")).rejects.toMatchObject({ limit: "time" });
    let asked = 0;
    const interrupt = () => ++asked > 10;
    await expect(session.run("kept.c = 1 while true do end", { interrupt })).rejects.toMatchObject({
      kind: "CANCELED",
    });
    await expect(session.run('pcall(function() kept.d = 1 require("time").sleep("1h") end)')).rejects.toMatchObject({
      limit: "time",
    });
    expect((await session.run("return kept")).value).toEqual({ a: 1, b: 1, c: 1, d: 1 });
    expect(session.restarts).toBe(0);
  });

  it("begins anew after a limit on memory, and says so", async () => {
    await using opened = await open({ memory: 2 ** 22 });
    const { session } = opened;
    await session.run("x = 1");
    await expect(session.run("t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end")).rejects.toMatchObject({
      limit: "memory",
    });
    expect(session.restarts).toBe(1);
    expect((await session.run("return x")).value).toBeUndefined();
  });

  it("keeps what it has begun anew with, whatever is still under way of what it had", async () => {
    await using opened = await open({ memory: 2 ** 22 });
    const { session } = opened;
    const old = session.run('require("time").sleep("300ms")').catch((e: Error) => e);
    const full = session.run("t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end");
    await expect(full).rejects.toMatchObject({ limit: "memory" });
    await session.run("x = 7");
    await old;
    expect((await session.run("return x")).value).toBe(7);
    expect(session.restarts).toBe(1);
  });

  it("ends what waits by its signal, and goes on", async () => {
    await using opened = await open();
    const { session } = opened;
    const controller = new AbortController();
    const waiting = session.run('x = 1 require("time").sleep("1h")', { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: "CANCELED" });
    expect((await session.run("return x")).value).toBe(1);
  });

  it("shows results as inspect does, and nils among them", async () => {
    await using opened = await open();
    const shown = async (code: string) => (await opened.session.run(code, { results: "inspected" })).values;
    expect(await shown('return "a", {1, {b = "c"}}, 1.0, nil')).toEqual(['"a"', '{1, {b = "c"}}', "1.0", "nil"]);
    expect(await shown("return")).toEqual([]);
  });

  it("says whether code is whole", async () => {
    await using opened = await open();
    const { session } = opened;
    for (const whole of ["", "x = 1", "return 1", "-- a", "for i = 1, 2 do end"])
      expect(session.check(whole)).toBeUndefined();
    for (const begun of ["for i = 1, 2 do", "f(", "x =", "--[[ a", "x = [[a"])
      expect(session.check(begun), begun).toBe(true);
    expect(session.check("x = = 1")).toMatchObject({ kind: "INVALID", message: expect.stringContaining("near '='") });
    expect(session.check("x = 'a")).toMatchObject({ kind: "INVALID" });
  });

  it("names what is at a path, without calling anything", async () => {
    await using opened = await open();
    const { session } = opened;
    const names = (...path: string[]) => session.names(path).map(({ name }) => name);
    await session.run(
      's = require("store").get("app:cache") store = require("store") text = "" ' +
        "loop = {mine = 1} loop.__index = loop setmetatable(loop, loop) " +
        "called = setmetatable({}, {__index = function() error('called') end})",
    );
    expect(names()).toEqual(expect.arrayContaining(["print", "s", "string"]));
    expect(names("store")).toEqual(expect.arrayContaining(["get"]));
    expect(names("s")).toEqual(expect.arrayContaining(["set", "get", "list"]));
    expect(names("text")).toContain("rep");
    expect(names("loop")).toEqual(["__index", "mine"]);
    expect(names("called")).toEqual([]);
    expect(names("nothing", "there")).toEqual([]);
    expect(session.names(["store"]).find(({ name }) => name === "get")).toEqual({ name: "get", isFunction: true });
  });

  it("has what the host has after a reload, once it is renewed", async () => {
    const file = registryFile([memory("cache"), ...everythingAllowed]);
    onTestFinished(file.remove);
    await using host = await Host.open(file.path);
    const session = host.session();
    await session.run('store = require("store") s = store.get("app:cache") s:set("k", 1)');
    const denied = policy("no", "deny", "store.key.set", "app:cache");
    file.write([memory("cache"), memory("other"), ...everythingAllowed, denied]);
    await host.reload();
    session.renew();
    expect((await session.run('return store.get("app:other") ~= nil')).value).toBe(true);
    expect((await session.run('return s:get("k")')).value).toBe(1);
    await expect(session.run('return s:set("k", 2)')).rejects.toMatchObject({ kind: "PERMISSION_DENIED" });
  });

  it("is over when it is closed, and when the host is", async () => {
    await using opened = await open();
    const { host, session } = opened;
    session.close();
    session.close();
    await expect(session.run("return 1")).rejects.toThrow("the session is closed");
    await host.host.close();
    expect(() => host.host.session()).toThrow("the host is closed");
  });
});
