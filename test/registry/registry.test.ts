import { describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { defineKind } from "../../src/registry/kind.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { emptyRegistry } from "../../src/registry/registry.ts";
import * as s from "../../src/registry/schema.ts";
import { folder, load, loadText, problemsIn, withEntries } from "./support.ts";

const yaml = withEntries(
  "  - {name: cache, kind: store.memory}",
  "  - name: rw",
  "    kind: security.policy",
  "    policy:",
  "      actions: store.get",
  "      effect: allow",
  "      conditions:",
  "        - {field: a, value: ^x}",
  "        - {field: b, value: [1]}",
  "  - {name: main, kind: db.sql.sqlite, file: x}",
  "  - {name: users, kind: store.sql, database: main, table_name: users}",
);

describe("a registry", () => {
  const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);

  test("gives an entry by its id", () => {
    const registry = loadText(yaml);
    expect(registry.get("app:cache")?.config).toEqual({
      max_size: 10_000,
      cleanup_interval: 300_000,
      eviction: "none",
      max_bytes: 0,
      shared: false,
    });
    for (const id of ["cache", "app:nothing", "__proto__", ""]) expect(registry.get(id)).toBeUndefined();
  });

  test("gives the entries of a kind, or of kinds that begin alike", () => {
    const registry = loadText(yaml);
    expect(ids(registry.find({ kind: "store.*" }))).toEqual(["app:cache", "app:users"]);
    expect(ids(registry.find({ kind: "db.sql.sqlite" }))).toEqual(["app:main"]);
    expect(registry.find({ kind: "store" })).toEqual([]);
    expect(registry.find({ kind: "security.policy.*" })).toEqual([]);
    expect(ids(registry.find())).toEqual(ids(registry.entries));
  });

  test("gives the id that was meant", () => {
    const registry = loadText(yaml);
    expect(registry.nearest("app:cach")).toBe("app:cache");
    expect(registry.nearest("cache")).toBe("app:cache");
    expect(registry.nearest("web:users")).toBe("app:users");
    expect(registry.nearest("app:something-else")).toBeUndefined();
  });

  test("gives the place of an entry, and of anything in it", () => {
    const registry = loadText(yaml);
    const policy = registry.get("app:rw")!;
    expect(registry.place(policy)).toBe("registry.yaml:5:5");
    expect(registry.placeOf(policy, [])).toBe("registry.yaml:5:5");
    expect(registry.placeOf(policy, ["kind"])).toBe("registry.yaml:6:11");
    expect(registry.placeOf(policy, ["policy", "effect"])).toBe("registry.yaml:9:15");
    expect(registry.placeOf(policy, ["policy", "conditions", 1, "value", 0])).toBe("registry.yaml:12:30");
    expect(registry.placeOf(policy, ["policy", "conditions", 7, "value"])).toBe("registry.yaml:11:9");
    expect(registry.placeOf(policy, ["policy", "actions", 0])).toBe("registry.yaml:8:16");
    expect(registry.placeOf(policy, ["groups", 0])).toBe("registry.yaml:5:5");
  });

  test("is frozen all the way down", () => {
    const registry = loadText(withEntries("  - {name: a, kind: store.memory, meta: {x: {y: [{z: 1}]}}}"));
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(registry.entries)).toBe(true);
    expect(Object.isFrozen(registry)).toBe(true);
    expect(Object.isFrozen(registry.files)).toBe(true);
  });

  test("leaves what a kind has compiled as it is", () => {
    class Compiled {
      count = 0;
    }
    const schema = s.fields({ f: s.custom(s.text(), () => new Compiled()) });
    const kind = defineKind({ name: "thing", summary: "", schema, open: () => 0 });
    const registry = loadText(withEntries("  - {name: a, kind: thing, f: x}"), { kinds: [kind] });
    const { f } = registry.entries[0]!.config as { readonly f: Compiled };
    f.count++;
    expect(f.count).toBe(1);
    expect(Object.isFrozen(registry.entries[0]!.config)).toBe(true);
  });

  test("may be without any file", () => {
    const registry = emptyRegistry("/somewhere");
    expect(registry).toMatchObject({ root: "/somewhere", files: [], entries: [] });
    expect(registry.get("app:cache")).toBeUndefined();
    expect(registry.find({ kind: "store.*" })).toEqual([]);
    expect(registry.nearest("app:cache")).toBeUndefined();
  });
});

