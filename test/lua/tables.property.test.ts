import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shared } from "../../src/lua/core/shared.ts";
import { insertItem } from "../../src/lua/library/list.ts";
import { chargeTo } from "../../src/lua/meter/meter.ts";
import { Stopped } from "../../src/lua/meter/stopped.ts";
import { forEachAfter, get, LuaTable, length, next, set, setItems } from "../../src/lua/vm/lua-table.ts";
import { newCell, nilCell } from "../../src/lua/vm/table.ts";
import { BOOLEAN, FLOAT, INTEGER, type LuaState, STRING, type TValue } from "../../src/lua/vm/types.ts";
import { ByteString, isInteger } from "../../src/value/value.ts";
import { Sandbox } from "../support/lua.ts";

/*
 * Tables next to JavaScript's Map: whatever is put in and taken out, in whichever order, a table holds the same, and
 * whoever goes through it meets each key once. How a table keeps what is in it changes on the way, and must not show.
 */

type Key = string | number | boolean;

const cell = (key: Key): TValue => {
  if (typeof key === "string") return newCell(STRING, ByteString.fromText(key));
  if (typeof key === "boolean") return newCell(BOOLEAN, key);
  return newCell(isInteger(key) ? INTEGER : FLOAT, key);
};
const keyOf = ({ value }: TValue): Key => (value instanceof ByteString ? String(value) : (value as Key));

const keys: fc.Arbitrary<Key> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 31, 0.5, 1e300, true, false) },
  { weight: 6, arbitrary: fc.constantFrom(..."abcdefghijkl") },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 99 }).map((n) => `key ${n}`) },
  { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(64), "x".repeat(65), "ä") },
);

type Step = readonly ["set", Key, number] | readonly ["remove", Key] | readonly ["fill", from: number, to: number];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("set" as const), keys, fc.nat(9)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("remove" as const), keys) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("fill" as const), fc.nat(100), fc.nat(100)) },
  ),
  { maxLength: 120, size: "max" },
);

function apply(step: Step, put: (key: Key, value: number | undefined) => void): void {
  if (step[0] === "set") put(step[1], step[2]);
  else if (step[0] === "remove") put(step[1], undefined);
  else for (let [, n, to] = step; n !== to; n += Math.sign(to - n)) put(n, n);
}

/** Types of the values: a list of one type is kept otherwise than one of several. */
type Types = readonly number[];
const types: fc.Arbitrary<Types> = fc.constantFrom(
  [INTEGER],
  [FLOAT],
  [STRING],
  [INTEGER, FLOAT],
  [STRING, INTEGER, INTEGER, INTEGER, INTEGER, FLOAT],
);
const valueCell = (value: number, types: Types): TValue => {
  const type = types[value % types.length]!;
  return newCell(type, type === STRING ? ByteString.fromText(String(value)) : value);
};
/** The number that a value stands for, of the type that it was put in with. */
function numberOf({ type, value }: TValue, types: Types): number {
  const n = Number(value);
  return type === types[n % types.length] ? n : Number.NaN;
}

const putIn = (t: LuaTable, types: Types) => (key: Key, value: number | undefined) =>
  set(shared, t, cell(key), value === undefined ? nilCell() : valueCell(value, types));
const putInMap = (map: Map<Key, number>) => (key: Key, value: number | undefined) => {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
};

/** Goes through a table as `pairs` does. */
function* traversal(t: LuaTable, types: Types): Generator<[Key, number]> {
  const L = { stack: [nilCell(), nilCell()] } as unknown as LuaState;
  while (next(L, t, 0)) yield [keyOf(L.stack[0]!), numberOf(L.stack[1]!, types)];
}

