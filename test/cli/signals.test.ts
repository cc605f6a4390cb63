import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { project } from "../support/cli.ts";
import { leftOut, listens, postgres, redis } from "../support/services.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonkeep-"));
});

interface Command {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Its exit code, and the signal that ended it. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

function begin(...words: readonly string[]): Command {
  const child = spawn(process.execPath, [join(project, "bin/moonkeep.js"), ...words], { cwd: folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  const texts = { out: "", err: "" };
  child.stdout.on("data", (part) => (texts.out += part));
  child.stderr.on("data", (part) => (texts.err += part));
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    child.once("close", (code, signal) => resolve([code, signal])),
  );
  return { child, out: () => texts.out, err: () => texts.err, ended };
}

const printed = (command: Command, text: string) =>
  vi.waitFor(() => expect(command.out()).toContain(text), { timeout: 10_000 });

const loops: Readonly<Record<string, string>> = {
  "computes, compiled": "while true do end",
  "computes, with calls": "local function f(n) return n + 1 end local n = 0 while true do n = f(n) end",
  "computes in a coroutine": "coroutine.wrap(function() while true do end end)()",
  "computes within pcall": "while true do pcall(function() while true do end end) end",
  "computes in a comparator": "table.sort({3, 2, 1}, function() while true do end end)",
  "computes in a __tostring that print calls":
    "print(setmetatable({}, {__tostring = function() while true do end end}))",
  "computes in a __tostring in a table that print shows":
    "print({setmetatable({}, {__tostring = function() while true do end end})})",
  "computes in a message handler": "xpcall(error, function() while true do end end)",
  "computes in a message handler, with calls":
    "local function f() end xpcall(function() local x = nil + 1 end, function() while true do f() end end)",
  "computes in a metamethod that os.time asks":
    "os.time(setmetatable({}, {__index = function() while true do end end}))",
  "computes in a reader of load": "load(function() while true do end end)",
  "computes in readers of load, one after the other": "load(function() return ' ' end)",
  "computes in the __tostring of its error": "error(setmetatable({}, {__tostring = function() while true do end end}))",
  "computes in the __tostring of its result":
    "return setmetatable({}, {__tostring = function() while true do end end})",
  "writes to a file of SQLite": 'local s = require("store").get("app:kept") while true do s:set("n", 1) end',
  "reads from a file of SQLite": 'local s = require("store").get("app:kept") while true do s:get("n") end',
  "computes in a function of the registry": 'require("funcs").call("app:endless")',
  "matches a pattern that goes back without end": 'string.find(("a"):rep(30000), (".-"):rep(20) .. "b")',
  "substitutes by such a pattern": 'string.gsub(("a"):rep(30000), (".-"):rep(20) .. "b", "x")',
  "goes through the matches of such a pattern":
    'for _ in string.gmatch(("a"):rep(30000), (".-"):rep(20) .. "b") do end',
  "matches such a pattern in a metamethod":
    'print(setmetatable({}, {__tostring = function() return ("a"):rep(30000):find((".-"):rep(20) .. "b") end}))',
  sleeps: 'require("time").sleep("1h")',
};

/** What calls a store again and again. */
const calls: Readonly<Record<string, string>> = {
  get: 'while true do s:get("n") end',
  set: 'while true do s:set("n", 1) end',
  get_many: 'while true do s:get_many({"n", "m"}) end',
  "get within pcall": 'while true do pcall(s.get, s, "n") end',
  "get in a comparator": 'while true do table.sort({3, 1, 2, 5, 4}, function(a, b) s:get("n") return a < b end) end',
  "get in gsub": 'while true do ("abcdef"):gsub("%w", function(c) s:get(c) end) end',
};

const registry = `version: "1.0"
namespace: app
entries:
  - {name: file, kind: db.sql.sqlite, file: kept.db}
  - {name: kept, kind: store.sql, database: file, table_name: kept}
  - {name: endless, kind: function.lua, source: "return function() while true do end end"}
  - {name: all, kind: security.policy, policy: {actions: "*", resources: "*", effect: allow}, groups: [all]}
  - {name: host, kind: host.config, security: {actor: {id: a}, groups: [all]}}
`;

/** Each in a place of its own. */
const place = randomUUID().slice(0, 8);
const stores: Readonly<Record<string, string>> = {
  memory: "  - {name: memory, kind: store.memory}",
  sqlite: "  - {name: sqlite, kind: store.sql, database: file, table_name: kept}",
  redis: `  - {name: server, kind: db.redis, url: "${redis.url}"}
  - {name: redis, kind: store.redis, database: server, prefix: "test:${place}"}`,
  postgres: `  - {name: server, kind: db.sql.postgres, url: "${postgres.url}"}
  - {name: postgres, kind: store.sql, database: server, table_name: test_${place}}`,
};
const registryWith = (store: string): string => `${registry}${stores[store]}\n`;

const missing = new Map<string, string>();
for (const [store, { name, url }] of [
  ["redis", redis],
  ["postgres", postgres],
] as const) {
  const { hostname, port } = new URL(url);
  if (!(await listens(hostname, Number(port)))) missing.set(store, `${name} at ${hostname}:${port}`);
}

afterAll(async () => {
  if (!missing.has("postgres")) {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`DROP TABLE IF EXISTS "test_${place}"`);
    await client.end();
  }
  if (!missing.has("redis")) {
    const client = new Redis(redis.url);
    const keys = await client.keys(`*test:${place}*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  }
});

describe.each([
  ["SIGINT", 130, "interrupted"],
  ["SIGTERM", 143, "terminated"],
] as const)("%s", (signal, code, says) => {
  it.each(Object.entries(loops))("ends a script that %s, and nothing that was printed is lost", async (_, loop) => {
    writeFileSync(join(folder, "registry.yaml"), registry);
    const command = begin("run", "-e", `print("begun") ${loop}`);
    await printed(command, "begun\n");
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
    expect(command.err()).toMatch(new RegExp(`^error CANCELED: ${says}$`, "m"));
    expect(command.out()).toBe("begun\n");
  });

  describe.each(Object.keys(stores))("on %s", (store) => {
    if (missing.has(store)) return leftOut(missing.get(store)!);
    it.each(Object.entries(calls))("ends %s in a loop, each of several times", async (_, loop) => {
      writeFileSync(join(folder, "registry.yaml"), registryWith(store));
      const tries = [0, 40, 170].map(async (delay) => {
        const code = `local s = require("store").get("app:${store}") s:set("n", 1) print("begun") ${loop}`;
        const command = begin("run", "-e", code);
        await printed(command, "begun\n");
        await setTimeout(delay);
        command.child.kill(signal);
        return [...(await command.ended), command.err().replace(/\nstack traceback:\n(\t.*\n)+$/, "\n")];
      });
      for (const ended of await Promise.all(tries)) expect(ended).toEqual([code, null, `error CANCELED: ${says}\n`]);
    });
  });

  it("ends a script that is only interpreted", async () => {
    const command = begin("run", "--no-compile", "-e", 'print("begun") while true do end');
    await printed(command, "begun\n");
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
  });

  it("ends a script in a thread", async () => {
    const command = begin("run", "--isolation", "worker", "-e", 'print("begun") while true do end');
    await printed(command, "begun\n");
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
  });

  it("ends `call`", async () => {
    writeFileSync(
      join(folder, "registry.yaml"),
      registry.replace("return function() while", "return function() print(1) while"),
    );
    const command = begin("call", "app:endless");
    await printed(command, "1\n");
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
  });

  it("ends `run --watch`, while the script runs and while it waits for a change", async () => {
    writeFileSync(join(folder, "s.lua"), 'print("begun") while true do end');
    const computing = begin("run", "--watch", "s.lua");
    await printed(computing, "begun\n");
    computing.child.kill(signal);
    expect(await computing.ended).toEqual([code, null]);
    writeFileSync(join(folder, "s.lua"), 'print("done")');
    const waiting = begin("run", "--watch", "s.lua");
    await printed(waiting, "done\n");
    waiting.child.kill(signal);
    expect(await waiting.ended).toEqual([code, null]);
  });

  it.each([
    ["computes", "while true do end"],
    ["waits", 'require("time").sleep("1h")'],
  ])("ends moonkeep test while a case %s, and tells of the cases before", async (_, loop) => {
    const cases = `local t = require("test")
      t.case("first", function() end)
      t.case("endless", function() print("begun") ${loop} end)
      t.case("never", function() end)`;
    writeFileSync(join(folder, "a_test.lua"), cases);
    const command = begin("test", "a_test.lua");
    await printed(command, "begun");
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
    expect(command.out()).toBe("begun\nok a_test.lua\n  ✓ first\n");
    expect(command.err()).toContain(says);
  });

  it("a second one ends at once what does not end by itself", async () => {
    writeFileSync(join(folder, "s.lua"), "print(1) for i = 1, 3e6 do print(i) end while true do end");
    const command = begin("run", "s.lua");
    await printed(command, "1\n");
    command.child.stdout!.pause(); // nobody reads on, so what was printed can't all be written
    command.child.kill(signal);
    command.child.kill(signal);
    command.child.stdout!.resume();
    expect(await command.ended).toEqual([code, null]);
  });

  it.runIf(process.platform === "linux").each([
    ["shared", 'print("begun") while true do print(("x"):rep(200)) end'],
    ["worker", 'print("begun") while true do print(("x"):rep(200)) end'],
    ["shared", 'print("begun") io.write(("x"):rep(1e6)) while true do end'],
  ])("ends a script whose output nobody reads (%s: %s)", async (isolation, code) => {
    const { child } = begin("run", "--isolation", isolation, "-e", code);
    const ended = new Promise((resolve) => child.once("exit", (_, by) => resolve(by)));
    await new Promise((resolve) => child.stdout!.once("data", resolve));
    child.stdout!.pause();
    await setTimeout(1500); // the pipe is full, and has been for a while
    child.kill(signal);
    expect(await ended).toBe(signal);
  });

  it("ends a prompt whose lines come from a pipe, with all that was printed", async () => {
    const busy = begin("repl");
    busy.child.stdin!.write('for i = 1, 50 do print("line " .. i) end while true do end\n');
    await printed(busy, "line 50\n");
    busy.child.kill(signal);
    expect(await busy.ended).toEqual([code, null]);
    const idle = begin("repl");
    idle.child.stdin!.write('print("done")\n');
    await printed(idle, "done\n");
    idle.child.kill(signal);
    expect(await idle.ended).toEqual([code, null]);
  });

  it("ends a call of a server that never answers", async () => {
    const silent = createServer(() => {});
    onTestFinished(() => void silent.close());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    writeFileSync(
      join(folder, "registry.yaml"),
      `version: "1.0"
namespace: app
entries:
  - {name: db, kind: db.redis, url: "redis://127.0.0.1:${port}"}
  - {name: cache, kind: store.redis, database: db}
  - {name: all, kind: security.policy, policy: {actions: "*", resources: "*", effect: allow}, groups: [all]}
  - {name: host, kind: host.config, security: {actor: {id: a}, groups: [all]}}
`,
    );
    const command = begin("run", "-e", 'print("begun") require("store").get("app:cache"):set("a", 1)');
    await printed(command, "begun\n");
    await setTimeout(300);
    command.child.kill(signal);
    expect(await command.ended).toEqual([code, null]);
    expect(command.err()).toContain(says);
  });
});

describe("what a script prints", () => {
  it("is out while it computes on", async () => {
    const command = begin(
      "run",
      "-e",
      'print("one") local n = 0 while n < 1e8 do n = n + 1 end print("two") while true do end',
    );
    await printed(command, "one\ntwo\n");
    command.child.kill("SIGTERM");
    await command.ended;
  });

  it("is out in a file as well, when a signal ends the script", async () => {
    const file = join(folder, "out.txt");
    const command = spawn(
      "sh",
      [
        "-c",
        `exec "${process.execPath}" "${project}/bin/moonkeep.js" run -e 'for i = 1, 1000 do print(i) end while true do end' > "${file}"`,
      ],
      { cwd: folder },
    );
    onTestFinished(() => void command.kill("SIGKILL"));
    const ended = new Promise((resolve) => command.once("close", resolve));
    await vi.waitFor(() => expect(readFileSync(file, "utf8")).toMatch(/^1000$/m), { timeout: 10_000 });
    command.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(1000);
  });
});

it("SIGTERM ends a script as process 1 of its own namespace", async ({ skip }) => {
  const inner = `"${process.execPath}" "${project}/bin/moonkeep.js" run -e 'print("begun") while true do end'`;
  const command = spawn("unshare", ["--pid", "--fork", "--kill-child", "sh", "-c", `exec ${inner}`], { cwd: folder });
  onTestFinished(() => void command.kill("SIGKILL"));
  let out = "";
  let failed = false;
  command.stdout.on("data", (part) => (out += part));
  command.once("error", () => (failed = true));
  const ended = new Promise((resolve) => command.once("close", resolve));
  await vi.waitFor(() => expect(out !== "" || failed || command.exitCode !== null).toBe(true), { timeout: 10_000 });
  if (out === "") skip("namespaces can't be made here");
  const [child] = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, "utf8").trim().split(" ");
  process.kill(Number(child), "SIGTERM");
  expect(await ended).toBe(143);
});
