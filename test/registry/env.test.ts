// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the registry's placeholders look like that
import { describe, expect, test } from "vitest";
import { fill } from "../../src/registry/env.ts";
import { defineKind } from "../../src/registry/kind.ts";
import * as s from "../../src/registry/schema.ts";
import { folder, kinds, load, loadText, problemsIn, withEntries } from "./support.ts";

const memory = (...lines: string[]) =>
  withEntries("  - name: cache", "    kind: store.memory", ...lines.map((line) => `    ${line}`));
const configOf = (yaml: string, env: Record<string, string>) => loadText(yaml, { env }).entries[0]?.config;

describe("a placeholder in a text", () => {
  test.each([
    ["${env:A}", "1"],
    ["x${env:A}y${env:B}z", "x1y2z"],
    ["${env:C|3}", "3"],
    ["${env:A|3}", "1"],
    ["${env:C|}", ""],
    ["${env:EMPTY|3}", ""],
    ["$${env:A}", "${env:A}"],
    ["$${env:A} ${env:A}", "${env:A} 1"],
    ["${env:C|a|b}", "a|b"],
  ])("%s gives %j", (text, filled) => {
    expect(fill(text, { A: "1", B: "2", EMPTY: "" })?.text).toBe(filled);
  });

  test("is filled once: what a variable holds is not looked through again", () => {
    expect(fill("${env:A}", { A: "${env:B}", B: "x" })?.text).toBe("${env:B}");
  });

  test("takes no variable from an object's prototype", () => {
    expect(fill("${env:toString}${env:constructor}", {})?.missing).toEqual(["toString", "constructor"]);
  });

  test.each(["${env:", "${env:}", "${env:A", "${env:1A}", "${env:A B}", "${env:A-B}"])("%s is malformed", (text) => {
    expect(fill(text, { A: "1" })?.malformed).toBe(true);
  });

  test("leaves other text alone", () => {
    expect(fill("$A ${A} {env:A} $env", { A: "1" })).toBeUndefined();
  });
});

