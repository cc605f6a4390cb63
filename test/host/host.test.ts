import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CanceledError, LimitError, MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import type { Isolation } from "../../src/host/run-options.ts";
import { text } from "../../src/lua/boundary/arg.ts";
import { defineHandle } from "../../src/lua/boundary/handle.ts";
import { defineModule, fn, many, plain } from "../../src/lua/boundary/module.ts";
import { HostStore } from "../../src/stores/host-store.ts";
import { Float } from "../../src/value/value.ts";
import { folder } from "../registry/support.ts";
import { where } from "../support/host.ts";

const registry = (host = "") => `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - name: all
    kind: security.policy
    policy: {actions: "*", resources: "*", effect: allow}
    groups: [all]
  - name: read
    kind: security.policy
    policy: {actions: [store.get, store.key.get], resources: app:cache, effect: allow}
${host}`;
const asLocal = "  - {name: host, kind: host.config, security: {actor: {id: local}, groups: [all]}}\n";

const open = (options: HostOptions = {}, config = asLocal) =>
  Host.open(join(folder({ "registry.yaml": registry(config) }), "registry.yaml"), { ...where, ...options });

/** What a run fails with. */
const failure = (run: Promise<unknown>): Promise<MoonkeepError> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (e: MoonkeepError) => e,
  );

describe("Host.open", () => {
  it("takes a file, a folder, or nothing at all", async () => {
    const root = folder({ "a/one.yaml": registry(), "a/b/two.yml": 'version: "1.0"\nnamespace: lib\nentries: []\n' });
    for (const path of [join(root, "a"), join(root, "a/one.yaml"), undefined]) {
      await using host = await Host.open(path);
      expect((await host.run("return 1 + 1")).value).toBe(2);
    }
  });

  it("rejects with every problem, and opens nothing", async () => {
    const error = await failure(Host.open(join(folder({ "r.yaml": "a: 1" }), "r.yaml")));
    expect(error.name).toBe("RegistryError");
    expect(error.kind).toBe("INVALID");
    expect(error.message.split("\n").length).toBeGreaterThan(1);
  });

  it("refuses a list of modules with one that is not there", async () => {
    const error = await failure(open({}, "  - {name: host, kind: host.config, modules: [store, stores]}\n"));
    expect(error.message).toMatch(
      /registry\.yaml:12:\d+: entries\[\d\]\.modules\[\d\]: there is no module "stores"; did you mean "store"\?$/,
    );
  });
});

