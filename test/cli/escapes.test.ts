/** What came from outside reaches a terminal as escapes, whichever way the command shows it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeExplanation } from "../../src/cli/policy-explain.ts";
import type { AccessExplanation } from "../../src/host/explain.ts";
import { oneLine, printable, printableJson } from "../../src/value/printable.ts";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";

/** Colours, a C1 control, delete, a text that is read backwards, what hides, a line of another kind, a forged line. */
const evil = "a\u001b[31mb\u009b2Jc\u007fd\u202ee\u200bf\u2028g\rh\u{e0041}\nerror: forged";
const raw = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("what came from outside", () => {
  it("is shown with its lines, on one line, or as the same JSON", () => {
    expect(printable(evil)).toBe(
      "a\\x1b[31mb\\u{9b}2Jc\\x7fd\\u{202e}e\\u{200b}f\\u{2028}g\\x0dh\\u{e0041}\nerror: forged",
    );
    expect(oneLine("a\tb\nc")).toBe("a\\tb\\nc");
    expect(printable("\udcff \ud800 é 🙂")).toBe("\\xff \ufffd é 🙂");
    const json = printableJson(JSON.stringify({ evil }, null, 2));
    expect(JSON.parse(json)).toEqual({ evil });
    expect(json.replaceAll("\n", "")).not.toMatch(raw);
  });

  const lua = JSON.stringify(evil).replace(/\\u(....)|[^\\]/gu, (c) =>
    c.length > 1 || c.codePointAt(0)! > 126
      ? [...Buffer.from(JSON.parse(`"${c}"`))].map((b) => `\\x${b.toString(16).padStart(2, "0")}`).join("")
      : c,
  );
  const registry = JSON.stringify({
    version: "1.0",
    namespace: "app",
    entries: [
      { name: "db", kind: "db.sql.sqlite", file: "escapes.db" },
      { name: "kept", kind: "store.sql", database: "db", table_name: "kept" },
      {
        name: "all",
        kind: "security.policy",
        policy: {
          actions: "*",
          resources: "*",
          effect: "allow",
          conditions: [{ field: "meta.x", operator: "ne", value: evil }],
        },
        groups: ["all"],
      },
      { name: "host", kind: "host.config", security: { actor: { id: "local" }, groups: ["all"] } },
    ],
  });
  const expectations = JSON.stringify({
    tests: [{ name: evil, actor: evil, action: "funcs.call", resource: evil, expect: "allow" }],
  });
  const dump = JSON.stringify({ key: evil, value: { [evil]: evil } });
  const files = { "registry.yaml": registry, "access.test.yaml": expectations, dump };
  const table: readonly (readonly [string, readonly string[], code: number])[] = [
    ["an error of a script", ["run", "-e", `error(${lua})`], 1],
    [
      "an error's details and kind",
      ["run", "-e", `error(errors.new{message = ${lua}, kind = ${lua}, details = {[${lua}] = ${lua}}})`],
      1,
    ],
    ["an error as JSON", ["run", "--json", "-e", `error(errors.new{message = ${lua}, details = {x = ${lua}}})`], 1],
    ["a traceback", ["run", "-e", `local t = {[${lua}] = function() error("x") end} t[${lua}]()`], 1],
    ["a result as JSON", ["run", "--json", "-e", `return ${lua}`], 0],
    ["a table as a result", ["run", "-e", `return {[${lua}] = ${lua}}`], 0],
    ["a log", ["run", "-e", `require("logger"):named(${lua}):info(${lua}, {[${lua}] = ${lua}})`], 0],
    [
      "an audit log of denials",
      ["run", "--audit", "-", "--actor", evil, "-e", `require("security").can(${lua}, ${lua})`],
      0,
    ],
    ["a trace", ["run", "--trace-permissions", "-", "-e", `require("store").get("app:kept"):get(${lua})`], 0],
    ["a key that there is not", ["store", "get", "app:kept", `${evil}!`], 1],
    ["a value of a store", ["store", "get", "app:kept", evil], 0],
    ["a list of keys", ["store", "list", "app:kept"], 0],
    ["a list as JSON", ["store", "list", "app:kept", "--json"], 0],
    ["a dump", ["store", "dump", "app:kept"], 0],
    [
      "an explanation",
      [
        "policy",
        "explain",
        "logger.write",
        evil,
        "--actor",
        evil,
        "--meta",
        `${evil}=${evil}`,
        "--attr",
        `level=${evil}`,
      ],
      0,
    ],
    ["an explanation as JSON", ["policy", "explain", "logger.write", evil, "--attr", `level=${evil}`, "--json"], 0],
    ["an action that there is not", ["policy", "explain", evil, evil], 2],
    ["an attribute that there is not", ["policy", "explain", "logger.write", "r", "--attr", `${evil}=1`], 2],
    ["expectations", ["policy", "test", "access.test.yaml"], 1],
    ["a registry that is wrong", ["check", "wrong.yaml"], 3],
    ["a script that does not parse", ["check", `bad\u001b[31m\u202e.lua`], 1],
    ["a script that there is not", ["run", `${evil}.lua`], 2],
    ["an option that there is not", ["run", `--${evil}`], 2],
    ["a command that there is not", [evil], 2],
    ["arguments", ["call", "app:f", evil], 2],
    ["an id", ["call", evil], 1],
    ["a store that there is not", ["store", "get", evil, "k"], 2],
    ["a registry that there is not", ["run", "--registry", evil, "-e", ""], 3],
    ["a page that there is not", ["docs", `${evil}[.x[`], 2],
    ["a plugin that there is not", ["plugin", "inspect", evil], 3],
    ["a group that there is not", ["run", "--group", evil, "-e", ""], 2],
    ["a test that there is not", ["test", evil], 2],
    ["a port that is none", ["inspect", "--port", evil], 2],
    ["a file that can't be written", ["run", "--audit", `/nowhere/${evil}`, "-e", ""], 2],
  ];

  it.each(table)("is escaped in %s", async (_, words, code) => {
    const cwd = folder({
      ...files,
      "wrong.yaml": JSON.stringify({
        version: "1.0",
        namespace: "app",
        [evil]: evil,
        entries: [{ name: evil, kind: evil }],
      }),
      "bad\u001b[31m\u202e.lua": "x =",
    });
    expect((await moonkeep(["store", "load", "app:kept", "dump"], { cwd })).code).toBe(0);
    const { out, err, code: ended } = await moonkeep(words, { cwd });
    expect(ended, out + err).toBe(code);
    const shown = out + err;
    expect(shown.replaceAll("\n", "").replaceAll("\t", "")).not.toMatch(raw);
    expect(shown).not.toMatch(/^error: forged/m);
  });

  it("is escaped in a file of policies, which stays YAML", async () => {
    const cwd = folder(files);
    await moonkeep(["run", "--trace-permissions", "p.yaml", "-e", `require("store").get("app:kept"):get(${lua})`], {
      cwd,
    });
    const text = readFileSync(join(cwd, "p.yaml"), "utf8");
    expect(text.replaceAll("\n", "")).not.toMatch(raw);
    writeFileSync(join(cwd, "registry.yaml"), text);
    expect((await moonkeep(["check"], { cwd })).code).toBe(0);
  });
});

it("our own colours are none of that: an explanation has them where they are wanted", () => {
  const explanation: AccessExplanation = {
    decision: "allow",
    reason: evil,
    actor: { id: evil, meta: {} },
    action: "a",
    resource: "r",
    attributes: {},
    policies: [],
  } as unknown as AccessExplanation;
  const color = (text: string) => `\u001b[32m${text}\u001b[39m`;
  const shown = describeExplanation(explanation, { good: color, bad: color, dim: (text) => text });
  expect(shown.startsWith(`${color("allowed")}: a\\x1b[31mb`)).toBe(true);
});
