import { compareTexts } from "../value/bytes.ts";
import type { Data } from "./actor.ts";
import { isMapping, isNumber } from "./actor.ts";
import { listNeeded, noSuchField, oneValueNeeded, patternNotString, takesNoValue, takesNoValueFrom } from "./errors.ts";
import { compileField, type Facts, type Field, roots } from "./field.ts";
import { PolicyProblem } from "./problem.ts";
import { constantPattern, runtimePattern } from "./regexp.ts";

/**
 * Conditions of a policy. A missing field makes every operator false but `nexists`. A comparison that can't be made
 * ("lt" on a word) is an error, which counts against access: a policy that allows does not apply then, and one that
 * denies does.
 */
export type Outcome = true | false | "error";

export const operators = [
  ..."eq ne lt gt lte gte in nin exists nexists contains ncontains matches nmatches".split(" "),
] as readonly Operator[];
export type Operator =
  | "eq"
  | "ne"
  | "lt"
  | "gt"
  | "lte"
  | "gte"
  | "in"
  | "nin"
  | "exists"
  | "nexists"
  | "contains"
  | "ncontains"
  | "matches"
  | "nmatches";

/** A condition as people write it. */
export interface ConditionSource {
  readonly field: string;
  readonly operator: Operator;
  readonly value?: Data | undefined;
  readonly value_from?: string | undefined;
}

export interface Condition {
  /** As a person reads it: `meta.key matches "^session:"`. */
  readonly text: string;
  /** Its place in the policy: `["conditions", 0]`. */
  readonly path: readonly (string | number)[];
  /** The fields without which it can't hold, by name. */
  readonly fields: readonly string[];
  /** The fields that are surely there when it holds because it asks for just that. */
  readonly requires: readonly string[];
  /** Whether its outcome depends on the attributes. */
  readonly isDynamic: boolean;
  test(facts: Facts): Outcome;
}

/** A condition less the words about it. */
type Test = Pick<Condition, "isDynamic" | "test">;

type Compare = (field: Data, value: Data) => Outcome;

const not =
  (compare: Compare): Compare =>
  (field, value) => {
    const outcome = compare(field, value);
    return outcome === "error" ? outcome : !outcome;
  };

/** How two values are ordered, numbers by value and texts by their bytes; undefined: anything else has no order. */
export function order(a: Data, b: Data): number | undefined {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === "string" && typeof b === "string" ? compareTexts(a, b) : undefined;
}

const ordered =
  (holds: (order: number) => boolean): Compare =>
  (field, value) => {
    const found = order(field, value);
    return found === undefined ? "error" : holds(found);
  };

const isIn: Compare = (field, value) => (Array.isArray(value) ? value.some((item) => same(field, item)) : "error");

const contains: Compare = (field, value) => {
  if (Array.isArray(field)) return field.some((item) => same(item, value));
  if (typeof field === "string" && typeof value === "string") return field.includes(value);
  return "error";
};

const matches: Compare = (field, value) => {
  if (typeof field !== "string" || typeof value !== "string") return "error";
  const pattern = runtimePattern(value);
  return pattern === undefined ? "error" : pattern(field);
};

const comparisons: Readonly<Record<Exclude<Operator, "exists" | "nexists">, Compare>> = {
  eq: same,
  ne: not(same),
  lt: ordered((order) => order < 0),
  gt: ordered((order) => order > 0),
  lte: ordered((order) => order <= 0),
  gte: ordered((order) => order >= 0),
  in: isIn,
  nin: not(isIn),
  contains,
  ncontains: not(contains),
  matches,
  nmatches: not(matches),
};

/**
 * @param path its place in the policy
 * @throws PolicyProblem with the place of what is wrong
 */
export function compileCondition(source: ConditionSource, path: Condition["path"] = []): Condition {
  try {
    const { field, operator, value, value_from } = source;
    const text = [field, operator, value_from ?? JSON.stringify(value)].filter((part) => part !== undefined).join(" ");
    const names = value_from === undefined ? [field] : [field, value_from];
    const fields = operator === "exists" || operator === "nexists" ? [] : names;
    return { text, path, fields, requires: operator === "exists" ? names : [], ...compileTest(source) };
  } catch (e) {
    throw e instanceof PolicyProblem ? new PolicyProblem(e.message, [...path, ...e.path]) : e;
  }
}

function compileTest({ field: name, operator, value, value_from }: ConditionSource): Test {
  const field = knownField(name, "field");
  if (operator === "exists" || operator === "nexists") {
    if (value_from !== undefined) throw new PolicyProblem(takesNoValueFrom(operator), ["value_from"]);
    if (value !== undefined && value !== true) {
      throw new PolicyProblem(takesNoValue(operator), ["value"]);
    }
    const wanted = operator === "exists";
    return { isDynamic: field.isAttribute, test: (facts) => (field.read(facts) !== undefined) === wanted };
  }
  if ((value === undefined) === (value_from === undefined)) {
    throw new PolicyProblem(oneValueNeeded(operator), []);
  }
  if (value_from !== undefined) return withField(field, knownField(value_from, "value_from"), comparisons[operator]);
  return withConstant(field, operator, value!);
}

function withField(field: Field, other: Field, compare: Compare): Test {
  return {
    isDynamic: field.isAttribute || other.isAttribute,
    test(facts) {
      const left = field.read(facts);
      const right = other.read(facts);
      return left === undefined || right === undefined ? false : compare(left, right);
    },
  };
}

function withConstant(field: Field, operator: keyof typeof comparisons, value: Data): Test {
  let compare = comparisons[operator];
  if (operator === "matches" || operator === "nmatches") {
    if (typeof value !== "string") throw new PolicyProblem(patternNotString, ["value"]);
    const find = constantPattern(value);
    if (typeof find === "string") throw new PolicyProblem(find, ["value"]);
    compare = (text) => (typeof text === "string" ? find(text) === (operator === "matches") : "error");
  } else if ((operator === "in" || operator === "nin") && !Array.isArray(value)) {
    throw new PolicyProblem(listNeeded(operator), ["value"]);
  }
  return {
    isDynamic: field.isAttribute,
    test(facts) {
      const left = field.read(facts);
      return left === undefined ? false : compare(left, value);
    },
  };
}

function knownField(name: string, at: string): Field {
  const field = compileField(name);
  if (field === undefined) throw new PolicyProblem(noSuchField(name, roots.join(", ")), [at]);
  return field;
}

export function same(a: Data, b: Data): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i] as Data));
  }
  if (!isMapping(a)) return a === b;
  if (!isMapping(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name]!, b[name]!))
  );
}
