/** Values as messages between threads carry them. */
import { expect, test } from "vitest";
import { shared } from "../../src/lua/core/shared.ts";
import { get, getInteger, LuaTable, set } from "../../src/lua/vm/lua-table.ts";
import { newCell, stringCell, textCell } from "../../src/lua/vm/table.ts";
import { INTEGER, TABLE, type TValue } from "../../src/lua/vm/types.ts";
import { ByteString } from "../../src/value/value.ts";
import { BadMessage, pack, packParts, unpack } from "../../src/worker/wire.ts";

const none = () => undefined;
const never = (): never => {
  throw new Error("nothing special is in it");
};
const tableOf = (cell: TValue) => cell.value as LuaTable;
const list = (...values: TValue[]): TValue => {
  const t = new LuaTable(shared);
  for (const [i, value] of values.entries()) set(shared, t, newCell(INTEGER, i + 1), value);
  return newCell(TABLE, t);
};
const cross = (cell: TValue): TValue => unpack(shared, structuredClone(pack(cell, none)), never);

test("a list comes out as it went in, and can be changed and added to", () => {
  const out = tableOf(cross(list(textCell("a"), newCell(INTEGER, 2), textCell("x".repeat(1000)))));
  expect(out.size).toBe(3);
  expect([1, 2, 3].map((n) => String(getInteger(out, n).value))).toEqual(["a", "2", "x".repeat(1000)]);
  set(shared, out, newCell(INTEGER, 4), textCell("d"));
  set(shared, out, newCell(INTEGER, 1), newCell(INTEGER, 7));
  expect([1, 4].map((n) => String(getInteger(out, n).value))).toEqual(["7", "d"]);
  expect(out.size).toBe(4);
});

test("a table that is in a list twice is one table, in two places that change apart", () => {
  const one = list(textCell("in"));
  const out = tableOf(cross(list(one, one)));
  expect(getInteger(out, 1).value).toBe(getInteger(out, 2).value);
  set(shared, out, newCell(INTEGER, 1), textCell("other"));
  expect(tableOf(getInteger(out, 2)).size).toBe(1);
});

/** A table of two that are the same table of two, and so on: 2^depth parts for whoever copies it. */
const doubling = (depth: number): TValue => {
  let cell = list(newCell(INTEGER, 1));
  for (let i = 0; i < depth; i++) cell = list(cell, cell);
  return cell;
};

test("a table that is there again counts as often as it is there, for whoever sends it and for whoever reads it", () => {
  expect(pack(doubling(9), none)).toBeInstanceOf(Array);
  expect(pack(doubling(12), none)).toHaveProperty("packed"); // large, so it goes as bytes
  expect(pack(doubling(60), none)).toEqual({ huge: true });
  const wire = (depth: number) => packParts(doubling(depth));
  expect(tableOf(unpack(shared, wire(12), never, undefined, 20_000)).size).toBe(2);
  expect(() => unpack(shared, wire(14), never, undefined, 20_000)).toThrow(BadMessage);
});

test("a table that contains itself does so on the other side", () => {
  const cell = list(textCell("a"));
  set(shared, tableOf(cell), newCell(INTEGER, 2), cell);
  set(shared, tableOf(cell), textCell("self"), cell);
  const out = tableOf(cross(cell));
  expect(getInteger(out, 2).value).toBe(out);
  expect(get(out, textCell("self")).value).toBe(out);
});

test("a string is the same bytes, whatever they are and however many", () => {
  for (const length of [0, 1, 16, 17, 256, 257, 5000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
    const { value } = cross(stringCell(new ByteString(bytes)));
    expect((value as ByteString).bytes).toEqual(bytes);
  }
});
