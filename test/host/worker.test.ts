import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CanceledError, LimitError, MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import { data } from "../../src/lua/boundary/arg.ts";
import { defineModule, fn, many, plain } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";

const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: all
    kind: security.policy
    policy: {actions: "*", resources: app:cache, effect: allow}
    groups: [all]
  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}}
`;

const open = (options: HostOptions = {}) =>
  Host.open(join(folder({ "registry.yaml": registry }), "registry.yaml"), {
    print() {},
    isolation: "worker",
    workers: { spares: 0 },
    ...options,
  });

const failure = (run: Promise<unknown>): Promise<MoonkeepError> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

const store = 'local s = require("store").get("app:cache") ';

describe("a script in a thread", () => {
  it.each([
    "logger:info('x', {s = s})", // too long for a line of the log
    "my.fails({s})",
    "my.nothing({s})",
    "my.later({s})",
    "pcall(my.raises, {s})",
  ])("is not ended for what failed calls were given, all of them together: %s", async (code) => {
    const refused = (): never => {
      throw new MoonkeepError("INVALID", "no");
    };
    const my = defineModule("my", {
      fails: fn([data("x")], refused),
      raises: plain([data("x")], refused),
      nothing: many([data("x")], () => []),
      later: fn([data("x")], async () => refused()),
    });
    await using host = await open({ modules: [my], log() {} });
    const script = `local my, logger = require("my"), require("logger")
      local s = ("x"):rep(2^20) for i = 1, 100 do ${code} end return "all"`;
    expect((await host.run(script, { memory: 32 * 2 ** 20 })).value).toBe("all");
  });

  it("returns functions whose calls have all of the time, however long it waited for its thread", async () => {
    await using host = await open({ workers: { max: 1, spares: 0 } });
    const first = host.run('require("time").sleep("2500ms")');
    const waited = host.run('return function() require("time").sleep("2s") return "done" end', { timeout: 4000 });
    await first;
    const f = (await waited).value as (() => Promise<unknown>) & { release(): void };
    expect(await f()).toBe("done");
    f.release();
  });

  it("computes while the host serves other scripts", async () => {
    await using host = await open();
    const order: string[] = [];
    const busy = failure(host.run("while true do end", { timeout: 500 })).then((e) => order.push(e.name));
    for (let i = 0; i < 3; i++) {
      await host.run(`${store} return s:set("k", ${i})`, { isolation: "shared" });
      order.push(`served ${i}`);
    }
    await busy;
    expect(order).toEqual(["served 0", "served 1", "served 2", "LimitError"]);
  });

  it("is ended by its signal while it computes, and while it waits", async () => {
    const never = defineModule("never", { ends: fn([], () => new Promise(() => {})) });
    await using host = await open({ modules: [never] });
    for (const then of ['require("never").ends()', "while true do end"]) {
      const end = new AbortController();
      const print = () => void setImmediate(() => end.abort("enough"));
      const error = await failure(host.run(`print("started") ${then}`, { signal: end.signal, print }));
      expect(error).toBeInstanceOf(CanceledError);
      expect(error.cause).toBe("enough");
    }
    expect((await host.run("return 1")).value).toBe(1);
  });

  it("is ended at its deadline while it waits for the host", async () => {
    const never = defineModule("never", { ends: fn([], () => new Promise(() => {})) });
    await using host = await open({ modules: [never] });
    await host.run("return 1"); // the thread is there
    const error = await failure(host.run('\nreturn require("never").ends()', { timeout: 100 }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.luaStack[0]).toMatchObject({ source: "script", line: 2 });
  });

  it("may call the host where a script in the host's thread can't wait", async () => {
    const later = defineModule("later", { same: fn([], async () => 1) });
    await using host = await open({ modules: [later] });
    const code = 'local t = {3, 1, 2} table.sort(t, function(a, b) return a < b and require("later").same() == 1 end)';
    expect((await host.run(`${code} return t`)).value).toEqual([1, 2, 3]);
  });

  it("can be many at a time; those above the most wait for their turn", async () => {
    await using host = await open({ workers: { max: 2, spares: 0 } });
    const runs = Array.from({ length: 6 }, (_, i) => host.run("return ...", { args: [i] }));
    expect((await Promise.all(runs)).map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("gives functions that JavaScript calls, until they are released", async () => {
    await using host = await open();
    const { value } = await host.run("local n = 0 return function(by) n = n + by return n end");
    const add = value as { (by: number): Promise<number>; release(): void };
    expect(await Promise.all([add(1), add(2), add(3)])).toEqual([1, 3, 6]);
    add.release();
    expect((await failure(add(1))).message).toBe("the Lua function was released");
  });
});
