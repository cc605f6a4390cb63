/**
 * The same rules in Cedar (https://www.cedarpolicy.com), which decides by a proven engine: what both can say, both must
 * answer alike. Both can say: text, whole numbers, flags and sets of fixed types, compared where they are present.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Data, makeActor, makeAttributes } from "../../src/security/actor.ts";
import type { ConditionSource, Operator } from "../../src/security/condition.ts";
import { compilePolicy, type PolicySource } from "../../src/security/policy.ts";
import { Scope } from "../../src/security/scope.ts";
import { isAuthorized } from "../support/cedar.ts";
import { type Asked, facts, fieldsByType, policyWith, questionWith } from "../support/policies.ts";

const field = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom("meta", "actor.meta"), fc.constantFrom(...names)).map((parts) => parts.join("."));
const word = fc.constantFrom("core", "web", "alice", "core:1");
const whole = fc.integer({ min: -1, max: 3 });
const one = <T extends Operator>(...operators: T[]) => fc.constantFrom(...operators);
const compared = <T extends Data>(
  names: readonly string[],
  operators: fc.Arbitrary<Operator>,
  value: fc.Arbitrary<T>,
) =>
  fc.oneof(
    fc.record({ field: field(names), operator: operators, value }),
    fc.record({ field: field(names), operator: operators, value_from: field(names) }),
  );

const { text, number, flag, list } = fieldsByType;
const shared: fc.Arbitrary<ConditionSource> = fc.oneof(
  compared(text, one("eq", "ne"), word),
  compared(number, one("eq", "ne", "lt", "gt", "lte", "gte"), whole),
  compared(flag, one("eq", "ne"), fc.boolean()),
  fc.record({ field: field(text), operator: one("in", "nin"), value: fc.array(word, { maxLength: 3 }) }),
  fc.record({ field: field(text), operator: one("in", "nin"), value_from: field(list) }),
  fc.record({ field: field(list), operator: one("contains", "ncontains"), value: word }),
  fc.record({ field: field(list), operator: one("contains", "ncontains"), value_from: field(text) }),
  fc.record({ field: field(text), operator: one("matches", "nmatches"), value: fc.constantFrom("^core", "e$", "or") }),
  fc.record({ field: field([...text, ...number, ...list]), operator: one("exists", "nexists") }),
);

// ---- our policies in Cedar's language ----

const quote = (value: string) => JSON.stringify(value);
const literal = (value: Data): string =>
  Array.isArray(value) ? `[${value.map(literal).join()}]` : JSON.stringify(value);
const inCedar = (name: string) => name.replace(/^actor\./, "principal.").replace(/^meta\./, "context.meta.");
const has = (name: string) => inCedar(name).replace(/\.(\w+)$/, " has $1");
const like: Readonly<Record<string, string>> = { "^core": "core*", e$: "*e", or: "*or*" };
const signs = { eq: "==", ne: "!=", lt: "<", gt: ">", lte: "<=", gte: ">=" } as const;

function condition({ field: name, operator, value, value_from }: ConditionSource): string {
  if (operator === "exists") return has(name);
  if (operator === "nexists") return `!(${has(name)})`;
  const left = inCedar(name);
  const right = value_from === undefined ? literal(value!) : inCedar(value_from);
  const present = [has(name), ...(value_from === undefined ? [] : [has(value_from)])];
  const positive: Partial<Record<Operator, string>> = {
    in: `${right}.contains(${left})`,
    contains: `${left}.contains(${right})`,
    matches: `${left} like ${quote(like[String(value)] ?? "")}`,
  };
  const negated = { nin: "in", ncontains: "contains", nmatches: "matches" } as const;
  const test =
    operator in signs
      ? `${left} ${signs[operator as keyof typeof signs]} ${right}`
      : operator in negated
        ? `!(${positive[negated[operator as keyof typeof negated]]})`
        : positive[operator]!;
  return [...present, `(${test})`].join(" && ");
}

function cedarPolicy({ actions, resources, effect, conditions = [] }: PolicySource): string {
  const any = (name: string, patterns: readonly string[]) =>
    `(${patterns.map((pattern) => `context.${name} like ${quote(pattern)}`).join(" || ")})`;
  const all = [any("action", actions), any("resource", resources), ...conditions.map(condition)];
  return `${effect === "allow" ? "permit" : "forbid"}(principal, action, resource) when { ${all.join(" && ")} };`;
}

function cedarDecision(policies: readonly PolicySource[], { actor, action, resource, attributes }: Asked): string {
  const principal = { type: "Actor", id: actor.id };
  const answer = isAuthorized({
    principal,
    action: { type: "Action", id: "act" },
    resource: { type: "Resource", id: "it" },
    context: { action, resource, meta: { ...attributes } } as never,
    policies: { staticPolicies: Object.fromEntries(policies.map((policy) => [policy.id, cedarPolicy(policy)])) },
    entities: [{ uid: principal, attrs: { meta: { ...actor.meta } } as never, parents: [] }],
  });
  if (answer.type === "failure") throw new Error(answer.errors.map(({ message }) => message).join("\n"));
  expect(answer.response.diagnostics.errors).toEqual([]);
  return answer.response.decision;
}

describe("a decision over policies that Cedar can say too", () => {
  it("is Cedar's", () => {
    const policies = fc.uniqueArray(policyWith(shared), { selector: ({ id }) => id, maxLength: 5 });
    const seen = { allow: 0, deny: 0 };
    fc.assert(
      fc.property(policies, questionWith(facts), (sources, asked) => {
        const { actor, action, resource, attributes } = asked;
        const scope = new Scope(sources.map(compilePolicy));
        const effect = scope.evaluate(makeActor(actor.id, actor.meta), action, resource, makeAttributes(attributes));
        const decision = effect === "allow" ? "allow" : "deny";
        seen[decision]++;
        expect(decision).toBe(cedarDecision(sources, asked));
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.allow, seen.deny)).toBeGreaterThan(100);
  });
});
