import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

const price = `local M = {}

function M.of(n)
  if n > 10 then
    return n * 2
  else
    return n
  end
end

function M.unused()
  local x = 1
  return x
end

return M
`;

const loops = `local M = {}
function M.sum(n)
  local s = 0
  for i = 1, n do
    if i % 2 == 0 then
      s = s + i
    elseif i < 0 then
      s = 0
    end
    local t = {
      a = 1,
      b = i,
    }
    s = s + t.b
  end
  while true do
    if s == nil then return 1 else return s end
  end
end

return M
`;

const registry = `version: "1.0"
namespace: app
entries:
  - {name: price, kind: function.lua, source: "file://price.lua", method: of}
  - {name: never, kind: function.lua, source: "file://never.lua"}
  - {name: host, kind: host.config, security: {strict_mode: false}}
`;

const test = `local t = require("test")
local helpers = require("helpers_test")
local loops = require("lib.loops")
t.case("price", function() t.equal(require("funcs").call("app:price", 3), 3) end)
t.case("sum", function() t.equal(loops.sum(100), 7600) end)
if helpers then return end
print("the tests themselves are not counted")
`;

function project(): string {
  const cwd = folder({
    "a_test.lua": test,
    "helpers_test.lua": "local never = nil\nif never then print() end\nreturn true",
    "price.lua": price,
    "never.lua": "-- nobody calls it\nreturn 1\n",
    "unloaded.lua": "return 1\n",
    "registry.yaml": registry,
  });
  mkdirSync(join(cwd, "lib"));
  writeFileSync(join(cwd, "lib/loops.lua"), loops);
  return cwd;
}

const table = `
file           lines   %  not run
lib/loops.lua  13/14  92  8
never.lua        0/1   0  2
price.lua        6/9  66  5, 12-13
all            19/24  79
`;

const run = (cwd: string, words: readonly string[], env: Record<string, string> = {}) =>
  moonkeep(["test", "a_test.lua", ...words], { cwd, env });

describe("moonkeep test --coverage", () => {
  it("says which lines have run of the files that were loaded: branches, functions that nobody calls", async () => {
    const { code, out, err } = await run(project(), ["--coverage"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(`ok a_test.lua\n  ✓ price\n  ✓ sum\n\n2 passed\n${table}`);
  });

  it.each([
    ["compiled at once", [], { MOONKEEP_COMPILE_AFTER: "0" }],
    ["compiled halfway", [], { MOONKEEP_COMPILE_AFTER: "20" }],
    ["interpreted", ["--no-compile"], {}],
  ] as const)("says the same of code that is %s", async (_, words, env) => {
    expect((await run(project(), ["--coverage", ...words], env)).out).toContain(table);
  });

  it("writes lcov, whose lines add up", async () => {
    const cwd = project();
    const { out } = await run(cwd, ["--coverage-reporter", "lcov", "--coverage-dir", "out/cov"]);
    expect(out).not.toContain("not run");
    const files = readFileSync(join(cwd, "out/cov/lcov.info"), "utf8")
      .split("end_of_record\n")
      .filter((record) => record !== "");
    const read = files.map((record) => {
      const [, name] = /^TN:\nSF:(.+)\n/.exec(record)!;
      const lines = [...record.matchAll(/^DA:(\d+),([01])$/gm)].map(([, line, count]) => [Number(line), Number(count)]);
      expect(record).toMatch(
        new RegExp(`\nLF:${lines.length}\nLH:${lines.filter(([, count]) => count === 1).length}\n$`),
      );
      return [name, lines.filter(([, count]) => count === 0).map(([line]) => line)];
    });
    expect(read).toEqual([
      ["lib/loops.lua", [8]],
      ["never.lua", [2]],
      ["price.lua", [5, 12, 13]],
    ]);
  });

  it("writes both where both are wanted, and the folder coverage where none is named", async () => {
    const cwd = project();
    const { out } = await run(cwd, ["--coverage-reporter", "text", "--coverage-reporter", "lcov"]);
    expect(out).toContain(table);
    expect(existsSync(join(cwd, "coverage/lcov.info"))).toBe(true);
  });

  it("leaves a report that a program reads alone", async () => {
    const { out, err } = await run(project(), ["--coverage", "--reporter", "json"]);
    expect(JSON.parse(out)).toMatchObject({ ok: true, passed: 2 });
    expect(err).toBe(table);
  });

  it("adds up what the tests of several files have run, each in a host of its own", async () => {
    const cwd = project();
    const more = 't.case("large", function() t.equal(require("funcs").call("app:price", 30), 60) end)';
    writeFileSync(join(cwd, "b_test.lua"), `local t = require("test")\n${more}\n`);
    const { out } = await moonkeep(["test", "--coverage"], { cwd });
    expect(out).toContain("price.lua        7/9  77  12-13\n");
  });

  it("says so where nothing was loaded, and refuses forms and folders that there are not", async () => {
    const cwd = folder({ "a_test.lua": 'require("test").case("c", print)', file: "" });
    expect((await run(cwd, ["--coverage"])).out).toContain("\n\nno Lua files were loaded but the tests\n");
    expect(await run(cwd, ["--coverage-reporter", "html"])).toMatchObject({
      code: 2,
      err: 'error: --coverage-reporter: expected text or lcov, got "html"\n',
    });
    expect(await run(cwd, ["--coverage-reporter", "lcov", "--coverage-dir", "file/x"])).toMatchObject({
      code: 2,
      err: "error: file/x/lcov.info can't be written: file is not a folder\n",
    });
  });
});
