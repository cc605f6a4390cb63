import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpiryWheel, Timer } from "../../src/stores/memory/expiry-wheel.ts";

function scheduled(wheel: ExpiryWheel<string>, owner: string, at: number): Timer<string> {
  const timer = new Timer(owner);
  wheel.schedule(timer, at);
  return timer;
}

function takeAll<T>(wheel: ExpiryWheel<T>, now: number): T[] {
  const owners: T[] = [];
  for (let timer = wheel.take(now); timer !== undefined; timer = wheel.take(now)) owners.push(timer.owner);
  return owners;
}

describe("the expiry wheel", () => {
  it("gives a timer at its instant, and not before", () => {
    for (const at of [1, 0.1, 1e-300, 1 + Number.EPSILON, 3.15e11, 1e15 + 0.5, 1e300, Number.MAX_VALUE]) {
      const wheel = new ExpiryWheel<string>(0);
      scheduled(wheel, "x", at);
      expect(wheel.take(justBelow(at))).toBeUndefined();
      expect(wheel.take(at)?.owner).toBe("x");
      expect(wheel.take(at)).toBeUndefined();
    }
  });

  it("tells neighbouring instants apart", () => {
    const wheel = new ExpiryWheel<string>(1000);
    const at = 1234.5678;
    scheduled(wheel, "then", at);
    scheduled(wheel, "just before", justBelow(at));
    expect(takeAll(wheel, justBelow(at))).toEqual(["just before"]);
    expect(takeAll(wheel, at)).toEqual(["then"]);
  });

  it("takes times before zero, and across it", () => {
    const wheel = new ExpiryWheel<string>(-1000);
    scheduled(wheel, "-1", -1);
    scheduled(wheel, "-999.5", -999.5);
    scheduled(wheel, "0", 0);
    scheduled(wheel, "1", 1);
    expect(takeAll(wheel, -1000)).toEqual([]);
    expect(takeAll(wheel, -999.5)).toEqual(["-999.5"]);
    expect(takeAll(wheel, -0)).toEqual(["-1", "0"]);
    expect(takeAll(wheel, 1)).toEqual(["1"]);
  });

  it("gives a timer that was late already when it was scheduled", () => {
    const wheel = new ExpiryWheel<string>(1000);
    scheduled(wheel, "now", 1000);
    scheduled(wheel, "late", 3);
    scheduled(wheel, "later", 1005);
    expect(takeAll(wheel, 1000).sort()).toEqual(["late", "now"]);
    expect(takeAll(wheel, 1004)).toEqual([]);
    expect(takeAll(wheel, 1005)).toEqual(["later"]);
  });

  it("forgets a cancelled timer, and takes it again", () => {
    const wheel = new ExpiryWheel<string>(0);
    const timer = scheduled(wheel, "x", 10);
    wheel.cancel(timer);
    wheel.cancel(timer);
    expect(wheel.size).toBe(0);
    expect(wheel.take(10)).toBeUndefined();
    wheel.schedule(timer, 20);
    wheel.schedule(timer, 30);
    expect(wheel.size).toBe(1);
    expect(wheel.take(29)).toBeUndefined();
    expect(wheel.take(30)).toBe(timer);
    expect(wheel.size).toBe(0);
  });

  it("looks at one timer in a step", () => {
    const wheel = new ExpiryWheel<string>(0);
    for (let i = 0; i < 100; i++) scheduled(wheel, "x", 1000 + i / 100);
    let moves = 0;
    for (let step = wheel.step(1000.5); step !== undefined; step = wheel.step(1000.5)) if (step === "moved") moves++;
    expect(wheel.size).toBe(49);
    expect(moves).toBeGreaterThan(0);
    expect(moves).toBeLessThan(100 * 15);
  });
});

/** The largest number below a positive one. */
function justBelow(n: number): number {
  const double = new Float64Array([n]);
  const bits = new BigUint64Array(double.buffer);
  bits[0]! -= 1n;
  return double[0]!;
}

type Operation =
  | { do: "schedule"; which: number; after: number }
  | { do: "cancel"; which: number }
  | { do: "step"; times: number }
  | { do: "take all" }
  | { do: "pass"; by: number }
  | { do: "pass to the next" };

const times = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 16, 255, 256, 1000, 3.6e6, 3.15e11, 1e-7),
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: 0, max: 1e13, noNaN: true }),
);
const which = fc.nat(15);
const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("schedule" as const), which, after: times }) },
  fc.record({ do: fc.constant("cancel" as const), which }),
  fc.record({ do: fc.constant("step" as const), times: fc.nat(5) }),
  fc.record({ do: fc.constant("take all" as const) }),
  fc.record({ do: fc.constant("pass" as const), by: times }),
  fc.record({ do: fc.constant("pass to the next" as const) }),
);

describe("the expiry wheel, against a list of deadlines", () => {
  it("gives exactly what is due, however it was scheduled, cancelled and stepped", () => {
    const start = fc.oneof(fc.constantFrom(0, -5, 1e6), fc.double({ min: -1e6, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(start, fc.array(operations, { maxLength: 60 }), (begin, run) => check(begin, run)),
      { numRuns: 2000 },
    );
  });
});

function check(begin: number, run: readonly Operation[]): void {
  let now = begin;
  const wheel = new ExpiryWheel<number>(now);
  const timers = Array.from({ length: 16 }, (_, i) => new Timer(i));
  const deadlines = new Map<number, number>();
  const taken = (timer: Timer<number>) => {
    expect(deadlines.get(timer.owner)).toBeLessThanOrEqual(now);
    deadlines.delete(timer.owner);
  };
  for (const operation of run) {
    switch (operation.do) {
      case "schedule":
        deadlines.set(operation.which, now + operation.after);
        wheel.schedule(timers[operation.which]!, now + operation.after);
        break;
      case "cancel":
        deadlines.delete(operation.which);
        wheel.cancel(timers[operation.which]!);
        break;
      case "step":
        for (let i = 0; i < operation.times; i++) {
          const timer = wheel.step(now);
          if (timer instanceof Timer) taken(timer);
        }
        break;
      case "take all":
        for (let timer = wheel.take(now); timer !== undefined; timer = wheel.take(now)) taken(timer);
        for (const at of deadlines.values()) expect(at).toBeGreaterThan(now);
        break;
      case "pass":
        now += operation.by;
        break;
      case "pass to the next":
        if (deadlines.size > 0) now = Math.max(now, Math.min(...deadlines.values()));
    }
    expect(wheel.size).toBe(deadlines.size);
  }
}
