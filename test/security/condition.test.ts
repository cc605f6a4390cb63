import { describe, expect, it } from "vitest";
import { type Data, makeActor, makeAttributes } from "../../src/security/actor.ts";
import {
  type ConditionSource,
  compileCondition,
  type Operator,
  type Outcome,
  operators,
} from "../../src/security/condition.ts";
import { PolicyProblem } from "../../src/security/problem.ts";

const E = "error";
/** One value of each type, and nothing. */
const left = { text: "b", number: 2, flag: true, list: ["b", 2], mapping: { b: 2 }, missing: undefined } as const;
type Type = keyof typeof left;
const types = Object.keys(left) as Type[];

/** For each operator and value: the outcome for a field of each type, in the order of `left`. */
const table: readonly [Operator, Data | undefined, readonly Outcome[]][] = [
  //                      text   number flag   list   mapping missing
  ["eq", "b", [true, false, false, false, false, false]],
  ["eq", "c", [false, false, false, false, false, false]],
  ["eq", 2, [false, true, false, false, false, false]],
  ["eq", true, [false, false, true, false, false, false]],
  ["eq", ["b", 2], [false, false, false, true, false, false]],
  ["eq", ["b"], [false, false, false, false, false, false]],
  ["eq", { b: 2 }, [false, false, false, false, true, false]],
  ["eq", { b: 2, c: 3 }, [false, false, false, false, false, false]],
  ["ne", "b", [false, true, true, true, true, false]],
  ["ne", 2, [true, false, true, true, true, false]],
  ["ne", true, [true, true, false, true, true, false]],
  ["ne", ["b", 2], [true, true, true, false, true, false]],
  ["ne", { b: 2 }, [true, true, true, true, false, false]],
  ["lt", "c", [true, E, E, E, E, false]],
  ["lt", "b", [false, E, E, E, E, false]],
  ["lt", 3, [E, true, E, E, E, false]],
  ["lt", 2, [E, false, E, E, E, false]],
  ["lt", true, [E, E, E, E, E, false]],
  ["lte", "b", [true, E, E, E, E, false]],
  ["lte", 2, [E, true, E, E, E, false]],
  ["lte", 1, [E, false, E, E, E, false]],
  ["gt", "a", [true, E, E, E, E, false]],
  ["gt", "b", [false, E, E, E, E, false]],
  ["gt", 1.5, [E, true, E, E, E, false]],
  ["gte", "b", [true, E, E, E, E, false]],
  ["gte", 2, [E, true, E, E, E, false]],
  ["gte", 3, [E, false, E, E, E, false]],
  ["gte", ["b"], [E, E, E, E, E, false]],
  ["in", ["a", "b"], [true, false, false, false, false, false]],
  ["in", [2, true], [false, true, true, false, false, false]],
  ["in", [["b", 2], { b: 2 }], [false, false, false, true, true, false]],
  ["in", [], [false, false, false, false, false, false]],
  ["nin", ["a", "b"], [false, true, true, true, true, false]],
  ["nin", [2, true], [true, false, false, true, true, false]],
  ["nin", [], [true, true, true, true, true, false]],
  ["contains", "b", [true, E, E, true, E, false]],
  ["contains", "", [true, E, E, false, E, false]],
  ["contains", 2, [E, E, E, true, E, false]],
  ["contains", true, [E, E, E, false, E, false]],
  ["ncontains", "b", [false, E, E, false, E, false]],
  ["ncontains", 3, [E, E, E, true, E, false]],
  ["matches", "^[abc]$", [true, E, E, E, E, false]],
  ["matches", "^c", [false, E, E, E, E, false]],
  ["matches", "", [true, E, E, E, E, false]],
  ["nmatches", "^[abc]$", [false, E, E, E, E, false]],
  ["nmatches", "^c", [true, E, E, E, E, false]],
  ["exists", undefined, [true, true, true, true, true, false]],
  ["nexists", undefined, [false, false, false, false, false, true]],
];

const about = makeAttributes({ ...left, pattern: "^[abc]$", broken: "[", empty: null });
const facts = { actor: makeActor("alice", left), action: "store.key.set", resource: "app:cache", meta: about };
const outcomeOf = (source: ConditionSource) => compileCondition(source).test(facts);

