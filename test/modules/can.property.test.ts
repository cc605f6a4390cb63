import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../src/security/actor.ts";
import type { ConditionSource, Operator } from "../../src/security/condition.ts";
import type { PolicySource } from "../../src/security/policy.ts";
import { binaryToText, fromBinary } from "../../src/value/bytes.ts";
import type { Key } from "../../src/value/value.ts";
import { awkwardKeys, key } from "../contract/values.ts";
import { type EntrySource, memory, policy, ScriptHost } from "../support/host.ts";
import { awkwardFacts } from "../support/policies.ts";
import { modelDecision } from "../support/policy-model.ts";

/*
 * Whether `security.can` tells the truth: a script asks it, and then does what it asked about. Both must agree with each
 * other, and with the rules as the model of policies has them, for every operation on every store and key.
 */

const stores = ["cache", "sessions"] as const;
const groups = ["one", "two"] as const;
const names = ["team", "owner", "level", "on", "tags"] as const;
const actions = ["get", "set", "delete", "has"].map((name) => `store.key.${name}`);
const allActions = [...actions, "store.key.list", "store.info", "store.get"];

const fields = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("meta.key", "meta.key", "meta.prefix") },
  { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => `actor.meta.${name}`) },
  { weight: 2, arbitrary: fc.constantFrom("action", "resource", "actor.id", "actor.meta.team.core", "meta.nothing") },
);
const texts = fc.constantFrom("core", "alice", "", "a", "core:1", "store.key.get", "app:cache", "\ud7ff", "é");
const data = fc.oneof(texts, fc.constantFrom(0, 1, 2.5, true, false), fc.array(texts, { maxLength: 3 }));
const anyOf = (...operators: Operator[]) => fc.constantFrom(...operators);

/** Every operator, with a value and with another field. */
const condition: fc.Arbitrary<ConditionSource> = fc.oneof(
  fc.record({
    field: fields,
    operator: anyOf("eq", "ne", "lt", "gt", "lte", "gte", "contains", "ncontains"),
    value: data,
  }),
  fc.record({ field: fields, operator: anyOf("in", "nin"), value: fc.array(texts, { maxLength: 3 }) }),
  fc.record({
    field: fields,
    operator: anyOf("matches", "nmatches"),
    value: fc.constantFrom("^core", "e$", "^(a|b)", "[a-z]+:1", "", "\\xff", "^.$", "\\x00"),
  }),
  fc.record({ field: fields, operator: anyOf("exists", "nexists") }),
  fc.record({
    field: fields,
    operator: anyOf("eq", "ne", "lt", "gt", "lte", "gte", "in", "nin", "contains", "ncontains", "matches", "nmatches"),
    value_from: fields,
  }),
);

const actionPatterns = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...allActions) },
  { weight: 2, arbitrary: fc.constantFrom("*", "store.*", "store.key.*", "*.get", "*et", "store*t", "**") },
);
const resourcePatterns = fc.constantFrom("*", "*", "app:*", "app:cache", "app:sessions", "*s", "app:c*e", "*:*:*");

type Rule = Omit<PolicySource, "id"> & { readonly groups: readonly string[] };
const rules: fc.Arbitrary<Rule> = fc.record({
  actions: fc.array(actionPatterns, { minLength: 1, maxLength: 3 }),
  resources: fc.array(resourcePatterns, { minLength: 1, maxLength: 2 }),
  effect: fc.constantFrom("allow", "allow", "deny"),
  conditions: fc.array(condition, { maxLength: 2 }),
  groups: fc.subarray([...groups], { minLength: 1 }),
});

/** Most of the time everything may be acquired: what is behind the store is what is asked about. */
const acquire: Rule = {
  actions: ["store.get"],
  resources: ["*"],
  effect: "allow",
  conditions: [],
  groups: [...groups],
};
const registries = fc
  .tuple(fc.array(rules, { maxLength: 6 }), fc.integer({ min: 0, max: 5 }))
  .map(([some, die]) => (die === 0 ? some : [...some, acquire]));

const someKeys = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...["a", "b", "core", "core:1", "alice", "xe", "app:cache"].map(key)),
    fc.constantFrom(...awkwardKeys),
  ),
  { minLength: 1, maxLength: 4 },
);

interface Run {
  readonly actor: { readonly id: string; readonly meta: Attributes } | undefined;
  readonly groups: readonly string[] | undefined;
  readonly strict: boolean;
  readonly keys: readonly Key[];
}
const seldomMissing = { nil: undefined, freq: 8 };
const runs: fc.Arbitrary<Run> = fc.record({
  actor: fc.option(fc.record({ id: fc.constantFrom("alice", "bob", "core"), meta: awkwardFacts }), seldomMissing),
  groups: fc.option(fc.subarray([...groups], { minLength: 1 }), seldomMissing),
  strict: fc.boolean(),
  keys: someKeys,
});

