import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyMap } from "../../src/stores/memory/key-map.ts";
import type { Key } from "../../src/value/value.ts";
import { key, keys } from "../contract/values.ts";

describe("a key map", () => {
  for (const [kind, most] of [
    ["small", 10],
    ["large", 1_000_000],
  ] as const) {
    it(`is a Map, when ${kind}`, () => {
      const change = fc.tuple(fc.oneof(keys, fc.constant(key(""))), fc.option(fc.nat()));
      fc.assert(
        fc.property(fc.array(change), (changes) => {
          const map = new KeyMap<number>(most);
          const model = new Map<Key, number>();
          for (const [one, item] of changes) {
            if (item === null) map.delete(one);
            else map.set(one, item);
            if (item === null) model.delete(one);
            else model.set(one, item);
            expect(map.get(one)).toBe(model.get(one));
            expect(map.size).toBe(model.size);
          }
          expect([...map.keys()].sort()).toEqual([...model.keys()].sort());
          for (const [one, item] of model) expect(map.get(one)).toBe(item);
          map.clear();
          expect([map.size, [...map.keys()]]).toEqual([0, []]);
        }),
      );
    });
  }
});
