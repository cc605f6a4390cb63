import { describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { defineKind } from "../../src/registry/kind.ts";
import * as s from "../../src/registry/schema.ts";
import { type Loading, loadText, problemsIn } from "./support.ts";

/** A registry of one entry that has one field, `f`. */
function field(schema: s.Schema, yaml: string): { readonly yaml: string; readonly options: Loading } {
  const kind = defineKind({ name: "thing", summary: "a thing", schema: s.fields({ f: schema }), open: () => 0 });
  const text = `version: "1.0"\nnamespace: app\nname: a\nkind: thing\n${yaml}\n`;
  return { yaml: text, options: { kinds: [kind] } };
}

/** What the field becomes. */
function readAs(schema: s.Schema, yaml: string): unknown {
  const { yaml: text, options } = field(schema, yaml === "" ? "" : `f: ${yaml}`);
  return (loadText(text, options).entries[0]!.config as { readonly f: unknown }).f;
}

/** What is said about it, without the place and the path of the field itself. */
function saidOf(schema: s.Schema, yaml: string): readonly string[] {
  const { yaml: text, options } = field(schema, `f: ${yaml}`);
  return problemsIn(text, options).map((line) => line.replace(/^registry\.yaml:5:\d+: f(: )?/, ""));
}

describe("text", () => {
  test("is text", () => {
    expect(readAs(s.text(), "hello")).toBe("hello");
    expect(readAs(s.text(), '"5"')).toBe("5");
  });
  test.each([
    ["5", "expected text, got 5"],
    ["true", "expected text, got true"],
    ["", "expected text, got nothing"],
    ["[a]", "expected text, got a list"],
    ["{a: b}", "expected text, got a mapping"],
    ['""', "expected a string that is not empty"],
  ])("is not `%s`", (yaml, said) => {
    expect(saidOf(s.text(), yaml)).toEqual([said]);
  });
  test("may be empty where that makes sense", () => {
    expect(readAs(s.text({ empty: true }), '""')).toBe("");
  });
  test("that is long is not quoted whole", () => {
    const [said] = saidOf(s.flag(), `"${"x".repeat(10_000)}"`);
    expect(said!.length).toBeLessThan(130);
  });
});

describe("a whole number", () => {
  const count = s.wholeNumber({ unit: "entries" });
  test.each([
    ["0", 0],
    ["1e3", 1000],
    ["0x10", 16],
    ["10.0", 10],
  ])("is %s", (yaml, value) => {
    expect(readAs(count, yaml)).toBe(value);
  });
  test.each(["ten", "1.5", "-1", "'1'", "true", "[1]", ""])("is not `%s`", (yaml) => {
    expect(saidOf(count, yaml)).toEqual([expect.stringMatching(/^expected a whole number of entries, got /)]);
  });
  test("keeps to its bounds and says them", () => {
    expect(saidOf(s.wholeNumber({ min: 1, max: 9 }), "10")).toEqual(["expected a whole number, from 1 to 9, got 10"]);
    expect(saidOf(s.wholeNumber({ max: 9 }), "10")).toEqual(["expected a whole number, at most 9, got 10"]);
    expect(readAs(s.wholeNumber({ min: -5 }), "-5")).toBe(-5);
  });
});

describe("a flag", () => {
  test("is true or false", () => {
    expect(readAs(s.flag(), "true")).toBe(true);
    expect(saidOf(s.flag(), "yes")).toEqual(['expected true or false, got "yes"']);
    expect(saidOf(s.flag(), "1")).toEqual(["expected true or false, got 1"]);
  });
});

describe("one of some words", () => {
  const eviction = s.oneOf(["none", "lru", "lfu"]);
  test("is one of them", () => {
    expect(readAs(eviction, "lru")).toBe("lru");
    expect(saidOf(eviction, "lruu")).toEqual(['expected none, lru or lfu, got "lruu"; did you mean "lru"?']);
    expect(saidOf(eviction, "random")).toEqual(['expected none, lru or lfu, got "random"']);
    expect(saidOf(eviction, "[lru]")).toEqual(["expected one word, got a list"]);
  });
});

describe("a duration", () => {
  test("is written as Go writes it, and becomes milliseconds", () => {
    expect(readAs(s.duration(), "1h30m")).toBe(5_400_000);
    expect(readAs(s.duration(), "0")).toBe(0);
    expect(readAs(s.duration(), '"0"')).toBe(0);
  });
  test.each(["300", "1d", "-5s", "soon", "1.5"])("is not `%s`, and the problem says what is right", (yaml) => {
    expect(saidOf(s.duration(), yaml)).toEqual([
      expect.stringMatching(/^expected a duration such as "1h30m" or "250ms" \(units: h, m, s, ms, us, ns\), got /),
    ]);
  });
  test("keeps to its bounds and says them", () => {
    const timeout = s.duration({ min: 1, max: 3_600_000 });
    expect(saidOf(timeout, "0")).toEqual([expect.stringContaining(", from 1ms to 1h, got 0")]);
    expect(readAs(timeout, "1h")).toBe(3_600_000);
  });
});

describe("a size", () => {
  test("has a unit, or is a number of bytes", () => {
    expect(readAs(s.size(), "64MiB")).toBe(64 * 2 ** 20);
    expect(readAs(s.size(), "10KB")).toBe(10_000);
    expect(readAs(s.size(), "512")).toBe(512);
  });
  test.each(["64mb", "-1", "1.5", "'512'", "big"])("is not `%s`, and the problem says what is right", (yaml) => {
    expect(saidOf(s.size(), yaml)).toEqual([
      expect.stringMatching(
        /^expected a size such as "64MiB" or "10KB" \(units: .*\), or a whole number of bytes, got /,
      ),
    ]);
  });
  test("keeps to its bounds and says them", () => {
    expect(saidOf(s.size({ min: 1024 }), "1KB")).toEqual([expect.stringContaining(", at least 1KiB, got ")]);
  });
});

describe("a list", () => {
  const list = s.list(s.wholeNumber());
  test("has items, each with its own problem", () => {
    expect(readAs(list, "[1, 2]")).toEqual([1, 2]);
    expect(readAs(list, "[]")).toEqual([]);
    expect(saidOf(list, "[1, x, 3, y]")).toEqual([
      '[1]: expected a whole number, got "x"',
      '[3]: expected a whole number, got "y"',
    ]);
    expect(saidOf(list, "1")).toEqual(["expected a list, got 1"]);
    expect(saidOf(list, "")).toEqual(["expected a list, got nothing"]);
  });
});

describe("one or many", () => {
  const actions = s.oneOrMany(s.text());
  test("is a list or its only item, and becomes a list", () => {
    expect(readAs(actions, "a")).toEqual(["a"]);
    expect(readAs(actions, "[a, b]")).toEqual(["a", "b"]);
    expect(saidOf(actions, "{a: b}")).toEqual(["expected text, or a list, got a mapping"]);
    expect(saidOf(actions, "[a, 5]")).toEqual(["[1]: expected text, got 5"]);
    expect(saidOf(actions, "5")).toEqual(["expected text, got 5"]);
  });
  test("may be one mapping", () => {
    const rules = s.oneOrMany(s.fields({ a: s.text() }));
    expect(readAs(rules, "{a: b}")).toEqual([{ a: "b" }]);
    expect(saidOf(rules, "{a: 1}")).toEqual([".a: expected text, got 1"]);
  });
});

describe("a record", () => {
  const record = s.record(s.wholeNumber());
  test("has keys of any name, and no prototype", () => {
    const value = readAs(record, "{a: 1, __proto__: 2, constructor: 3, 'odd key': 4}") as object;
    expect(Object.entries(value)).toEqual([
      ["a", 1],
      ["__proto__", 2],
      ["constructor", 3],
      ["odd key", 4],
    ]);
    expect(Object.getPrototypeOf(value)).toBeNull();
  });
  test("has values, each with its own problem", () => {
    expect(saidOf(record, "{a: x, 'odd key': y}")).toEqual([
      '.a: expected a whole number, got "x"',
      '["odd key"]: expected a whole number, got "y"',
    ]);
    expect(saidOf(record, "[1]")).toEqual(["expected a mapping, got a list"]);
  });
});

describe("data", () => {
  test("is whatever was written, without a prototype", () => {
    const value = readAs(s.data(), "{a: [1, x, null, true, {__proto__: 1}]}") as { a: unknown[] };
    expect(JSON.stringify(value)).toBe('{"a":[1,"x",null,true,{"__proto__":1}]}');
    expect(Object.getPrototypeOf(value.a[4])).toBeNull();
    expect(readAs(s.data(), "5")).toBe(5);
    expect(readAs(s.data(), "~")).toBeNull();
  });
});

describe("fields", () => {
  const pool = s.fields({ max: s.wholeNumber(), timeout: s.optional(s.duration(), "1s"), name: s.optional(s.text()) });
  test("have defaults, written as in a file, or are absent", () => {
    expect(readAs(pool, "{max: 1}")).toEqual({ max: 1, timeout: 1000 });
    expect(Object.keys(readAs(pool, "{max: 1}") as object)).not.toContain("name");
  });
  test("that are not known are all problems, at their keys, with the nearest or with all names", () => {
    expect(saidOf(pool, "{mx: 1, timeuot: 2s, colour: red}")).toEqual(
      [
        ': the field "max" is missing',
        '.mx: unknown field "mx"; did you mean "max"?',
        '.timeuot: unknown field "timeuot"; did you mean "timeout"?',
        '.colour: unknown field "colour"; known: max, timeout, name',
      ].map((line) => line.replace(/^: /, "")),
    );
  });
  test("that are required are missed at the place of what they are missing from", () => {
    const { yaml, options } = field(s.fields({ a: pool }), "f:\n  a:\n    timeout: 2s");
    expect(problemsIn(yaml, options)).toEqual(['registry.yaml:7:5: f.a: the field "max" is missing']);
  });
  test("are a mapping", () => {
    expect(saidOf(pool, "[1]")).toEqual(["expected a mapping with max, timeout, name, got a list"]);
    expect(saidOf(pool, "")).toEqual(["expected a mapping with max, timeout, name, got nothing"]);
    expect(saidOf(pool, "x")).toEqual(['expected a mapping with max, timeout, name, got "x"']);
  });
  test("that are given and empty are not left out", () => {
    expect(saidOf(pool, "{max: 1, timeout: }")).toEqual([expect.stringContaining(", got nothing")]);
  });
  test("at the top of an entry are told apart from those of every entry", () => {
    const { yaml, options } = field(s.text(), "f: x\nmetta: {}");
    expect(problemsIn(yaml, options)).toEqual([
      'registry.yaml:6:1: metta: unknown field "metta"; did you mean "meta"?',
    ]);
  });
});

describe("a check of a kind's own", () => {
  const even = s.custom(s.wholeNumber(), (value, report) => {
    if (value % 2 === 1) report("expected an even number");
    return { half: value / 2 };
  });
  test("makes what it likes of a value, or reports", () => {
    expect(readAs(even, "4")).toEqual({ half: 2 });
    expect(saidOf(even, "3")).toEqual(["expected an even number"]);
    expect(saidOf(even, "x")).toEqual(['expected a whole number, got "x"']);
  });
  test("reports with a path below the field, as often as it likes", () => {
    const policy = s.custom(s.fields({ list: s.list(s.fields({ value: s.text() })) }), ({ list }, report) => {
      for (const [i, { value }] of list.entries()) if (value === "bad") report("a bad value", ["list", i, "value"]);
    });
    const { yaml, options } = field(policy, "f:\n  list:\n    - value: good\n    - value: bad\n    - {value: bad}");
    expect(problemsIn(yaml, options)).toEqual([
      "registry.yaml:8:14: f.list[1].value: a bad value",
      "registry.yaml:9:15: f.list[2].value: a bad value",
    ]);
  });
  test("reports about what has no place of its own at the closest thing that has", () => {
    const either = s.custom(
      s.fields({ url: s.optional(s.text()), hosts: s.optional(s.oneOrMany(s.text()), "here") }),
      ({ url }, report) => {
        if (url === undefined) report("give a url or a host", ["url"]);
        report("not this host", ["hosts", 0]);
      },
    );
    expect(saidOf(either, "{}")).toEqual(["give a url or a host", "not this host"]);
    expect(saidOf(either, "{hosts: x}")).toEqual(["give a url or a host", ".hosts: not this host"]);
  });
  test("may throw what is wrong, as an error of kind INVALID; any other error is its own fault", () => {
    const throwing = (error: Error) =>
      s.custom(s.text(), () => {
        throw error;
      });
    expect(saidOf(throwing(new MoonkeepError("INVALID", "no such pattern")), "x")).toEqual(["no such pattern"]);
    expect(() => saidOf(throwing(new MoonkeepError("INTERNAL", "oh")), "x")).toThrow("oh");
    expect(() => saidOf(throwing(new TypeError("my fault")), "x")).toThrow(TypeError);
  });
  test("may be about the whole entry", () => {
    const schema = s.custom(s.fields({ a: s.optional(s.text()), b: s.optional(s.text()) }), (value, report) => {
      if (value.a !== undefined && value.b !== undefined) report("either a or b", ["b"]);
      return value;
    });
    const kind = defineKind({ name: "thing", summary: "", schema, open: () => 0 });
    const yaml =
      'version: "1.0"\nnamespace: app\nentries:\n  - {name: x, kind: thing, a: 1x, b: 2x}\n  - {name: y, kind: thing, c: 1}\n';
    expect(problemsIn(yaml, { kinds: [kind] })).toEqual([
      "registry.yaml:4:38: entries[0].b: either a or b",
      'registry.yaml:5:28: entries[1].c: unknown field "c"; known: a, b, name, kind, meta, lifecycle',
    ]);
  });
});
