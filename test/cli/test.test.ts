import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";

/** A folder with one test file, of these lines after `t` is there. */
function testFile(...lines: string[]): string {
  return folder({ "a_test.lua": ['local t = require("test")', ...lines].join("\n") });
}
const run = (cwd: string, ...words: string[]) => moonkeep(["test", ...words], { cwd });

/** How each case of a file ends: "ok", or what it failed with. */
async function outcomes(...lines: string[]): Promise<Record<string, string>> {
  const { out, err } = await run(testFile(...lines), "--reporter", "json");
  if (out === "") throw new Error(err);
  const { files } = JSON.parse(out) as {
    files: { cases: { name: string; ok: boolean; error?: { message: string } }[] }[];
  };
  return Object.fromEntries(
    files[0]!.cases.map(({ name, error }) => [name, error?.message.replace(/^a_test\.lua:\d+: /, "") ?? "ok"]),
  );
}

const cache = 'local cache = assert(require("store").get("app:cache"))';

describe("moonkeep test", () => {
  it("runs the cases of a file in order, and tells of each", async () => {
    const cwd = testFile('t.case("first", function() print("printed") end)', 't.case("second", function() end)');
    expect(await run(cwd)).toEqual({
      code: 0,
      out: "printed\nok a_test.lua\n  ✓ first\n  ✓ second\n\n2 passed\n",
      err: "",
    });
  });

  it("shows a failure with its line of source and its traceback, ends with 1, and goes on", async () => {
    const cwd = testFile('t.case("bad", function() local x = nil return x.y end)', 't.case("good", function() end)');
    const { code, out } = await run(cwd);
    expect(code).toBe(1);
    expect(out).toBe(`failed a_test.lua
  ✗ bad
    error: a_test.lua:2: attempt to index a nil value (local 'x')
      2 | t.case("bad", function() local x = nil return x.y end)
                                                        ^
    stack traceback:
    \ta_test.lua:2: in function <a_test.lua:2>
  ✓ good

1 passed, 1 failed
`);
  });

  it("names the modules that a test may load where one is not found, and no part of its own", async () => {
    const { unknown } = await outcomes('t.case("unknown", function() require("nowhere") end)');
    expect(unknown).toMatch(/^module 'nowhere' not found .*'yaml', 'test'\)/);
    expect(unknown).not.toContain("test.");
  });

  it("refuses a case that it can't take, where it is declared, and shifts no other", async () => {
    for (const [name, says] of [
      ['""', "name: expected a string that is not empty"],
      ['("x"):rep(1e5)', "name: expected at most 1024 bytes"],
    ]) {
      const taken = `t.case(${name}, function() end)`;
      const { code, out } = await run(testFile(taken, 't.case("bad", function() error("it fails") end)'));
      expect(code).toBe(1);
      expect(out).toContain(says);
      expect(out).toContain("stack traceback:\n    \ta_test.lua:2: in main chunk\n");
      expect(out).toContain("0 passed, 1 failed");
    }
    const nested = await outcomes('t.case("outer", function() t.case("inner", error) end)', 't.case("next", error)');
    expect(nested).toEqual({
      outer: expect.stringContaining("can't be called inside a case"),
      next: "(error object is a nil value)",
    });
  });

  it("refuses to set the clock back, to spy on what is not there, and what is not a pattern", async () => {
    expect(
      await outcomes(
        't.case("back", function() t.clock:advance("-1h") end)',
        't.case("spy", function() t.spy({}, "nope") end)',
        't.case("pattern", function() t.error(error, "[") end)',
      ),
    ).toEqual({
      back: "the clock can't be set back: the duration must not be negative",
      spy: 'there is no "nope" to replace',
      pattern: "expected: malformed pattern (missing ']')",
    });
  });

  it("finds files *_test.lua in folders, and gives each a host of its own", async () => {
    const one = 'local t = require("test")\nt.case("alone", function() t.equal(cache_of(), nil) end)';
    const set = `${cache}\nfunction cache_of() local v = cache:get("k") cache:set("k", 1) return v end\n`;
    const cwd = folder({ "a_test.lua": set + one, "other.lua": "error()" });
    mkdirSync(join(cwd, "b"));
    writeFileSync(join(cwd, "b/c_test.lua"), set + one);
    const { code, out } = await run(cwd);
    expect(out).toContain("ok a_test.lua\n");
    expect(out).toContain("ok b/c_test.lua\n");
    expect(code).toBe(0);
  });

  it("ends with 2 where there are no tests, and with 3 for a registry that is invalid", async () => {
    expect(await run(folder({ "a.lua": "" }))).toEqual({
      code: 2,
      out: "",
      err: "error: there are no files *_test.lua here or below\n",
    });
    const looked = "give a test file, or a folder with files *_test.lua";
    expect(await run(folder(), "nope")).toEqual({
      code: 2,
      out: "",
      err: `error: nope: there is no such file or folder; ${looked}\n`,
    });
    const bad = folder({ "a_test.lua": 'require("test").case("c", print)', "registry.yaml": "version: 1" });
    expect(await run(bad)).toMatchObject({ code: 3, err: expect.stringContaining("registry.yaml:1") });
  });

  it.each([
    ["nope", "error: nope: there is no such file or folder\n"],
    ["a_test.lua", "error: a_test.lua: this is not a folder\n"],
  ])("ends with 2 for a --root that is not a folder: %s", async (root, err) => {
    const cwd = folder({ "a_test.lua": 'require("test").case("c", function() end)' });
    expect(await run(cwd, "--root", root)).toEqual({ code: 2, out: "", err });
    expect(await run(cwd, "--root", ".")).toMatchObject({ code: 0 });
  });

  it("ends with 2 where no case ran, whatever the report", async () => {
    const none = "error: no file has a case: t.case(name, function) adds one\n";
    const cwd = folder({ "lib.lua": "return {}", "a_test.lua": 'require("test").case("c", print)' });
    expect(await run(cwd, "lib.lua")).toEqual({ code: 2, out: "ok lib.lua\n\n0 passed\n", err: none });
    expect(await run(cwd, "lib.lua", "--reporter", "tap")).toEqual({
      code: 2,
      out: "TAP version 14\n1..0\n",
      err: none,
    });
    for (const reporter of ["junit", "json"])
      expect(await run(cwd, "lib.lua", "--reporter", reporter)).toMatchObject({ code: 2, err: none });
    expect(await run(cwd, "--filter", "nosuch\x1b")).toMatchObject({
      code: 2,
      err: 'error: no case has a name with "nosuch\\x1b" in it\n',
    });
    expect(await run(cwd, "lib.lua", "a_test.lua")).toMatchObject({ code: 0, err: "" });
    writeFileSync(join(cwd, "bad.lua"), "error('no')");
    expect(await run(cwd, "bad.lua")).toMatchObject({ code: 1, err: "" });
  });

  it.runIf(process.getuid?.() === 0)("names a folder that it may not read", () => {
    const cwd = folder({ "a_test.lua": "" });
    mkdirSync(join(cwd, "shut"), { mode: 0o700 });
    chmodSync(cwd, 0o755);
    const words = [join(project, "bin/moonkeep.js"), "test"];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd, uid: 65534, gid: 65534 });
    expect([status, String(stderr)]).toEqual([2, "error: shut can't be read: permission denied\n"]);
  });

  it("tells of a file that does not parse, or fails before its cases", async () => {
    const { code, out } = await run(testFile("local = 1"));
    expect(code).toBe(1);
    expect(out).toContain("✗ (the file itself)\n    error INVALID: a_test.lua:2: ");
  });

  it("fails a case that hits a time limit, and no other", async () => {
    const cwd = testFile(
      't.case("endless", function() while true do end end)',
      't.case("good", function() end)',
      "t.after(function() end)",
    );
    const { code, out } = await run(cwd, "--timeout", "200ms");
    expect(code).toBe(1);
    expect(out).toContain("✗ endless\n    error TIMEOUT:");
    expect(out).toContain("✓ good");
  });

  it("runs the cases that --filter names", async () => {
    const cwd = testFile('t.case("one", function() end)', 't.case("two", function() error("no") end)');
    expect(await run(cwd, "--filter", "on")).toMatchObject({
      code: 0,
      out: "ok a_test.lua\n  ✓ one\n\n1 passed, 1 left out\n",
    });
  });

  it("has every store in memory unless --stores real, and asks no database", async () => {
    const registry = `version: "1.0"
namespace: app
entries:
  - {name: db, kind: db.sql.sqlite, file: ./data.db}
  - {name: kept, kind: store.sql, database: db, table_name: kept}
  - {name: host, kind: host.config, security: {strict_mode: false}}
`;
    const test = `local t = require("test")
local kept = assert(require("store").get("app:kept"))
t.case("where", function() print(kept:info().backend, kept:get("k")) assert(kept:set("k", 1)) end)
`;
    const cwd = folder({ "a_test.lua": test, "registry.yaml": registry });
    expect((await run(cwd)).out).toContain("memory\tnil\n");
    expect((await run(cwd)).out).toContain("memory\tnil\n");
    expect((await run(cwd, "--stores", "real")).out).toContain("sql\tnil\n");
    expect((await run(cwd, "--stores", "real")).out).toContain("sql\t1\n");
  });
});