describe("a table", () => {
  it("holds what was put in and not taken out", () => {
    fc.assert(
      fc.property(steps, types, (list, types) => {
        const t = new LuaTable(shared);
        const map = new Map<Key, number>();
        for (const step of list) {
          apply(step, putIn(t, types));
          apply(step, putInMap(map));
          expect(new Map(traversal(t, types))).toEqual(map);
          expect(t.size).toBe(map.size);
        }
        for (const [key, value] of map) expect(numberOf(get(t, cell(key)), types)).toBe(value);
        const found = [...traversal(t, types)];
        expect(found).toHaveLength(map.size);
        expect(new Map(found)).toEqual(map);

        const n = length(t);
        expect(n === 0 || map.has(n)).toBe(true);
        expect(map.has(n + 1)).toBe(false);

        let count = 0;
        while (map.has(count + 1)) count++;
        const others: [Key, number][] = [];
        forEachAfter(t, count, (key, value) => others.push([keyOf(key), numberOf(value, types)]));
        expect(others).toEqual(found.filter(([key]) => !isAmong(key, count)));
      }),
      { numRuns: 300 },
    );
  });

  describe("is whole whenever memory or work is counted, so that it can be measured, and when that stops the script:", () => {
    /** Does something to a table, and looks each time that it counts; the `stopAt`-th time, it is stopped. */
    function looked(t: LuaTable, types: Types, stopAt: number, states: readonly Map<Key, number>[], act: () => void) {
      let count = 0;
      const isWhole = () => {
        const found = new Map(traversal(t, types));
        expect(states).toContainEqual(found);
        expect(t.size).toBe(found.size);
      };
      const look = () => {
        const outer = chargeTo(undefined); // a look counts, too
        isWhole();
        chargeTo(outer);
        if (++count === stopAt) throw new Stopped("here");
      };
      const tooLong = () => expect.unreachable();
      const outer = chargeTo({ left: -1, unseen: 0, longest: 2 ** 30, exhausted: look, work: look, tooLong });
      try {
        act();
      } catch (e) {
        if (!(e instanceof Stopped)) throw e;
      } finally {
        chargeTo(outer);
      }
      isWhole();
      return count < stopAt;
    }

    it("while values are put in and taken out", () => {
      const stops = fc.integer({ min: 1, max: 12 });
      fc.assert(
        fc.property(steps, types, stops, (list, types, stopAt) => {
          const t = new LuaTable(shared);
          const map = new Map<Key, number>();
          let isStopped = false;
          const put = (key: Key, value: number | undefined) => {
            if (isStopped) return;
            const before = new Map(map);
            putInMap(map)(key, value);
            const n = map.size % 5 === 0 ? stopAt : Number.POSITIVE_INFINITY;
            isStopped = !looked(t, types, n, [before, map], () => putIn(t, types)(key, value));
          };
          for (const step of list) apply(step, put);
        }),
        { numRuns: 40 },
      );
    });

    it.each(["constructed", "inserted"])("while a list is %s", (how) => {
      const kinds: Types = [INTEGER, STRING];
      for (const list of [
        [0, 2],
        [0, 1],
        [0, 2, 4, 6, 7],
        [null, 1],
        [0, null, 2, 1, null],
      ]) {
        const after = new Map(list.flatMap((value, i) => (value === null ? [] : [[i + 1, value] as [number, number]])));
        for (let stopAt = 1; stopAt < 8; stopAt++) {
          const t = new LuaTable(shared);
          const cells = list.map((value) => (value === null ? nilCell() : valueCell(value, kinds)));
          if (how === "constructed") {
            looked(t, kinds, stopAt, [new Map(), after], () => setItems(t, 0, cells, 0, cells.length));
            continue;
          }
          setItems(t, 0, [cells[0]!], 0, 1);
          const before = new Map(traversal(t, kinds));
          const last = valueCell(9, kinds);
          const inserted = new Map<Key, number>([
            [1, 9],
            ...[...before].map(([n, value]) => [(n as number) + 1, value] as [number, number]),
          ]);
          looked(t, kinds, stopAt, [before, inserted], () => insertItem(t, 1, 1, last.type, last.value));
        }
      }
    });
  });

  it("may be changed and emptied by whoever goes through it", () => {
    fc.assert(
      fc.property(
        steps,
        types,
        fc.array(fc.constantFrom("leave", "change", "remove"), { minLength: 1 }),
        (list, types, deeds) => {
          const t = new LuaTable(shared);
          const map = new Map<Key, number>();
          for (const step of list) {
            apply(step, putIn(t, types));
            apply(step, putInMap(map));
          }
          const before = new Map(map);
          const met: [Key, number][] = [];
          for (const [key, value] of traversal(t, types)) {
            met.push([key, value]);
            expect(met.length).toBeLessThanOrEqual(before.size);
            const deed = deeds[met.length % deeds.length];
            if (deed === "leave") continue;
            putIn(t, types)(key, deed === "change" ? value + 1 : undefined);
            putInMap(map)(key, deed === "change" ? value + 1 : undefined);
          }
          expect(new Map(met)).toEqual(before);
          expect(new Map(traversal(t, types))).toEqual(map);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is the same to each instruction, whatever others did before", async () => {
    const sandbox = new Sandbox();
    const names = [..."abcdefghij"];
    const literal = (key: Key) => (typeof key === "string" ? JSON.stringify(key) : String(key));
    const writable = keys.filter((key) => typeof key !== "number" || Number.isSafeInteger(key));
    const set_ = fc.tuple(fc.constantFrom("field", "index", "raw"), writable, fc.option(fc.nat(9)), fc.nat(2));
    await fc.assert(
      fc.asyncProperty(fc.array(set_, { maxLength: 60, size: "max" }), async (list) => {
        // The same instructions for three tables in turn, which have other fields in another order.
        const maps = [new Map<Key, number>(), new Map<Key, number>(), new Map<Key, number>()];
        const calls = list.map(([how, key, value, which]) => {
          const given = how === "field" && !names.includes(String(key)) ? "index" : how;
          putInMap(maps[which]!)(key, value ?? undefined);
          return given === "field"
            ? `fields.${key}(t[${which + 1}], ${value ?? "nil"})`
            : `${given}(t[${which + 1}], ${literal(key)}, ${value ?? "nil"})`;
        });
        const wanted = [...new Set(list.map(([, key]) => key))];
        const code = `local t = { {}, {}, {} }
          local function index(t, k, v) t[k] = v if t[k] ~= v then error(k) end end
          local function raw(t, k, v) rawset(t, k, v) if rawget(t, k) ~= v then error(k) end end
          local fields = {}
          ${names.map((name) => `function fields.${name}(t, v) t.${name} = v if t.${name} ~= v then error("${name}") end end`).join("\n")}
          ${calls.join("\n")}
          local out = {}
          for _, k in ipairs { ${wanted.map(literal).join(", ")} } do
            for _, u in ipairs(t) do out[#out + 1] = u[k] or -1 end
          end
          return out`;
        const [out] = await sandbox.run(code);
        expect(out ?? []).toEqual(wanted.flatMap((key) => maps.map((map) => map.get(key) ?? -1)));
      }),
      { numRuns: 60 },
    );
  });
});

const isAmong = (key: Key, count: number) => typeof key === "number" && key >= 1 && key <= count && key % 1 === 0;
