import { describe, expect, test } from "vitest";
import { folder, load, loadText, problemsIn, problemsOf, withEntries } from "./support.ts";

describe("a registry file", () => {
  test("has a version, a namespace and entries", () => {
    const registry = loadText(
      withEntries("  - {name: cache, kind: store.memory, meta: {comment: hello, tags: [a, b]}}"),
    );
    expect(registry.entries).toHaveLength(1);
    expect(registry.entries[0]).toMatchObject({
      id: "app:cache",
      namespace: "app",
      name: "cache",
      kind: "store.memory",
      meta: { comment: "hello", tags: ["a", "b"] },
      place: { file: "registry.yaml", line: 4, column: 5 },
    });
  });

  test("may have no entries at all", () => {
    expect(loadText('version: "1.0"\nnamespace: app\nentries: []\n').entries).toEqual([]);
  });

  test("may be one entry at the top level", () => {
    const registry = loadText('version: "1.0"\nnamespace: app.sub\nname: cache\nkind: store.memory\nmax_size: 5\n');
    expect(registry.get("app.sub:cache")).toMatchObject({ config: { max_size: 5 }, place: { line: 1, column: 1 } });
    const wrong = 'version: "1.0"\nnamespace: app\nname: cache\nkind: store.memory\nmax_size: x\nverson: 1\n';
    expect(problemsIn(wrong)).toEqual([
      'registry.yaml:5:11: max_size: expected a whole number of entries, at least 1, got "x"',
      'registry.yaml:6:1: verson: unknown field "verson"; did you mean "version"?',
    ]);
  });

  test("is not both", () => {
    expect(problemsIn('version: "1.0"\nnamespace: app\nname: a\nentries: []\n')).toEqual([
      "registry.yaml:3:1: name: a file holds either `entries`, or the one entry's fields at its top level",
    ]);
  });

  test("is told by what it lacks", () => {
    expect(problemsIn("entires: []\n")).toEqual([
      'registry.yaml:1:1: the field "version" is missing',
      'registry.yaml:1:1: the field "namespace" is missing',
      'registry.yaml:1:1: entires: unknown field "entires"; did you mean "entries"?',
      'registry.yaml:1:1: the field "entries" is missing',
    ]);
  });

  test.each([
    ["[1, 2]", "a list"],
    ["hello", '"hello"'],
    ["5", "5"],
  ])("is a mapping, not %s", (yaml, what) => {
    expect(problemsIn(yaml)).toEqual([expect.stringMatching(new RegExp(`^registry\\.yaml:1:1: .*; this is ${what}$`))]);
    expect(problemsIn(yaml)[0]).toContain(what);
  });

  test("of another version is refused, with the versions that are supported", () => {
    const versioned = (version: string) => problemsIn(`version: ${version}\nnamespace: app\nentries: []\n`);
    expect(versioned('"2.0"')).toEqual([
      'registry.yaml:1:10: version: version "2.0" is not supported; supported: "1.0"',
    ]);
    expect(versioned("1")[0]).toContain("version 1 is not supported");
    expect(versioned("[]")[0]).toContain("version a list is not supported");
    expect(versioned("1.0")).toEqual([]);
  });

  test.each(["app", "app.sub", "_a.b-c.D9"])("may have the namespace %s", (namespace) => {
    expect(loadText(`version: "1.0"\nnamespace: ${namespace}\nentries: []\n`).entries).toEqual([]);
  });

  test.each(["9a", "a:b", "'a..b'", "'.a'", "'a b'", "''", "[a]", "7", ""])(
    "can't have the namespace %s",
    (namespace) => {
      expect(problemsIn(`version: "1.0"\nnamespace: ${namespace}\nentries: []\n`)).toEqual([
        expect.stringMatching(/^registry\.yaml:2:\d+: namespace: expected a namespace: letters, digits, _ and -/),
      ]);
    },
  );

  test.each(["entries:", "entries: {a: b}", "entries: x"])("has a list of entries, not `%s`", (entries) => {
    expect(problemsIn(`version: "1.0"\nnamespace: app\n${entries}\n`)[0]).toContain("expected a list of entries, got");
  });
});

