import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { moonkeep, project } from "../support/cli.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "moonkeep-"));
  await moonkeep(["init", "--template", "functions"], { cwd: folder });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("bad_test.lua", 'local t = require("test")\nt.case("no", function() print(1) t.equal(1, 2) end)');
  write("good_test.lua", 'local t = require("test")\nt.case("yes", function() for i = 1, 1e4 do print(i) end end)');
  write("bad.lua", "return nosuch()");
  write("wrong.yaml", "version: 1");
  write(
    "bad.test.yaml",
    "tests:\n  - {name: no, actor: alice, action: store.key.set, resource: app:nosuch, expect: allow}\n",
  );
  write(
    "stores.yaml",
    "version: '1.0'\nnamespace: app\nentries:\n  - {name: db, kind: db.sql.sqlite, file: kept.db}\n  - {name: kept, kind: store.sql, database: db, table_name: kept}\n",
  );
  const lines = Array.from({ length: 5000 }, (_, i) => `{"key":"k${i}","value":${i}}\n`).join("");
  await moonkeep(["store", "load", "-r", "stores.yaml", "app:kept", "-"], { cwd: folder, input: lines });
});

/** Ends with the code that the command has when nobody reads its output from the beginning. */
function unread(words: readonly string[], input = ""): Promise<readonly [number | null, string]> {
  const child = spawn(process.execPath, [join(project, "bin/moonkeep.js"), ...words], { cwd: folder });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (part) => (said += part));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve([code, said])));
}

describe("a command whose output nobody reads ends with what it comes to:", () => {
  it.each([
    ["test bad_test.lua", 1],
    ["test bad_test.lua good_test.lua --coverage", 1],
    ["test bad_test.lua --reporter tap", 1],
    ["test bad_test.lua --reporter junit", 1],
    ["test bad_test.lua --reporter json", 1],
    ["test bad_test.lua --watch", 1],
    ["test good_test.lua", 0],
    ["check bad.lua", 1],
    ["check bad.lua --json", 1],
    ["check wrong.yaml registry.yaml", 3],
    ["check", 0],
    ["policy test bad.test.yaml", 1],
    ["policy test bad.test.yaml --json", 1],
    ["policy test access.test.yaml", 0],
    ["policy explain store.key.set app:cache", 0],
    ["doctor", 0],
    ["doctor -r wrong.yaml", 3],
    ["plugin inspect .", 3],
    ["store get -r stores.yaml app:kept k1 nosuch", 1],
    ["store list -r stores.yaml app:kept", 0],
    ["store list -r stores.yaml app:nosuch", 2],
    ["store stat -r stores.yaml app:kept", 0],
    ["schema", 0],
    ["docs stores", 0],
    ["completion bash", 0],
    ["--help", 0],
    ["run --json bad.lua", 1],
    ["init made", 0],
    ["types", 0],
  ])("%s", async (line, code) => {
    const [ended, said] = await unread(line.split(" "));
    expect([ended, said]).toEqual([code, expect.not.stringContaining("    at ")]);
  });
});

describe("what prints without end is ended at its next print, with the code of SIGPIPE:", () => {
  it.each([
    ["a script", ["run", "-e", "while true do print(1) end"]],
    ["a script that would catch it", ["run", "-e", "while true do pcall(print, 1) end"]],
    ["a script in a thread", ["run", "--isolation", "worker", "-e", "while true do io.write(1) end"]],
    ["a script that is watched", ["run", "--watch", "-e", "while true do print(1) end"]],
    ["a dump", ["store", "dump", "-r", "stores.yaml", "app:kept"]],
    ["a prompt that reads from a pipe", ["repl"], "print(1)\n".repeat(10_000)],
    ["a prompt whose values nobody reads", ["repl"], "1\n".repeat(10_000)],
  ])("%s", async (_, words, input?: string) => {
    expect(await unread(words, input)).toEqual([141, expect.not.stringMatching(/error| {4}at /)]);
  });
});