describe("host.run", () => {
  it("gives the first result, and all of them", async () => {
    await using host = await open();
    expect(await host.run("return 1, 'two', { 3 }")).toEqual({ value: 1, values: [1, "two", [3]] });
    expect(await host.run("")).toEqual({ value: undefined, values: [] });
  });

  it.each<[unknown, unknown]>([
    ["text", "text"],
    [Uint8Array.of(255, 0), Uint8Array.of(255, 0)],
    [2 ** 31, 2 ** 31],
    [new Float(1), 1],
    [
      [1, [2, "x"]],
      [1, [2, "x"]],
    ],
    [
      { a: 1, b: { c: true } },
      { a: 1, b: { c: true } },
    ],
    [
      new Map<unknown, unknown>([
        [1.5, "x"],
        ["y", 2],
      ]),
      new Map<unknown, unknown>([
        [1.5, "x"],
        ["y", 2],
      ]),
    ],
    [null, undefined],
    [{}, []],
  ])("passes %j in and out", async (given, got) => {
    await using host = await open();
    expect((await host.run("return ...", { args: [given] })).value).toEqual(got);
    expect((await host.run("return arg[1]", { args: [given] })).value).toEqual(got);
  });

  it.each([[() => 1], [Symbol("s")], [{ f: () => 1 }], [10n ** 30n]])("refuses to pass in %s", async (given) => {
    await using host = await open();
    await expect(host.run("", { args: [given] })).rejects.toThrow(TypeError);
  });

  it("gives the store that a script returns, and refuses a limited one", async () => {
    await using host = await open();
    await host.store("app:cache").set("k", { n: 1 });
    const { value } = await host.run('return require("store").get("app:cache")');
    expect(value).toBeInstanceOf(HostStore);
    expect(await (value as HostStore).get("k")).toEqual({ n: 1 });
    const { value: listed } = await host.run('return { require("store").get("app:cache") }');
    expect((listed as [HostStore])[0].id).toBe("app:cache");
    const limited = await failure(host.run('return require("store").get("app:cache", { prefix = "a" })'));
    expect(limited.message).toBe("result: a userdata can't leave the script");
  });

  it("rejects as the script failed: kind, retryable, details, Lua stack", async () => {
    await using host = await open();
    const code =
      'local function f()\n  error(errors.new{ message = "busy", kind = "UNAVAILABLE", details = { n = 1 } })\nend\nf()';
    expect(await failure(host.run(code, { name: "job.lua" }))).toMatchObject({
      kind: "UNAVAILABLE",
      message: "busy",
      retryable: true,
      details: { n: 1 },
      luaStack: [
        { source: "job.lua", line: 2, name: "upvalue 'f'" },
        { source: "job.lua", line: 4, name: "main chunk" },
      ].map((frame) => ({ ...frame, name: expect.any(String) })),
    });
    expect(await failure(host.run("return nil, 'plainly'"))).toMatchObject({ kind: "UNKNOWN", message: "plainly" });
    expect(await failure(host.run("x ="))).toMatchObject({
      kind: "INVALID",
      message: expect.stringMatching(/^script:1: /),
    });
  });

  it("acts as whom it is told: actor, groups, single policies; else as the registry says", async () => {
    await using host = await open();
    const code =
      'local s = assert(require("store").get("app:cache")) return require("security").actor():id(), (s:set("k", 1))';
    expect((await host.run(code)).values).toEqual(["local", true]);
    expect((await host.run(code, { actor: "bob" })).values).toEqual(["bob", true]);
    expect((await host.run(code, { actor: { id: "bob" }, groups: [], policies: ["app:read"] })).values).toEqual([
      "bob",
      undefined,
    ]);
    await expect(host.run(code, { groups: ["app:al"] })).rejects.toThrow(
      'there is no group "app:al"; did you mean "app:all"?',
    );
    await expect(host.run(code, { policies: ["app:red"] })).rejects.toThrow('did you mean "app:read"?');
    await expect(host.run(code, { actor: { id: "" } })).rejects.toThrow(TypeError);
    await expect(host.run(code, { actor: { id: "a", meta: { f: open } } })).rejects.toThrow("meta.f: expected");
  });

  it("denies everything without an actor or policies in strict mode, and allows it in permissive mode", async () => {
    const outcome = async (config: string, options = {}) => {
      await using host = await open({}, config);
      const code = 'local s, err = require("store").get("app:cache") return err and err:kind()';
      return (await host.run(code, options)).value;
    };
    expect(await outcome("")).toBe("PermissionDenied");
    expect(await outcome("", { actor: "a" })).toBe("PermissionDenied");
    expect(await outcome("  - {name: host, kind: host.config, security: {strict_mode: false}}\n")).toBeUndefined();
  });

  it("ends a script that waits when its signal says so, with the signal's reason", async () => {
    const wait = defineModule("wait", { forever: fn([], () => new Promise(() => {})) });
    await using host = await open({ modules: [wait] });
    const controller = new AbortController();
    const run = failure(host.run('require("wait").forever()', { signal: controller.signal }));
    controller.abort("enough");
    const error = await run;
    expect(error).toBeInstanceOf(CanceledError);
    expect(error.cause).toBe("enough");
  });

  it("ends a script that waits when its time is up", async () => {
    const wait = defineModule("wait", { forever: fn([], () => new Promise(() => {})) });
    await using host = await open({ modules: [wait] });
    await host.run("return 1"); // the start of a thread takes a part of the time
    const error = await failure(host.run('\nrequire("wait").forever()', { timeout: 20 }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.luaStack[0]).toMatchObject({ line: 2 });
  });

  it("prints where it is told", async () => {
    const lines: string[] = [];
    await using host = await open({ print: (line) => lines.push(`host ${line.length}`) });
    await host.run('print("ab")');
    await host.run('print("ab")', { print: (line) => lines.push(`run ${line.length}`) });
    expect(lines).toEqual(["host 3", "run 3"]);
  });

  it("loads what the registry lists, and nothing else", async () => {
    await using host = await open({}, "  - {name: host, kind: host.config, modules: [errors]}\n");
    expect((await failure(host.run('require("store")'))).message).toContain(
      "module 'store' not found (modules that this script may load: 'errors')",
    );
  });

  it("starts each run anew: nothing of one is seen by the next", async () => {
    await using host = await open();
    await host.run("x = 1 getmetatable('').y = 1").catch(() => {});
    expect((await host.run("return x, ('').y")).values).toEqual([undefined, undefined]);
  });
});

describe("modules of an embedder's own", () => {
  class Account {
    balance = 10;
    withdraw(amount: string): number {
      if (Number(amount) > this.balance) throw new MoonkeepError("CONFLICT", "not enough money");
      this.balance -= Number(amount);
      return this.balance;
    }
  }
  defineHandle("bank.Account", Account, { withdraw: [text("amount")] });
  const bank = defineModule("bank", {
    open: fn([], () => new Account()),
    limit: 500,
    broken: plain([], () => {
      throw new Error(`secret at ${import.meta.filename}`);
    }),
    later: fn([text("word")], async (_call, word) => `${word}!`),
  });

  it("give functions, constants, handles and waits", async () => {
    await using host = await open({ modules: [bank] });
    const code = `local bank = require("bank")
      local account = bank.open()
      local _, err = account:withdraw("11")
      return bank.limit, account:withdraw("4"), (bank.later("hey")), err:kind(), tostring(account)`;
    expect((await host.run(code)).values).toEqual([500, 6, "hey!", "Conflict", "bank.Account"]);
  });

  it("fail with an INTERNAL error that tells the script nothing, and the embedder everything", async () => {
    await using host = await open({ modules: [bank] });
    const { values } = await host.run(
      'local ok, err = pcall(require("bank").broken) return ok, err:kind(), tostring(err)',
    );
    expect(values.slice(0, 2)).toEqual([false, "Internal"]);
    expect(values[2]).not.toMatch(/secret|test/);
    const error = await failure(host.run('require("bank").broken()'));
    expect(error.kind).toBe("INTERNAL");
    expect((error.cause as Error).message).toContain("secret");
  });
});

describe.each<Isolation>(["shared", "worker"])("what a module answers by mistake, isolation %s", (isolation) => {
  const odd = {
    hole: Object.assign([1], { 2: 3 }),
    within: { list: Object.assign([1], { 2: 3 }) },
    sparse: Object.assign([], { length: 100_000_000 }),
    map: new Map([["a", 1]]),
    bytes: new Uint8Array([104, 105]),
    text: "hi",
    nothing: undefined,
  };
  const mistakes = defineModule("mistakes", {
    one: fn([text("name")], (_, name) => odd[name as keyof typeof odd]),
    late: fn([text("name")], async (_, name) => odd[name as keyof typeof odd]),
    many: many([text("name")], (_, name) => odd[name as keyof typeof odd] as unknown as unknown[]),
    manyLate: many([text("name")], async (_, name) => odd[name as keyof typeof odd] as unknown as unknown[]),
  });
  const answered = async (how: string, name: string) => {
    await using host = await open({ modules: [mistakes], isolation });
    const code = `local ok, a, b, c = pcall(require("mistakes")[(...)], (select(2, ...)))
      return ok, ok or a:kind(), ok and b, c`;
    return (await host.run(code, { args: [how, name] })).values;
  };

  it.each(["one", "late"])("is an error where it is a list with a hole: %s", async (how) => {
    for (const name of ["hole", "within", "sparse"]) {
      expect((await answered(how, name)).slice(0, 2)).toEqual([false, "Internal"]);
    }
  });

  it.each(["many", "manyLate"])("is an error where several answers are no array: %s", async (how) => {
    for (const name of ["map", "bytes", "text", "nothing"]) {
      expect((await answered(how, name)).slice(0, 2)).toEqual([false, "Internal"]);
    }
    expect(await answered(how, "hole")).toEqual([true, true, undefined, 3]);
  });
});

describe("a Lua function that comes out", () => {
  it("can be called until it is released", async () => {
    await using host = await open();
    const { value } = await host.run("local n = 0 return function(by) n = n + by return n end");
    const add = value as ((by: unknown) => Promise<unknown>) & { release(): void };
    expect([await add(2), await add(3)]).toEqual([2, 5]);
    await expect(add("x")).rejects.toThrow(/attempt to perform arithmetic/);
    add.release();
    await expect(add(1)).rejects.toThrow("the Lua function was released");
  });
});

describe("two hosts", () => {
  it("don't touch each other", async () => {
    await using one = await open();
    await using other = await open();
    await one.store("app:cache").set("k", 1);
    expect(await other.store("app:cache").get("k")).toBeUndefined();
  });
});

describe("host.close", () => {
  it("can be called again, and ends what the host does", async () => {
    const host = await open();
    const store = host.store("app:cache");
    await host.close();
    await host.close();
    expect(await failure(host.run("return 1"))).toMatchObject({ kind: "UNAVAILABLE", message: "the host is closed" });
    await expect(store.get("k")).rejects.toBeInstanceOf(MoonkeepError);
  });
});