describe("a value from the environment", () => {
  test("is text where text is wanted, even when it looks like a number", () => {
    const yaml = withEntries("  - {name: db, kind: db.sql.sqlite, file: '${env:FILE}'}");
    expect(configOf(yaml, { FILE: "123" })).toEqual({ file: "123" });
  });

  test("is a number, a duration, a size or a flag where that is wanted", () => {
    const yaml = memory(
      "max_size: ${env:N}",
      "cleanup_interval: ${env:T}",
      "max_bytes: ${env:S}",
      "shared: ${env:F}",
      "eviction: ${env:E}",
    );
    expect(configOf(yaml, { N: "100", T: "2m", S: "4096", F: "true", E: "lru" })).toEqual({
      max_size: 100,
      cleanup_interval: 120_000,
      max_bytes: 4096,
      shared: true,
      eviction: "lru",
    });
  });

  test("may be one part of a value, and a default counts as one", () => {
    expect(configOf(memory("max_bytes: ${env:N}MiB", "max_size: ${env:M|12}"), { N: "2" })).toMatchObject({
      max_bytes: 2 * 2 ** 20,
      max_size: 12,
    });
  });

  test("is no excuse for a number in quotes", () => {
    expect(problemsIn(memory('max_size: "100"'))).toEqual([
      'registry.yaml:6:15: entries[0].max_size: expected a whole number of entries, at least 1, got "100"',
    ]);
  });

  test("that is not set is a problem that names the variable, and nothing else is said of the field", () => {
    expect(problemsIn(memory("max_size: ${env:MAX_SIZE}"))).toEqual([
      "registry.yaml:6:15: entries[0].max_size: the environment variable MAX_SIZE is not set; " +
        "set it, or give a default: ${env:MAX_SIZE|...}",
    ]);
  });

  test("that is not set is one problem, whatever the field would have done with it", () => {
    const yaml = withEntries(
      "  - {name: sql, kind: store.sql, database: 'main${env:NONE}', table_name: t}",
      "  - {name: f, kind: function.lua, source: 'file://x${env:NONE}'}",
      "  - name: p",
      "    kind: security.policy",
      "    policy: {actions: a, effect: allow, conditions: [{field: f, value: ['(${env:NONE}']}]}",
    );
    const problems = problemsIn(yaml);
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).toContain("the environment variable NONE is not set");
  });

  test("with a malformed placeholder is a problem", () => {
    expect(problemsIn(memory("eviction: ${env:EVICTION"))[0]).toContain("a placeholder is written ${env:NAME}");
  });

  test("is not filled into keys", () => {
    expect(problemsIn(memory("${env:KEY}: 1"), { env: { KEY: "max_size" } })[0]).toContain(
      'unknown field "${env:KEY}"',
    );
  });

  test("can't be a name: names show in messages", () => {
    const env = { NAME: "hush" };
    expect(problemsIn("version: '1.0'\nnamespace: ${env:NAME}\nentries: []", { env })[0]).toMatch(/can't come from/);
    expect(problemsIn(withEntries("  - {name: '${env:NAME}', kind: store.memory}"), { env })[0]).toMatch(/can't come/);
    expect(problemsIn(withEntries("  - {name: a, kind: '${env:NAME}'}"), { env })[0]).toMatch(/can't come from/);
  });

  test("is never shown by a problem, whoever says it", () => {
    const secret = "hunter2";
    const yaml = withEntries(
      "  - {name: cache, kind: store.memory, max_size: '${env:S}', cleanup_interval: '${env:S}', eviction: '${env:S}',",
      "     max_bytes: '${env:S}', shared: '${env:S}'}",
      "  - {name: sql, kind: store.sql, database: '${env:S}', table_name: t}",
      "  - {name: sql2, kind: store.sql, database: '${env:CACHE}', table_name: t}",
      "  - {name: f, kind: function.lua, source: 'file://${env:S}', imports: {a: '${env:S}'}}",
      "  - {name: p, kind: security.policy, policy: {actions: a, effect: '${env:S}'}, groups: ['${env:S}']}",
      "  - name: q",
      "    kind: security.policy",
      "    policy: {actions: a, effect: allow, conditions: [{field: f, value: '[${env:S}'}]}",
      "  - {name: h, kind: host.config, groups: ['${env:S}'], store: '${env:S}'}",
    );
    const problems = problemsIn(yaml, { env: { S: secret, CACHE: "app:cache" } });
    expect(problems).toHaveLength(14);
    for (const problem of problems) {
      expect(problem).not.toContain(secret);
      expect(problem).not.toContain('"app:cache"');
      expect(problem).toMatch(/\$\{env:|can't come from the environment/);
    }
  });

  test("is not shown by a check on a whole mapping either, quoted, shortened or not", () => {
    const check = s.custom(s.fields({ a: s.text(), b: s.text() }), ({ a, b }, report) => {
      report(`b is ${b}`);
      report(`a is ${JSON.stringify(a)}`);
      report(`a begins with ${a.slice(0, 14)}`);
    });
    const kind = defineKind({ name: "thing", summary: "", schema: s.fields({ f: check }), open: () => 0 });
    const yaml = withEntries("  - {name: x, kind: thing, f: {a: '${env:S}', b: 'plain'}}");
    const env = { S: 'a "secret" of some length' };
    expect(problemsIn(yaml, { kinds: [kind], env }).map((line) => line.replace(/^.*\.f: /, ""))).toEqual([
      "b is plain",
      "not valid with the value of ${env:S}, which is not shown here",
      "not valid with the value of ${env:S}, which is not shown here",
    ]);
  });

  test("is shown when it is the default, which stands in the file", () => {
    expect(problemsIn(memory("max_size: ${env:MAX|ten}"))[0]).toContain('got "ten"');
  });

  test("is filled in block text and in meta", () => {
    const yaml = withEntries(
      "  - name: f",
      "    kind: function.lua",
      "    meta: {by: '${env:USER}'}",
      "    source: |",
      "      return '${env:USER}'",
    );
    const [entry] = loadText(yaml, { env: { USER: "ann" } }).entries;
    expect(entry?.config).toMatchObject({ source: { text: "return 'ann'\n" } });
    expect(entry?.meta).toMatchObject({ by: "ann" });
  });

  test("is not filled in the files that a field names", () => {
    const root = folder({
      "registry.yaml": withEntries("  - {name: f, kind: function.lua, source: 'file://f.lua'}"),
      "f.lua": "return '${env:USER}'",
    });
    const { config } = load(root, { kinds }).get("app:f")!;
    expect(config).toMatchObject({ source: { text: "return '${env:USER}'" } });
  });
});
