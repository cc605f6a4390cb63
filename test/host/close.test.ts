/** How a host ends: what it lets finish, what it ends, and that nothing of it is left. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { CanceledError, type MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import type { Isolation } from "../../src/host/run-options.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { folder } from "../registry/support.ts";
import { project } from "../support/cli.ts";

/** `gate.wait()` waits until the test opens it. */
function gate() {
  let open = () => {};
  const isOpen = new Promise<number>((resolve) => {
    open = () => resolve(7);
  });
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const wait = () => {
    begun();
    return isOpen;
  };
  return { module: defineModule("gate", { wait: fn([], wait) }), open: () => open(), isBegun };
}

const holding = 'return require("gate").wait()';

const failure = (run: Promise<unknown>): Promise<MoonkeepError> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

const open = (options: HostOptions = {}) => Host.open(undefined, { print() {}, workers: { spares: 0 }, ...options });

const closed = { kind: "UNAVAILABLE", message: "the host is closed", retryable: false };

describe.each<Isolation>(["shared", "worker"])("close, %s", (isolation) => {
  it("ends what runs with CANCELED, whose cause says that the host is closed", async () => {
    const { module, isBegun } = gate();
    const host = await open({ isolation, modules: [module] });
    const run = failure(host.run(holding, { timeout: 0 }));
    await isBegun;
    await host.close();
    const error = await run;
    expect(error).toBeInstanceOf(CanceledError);
    expect(error.cause).toMatchObject(closed);
  });

  it("with drain lets what runs come to its end, and begins nothing more", async () => {
    const { module, isBegun, open: go } = gate();
    const host = await open({ isolation, modules: [module] });
    const { value: f } = await host.run("return function() end", { isolation: "shared" });
    const run = host.run(holding);
    await isBegun;
    const close = host.close({ drain: true });
    expect(await failure(host.run("return 1"))).toMatchObject(closed);
    expect(await failure(host.call("app:f"))).toMatchObject(closed);
    expect(await failure((f as () => Promise<unknown>)())).toMatchObject(closed);
    expect(await failure(host.reload())).toMatchObject(closed);
    go();
    expect((await run).value).toBe(7);
    await close;
  });

  it("with drain ends what still runs when its time is up", async () => {
    const { module, isBegun } = gate();
    const host = await open({ isolation, modules: [module] });
    const run = failure(host.run(holding));
    await isBegun;
    await host.close({ drain: true, timeout: "20ms" });
    expect(await run).toBeInstanceOf(CanceledError);
  });

  it("a second time, and without drain, ends a drain that goes on", async () => {
    const { module, isBegun } = gate();
    const host = await open({ isolation, modules: [module] });
    const run = failure(host.run(holding));
    await isBegun;
    const first = host.close({ drain: true, timeout: "1h" });
    await host.close();
    await first;
    expect(await run).toBeInstanceOf(CanceledError);
  });

  it("ends a function that came out and waits, and it can't be called any more", async () => {
    const { module, isBegun } = gate();
    const host = await open({ isolation, modules: [module] });
    const { value } = await host.run(`return function() ${holding} end`);
    const f = value as () => Promise<unknown>;
    const call = failure(f());
    await isBegun;
    await host.close();
    expect(await call).toBeInstanceOf(CanceledError);
    expect(await failure(f())).toMatchObject(closed);
  });
});

describe("close", () => {
  it("ends a thread that computes without a time limit", async () => {
    const host = await open({ isolation: "worker" });
    let started = () => {};
    const isStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const run = failure(host.run('print("on") while true do end', { timeout: 0, print: () => started() }));
    await isStarted;
    await host.close();
    expect(await run).toBeInstanceOf(CanceledError);
  });

  it("does not start what waits for a thread", async () => {
    const { module, isBegun, open: go } = gate();
    const host = await open({ isolation: "worker", modules: [module], workers: { max: 1, spares: 0 } });
    const run = host.run(holding);
    await isBegun;
    const waiting = failure(host.run("return 1"));
    const close = host.close({ drain: true });
    expect(await waiting).toMatchObject(closed);
    go();
    expect((await run).value).toBe(7);
    await close;
  });

  it("lets what a run calls begin, while that may come to its end", async () => {
    const { module, isBegun, open: go } = gate();
    const path = folder({
      "registry.yaml":
        'version: "1.0"\nnamespace: app\nentries:\n' +
        '  - {name: f, kind: function.lua, source: "return function() return 8 end"}\n' +
        '  - {name: all, kind: security.policy, policy: {actions: "*", resources: "*", effect: allow}, groups: [all]}\n' +
        "  - {name: host, kind: host.config, security: {actor: {id: t}, groups: [all]}}\n",
    });
    const host = await Host.open(join(path, "registry.yaml"), { modules: [module] });
    const run = host.run(`require("gate").wait() return require("funcs").call("app:f")`);
    await isBegun;
    const close = host.close({ drain: true });
    go();
    expect((await run).value).toBe(8);
    await close;
  });

  it("checks its options", async () => {
    const host = await open();
    await expect(host.close({ drian: true } as object)).rejects.toThrow('did you mean "drain"?');
    await expect(host.close({ timeout: "soon" })).rejects.toThrow(RangeError);
    await host.close();
  });
});

