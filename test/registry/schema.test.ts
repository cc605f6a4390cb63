import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as s from "../../src/registry/schema.ts";

describe("a schema", () => {
  const schema = s.fields({
    max_size: s.optional(s.wholeNumber({ unit: "entries", min: 1, description: "how many" }), 10_000),
    timeout: s.optional(s.duration({ description: "how long" }), "5m"),
    store: s.optional(s.ref(["store.*"])),
    groups: s.optional(s.list(s.refersTo("group")), []),
    source: s.optional(s.fileText(), "return 1"),
    tags: s.optional(s.record(s.data()), {}),
  });

  test("reads plain JavaScript data as it reads a file", () => {
    expect(v.parse(schema, { timeout: "1s", store: "app:cache", tags: { a: [1] } })).toEqual({
      max_size: 10_000,
      timeout: 1000,
      store: "app:cache",
      groups: [],
      source: { text: "return 1" },
      tags: { a: [1] },
    });
    const { issues } = v.safeParse(schema, { max_size: "x", tiemout: 1, source: "file://x.lua" });
    expect(issues?.map(({ message }) => message)).toEqual([
      'expected a whole number of entries, at least 1, got "x"',
      "a file:// text can only be read from a registry file",
      'unknown field "tiemout"; did you mean "timeout"?',
    ]);
  });

  test("tells editors what its fields are", () => {
    expect(Object.keys(schema.entries)).toEqual(["max_size", "timeout", "store", "groups", "source", "tags"]);
    expect(s.about(s.wholeNumber({ unit: "entries", min: 1, max: 5, description: "how many" }))).toMatchObject({
      field: "wholeNumber",
      unit: "entries",
      min: 1,
      max: 5,
      description: "how many",
    });
    expect(s.about(s.duration())).toMatchObject({ field: "duration", unit: "ms" });
    expect(s.about(s.oneOf(["a", "b"], { description: "which" }))).toMatchObject({
      field: "oneOf",
      words: ["a", "b"],
      description: "which",
    });
    expect(s.about(s.ref(["store.*"]))).toMatchObject({ field: "ref", kinds: ["store.*"] });
    expect(s.about(s.custom(s.text({ description: "a pattern" }), (text) => text.length))).toMatchObject({
      field: "text",
      description: "a pattern",
    });
    expect(s.about(schema.entries.timeout)).toMatchObject({ description: "how long", optional: true, default: "5m" });
    expect(s.about(s.fields({ a: s.text() }, { description: "a pool" }))?.description).toBe("a pool");
    for (const field of [s.text(), s.flag(), s.size(), s.list(s.text()), s.oneOrMany(s.text()), s.record(s.text())]) {
      expect(s.about(field)?.expects).toBeTypeOf("string");
    }
    expect(s.about(v.string())).toBeUndefined();
  });

  test("takes only defaults that its field would read", () => {
    s.optional(s.duration(), "5m");
    // @ts-expect-error: a duration names its unit
    s.optional(s.duration(), 300);
    // @ts-expect-error: no such word
    s.optional(s.oneOf(["none", "lru"]), "lfu");
    // @ts-expect-error: a list of texts
    s.optional(s.list(s.text()), [1]);
  });
});
