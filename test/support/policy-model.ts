/** The rules of policies again, written as plainly as they are told and as slowly as that is. */
import { isDeepStrictEqual } from "node:util";
import { RE2JS } from "re2js";
import type { Data } from "../../src/security/actor.ts";
import type { ConditionSource } from "../../src/security/condition.ts";
import type { PolicySource } from "../../src/security/policy.ts";
import type { Asked } from "./policies.ts";

type Outcome = boolean | "error";

export function modelDecision(policies: readonly PolicySource[], asked: Asked): "allow" | "deny" | "undefined" {
  const applying = policies.filter((policy) => applies(policy, asked));
  if (applying.some(({ effect }) => effect === "deny")) return "deny";
  return applying.length > 0 ? "allow" : "undefined";
}

function applies({ actions, resources, effect, conditions = [] }: PolicySource, asked: Asked): boolean {
  if (!actions.some((pattern) => fits(pattern, asked.action))) return false;
  if (!resources.some((pattern) => fits(pattern, asked.resource))) return false;
  const outcomes = conditions.map((condition) => outcome(condition, asked));
  return outcomes.every((one) => one === true || (one === "error" && effect === "deny"));
}

const fits = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[^*\w]/g, "\\$&").replaceAll("*", ".*")}$`, "s").test(text);

export function outcome({ field, operator, value, value_from }: ConditionSource, asked: Asked): Outcome {
  const left = lookUp(field, asked);
  if (operator === "exists") return left !== undefined;
  if (operator === "nexists") return left === undefined;
  const right = value_from === undefined ? value : lookUp(value_from, asked);
  if (left === undefined || right === undefined) return false;
  const negated = ["ne", "nin", "ncontains", "nmatches"].includes(operator);
  const result = compare(negated && operator !== "ne" ? operator.slice(1) : negated ? "eq" : operator, left, right);
  return negated && result !== "error" ? !result : result;
}

function compare(operator: string, left: Data, right: Data): Outcome {
  if (operator === "eq") return equal(left, right);
  if (operator === "in") return Array.isArray(right) ? right.some((item) => equal(left, item)) : "error";
  if (operator === "contains") {
    if (Array.isArray(left)) return left.some((item) => equal(item, right));
    return typeof left === "string" && typeof right === "string" ? left.includes(right) : "error";
  }
  if (operator === "matches") return matches(left, right);
  const comparable = typeof left === typeof right && ["string", "number"].includes(typeof left);
  if (!comparable) return "error";
  const [a, b] = [left as number, right as number];
  return { lt: a < b, gt: a > b, lte: a <= b, gte: a >= b }[operator]!;
}

function matches(left: Data, right: Data): Outcome {
  if (typeof left !== "string" || typeof right !== "string") return "error";
  try {
    return RE2JS.compile(right).matcher(left).find();
  } catch {
    return "error";
  }
}

const plain = (data: Data): unknown => JSON.parse(JSON.stringify(data));
const equal = (a: Data, b: Data) => isDeepStrictEqual(plain(a), plain(b));

function lookUp(name: string, { actor, action, resource, attributes }: Asked): Data | undefined {
  let at: unknown = { actor, action, resource, meta: attributes };
  for (const step of name.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return (at ?? undefined) as Data | undefined;
}