describe("problems", () => {
  test("come all at once, from every file, in the order of files and lines", () => {
    const root = folder({
      "b.yaml": withEntries("  - {name: x, kind: store.memry}", "  - {name: y, kind: store.memory, max_size: ten}"),
      "a.yaml": withEntries(
        "  - name: host",
        "    kind: host.config",
        "    groups: [develpers]",
        "    store: y",
        "  - name: p",
        "    kind: security.policy",
        "    policy: {actions: a, effect: alow}",
        "    groups: [developers]",
      ),
      "c.yaml": "version: '1.0'\nnamespace: [\n",
      "d.yaml": "",
    });
    let caught: unknown;
    try {
      load(root);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RegistryError);
    expect(caught).toBeInstanceOf(MoonkeepError);
    const { kind, message, problems, retryable } = caught as RegistryError;
    expect({ kind, retryable }).toEqual({ kind: "INVALID", retryable: false });
    expect(message.split("\n").map((line) => line.replace(/; .*/, ""))).toEqual([
      'a.yaml:10:34: entries[1].policy.effect: expected allow or deny, got "alow"',
      'b.yaml:4:21: entries[0].kind: unknown kind "store.memry"',
      'b.yaml:5:45: entries[1].max_size: expected a whole number of entries, at least 1, got "ten"',
      expect.stringMatching(/^c\.yaml:\d:\d: not valid YAML: /),
      "d.yaml:1:1: the file is empty",
    ]);
    expect(problems[1]).toEqual({
      file: "b.yaml",
      line: 4,
      column: 21,
      path: "entries[0].kind",
      message: 'unknown kind "store.memry"; did you mean "store.memory"?',
    });
  });

  test("read like a colleague's remark", () => {
    const text = withEntries(
      "  - {name: a, kind: security.policy, policy: {actions: a, effect: allow}, groups: [developers]}",
      "  - name: cache",
      "    kind: store.memory",
      "    max_sze: 10",
      "  - name: host",
      "    kind: host.config",
      "    groups:",
      "      - app:develpers",
    );
    expect(problemsIn(text)).toEqual([
      'registry.yaml:7:5: entries[1].max_sze: unknown field "max_sze"; did you mean "max_size"?',
      'registry.yaml:11:9: entries[2].groups[0]: there is no group "app:develpers"; did you mean "app:developers"?',
    ]);
  });

  test("of a check below a field have its place", () => {
    const text = yaml.replace("[1]", "'('");
    expect(problemsIn(text)).toEqual([
      expect.stringMatching(/^registry\.yaml:12:29: entries\[1\]\.policy\.conditions\[1\]\.value: not a pattern: /),
    ]);
  });
});

describe("kinds", () => {
  const thing = { summary: "a thing", open: () => 0 };

  test("have different names", () => {
    const kind = defineKind({ name: "thing", schema: s.fields({}), ...thing });
    const action = () => loadRegistry("/nowhere", { kinds: [kind, kind], unavailable: {}, env: {} });
    expect(action).toThrow(new TypeError("two kinds have the name thing"));
  });

  test("can't have a field that every entry has", () => {
    const action = () => defineKind({ name: "thing", schema: s.fields({ meta: s.text() }), ...thing });
    expect(action).toThrow('kind thing: every entry already has the field "meta"');
  });

  test("are opened by nobody while loading", () => {
    const open = () => {
      throw new Error("opened");
    };
    const kind = defineKind({ name: "thing", summary: "", schema: s.fields({}), open });
    expect(loadText(withEntries("  - {name: a, kind: thing}"), { kinds: [kind] }).entries).toHaveLength(1);
  });

  test("give the type of an entry's configuration, and open it with a context of the host's", () => {
    const kind = defineKind({
      name: "thing",
      summary: "",
      schema: s.fields({
        size: s.optional(s.wholeNumber(), 1),
        word: s.optional(s.oneOf(["a", "b"])),
        list: s.list(s.text()),
      }),
      open: (entry, context: { readonly log: string[] }) => {
        const { size, word, list }: { size: number; word?: "a" | "b" | undefined; list: readonly string[] } =
          entry.config;
        // @ts-expect-error: `size` is a number
        const wrong: string = entry.config.size;
        context.log.push(`${entry.id} ${size} ${word} ${list.join()} ${wrong}`);
        return size;
      },
    });
    const [entry] = loadText(withEntries("  - {name: a, kind: thing, list: [x, y]}"), { kinds: [kind] }).entries;
    const log: string[] = [];
    const opened: number = kind.open(entry as Parameters<typeof kind.open>[0], { log });
    expect({ opened, log }).toEqual({ opened: 1, log: ["app:a 1 undefined x,y 1"] });
  });
});