describe("an entry", () => {
  test("is a mapping with a name and a kind", () => {
    expect(problemsIn(withEntries("  - x", "  -", "  - [a]", "  - {}"))).toEqual([
      'registry.yaml:4:5: entries[0]: expected an entry: a mapping with name and kind, got "x"',
      "registry.yaml:5:4: entries[1]: expected an entry: a mapping with name and kind, got nothing",
      "registry.yaml:6:5: entries[2]: expected an entry: a mapping with name and kind, got a list",
      'registry.yaml:7:5: entries[3]: the field "name" is missing',
      'registry.yaml:7:5: entries[3]: the field "kind" is missing',
    ]);
  });

  test("may have a lifecycle, as in Wippy's own examples, which has no effect", () => {
    expect(problemsIn(withEntries("  - {name: a, kind: store.memory, lifecycle: {auto_start: true}}"))).toEqual([]);
  });

  test("whose kind is misspelled as a field is told so", () => {
    expect(problemsIn(withEntries("  - {name: a, knd: store.memory, max_size: 1}"))).toEqual([
      'registry.yaml:4:5: entries[0]: the field "kind" is missing',
      'registry.yaml:4:15: entries[0].knd: unknown field "knd"; did you mean "kind"?',
    ]);
  });

  test("with a bad name is checked all the same", () => {
    expect(problemsIn(withEntries("  - {name: a b, kind: store.memory, max_size: 0}"))).toEqual([
      "registry.yaml:4:12: entries[0].name: expected a name: letters, digits, _ and -, in parts joined by dots, " +
        'such as session_cache; got "a b"',
      "registry.yaml:4:47: entries[0].max_size: expected a whole number of entries, at least 1, got 0",
    ]);
  });

  test("of an unknown kind names the nearest one, else all of them", () => {
    const kind = (name: string) => problemsIn(withEntries(`  - {name: a, kind: ${name}}`))[0];
    expect(kind("store.memry")).toBe(
      'registry.yaml:4:21: entries[0].kind: unknown kind "store.memry"; did you mean "store.memory"?',
    );
    expect(kind("toString")).toMatch(/unknown kind "toString"; known: store\.memory, .*host\.config$/);
    expect(kind("5")).toContain("expected a kind, got 5");
  });

  test("of a kind that is not offered is answered with what to use instead", () => {
    expect(problemsIn(withEntries("  - {name: a, kind: store.kv.raft, anything: goes}"))).toEqual([
      "registry.yaml:4:21: entries[0].kind: store.kv.raft is not offered yet; use store.redis or store.sql",
    ]);
  });

  test("has a mapping for meta", () => {
    expect(problemsIn(withEntries("  - {name: a, kind: store.memory, meta: [1]}"))).toEqual([
      "registry.yaml:4:41: entries[0].meta: expected a mapping, got a list",
    ]);
  });
});

describe("ids", () => {
  test("are unique over all files; the second names the first", () => {
    const root = folder({
      "a.yaml": withEntries("  - {name: cache, kind: store.memory}"),
      "b.yaml": withEntries("  - {name: other, kind: store.memory}", "  - {name: cache, kind: store.memory}"),
    });
    expect(problemsOf(() => load(root))).toEqual([
      'b.yaml:5:12: entries[1].name: "app:cache" is already the id of the entry at a.yaml:4:5',
    ]);
  });

  test("of the same name in two namespaces are two", () => {
    const root = folder({
      "a.yaml": withEntries("  - {name: cache, kind: store.memory}"),
      "b.yaml": withEntries("  - {name: cache, kind: store.memory}").replace("app", "web"),
    });
    expect(load(root).entries.map(({ id }) => id)).toEqual(["app:cache", "web:cache"]);
  });

  test("of a kind with only one entry: the second names the first", () => {
    const root = folder({
      "a.yaml": withEntries("  - {name: a, kind: host.config}"),
      "b.yaml": withEntries("  - {name: b, kind: host.config}"),
    });
    expect(problemsOf(() => load(root))).toEqual([
      "b.yaml:4:21: entries[0].kind: a registry has only one host.config, and it is at a.yaml:4:5",
    ]);
  });
});
