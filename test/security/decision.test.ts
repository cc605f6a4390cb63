import { describe, expect, it } from "vitest";
import { makeActor, noAttributes } from "../../src/security/actor.ts";
import { Authority, permissionDenied } from "../../src/security/authority.ts";
import type { ConditionSource } from "../../src/security/condition.ts";
import { compilePolicy, type Effect, type PolicySource } from "../../src/security/policy.ts";
import { PolicyProblem } from "../../src/security/problem.ts";
import { Scope } from "../../src/security/scope.ts";

const alice = makeActor("alice", { team: "core" });

const policy = (effect: Effect, conditions: ConditionSource[] = [], change: Partial<PolicySource> = {}) =>
  compilePolicy({ id: `app:${effect}`, actions: ["store.*"], resources: ["app:*"], effect, conditions, ...change });

const decide = (...policies: ReturnType<typeof policy>[]) =>
  new Scope(policies).evaluate(alice, "store.key.get", "app:cache", { key: "k", n: 1 });

const holds: ConditionSource = { field: "actor.meta.team", operator: "eq", value: "core" };
const fails: ConditionSource = { field: "actor.meta.team", operator: "eq", value: "web" };
const missing: ConditionSource = { field: "actor.meta.nothing", operator: "ne", value: "web" };
const impossible: ConditionSource = { field: "actor.meta.team", operator: "lt", value: 1 };
const impossibleOnKey: ConditionSource = { field: "meta.key", operator: "lt", value: 1 };

describe("a decision", () => {
  it("is no where no policy applies", () => {
    expect(decide()).toBe("undefined");
    expect(decide(policy("allow", [fails]))).toBe("undefined");
    expect(decide(policy("allow", [], { actions: ["store.set"] }))).toBe("undefined");
    expect(decide(policy("allow", [], { resources: ["lib:*"] }))).toBe("undefined");
  });

  it("is yes where one allows", () => {
    expect(decide(policy("allow"))).toBe("allow");
    expect(decide(policy("deny", [fails]), policy("allow", [holds]))).toBe("allow");
  });

  it("is no where one denies, whatever allows, and in any order", () => {
    const [allow, deny] = [policy("allow"), policy("deny", [holds])];
    const late = policy("allow", [], { id: "app:late" });
    for (const order of [
      [allow, deny],
      [deny, allow],
      [allow, deny, late],
      [deny, allow, late],
      [allow, late, deny],
    ]) {
      expect(decide(...order)).toBe("deny");
    }
  });

  it("needs all conditions of a policy", () => {
    expect(decide(policy("allow", [holds, fails]))).toBe("undefined");
    expect(decide(policy("allow", [holds, holds]))).toBe("allow");
    expect(decide(policy("allow"), policy("deny", [holds, fails]))).toBe("allow");
  });

  it("does not apply a policy whose field is missing, be it to allow or to deny", () => {
    expect(decide(policy("allow", [missing]))).toBe("undefined");
    expect(decide(policy("allow"), policy("deny", [missing]))).toBe("allow");
  });

  it.each([impossible, impossibleOnKey])("counts what can't be told against access: %j", (condition) => {
    expect(decide(policy("allow", [condition]))).toBe("undefined");
    expect(decide(policy("allow"), policy("deny", [condition]))).toBe("deny");
    expect(decide(policy("allow"), policy("deny", [condition, fails]))).toBe("allow");
  });

  it("takes a policy once, however often it is given", () => {
    const one = policy("allow");
    expect(new Scope([one, one, policy("deny"), one]).policies).toHaveLength(2);
  });
});

describe("without an actor or a scope", () => {
  const open = new Scope([policy("allow")]);

  it.each([
    ["no actor", { scope: open }],
    ["no scope", { actor: alice }],
    ["neither", {}],
  ])("strict mode denies, and permissive mode allows: %s", (_, who) => {
    const settled = (strict: boolean) =>
      new Authority({ ...who, strict }).decider("store.get", "app:cache").allows(noAttributes);
    expect(settled(true)).toBe(false);
    expect(settled(false)).toBe(true);
  });

  it("permissive mode changes nothing for an actor under a scope", () => {
    const authority = new Authority({ actor: alice, scope: new Scope([]), strict: false });
    expect(authority.decider("store.get", "app:cache").allows(noAttributes)).toBe(false);
  });
});

describe("a scope", () => {
  it("is never changed: with and without make another one", () => {
    const empty = new Scope([]);
    const one = empty.with(policy("allow"));
    const none = one.without("app:allow");
    expect([empty, one, none].map(({ policies }) => policies.length)).toEqual([0, 1, 0]);
    expect([empty, one, none].map((scope) => scope.contains("app:allow"))).toEqual([false, true, false]);
  });

  it("decides the same for a question after a thousand others", () => {
    const scope = new Scope([policy("allow", [], { resources: ["app:cache"] })]);
    const ask = (resource: string) => scope.evaluate(alice, "store.get", resource, noAttributes);
    expect(ask("app:cache")).toBe("allow");
    for (let i = 0; i < 2500; i++) expect(ask(`app:${i}`)).toBe("undefined");
    expect(ask("app:cache")).toBe("allow");
  });

  it("keeps questions apart whose action and resource run together", () => {
    const scope = new Scope([policy("allow", [], { actions: ["ab"], resources: ["c"] })]);
    expect(scope.evaluate(alice, "ab", "c", noAttributes)).toBe("allow");
    expect(scope.evaluate(alice, "a", "bc", noAttributes)).toBe("undefined");
  });
});

describe("a denial", () => {
  it("names action, resource, actor, and the policy that denied", () => {
    const authority = new Authority({ actor: alice, scope: new Scope([policy("deny")]), strict: true });
    const asked = { action: "store.get", resource: "app:cache" };
    expect(permissionDenied("no", authority, asked)).toMatchObject({
      kind: "PERMISSION_DENIED",
      details: { ...asked, actor: "alice", policy: "app:deny" },
    });
  });
});

describe("a policy that says nothing", () => {
  it.each(["actions", "resources"])("is refused: no %s", (name) => {
    expect(() => policy("allow", [], { [name]: [] })).toThrow(PolicyProblem);
  });
});