describe("host.runs", () => {
  it("says what runs, and ends one of them", async () => {
    const { module, isBegun } = gate();
    await using host = await open({ modules: [module] });
    expect(host.runs()).toEqual([]);
    const before = Date.now();
    const run = failure(host.run(holding, { name: "nightly.lua", actor: "alice", isolation: "worker" }));
    await isBegun;
    const [one, ...others] = host.runs();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ source: "nightly.lua", actor: "alice", isolation: "worker", id: expect.any(Number) });
    expect(one!.since.getTime()).toBeGreaterThanOrEqual(before);
    one!.kill("it took too long for me");
    const error = await run;
    expect(error).toBeInstanceOf(CanceledError);
    expect(error.cause).toBe("it took too long for me");
    expect(host.runs()).toEqual([]);
  });

  it("many runs share a signal, with one listener", async () => {
    const { module, isBegun } = gate();
    await using host = await open({ modules: [module] });
    const end = new AbortController();
    const warned: Error[] = [];
    const note = (warning: Error) => warned.push(warning);
    process.on("warning", note);
    const runs = Array.from({ length: 30 }, () => failure(host.run(holding, { signal: end.signal })));
    await isBegun;
    expect(host.runs()).toHaveLength(30);
    end.abort("enough");
    expect((await Promise.all(runs)).map(({ cause }) => cause)).toEqual(runs.map(() => "enough"));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warned).toEqual([]);
  });
});

/** What a process says in the end that closed its host; it has to end by itself. */
async function ends(body: string): Promise<string> {
  const code = `import { Host } from ${JSON.stringify(`${project}/dist/index.js`)};
    const left = () => process.getActiveResourcesInfo().filter((one) => !/TTY|Pipe|FSReq|MessagePort/.test(one)).join();
    const say = (p) => p.then((v) => "ok", (e) => e.kind);
    ${body}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
    timeout: 20_000,
  });
  return stdout;
}

describe("nothing is left of a host that was closed", () => {
  it.each<[string, string]>([
    ["a script that sleeps", `h.run('require("time").sleep("1h")', { timeout: 0 })`],
    [
      "a function that came out and sleeps",
      `(await h.run('return function() require("time").sleep("1h") end', { timeout: 0 })).value()`,
    ],
    [
      "a script that waits for an event",
      `h.run('require("events").subscribe("x"):channel():receive()', { timeout: 0 })`,
    ],
    ["a ticker", `h.run('require("time").ticker("1h"):channel():receive()', { timeout: 0 })`],
    ["a thread that sleeps", `h.run('require("time").sleep("1h")', { timeout: 0, isolation: "worker" })`],
    ["a thread that computes", `h.run('while true do end', { timeout: 0, isolation: "worker" })`],
    [
      "a thread that is kept by a function",
      `h.run('return function() end', { isolation: "worker" }).then(({ value }) => { globalThis.f = value; })`,
    ],
  ])("%s", async (_, run) => {
    const out = await ends(`const h = await Host.openDefault({ print() {} });
      await h.run("return 1", { isolation: "worker" });
      const run = say(${run});
      await new Promise((resolve) => setTimeout(resolve, 300));
      await h.close();
      await new Promise((resolve) => setImmediate(resolve)); // what goes already
      console.log(await run, "left:" + left());`);
    expect(out).toMatch(/^(CANCELED|ok) left:\n$/);
  });

  it("a watch, a subscription and stores that were used", async () => {
    const out = await ends(`const h = await Host.openDefault({ print() {} });
      h.watch(); h.events.subscribe("x", () => {});
      await h.store("app:cache").set("a", 1, { ttl: 1000 });
      await h.close(); await h.close();
      await new Promise((resolve) => setImmediate(resolve)); // handles that are closed already go
      console.log("left:" + left());`);
    expect(out).toBe("left:\n");
  });

  it("a Redis that can't be reached", async () => {
    const cwd = folder({
      "registry.yaml": `version: "1.0"
namespace: app
entries:
  - {name: server, kind: db.redis, url: "redis://127.0.0.1:1"}
  - {name: cache, kind: store.redis, database: server, prefix: a}
`,
    });
    const out = await ends(`const h = await Host.open(${JSON.stringify(cwd)});
      const set = await say(h.store("app:cache").set("a", 1));
      await h.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log(set, "left:" + left());`);
    expect(out).toBe("UNAVAILABLE left:\n");
  });
});
