import { describe, expect, test } from "vitest";
import { loadText, problemsIn, withEntries } from "./support.ts";

const meta = (yaml: string) => withEntries("  - name: a", "    kind: store.memory", `    meta: ${yaml}`);
const metaOf = (yaml: string) => loadText(meta(yaml)).entries[0]?.meta;

describe("YAML syntax", () => {
  test("errors are all reported, each with its place, and nothing else is", () => {
    const problems = problemsIn(withEntries("  - name: [a", "  - kind: 'b", "  x"));
    expect(problems.length).toBeGreaterThan(1);
    for (const problem of problems) expect(problem).toMatch(/^registry\.yaml:\d+:\d+: not valid YAML: [a-z]/);
  });

  test("errors beyond the first twenty are counted", () => {
    const problems = problemsIn(`a: [${"} ".repeat(1000)}`);
    expect(problems.length).toBe(21);
    expect(problems.at(-1)).toMatch(/not valid YAML in \d+ more places$/);
  });

  test.each([
    ["{url: ${env:DB}}", 11],
    ["{url: ${env:DB|redis://host}}", 11],
    ['["${env:QUOTED}", ${env:DB}]', 23],
    ["${env:DB|a: b}", 5],
  ])("a placeholder that YAML takes for a mapping is to be quoted: %s", (yaml) => {
    const [problem, ...others] = problemsIn(meta(yaml));
    const bare = yaml.slice(yaml.lastIndexOf("${env:DB")).replace(/}.*/, "}");
    const column =
      meta(yaml)
        .split("\n")
        .find((line) => line.includes(yaml))!
        .indexOf(bare) + 1;
    expect(problem).toMatch(new RegExp(`^registry\\.yaml:\\d+:${column}: `));
    expect(problem).toContain(`YAML reads this placeholder as a mapping; quote it: "${bare}"`);
    expect(others).toEqual([]);
  });

  test("errors name no JavaScript", () => {
    expect(problemsIn("\t- a: &\n *").join()).not.toMatch(/Error|\bat .*\.js|node_modules/);
  });

  test("of version 1.2 is read: yes, no and on are text, 010 is ten", () => {
    expect(metaOf("{a: yes, b: on, c: 010, d: 0o10, e: ~, f: 1_000, g: 2001-01-01}")).toEqual({
      a: "yes",
      b: "on",
      c: 10,
      d: 8,
      e: null,
      f: "1_000",
      g: "2001-01-01",
    });
  });

  test("of another version is refused", () => {
    const problems = problemsIn(`%YAML 1.1\n---\n${meta("{}")}`);
    expect(problems).toEqual(["registry.yaml:1:1: YAML 1.1 is not supported; supported: 1.2"]);
  });

  test("has one document to a file", () => {
    expect(problemsIn(`${meta("{}")}---\nversion: "1.0"\n`)).toEqual([
      "registry.yaml:8:1: a second document; a registry file holds one, so move this to its own file",
    ]);
  });
});

