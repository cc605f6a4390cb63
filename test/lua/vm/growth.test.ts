import { describe, expect, it } from "vitest";
import { chargeTo } from "../../../src/lua/meter/meter.ts";
import { growing, grownBetween, LOOK } from "../../../src/lua/vm/growth.ts";
import { LuaTable, writeInteger } from "../../../src/lua/vm/lua-table.ts";
import type { Owner } from "../../../src/lua/vm/owner.ts";
import { FLOAT, INTEGER } from "../../../src/lua/vm/types.ts";
import { translated } from "../../../src/value/bytes.ts";

const MILLIONS = 4_000_000;

/** What is asked for in all by lists of so many items. */
function askedFor(count: number, type: number, item: (i: number) => number): number {
  let left = 0;
  const account = {
    left: Number.MAX_SAFE_INTEGER,
    unseen: 0,
    longest: 0,
    exhausted() {},
    work() {},
    tooLong() {
      throw new RangeError();
    },
  };
  const payer = chargeTo(account);
  try {
    const t = new LuaTable({ l_G: { id_counter: 0 } } as Owner);
    left = account.left;
    for (let i = 1; i <= count; i++) writeInteger(t, i, type, item(i));
  } finally {
    chargeTo(payer);
  }
  return left - account.left;
}

/** What is asked for while a list grows to so many places, and what is left behind. */
function grow(places: number, lists = 1) {
  const borrowed: number[] = [];
  const before = translated;
  const payer = chargeTo({
    left: 0,
    unseen: 0,
    longest: 0,
    exhausted() {},
    borrow: (bytes) => borrowed.push(bytes),
    work() {},
    tooLong() {
      throw new RangeError();
    },
  });
  try {
    for (let length = LOOK; length < places; length += LOOK) growing(length, lists);
  } finally {
    chargeTo(payer);
  }
  return { borrowed, left: translated - before };
}

describe("a list that V8 makes longer", () => {
  it("is copied each time that it is half as long again", () => {
    const { borrowed } = grow(MILLIONS);
    expect(borrowed.length).toBeGreaterThan(15);
    for (let i = 2; i < borrowed.length; i++) expect(borrowed[i]! / borrowed[i - 1]!).toBeCloseTo(1.5, 1);
  });

  it("leaves behind twice what the last copy was made of", () => {
    const { borrowed, left } = grow(MILLIONS);
    const last = (borrowed.at(-1)! * 8) / 5;
    expect(left / last).toBeGreaterThan(2.9);
    expect(left / last).toBeLessThan(3.1);
    expect(grow(MILLIONS, 2).left).toBe(2 * left);
  });

  it("is not missed, wherever somebody begins to look", () => {
    for (let length = 1; length < 100_000; length += 7) {
      const room = grownBetween(length, length + LOOK);
      if (room > 0) expect(room - length).toBeLessThan(LOOK);
      else expect(grownBetween(length, length + LOOK - 1)).toBe(0);
    }
  });

  it("asks for what its numbers take beside their places, whenever they come", () => {
    const count = 100 * LOOK + 1;
    const small = askedFor(count, INTEGER, (i) => i);
    expect(small).toBeLessThan(11 * count);
    expect(askedFor(count, INTEGER, (i) => i + 2 ** 40) - small).toBe(16 * (count - 1));
    expect(askedFor(count, FLOAT, (i) => i + 0.5) - small).toBe(16 * (count - 1));
    const half = askedFor(count, INTEGER, (i) => (i % 2 === 0 ? i : i + 2 ** 40));
    expect(half - small).toBe(8 * (count - 1));
  });
});
