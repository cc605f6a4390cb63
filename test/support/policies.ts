/** Random policies, actors and questions, out of so few words that they often meet. */
import fc from "fast-check";
import type { Attributes, Data } from "../../src/security/actor.ts";
import type { ConditionSource, Operator } from "../../src/security/condition.ts";
import type { PolicySource } from "../../src/security/policy.ts";

/** What a field of this name always holds, if it is there: comparisons between such fields can always be made. */
const typed: Readonly<Record<string, fc.Arbitrary<Data>>> = {
  team: fc.constantFrom("core", "web", "core:1"),
  owner: fc.constantFrom("alice", "bob"),
  level: fc.integer({ min: -1, max: 3 }),
  on: fc.boolean(),
  tags: fc.array(fc.constantFrom("core", "web", "alice"), { maxLength: 3 }),
};
export const fieldsByType = {
  text: ["team", "owner"],
  number: ["level"],
  flag: ["on"],
  list: ["tags"],
} as const;

/** Data about an actor, or about an action; every field may be missing. */
export const facts = fc.record(typed, { requiredKeys: [] }) as fc.Arbitrary<Attributes>;

const awkward: fc.Arbitrary<Data> = fc.oneof(
  fc.constantFrom<Data[]>("core", "alice", "", "constructor", 0, 1, -1, 2.5, true, false, "^co", "^(a+)+$", "["),
  fc.array(fc.constantFrom<Data[]>("core", 1, true), { maxLength: 3 }),
  fc.constantFrom<Data[]>({ core: 1 }, {}, [["core"]]),
);

/** Data of any type in any field: comparisons often can't be made. */
export const awkwardFacts: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.constantFrom("team", "owner", "level", "on", "tags"),
  awkward,
  { maxKeys: 5, noNullPrototype: false },
);

export const names = ["team", "owner", "level", "on", "tags"] as const;
const fieldName = fc.oneof(
  fc.constantFrom("actor.id", "action", "resource"),
  fc.constantFrom(...names).map((name) => `actor.meta.${name}`),
  fc.constantFrom(...names).map((name) => `meta.${name}`),
  fc.constantFrom("meta.team.core", "actor.meta.team.core", "meta.constructor"),
);

const operator = fc.constantFrom<Operator[]>(
  ...(["eq", "ne", "lt", "gt", "lte", "gte", "contains", "ncontains"] as const),
);

export const condition: fc.Arbitrary<ConditionSource> = fc.oneof(
  fc.record({ field: fieldName, operator, value: awkward }),
  fc.record({ field: fieldName, operator, value_from: fieldName }),
  fc.record({
    field: fieldName,
    operator: fc.constantFrom<Operator[]>("in", "nin"),
    value: fc.array(awkward, { maxLength: 3 }),
  }),
  fc.record({ field: fieldName, operator: fc.constantFrom<Operator[]>("in", "nin"), value_from: fieldName }),
  fc.record({ field: fieldName, operator: fc.constantFrom<Operator[]>("exists", "nexists") }),
  fc.record({
    field: fieldName,
    operator: fc.constantFrom<Operator[]>("matches", "nmatches"),
    value: fc.constantFrom("^core", "e$", "^(a|b)", "[a-z]+:1", "", "ore", "^core$"),
  }),
  fc.record({ field: fieldName, operator: fc.constantFrom<Operator[]>("matches", "nmatches"), value_from: fieldName }),
);

export const actionNames = ["store.get", "store.key.get", "store.key.set", "x"] as const;
export const resourceNames = ["app:cache", "app:sessions", "lib:cache", "*"] as const;
const pattern = (words: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...words),
    fc
      .tuple(fc.constantFrom(...words), fc.nat(16), fc.nat(4))
      .map(([word, at, length]) => `${word.slice(0, at)}*${word.slice(at + length)}`),
    fc.constantFrom("*", "**", "*e*"),
  );

export const policyWith = (conditions: fc.Arbitrary<ConditionSource>): fc.Arbitrary<PolicySource> =>
  fc.record({
    id: fc.constantFrom(..."abcdefgh".split("")),
    actions: fc.array(pattern(actionNames), { minLength: 1, maxLength: 3 }),
    resources: fc.array(pattern(resourceNames), { minLength: 1, maxLength: 2 }),
    effect: fc.constantFrom("allow", "allow", "deny"),
    conditions: fc.array(conditions, { maxLength: 2 }),
  });

export interface Asked {
  readonly actor: { readonly id: string; readonly meta: Attributes };
  readonly action: string;
  readonly resource: string;
  readonly attributes: Attributes;
}

export const questionWith = (data: fc.Arbitrary<Attributes>): fc.Arbitrary<Asked> =>
  fc.record({
    actor: fc.record({ id: fc.constantFrom("alice", "bob"), meta: data }),
    action: fc.constantFrom(...actionNames),
    resource: fc.constantFrom(...resourceNames),
    attributes: data,
  });