describe("keys", () => {
  test("that are given twice are a problem at the second, which names the first", () => {
    const yaml = withEntries("  - name: a", "    kind: store.memory", "    max_size: 1", "    max_size: 2");
    expect(problemsIn(yaml)).toEqual([
      'registry.yaml:7:5: entries[0]: "max_size" is already given at registry.yaml:6:5',
    ]);
    expect(problemsIn(meta("{1: a, '1': b}"))[0]).toContain('"1" is already given');
  });

  test("are text, whatever they look like", () => {
    expect(metaOf("{1: a, true: b, 0x10: c}")).toEqual({ "1": "a", true: "b", "0x10": "c" });
  });

  test.each(["{? [a] : b}", "{? {a: b} : c}", "{~: a}", "{? : a}"])("can't be anything else: %s", (yaml) => {
    expect(problemsIn(meta(yaml))).toEqual([expect.stringMatching(/entries\[0\]\.meta: a key must be a string$/)]);
  });

  test("do not merge", () => {
    const yaml = meta("{a: &x {b: 1}, c: {<<: *x}}");
    expect(problemsIn(yaml)).toEqual([
      "registry.yaml:6:30: entries[0].meta.c: merge keys (<<) are not supported; write the fields out",
    ]);
    expect(metaOf("{'<<': 1}")).toEqual({ "<<": 1 });
  });

  test("such as __proto__ and constructor are harmless data", () => {
    const data = metaOf("{__proto__: {polluted: true}, constructor: 1, toString: 2, nested: {__proto__: 3}}")!;
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect(Object.keys(data)).toEqual(["__proto__", "constructor", "toString", "nested"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(data.nested as object)).toEqual(["__proto__"]);
  });

  test("such as __proto__ and toString are no fields", () => {
    const problems = problemsIn(
      withEntries("  - {name: a, kind: store.memory, __proto__: 1, toString: 2, constructor: 3}"),
    );
    expect(problems.map((problem) => /unknown field "(\w+)"/.exec(problem)?.[1])).toEqual([
      "__proto__",
      "toString",
      "constructor",
    ]);
  });
});

describe("values", () => {
  test.each([".inf", "-.inf", ".nan"])("such as %s can't be held", (yaml) => {
    expect(problemsIn(meta(`{a: ${yaml}}`))).toEqual([
      `registry.yaml:6:15: entries[0].meta.a: ${yaml} is not a number that a registry can hold`,
    ]);
  });

  test("with more digits than a number keeps are a problem, not another number", () => {
    expect(problemsIn(meta("{a: 12345678901234567890}"))[0]).toContain("has more digits than a number keeps");
    expect(metaOf("{a: 1e300, b: 0.1, c: -9007199254740991}")).toEqual({ a: 1e300, b: 0.1, c: -9007199254740991 });
  });

  test.each(["!thing 1", "!!binary aGk=", "!!timestamp 2001-01-01", "!!set {a}", "!<x> [1]"])(
    "with the unknown tag of %s are a problem",
    (yaml) => {
      expect(problemsIn(meta(`{a: ${yaml}}`))).toEqual([
        expect.stringMatching(/^registry\.yaml:6:15: unknown tag ".*"; a registry has no tags of its own$/),
      ]);
    },
  );

  test("with a tag of plain YAML are what it says", () => {
    expect(metaOf("{a: !!str 1, b: !!int '2', c: !!map {}, d: !!seq []}")).toEqual({ a: "1", b: 2, c: {}, d: [] });
  });
});

describe("aliases", () => {
  test("repeat what they name, which is then two values with one place", () => {
    const data = metaOf("{a: &x {b: [1]}, c: *x}")!;
    expect(data).toEqual({ a: { b: [1] }, c: { b: [1] } });
    const twice = withEntries(
      "  - {name: a, kind: store.memory, max_size: &ten ten}",
      "  - {name: b, kind: store.memory, max_size: *ten}",
    );
    expect(problemsIn(twice).map((line) => line.split(": ", 2).join(": "))).toEqual([
      "registry.yaml:4:50: entries[0].max_size",
      "registry.yaml:4:50: entries[1].max_size",
    ]);
  });

  test("take the last anchor of a name before them", () => {
    expect(metaOf("{a: &x 1, b: *x, c: &x 2, d: *x, e: &k e, *k : 3}".replace(", *k : 3", ""))).toEqual({
      a: 1,
      b: 1,
      c: 2,
      d: 2,
      e: "e",
    });
  });

  test("need an anchor above", () => {
    expect(problemsIn(meta("{a: *x, b: &x 1}"))).toEqual([
      "registry.yaml:6:15: entries[0].meta.a: there is no anchor &x above",
    ]);
  });

  test("can't stand inside what they repeat", () => {
    expect(problemsIn(meta("{a: &x [1, *x]}"))).toEqual([
      "registry.yaml:6:22: entries[0].meta.a[1]: *x is used inside its own anchor",
    ]);
  });

  test("of aliases of aliases are stopped, with one problem", () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      i === 0 ? "      a0: &a0 [x, x]" : `      a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`,
    );
    const problems = problemsIn(withEntries("  - name: a", "    kind: store.memory", "    meta:", ...lines));
    expect(problems).toEqual([expect.stringContaining("the aliases of this file repeat more than 10000 values")]);
  });

  test("can't nest deeper than text can", () => {
    const lines = Array.from({ length: 70 }, (_, i) => `      a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1}`}]`);
    const problems = problemsIn(withEntries("  - name: a", "    kind: store.memory", "    meta:", ...lines));
    expect(problems[0]).toContain("nested deeper than 64 levels");
  });
});

describe("a text that is made to hurt", () => {
  test.each(["[", "{", "- ", "? ", "a: ", "[a, ", "{a: ", ": "])(
    "by nesting %j is stopped where it gets too deep",
    (sign) => {
      expect(problemsIn(sign.repeat(100_000))).toEqual([
        expect.stringMatching(/^registry\.yaml:1:\d+: nested deeper than 64 levels$/),
      ]);
    },
  );

  test("may be nested as deep as anybody needs", () => {
    expect(metaOf(`{a: ${"[".repeat(50)}${"]".repeat(50)}}`)).toBeDefined();
  });

  test("by its number of parts is stopped", () => {
    expect(problemsIn(withEntries("  - a\n".repeat(200_000)))).toEqual([
      expect.stringContaining("the file has more than 500000 tokens; split it into several files"),
    ]);
  });

  test("by a hundred thousand keys is read in time that grows with its length only", () => {
    const fields = Array.from({ length: 60_000 }, (_, i) => `      k${i}: ${i}`);
    const registry = loadText(withEntries("  - name: a", "    kind: store.memory", "    meta:", ...fields));
    expect(Object.keys(registry.entries[0]!.meta)).toHaveLength(60_000);
  });
});