/** Tries everything; a line for each try: what was asked, what `can` said before, and whether it was done. */
const script = `local stores, keys = ...
  local lines = {}
  local function try(action, id, about, index, operation)
    local can = security.can(action, id, about)
    local value, err = operation()
    local done = err == nil
    if not done then assert(value == nil and errors.is(err, errors.PERMISSION_DENIED), tostring(err)) end
    lines[#lines + 1] = {action = action, resource = id, index = index, can = can, done = done,
      again = security.can(action, id, about), policy = not done and (err:details().policy) or nil}
    return value
  end
  for _, id in ipairs(stores) do
    local s = try("store.get", id, nil, nil, function() return store.get(id) end)
    if s then
      try("store.info", id, nil, nil, function() return s:info() end)
      for i, key in ipairs(keys) do
        try("store.key.set", id, {key = key}, i, function() return s:set(key, i) end)
        try("store.key.set", id, {key = key}, i, function() return s:put(key, i) end)
        try("store.key.has", id, {key = key}, i, function() return s:has(key) end)
        try("store.key.get", id, {key = key}, i, function() return s:get(key) end)
        try("store.key.get", id, {key = key}, i, function() return s:entry(key) end)
        try("store.key.list", id, {prefix = key}, i, function() return s:list({prefix = key}) end)
        local page = s:list({prefix = key}) or {items = {}}
        for _, e in ipairs(page.items) do assert(security.can("store.key.get", id, {key = e.key})) end
        try("store.key.delete", id, {key = key}, i, function() return s:delete(key) end)
      end
    end
  end
  return lines`;

interface Line {
  readonly action: string;
  readonly resource: string;
  /** Which key it was about, from 1. */
  readonly index?: number;
  readonly can: boolean;
  readonly done: boolean;
  readonly again: boolean;
  readonly policy?: string;
}

const ids = stores.map((name) => `app:${name}`);

async function tryEverything(sources: readonly PolicySource[], all: readonly Rule[], run: Run): Promise<void> {
  const { actor, strict, keys } = run;
  const inForce = run.groups?.filter((group) => all.some((rule) => rule.groups.includes(group)));
  const entries: EntrySource[] = [
    ...stores.map((name) => memory(name)),
    ...all.map(({ effect, actions: does, resources, conditions, groups: member }, i) =>
      policy(`p${i}`, effect, does, resources, { conditions: conditions ?? [], groups: member }),
    ),
    { name: "host", kind: "host.config", security: { strict_mode: strict } },
  ];
  await using host = await ScriptHost.open(entries);
  const options = {
    args: [ids, keys.map(fromBinary)],
    ...(actor && { actor }),
    ...(inForce && { groups: inForce.map((group) => `app:${group}`) }),
  };
  const lines = (await host.run(script, options)) as readonly Line[];
  expect(lines.length).toBeGreaterThanOrEqual(ids.length);
  const active = sources.filter((_, i) => inForce?.some((group) => all[i]!.groups.includes(group)));
  for (const line of lines) {
    const { action, resource, index } = line;
    const text = index === undefined ? undefined : binaryToText(keys[index - 1]!);
    const attributes: Attributes =
      text === undefined ? {} : action === "store.key.list" ? { prefix: text } : { key: text };
    const expected =
      actor === undefined || inForce === undefined
        ? { allowed: !strict, denied: false }
        : decide(active, { actor, action, resource, attributes });
    expect(line, `${action} ${resource} ${text}`).toMatchObject({
      can: expected.allowed,
      done: expected.allowed,
      again: expected.allowed,
    });
    expect(line.policy !== undefined, `${action} ${resource} ${text} names a policy`).toBe(expected.denied);
    if (line.policy !== undefined) expect(active.find(({ id }) => id === line.policy)?.effect).toBe("deny");
  }
}

function decide(active: readonly PolicySource[], asked: Parameters<typeof modelDecision>[1]) {
  const decision = modelDecision(active, asked);
  return { allowed: decision === "allow", denied: decision === "deny" };
}

describe("security.can", () => {
  it("is what enforcement does, and what the rules say, whatever the policies, actors, groups and keys", async () => {
    await fc.assert(
      fc.asyncProperty(registries, runs, async (all, run) => {
        const sources = all.map(({ groups: _, ...rule }, i): PolicySource => ({ id: `app:p${i}`, ...rule }));
        await tryEverything(sources, all, run);
      }),
      { numRuns: 600 },
    );
  });
});