describe("a condition", () => {
  it("is tabled for every operator", () => {
    expect([...new Set(table.map(([operator]) => operator))].sort()).toEqual([...operators].sort());
  });

  describe.each(table)("%s %j", (operator, value, expected) => {
    it.each(types.map((type, i) => [type, expected[i]!] as const))("of a %s: %s", (type, outcome) => {
      expect(outcomeOf({ field: `meta.${type}`, operator, value })).toBe(outcome);
      expect(outcomeOf({ field: `actor.meta.${type}`, operator, value })).toBe(outcome);
    });
  });

  const two: Operator[] = operators.filter((operator) => !operator.includes("exists"));

  it.each(two)("%s with a field that is missing on the other side is false", (operator) => {
    expect(outcomeOf({ field: "meta.text", operator, value_from: "actor.meta.nobody" })).toBe(false);
    expect(outcomeOf({ field: "meta.nobody", operator, value_from: "actor.meta.nobody" })).toBe(false);
  });

  it.each(two)("%s with null is false, as with a missing field", (operator) => {
    expect(outcomeOf({ field: "meta.empty", operator, value_from: "meta.text" })).toBe(false);
    expect(outcomeOf({ field: "meta.text", operator, value_from: "meta.empty" })).toBe(false);
  });

  it.each([
    ["eq", "meta.text", "actor.meta.text", true],
    ["ne", "meta.text", "actor.meta.number", true],
    ["lt", "meta.number", "meta.text", E],
    ["in", "meta.text", "actor.meta.list", true],
    ["in", "meta.text", "actor.meta.text", E],
    ["nin", "meta.number", "actor.meta.number", E],
    ["contains", "actor.meta.list", "meta.number", true],
    ["matches", "meta.text", "meta.pattern", true],
    ["matches", "meta.text", "meta.broken", E],
    ["nmatches", "meta.text", "meta.broken", E],
    ["matches", "meta.text", "meta.number", E],
  ] as const)("%s compares one field with another: %s, %s", (operator, field, value_from, outcome) => {
    expect(outcomeOf({ field, operator, value_from })).toBe(outcome);
  });

  it.each([
    ["action", "store.key.set"],
    ["resource", "app:cache"],
    ["actor.id", "alice"],
    ["meta.mapping.b", 2],
    ["actor.meta.mapping.b", 2],
  ])("looks at %s", (field, value) => {
    expect(outcomeOf({ field, operator: "eq", value })).toBe(true);
  });

  it.each([
    "meta.constructor",
    "meta.__proto__",
    "meta.list.length",
    "meta.text.length",
    "actor.meta.mapping.toString",
  ])("finds nothing at %s: what JavaScript adds to data is no field", (field) =>
    expect(outcomeOf({ field, operator: "nexists" })).toBe(true),
  );
});

describe("a condition that makes no sense", () => {
  it.each<[ConditionSource, string, (string | number)[]]>([
    [{ field: "user.id", operator: "eq", value: 1 }, 'there is no field "user.id"', ["field"]],
    [{ field: "actor", operator: "exists" }, 'there is no field "actor"', ["field"]],
    [{ field: "meta", operator: "exists" }, 'there is no field "meta"', ["field"]],
    [{ field: "meta..key", operator: "exists" }, 'there is no field "meta..key"', ["field"]],
    [{ field: "meta.key", operator: "eq", value_from: "key" }, 'there is no field "key"', ["value_from"]],
    [{ field: "meta.key", operator: "eq" }, '"eq" needs either value or value_from', []],
    [{ field: "meta.key", operator: "eq", value: 1, value_from: "action" }, "needs either value or value_from", []],
    [{ field: "meta.key", operator: "in", value: "a" }, '"in" needs a list', ["value"]],
    [{ field: "meta.key", operator: "matches", value: 1 }, "a pattern must be a string", ["value"]],
    [{ field: "meta.key", operator: "matches", value: "(" }, "not a pattern", ["value"]],
    [{ field: "meta.key", operator: "matches", value: "(?=x)" }, "not a pattern", ["value"]],
    [{ field: "meta.key", operator: "matches", value: "x".repeat(1001) }, "at most 1000 characters", ["value"]],
    [{ field: "meta.key", operator: "exists", value: false }, "takes no value", ["value"]],
    [{ field: "meta.key", operator: "nexists", value_from: "action" }, "takes no value", ["value_from"]],
  ])("%j is refused", (source, message, path) => {
    const problem = problemOf(() => compileCondition(source, ["conditions", 3]));
    expect(problem.message).toContain(message);
    expect(problem.path).toEqual(["conditions", 3, ...path]);
  });

  it('takes "exists: true", as people write it', () => {
    expect(outcomeOf({ field: "meta.text", operator: "exists", value: true })).toBe(true);
  });
});

function problemOf(compile: () => unknown): PolicyProblem {
  try {
    compile();
  } catch (e) {
    if (e instanceof PolicyProblem) return e;
    throw e;
  }
  throw new Error("it compiled");
}

describe("a pattern", () => {
  it.each(["(a+)+$", "(a|a)*b", "^(\\w+\\s?)*$", "(x+x+)+y"])("%s takes linear time", (pattern) => {
    const text = `${"a".repeat(20_000)}!`;
    const source: ConditionSource = { field: "meta.key", operator: "matches", value: pattern };
    const outcome = compileCondition(source).test({ ...facts, meta: makeAttributes({ key: text }) });
    expect(typeof outcome).toBe("boolean"); // an engine that backtracks would not get here in a lifetime
  });
});
