/** The checker is checked: by histories of which it is known what they are, and by trying every order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLinearizable } from "./brute.ts";
import { check, type Model, type Operation } from "./checker.ts";
import { type CounterCall, counter, type LockCall, lock, type RegisterCall, register } from "./models.ts";

// biome-ignore lint/suspicious/noExplicitAny: each model has calls of its own
type AnyModel = Model<any, any, any>;
const models: Record<string, AnyModel> = { register, counter, lock };

interface Case {
  readonly name: string;
  readonly linearizable: boolean;
  readonly history: readonly Operation[];
}

describe.each(Object.entries(models))("a history of a %s", (name, model) => {
  const cases = JSON.parse(readFileSync(join(import.meta.dirname, "histories", `${name}.json`), "utf8")) as Case[];
  it.each(cases)("$name (linearizable: $linearizable)", ({ history, linearizable }) => {
    expect(check(model, history).linearizable).toBe(linearizable);
    expect(isLinearizable(model, history)).toBe(linearizable);
  });
});

const values = fc.constantFrom("1", "2");
const registerCalls: fc.Arbitrary<RegisterCall> = fc.oneof(
  fc.record({ f: fc.constantFrom("get", "has", "delete") }),
  fc.record({ f: fc.constantFrom("set", "putAbsent"), value: values }),
  fc.record({ f: fc.constant("putIf" as const), value: values, expected: values }),
  fc.record({ f: fc.constant("deleteIf" as const), expected: values }),
  fc.record({ f: fc.constant("update" as const), value: values, seen: fc.option(values) }),
);
const counterCalls: fc.Arbitrary<CounterCall> = fc.oneof(
  fc.record({ f: fc.constantFrom("get", "delete") }),
  fc.record({ f: fc.constant("increment" as const), by: fc.integer({ min: -1, max: 2 }) }),
  fc.record({ f: fc.constant("increment" as const), by: fc.constant(1), max: fc.constant(2) }),
);
const lockCalls: fc.Arbitrary<LockCall> = fc.record({
  f: fc.constantFrom("acquire", "release", "expire"),
  hold: fc.constantFrom("a", "b", "c"),
});
const answers: Record<string, fc.Arbitrary<unknown>> = {
  register: fc.constantFrom("1", "2", null, "ok", true, false, "exists", "conflict", "gone"),
  counter: fc.constantFrom(1, 2, 3, null, true, false, "beyond"),
  lock: fc.constantFrom(1, 2, 3, true, false),
};
const calls: Record<string, fc.Arbitrary<unknown>> = {
  register: registerCalls,
  counter: counterCalls,
  lock: lockCalls,
};

interface Timed {
  readonly call: unknown;
  readonly from: number;
  readonly length: number;
  readonly isOpen: boolean;
}

const timed = (name: string) =>
  fc.record({
    call: calls[name]!,
    from: fc.nat(12),
    length: fc.nat(8),
    isOpen: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });

/** Answers that are right in some state or other, and most often not in the one that is there. */
const anyHistory = (name: string) =>
  fc.array(fc.tuple(timed(name), answers[name]!), { maxLength: 5 }).map((all) =>
    all.map(([{ call, from, length, isOpen }, answer], i) => ({
      ...{ process: `p${i}`, call, from },
      ...(isOpen ? {} : { to: from + length, answer }),
    })),
  );

/** Operations that happened, each at an instant between its call and its answer. */
function happened(model: AnyModel, name: string, all: readonly Timed[]): Operation[] {
  const possible = { register: ["1", "2", null, "ok", true, false, "exists", "conflict", "gone"], lock: [true, false] };
  let state = model.start;
  return [...all]
    .sort((a, b) => a.from - b.from)
    .flatMap(({ call, from, length, isOpen }, i) => {
      const numbers = Array.from({ length: 40 }, (_, n) => n - 20);
      const candidates: unknown[] = [...(possible[name as "lock"] ?? [null, true, false, "beyond"]), ...numbers];
      const answer = candidates.find((one) => model.step(state, call, one) !== undefined);
      if (answer === undefined) return [];
      state = model.step(state, call, answer);
      // It happened at `from`: its call came before that, and its answer after it.
      const overlap = (length * 7) % 5;
      return [{ process: `p${i}`, call, from: from - overlap, ...(isOpen ? {} : { to: from + length, answer }) }];
    });
}

describe.each(Object.keys(models))("of any handful of operations on a %s", (name) => {
  const model = models[name]!;

  it("the checker says what trying every order says", () => {
    const told = { true: 0, false: 0 };
    fc.assert(
      fc.property(anyHistory(name), (history) => {
        const { linearizable } = check(model, history);
        expect(linearizable).toBe(isLinearizable(model, history));
        told[`${linearizable}`]++;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(told.true, told.false)).toBeGreaterThan(100);
  });

  it("the checker takes those that happened one after the other, and the same with every order", () => {
    fc.assert(
      fc.property(fc.array(timed(name), { maxLength: 6 }), (all) => {
        const history = happened(model, name, all);
        expect(check(model, history).linearizable).toBe(true);
        expect(isLinearizable(model, history)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("the checker takes hundreds of them, many at a time, and refuses them when one answer is another", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(timed(name), { minLength: 300, maxLength: 400 }), fc.nat(), (all, which) => {
        const spread = all.map((one, i) => ({ ...one, from: one.from + i * 3, isOpen: one.isOpen && i % 50 === 0 }));
        const history = happened(model, name, spread);
        expect(check(model, history).linearizable).toBe(true);
        const answered = history.filter(({ to }) => to !== undefined);
        const victim = answered[which % answered.length]!;
        const wrong = history.map((one) => (one === victim ? { ...one, answer: "never" } : one));
        if (!check(model, wrong).linearizable) refused++;
      }),
      { numRuns: 20 },
    );
    expect(refused).toBe(20);
  });
});

it("what it says of a history that is not linearizable is how far it came, and what could not come next", () => {
  const write: Operation<RegisterCall, string> = {
    ...{ process: "a", call: { f: "set", value: "1" }, from: 0, to: 1, answer: "ok" },
  };
  const read: Operation<RegisterCall, string> = { process: "b", call: { f: "get" }, from: 2, to: 3, answer: "2" };
  expect(check(register, [read, write])).toMatchObject({ done: [write], state: '"1"', stuck: [read] });
});
