import { describe, expect, test } from "vitest";
import { folder, load, loadText, problemsIn, problemsOf, withEntries } from "./support.ts";

const db = "  - {name: main, kind: db.sql.sqlite, file: ':memory:'}";
const sql = (database: string) => `  - {name: users, kind: store.sql, database: ${database}, table_name: users}`;

describe("a reference to an entry", () => {
  test("is an id, or a name in the file's own namespace, before or after the entry and in any file", () => {
    expect(loadText(withEntries(sql("main"), db)).get("app:users")?.config).toMatchObject({ database: "app:main" });
    const root = folder({
      "a.yaml": withEntries(sql("web.data:main")),
      "b.yaml": withEntries(db).replace("namespace: app", "namespace: web.data"),
    });
    expect(load(root).get("app:users")?.config).toMatchObject({ database: "web.data:main" });
  });

  test("that leads nowhere names the nearest id", () => {
    expect(problemsIn(withEntries(sql("mian"), db))).toEqual([
      'registry.yaml:4:46: entries[0].database: there is no entry "app:mian"; did you mean "app:main"?',
    ]);
    expect(problemsIn(withEntries(sql("other:main"), db))[0]).toContain('did you mean "app:main"?');
    expect(problemsIn(withEntries(sql("nothing-like-it"), db))[0]).toMatch(/"app:nothing-like-it"$/);
  });

  test("to an entry of another kind says what it is and what is expected", () => {
    expect(problemsIn(withEntries(sql("cache"), "  - {name: cache, kind: store.memory}"))).toEqual([
      "registry.yaml:4:46: entries[0].database: expected an entry of kind db.sql.*; " + '"app:cache" is a store.memory',
    ]);
  });

  test.each(["'a b'", "'a:b:c'", "':a'", "'a:'", "5", "[main]"])("is not %s", (yaml) => {
    expect(problemsIn(withEntries(sql(yaml), db))).toEqual([
      expect.stringContaining('expected the id of an entry, such as "app:cache" or "cache", got '),
    ]);
  });

  test("may stand in a record", () => {
    const yaml = withEntries(
      "  - {name: f, kind: function.lua, source: return 1, imports: {g: g, h: hh}}",
      "  - {name: g, kind: function.lua, source: return 2}",
    );
    expect(problemsIn(yaml)).toEqual(['registry.yaml:4:72: entries[0].imports.h: there is no entry "app:hh"']);
  });

  test("to an entry with problems of its own is sound", () => {
    expect(problemsIn(withEntries(sql("main"), "  - {name: main, kind: db.sql.sqlite}"))).toEqual([
      'registry.yaml:5:5: entries[1]: the field "file" is missing',
    ]);
    expect(problemsIn(withEntries(sql("main"), "  - {name: main, kind: db.sql.sqlit, file: x}"))).toEqual([
      expect.stringContaining("unknown kind"),
    ]);
  });

  test("is not called dangling while a file can't be read", () => {
    const root = folder({ "a.yaml": withEntries(sql("main")), "b.yaml": "entries: [" });
    expect(problemsOf(() => load(root)).every((line) => line.startsWith("b.yaml:"))).toBe(true);
    const nameless = folder({ "a.yaml": withEntries(sql("main")), "b.yaml": "version: '1.0'\nentries: []\n" });
    expect(problemsOf(() => load(nameless))).toEqual(['b.yaml:1:1: the field "namespace" is missing']);
  });

  test("in a file without a namespace is checked when it is a full id", () => {
    const yaml = withEntries(sql("main"), db).replace("namespace: app\n", "");
    expect(problemsIn(yaml)).toEqual(['registry.yaml:1:1: the field "namespace" is missing']);
  });
});

describe("a name that is no entry", () => {
  const policy = (name: string, groups: string) =>
    `  - {name: ${name}, kind: security.policy, policy: {actions: a, effect: allow}, groups: ${groups}}`;
  const host = (groups: string) => `  - {name: host, kind: host.config, groups: ${groups}}`;

  test("is declared by being written, by one entry or several, and used under its full name", () => {
    const registry = loadText(withEntries(policy("a", "[dev, web:ops]"), policy("b", "[dev]"), host("[dev, web:ops]")));
    expect(registry.get("app:a")?.config).toMatchObject({ groups: ["app:dev", "web:ops"] });
    expect(registry.get("app:host")?.config).toMatchObject({ groups: ["app:dev", "web:ops"] });
  });

  test("that nobody declares is a problem that names the nearest", () => {
    expect(problemsIn(withEntries(policy("a", "[developers]"), host("[app:develpers, ops]")))).toEqual([
      'registry.yaml:5:46: entries[1].groups[0]: there is no group "app:develpers"; did you mean "app:developers"?',
      'registry.yaml:5:61: entries[1].groups[1]: there is no group "app:ops"',
    ]);
  });

  test("is declared by an entry with problems of its own", () => {
    const broken = policy("a", "[dev]").replace("effect: allow", "effect: x");
    expect(problemsIn(withEntries(broken, host("[dev]")))).toEqual([expect.stringContaining("expected allow or deny")]);
  });

  test("might be declared by an entry whose kind is unknown, if it stands there", () => {
    const puzzling = policy("a", "[dev]").replace("security.policy", "security.polcy");
    expect(problemsIn(withEntries(puzzling, host("[dev, ops]")))).toEqual([
      expect.stringContaining("unknown kind"),
      expect.stringContaining('there is no group "app:ops"'),
    ]);
  });

  test.each(["[a b]", "[5]", "['x:y:z']"])("is not %s", (groups) => {
    expect(problemsIn(withEntries(policy("a", groups)))[0]).toContain("expected the name of a group, got");
    expect(problemsIn(withEntries(host(groups)))[0]).toContain("expected the name of a group, got");
  });
});

test("thousands of dangling names are all reported", () => {
  const entries = Array.from({ length: 3000 }, (_, i) => `  - {name: s${i}, kind: host.config, store: nothing${i}}`);
  const problems = problemsIn(withEntries(...entries));
  expect(problems.filter((line) => line.includes("there is no entry"))).toHaveLength(3000);
});