describe("t", () => {
  it("equal compares tables by what is in them, and shows a difference by line", async () => {
    const told = await outcomes(
      't.case("same", function() t.equal({a = {1, 2}, b = "x"}, {b = "x", a = {1, 2}}) end)',
      't.case("nan", function() t.equal(0/0, 0/0) end)',
      't.case("circle", function() local a = {} a.a = a local b = {} b.a = b t.equal(a, b) end)',
      't.case("scalar", function() t.equal(1, "1", "count") end)',
      't.case("missing", function() t.equal({}, {a = false}) end)',
      't.case("table", function() t.equal({name = "Ada", age = 37}, {name = "Ada", age = 36}) end)',
      't.case("text", function() t.equal("a\\nb", "a\\nc") end)',
    );
    expect(told).toEqual({
      same: "ok",
      nan: "ok",
      circle: "ok",
      scalar: 'count: expected "1", got 1',
      missing: "not equal: - expected, + got\n- {\n-   a = false,\n- }\n+ {}",
      table: 'not equal: - expected, + got\n  {\n-   age = 36,\n+   age = 37,\n    name = "Ada",\n  }',
      text: "not equal: - expected, + got\n  a\n- c\n+ b",
    });
  });

  it("equal shows what differs of two long lists, and not all that follows", async () => {
    const lists = "local function list() local t = {} for i = 1, 20000 do t[i] = i end return t end";
    const told = await outcomes(
      lists,
      't.case("changed", function() local a = list() a[10000] = "x" t.equal(a, list()) end)',
      't.case("far", function() local a = list() a[1] = "x" a[20000] = "y" t.equal(a, list()) end)',
      't.case("added", function() local a = list() table.insert(a, 5, 0) t.equal(a, list()) end)',
    );
    const lines = told.changed!.split("\n");
    expect(lines.filter((line) => /^[+-] /.test(line))).toEqual(["-   10000,", '+   "x",']);
    expect(lines.length).toBeLessThan(20);
    const far = told.far!.split("\n").filter((line) => /^[+-] /.test(line));
    expect(far).toEqual(["-   1,", '+   "x",', "-   20000,", '+   "y",']);
    expect(told.added!.split("\n").filter((line) => /^[+-] /.test(line))).toEqual(["+   0,"]);
  });

  it("error expects a failure that is raised or answered, of a kind or with a message", async () => {
    const told = await outcomes(
      cache,
      't.case("raised", function() t.error(function() error("boom") end, "bo+m") end)',
      't.case("answered", function() t.error(function() return cache:get("") end, errors.INVALID) end)',
      't.case("returned", function() t.equal(t.error(function() return cache:get("") end):kind(), "Invalid") end)',
      't.case("other kind", function() t.error(function() return cache:get("") end, "NOT_FOUND") end)',
      't.case("none", function() t.error(function() return 3 end) end)',
    );
    expect(told).toEqual({
      raised: "ok",
      answered: "ok",
      returned: "ok",
      "other kind": 'expected an error of the kind "NotFound", got an error of the kind "Invalid": key is required',
      none: "expected an error, got 3",
    });
  });

  it("near allows a distance", async () => {
    const told = await outcomes(
      't.case("close", function() t.near(0.1 + 0.2, 0.3) t.near(9, 10, 1) end)',
      't.case("far", function() t.near(1, 2, 0.5) end)',
    );
    expect(told).toEqual({ close: "ok", far: "expected 2, at most 0.5 off, got 1" });
  });

  it("before and after run around each case, after a failure too", async () => {
    const told = await outcomes(
      "local log = {}",
      "local function note(word) return function() log[#log + 1] = word end end",
      't.before(note("before")) t.after(note("after 1")) t.after(note("after 2"))',
      't.case("fails", function() error("no", 0) end)',
      't.case("sees", function() t.equal(log, {"before", "after 2", "after 1", "before"}) end)',
    );
    expect(told).toEqual({ fails: "no", sees: "ok" });
  });

  it("spy notes calls, and stands in a table until the case ends", async () => {
    const told = await outcomes(
      "local shop = {price = function(n) return n * 2 end}",
      `t.case("spies", function()
        local spy = t.spy(shop, "price")
        t.equal(shop.price(2), 4)
        t.equal({spy:count(), spy:called_with(2), spy:called_with(3)}, {1, true, false})
      end)`,
      't.case("gone", function() t.equal(type(shop.price), "function") end)',
      't.case("alone", function() local spy = t.spy() spy(1, nil) t.equal(spy.calls[1].n, 2) end)',
    );
    expect(told).toEqual({ spies: "ok", gone: "ok", alone: "ok" });
  });

  it("clock:advance lets entries expire, timers fire in their order, and time tell that time", async () => {
    const told = await outcomes(
      cache,
      'local time = require("time")',
      `t.case("expires", function()
        cache:set("k", 1, 3600)
        t.clock:advance("59m59s") t.equal(cache:get("k"), 1)
        t.clock:advance("2s") t.equal(cache:get("k"), nil)
      end)`,
      `t.case("tells", function()
        local now, seconds = time.now(), os.time()
        t.clock:advance("24h")
        t.near(time.now():sub(now):hours(), 24, 0.01)
        t.near(os.time() - seconds, 86400, 5)
      end)`,
      `t.case("fires", function()
        local late, early = time.after("2h"), time.after("1h")
        local begun = time.now()
        t.clock:advance("3h")
        t.near(early:receive():sub(begun):hours(), 1, 0.01)
        t.near(late:receive():sub(begun):hours(), 2, 0.01)
      end)`,
      `t.case("ticks", function()
        local ticker = time.ticker("1m")
        local begun, ticks = time.now(), 0
        coroutine.spawn(function() while true do ticker:channel():receive() ticks = ticks + 1 end end)
        t.clock:advance("10m30s")
        t.equal(ticks, 10)
      end)`,
    );
    expect(told).toEqual({ expires: "ok", tells: "ok", fires: "ok", ticks: "ok" });
  });

  it("actor and policy hold until the case ends", async () => {
    const told = await outcomes(
      cache,
      'local who = function() return require("security").actor():id() end',
      't.case("denied", function() t.policy{actions = "store.key.set", resources = "*", effect = "deny"} t.error(function() return cache:set("k", 1) end, "PERMISSION_DENIED") end)',
      't.case("allowed", function() assert(cache:set("k", 1)) end)',
      't.case("bob", function() t.actor("bob", {team = "core"}) t.equal(who(), "bob") end)',
      't.case("local", function() t.equal(who(), "local") end)',
      't.case("both", function() t.actor("bob") t.policy{actions = "*", resources = "*", effect = "deny", expression = [[actor.id == "bob"]]} t.error(function() return cache:set("k", 1) end) t.actor("ann") assert(cache:set("k", 1)) end)',
      't.case("wrong", function() t.policy{actions = "*", resource = "*", effect = "deny"} end)',
    );
    expect(told).toEqual({
      denied: "ok",
      allowed: "ok",
      bob: "ok",
      local: "ok",
      both: "ok",
      wrong: 'policy: there is no field "resource"; the fields are actions, resources, effect, conditions, expression',
    });
  });
});

