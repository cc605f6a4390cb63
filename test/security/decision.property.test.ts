import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeActor, makeAttributes } from "../../src/security/actor.ts";
import { compileCondition } from "../../src/security/condition.ts";
import { compilePolicy, type PolicySource } from "../../src/security/policy.ts";
import { Scope } from "../../src/security/scope.ts";
import { type Asked, awkwardFacts, condition, policyWith, questionWith } from "../support/policies.ts";
import { modelDecision, outcome } from "../support/policy-model.ts";

const runs = { numRuns: 2000 };
const question = questionWith(awkwardFacts);
const policies = fc.uniqueArray(policyWith(condition), { selector: ({ id }) => id, maxLength: 6 });

const decide = (sources: readonly PolicySource[], { actor, action, resource, attributes }: Asked) => {
  const scope = new Scope(sources.map(compilePolicy));
  const who = makeActor(actor.id, actor.meta);
  return { scope, who, about: makeAttributes(attributes), action, resource };
};

describe("a decision over random policies", () => {
  it("is what the rules say", () => {
    fc.assert(
      fc.property(policies, question, (sources, asked) => {
        const { scope, who, about, action, resource } = decide(sources, asked);
        expect(scope.evaluate(who, action, resource, about)).toBe(modelDecision(sources, asked));
      }),
      runs,
    );
  });

  it("is the one that its explanation comes to, and the policy that it names is one that applies", () => {
    fc.assert(
      fc.property(policies, question, (sources, asked) => {
        const { scope, who, about, action, resource } = decide(sources, asked);
        const { considered, ...decision } = scope.explain(who, action, resource, about);
        expect(decision).toEqual(scope.decider(who, action, resource).decide(about));
        expect(considered.map(({ policy }) => policy.id)).toEqual(scope.policies.map(({ id }) => id));
        if (decision.policy !== undefined) {
          expect(considered.find(({ policy }) => policy.id === decision.policy)).toMatchObject({ applies: true });
        }
      }),
      runs,
    );
  });

  it("does not depend on the order of the policies", () => {
    fc.assert(
      fc.property(
        policies.chain((sources) =>
          fc.tuple(fc.constant(sources), fc.shuffledSubarray(sources, { minLength: sources.length })),
        ),
        question,
        ([sources, shuffled], asked) => {
          const { who, about, action, resource } = decide([], asked);
          const [one, other] = [sources, shuffled].map((list) => new Scope(list.map(compilePolicy)));
          expect(one!.evaluate(who, action, resource, about)).toBe(other!.evaluate(who, action, resource, about));
        },
      ),
    );
  });

  it("that is settled before the attributes are known is the same for all attributes", () => {
    fc.assert(
      fc.property(policies, question, fc.array(awkwardFacts, { maxLength: 5 }), (sources, asked, others) => {
        const { scope, who, action, resource } = decide(sources, asked);
        const decider = scope.decider(who, action, resource);
        for (const attributes of others.map(makeAttributes)) {
          const allowed = decider.decide(attributes).effect === "allow";
          expect(decider.allows(attributes)).toBe(allowed);
          if (decider.settled !== undefined) expect(allowed).toBe(decider.settled);
        }
      }),
    );
  });

  it("never allows more when a policy that denies is added, and never less when one that allows is", () => {
    fc.assert(
      fc.property(policies, policyWith(condition), question, (sources, more, asked) => {
        const { who, about, action, resource } = decide([], asked);
        const allowed = (list: readonly PolicySource[]) =>
          new Scope(list.map(compilePolicy)).evaluate(who, action, resource, about) === "allow";
        const added = { ...more, id: "added" };
        if (added.effect === "deny") expect(allowed([...sources, added]) && !allowed(sources)).toBe(false);
        else if (allowed(sources)) expect(allowed([...sources, added])).toBe(true);
      }),
    );
  });
});

describe("a condition over random data", () => {
  it("has the outcome that the rules say", () => {
    fc.assert(
      fc.property(condition, question, (source, asked) => {
        const facts = {
          actor: makeActor(asked.actor.id, asked.actor.meta),
          action: asked.action,
          resource: asked.resource,
          meta: makeAttributes(asked.attributes),
        };
        expect(compileCondition(source).test(facts)).toBe(outcome(source, asked));
      }),
      { numRuns: 5000 },
    );
  });
});
