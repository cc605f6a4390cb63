// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the registry's placeholders look like that
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { folder, kinds, unavailable } from "./support.ts";

const valid = `version: "1.0"
namespace: app
entries:
  - name: cache # the only one
    kind: store.memory
    meta: {comment: "hello", tags: [a, &tag b, *tag]}
    max_size: \${env:SIZE|100}
    cleanup_interval: 1h30m
    max_bytes: 64MiB
  - name: users
    kind: store.sql
    database: main
    table_name: "users"
  - {name: main, kind: db.sql.sqlite, file: ':memory:'}
  - name: rw
    kind: security.policy
    policy:
      actions: [store.get, "store.key.*"]
      effect: allow
      conditions:
        - {field: meta.key, value: ^session}
    groups: [developers]
  - name: f
    kind: function.lua
    source: |
      return 1
    imports: {g: app:f}
  - name: host
    kind: host.config
    groups: [developers]
    store: cache
`;

/** Loads a text, and hands back what is wrong with it; every other way to end is a failure of the test. */
function loader(): (text: string) => readonly { readonly line?: number; readonly message: string }[] {
  const root = folder();
  const path = join(root, "registry.yaml");
  return (text) => {
    writeFileSync(path, text);
    try {
      loadRegistry(path, { kinds, unavailable, env: { SECRET: "hunter2" }, cwd: root });
      return [];
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      return error.problems;
    }
  };
}

const words = [
  ..."[]{}:-?,&*!|>'\"%@`#~ \t\n".split(""),
  ..."a|b|: |- |? |\n  |\n    |'1.0'|<<: |&a |*a |!!str |!x |--- \n|...\n|%YAML 1.2\n".split("|"),
  ..."version|namespace|entries|name|kind|meta|max_size|store.memory|null|1e400|.nan|__proto__|toString".split("|"),
  ..."security.policy|policy|actions|host.config|groups|function.lua|source|imports|file://x|file://".split("|"),
  ...[
    "${env:SECRET}",
    "${env:",
    "${env:NONE}",
    "$${env:",
    "${env:A|9}",
    "\u0000",
    "\ufeff",
    "\ud800",
    "\u2028",
    "\u202e",
    "😀",
  ],
];

describe("whatever a file holds", () => {
  test("the registry that the others are made from is valid", () => {
    expect(loader()(valid)).toEqual([]);
  });

  test("random text gives a registry or problems, never another error", () => {
    const load = loader();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => void load(text)),
      { numRuns: 300 },
    );
  });

  test("random words of YAML do too", () => {
    const load = loader();
    const text = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (words) => void load(words)),
      { numRuns: 600 },
    );
  });

  test("and so does a valid registry with parts cut out, doubled and put elsewhere", () => {
    const load = loader();
    const at = fc.nat(valid.length);
    const edit = fc.record({ at, cut: fc.nat(12), word: fc.constantFrom("", ...words) });
    const moved = fc.tuple(at, fc.nat(80), at);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.option(moved), (edits, move) => {
        let text = valid;
        for (const { at, cut, word } of edits) text = text.slice(0, at) + word + text.slice(at + cut);
        if (move !== null) text = text.slice(0, move[2]) + text.slice(move[0], move[0] + move[1]) + text.slice(move[2]);
        const lines = text.split("\n").length;
        for (const { line = 1, message } of load(text)) {
          expect(line).toBeLessThanOrEqual(lines);
          expect(message).not.toMatch(/undefined|\[object|hunter2|NaN\b/);
        }
      }),
      { numRuns: 600 },
    );
  });

  test("and one that has a value of another type anywhere", () => {
    const load = loader();
    const lines = valid.split("\n");
    const other = fc.constantFrom(
      "",
      "~",
      "[]",
      "{}",
      "5",
      "[x]",
      "{x: y}",
      "true",
      "''",
      "1.5",
      "-1",
      "*tag",
      "{__proto__: 1}",
    );
    fc.assert(
      fc.property(fc.nat(lines.length - 1), other, (index, value) => {
        const changed = lines.with(
          index,
          lines[index]!.replace(/: .*|- .*/, (part) => part.slice(0, 2) + value),
        );
        for (const { message } of load(changed.join("\n"))) expect(message).not.toMatch(/undefined|\[object|hunter2/);
      }),
      { numRuns: 300 },
    );
  });
});