describe("a report", () => {
  const lines = ['t.case("a <b> & #c", function() end)', 't.case("bad", function() error("no", 0) end)'];

  it("is TAP", async () => {
    const { code, out } = await run(testFile(...lines), "--reporter", "tap");
    expect(code).toBe(1);
    expect(out).toBe(`TAP version 14
ok 1 - a_test.lua: a <b> & \\#c
not ok 2 - a_test.lua: bad
  ---
  message: |-
    error: no
    stack traceback:
    \ta_test.lua:3: in function <a_test.lua:3>
  ...
1..2
`);
  });

  it("is JUnit's XML", async () => {
    const { out } = await run(testFile(...lines), "--reporter", "junit");
    expect(out.replace(/time="[\d.]+"/g, "")).toContain('<testsuites tests="2" failures="1" >');
    expect(out).toContain('<testcase name="a &lt;b&gt; &amp; #c" classname="a_test.lua" file="a_test.lua" line="2"');
    expect(out).toContain('<failure message="no">');
  });

  it("is JSON, beside which prints go to standard error", async () => {
    const { out, err } = await run(testFile('t.case("c", function() print("p") end)'), "--reporter", "json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, passed: 1, failed: 0, left_out: 0 });
    expect(err).toBe("p\n");
  });
});

describe("the examples", () => {
  it.each(["neighbours", "rate-limiter"])("%s passes its tests", async (name) => {
    expect(await moonkeep(["test", `examples/${name}`])).toMatchObject({ code: 0, err: "" });
  });
});
