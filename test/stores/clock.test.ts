import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WallClock } from "../../src/stores/clock.ts";

/** A wall clock that can be set, a steady one that can't, and what is made of both. */
function clocks() {
  let [wall, steady] = [1.7e12, 500];
  const clock = new WallClock({ now: () => wall }, { now: () => steady });
  return {
    clock,
    pass: (by: number) => {
      wall += by;
      steady += by;
    },
    set: (by: number) => {
      wall += by;
    },
  };
}

describe("the clock of what outlives the process", () => {
  it("shows the wall clock's time", () => {
    const { clock, pass } = clocks();
    expect(clock.now()).toBe(1.7e12);
    pass(250);
    expect(clock.now()).toBe(1.7e12 + 250);
  });

  it("goes on when the wall clock is set back", () => {
    const { clock, pass, set } = clocks();
    set(-3_600_000);
    expect(clock.now()).toBe(1.7e12);
    pass(250);
    expect(clock.now()).toBe(1.7e12 + 250);
  });

  it("follows a wall clock that is set forward, and goes on from there when it is set back again", () => {
    const { clock, pass, set } = clocks();
    set(3_600_000);
    expect(clock.now()).toBe(1.7e12 + 3_600_000);
    set(-3_600_000);
    pass(250);
    expect(clock.now()).toBe(1.7e12 + 3_600_250);
  });

  it("never goes back, never stands still, and is never behind the wall clock", () => {
    const steps = fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: -1e7, max: 1e7 })));
    fc.assert(
      fc.property(steps, (run) => {
        const { clock, pass, set } = clocks();
        let wall = 1.7e12;
        for (const [by, jump] of run) {
          const before = clock.now();
          pass(by);
          set(jump);
          wall += by + jump;
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(before + by);
          expect(now).toBeGreaterThanOrEqual(wall);
        }
      }),
    );
  });
});
