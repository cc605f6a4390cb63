import { type Condition, type ConditionSource, compileCondition } from "./condition.ts";
import { atCharacter, emptyPolicy } from "./errors.ts";
import { compileExpression, ExpressionProblem } from "./expression/expression.ts";
import { compileWildcards, type Matches } from "./pattern.ts";
import { PolicyProblem } from "./problem.ts";

export type Effect = "allow" | "deny";

/** What every policy says: who may, or may not, do what with what. */
interface PolicyHead {
  readonly id: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly effect: Effect;
}

/** A policy as people write it, with conditions. */
export interface PolicySource extends PolicyHead {
  readonly conditions?: readonly ConditionSource[] | undefined;
}

/** A policy as people write it, with an expression. */
export interface ExpressionPolicySource extends PolicyHead {
  readonly expression: string;
}

/** A policy, compiled. */
export interface Policy extends PolicyHead {
  readonly matchesAction: Matches;
  readonly matchesResource: Matches;
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** Those whose outcome does not depend on the attributes, and the others. */
  readonly fixed: readonly Condition[];
  readonly varying: readonly Condition[];
}

/** @throws PolicyProblem with the place in the policy */
export function compilePolicy({ conditions = [], ...head }: PolicySource): Policy {
  return policy(
    head,
    conditions.map((condition, i) => compileCondition(condition, ["conditions", i])),
  );
}

/** @throws PolicyProblem with the place in the policy; the message says where in the expression */
export function compileExpressionPolicy({ expression, ...head }: ExpressionPolicySource): Policy {
  const path = ["expression"];
  try {
    const { source, fields, isDynamic, test } = compileExpression(expression);
    return policy(head, [{ text: source, path, fields, requires: [], isDynamic, test }]);
  } catch (e) {
    if (!(e instanceof ExpressionProblem)) throw e;
    throw new PolicyProblem(atCharacter(e.offset + 1, e.message), path);
  }
}

function policy(head: PolicyHead, conditions: readonly Condition[]): Policy {
  const { id, actions, resources, effect } = head;
  for (const [name, list] of Object.entries({ actions, resources })) {
    if (list.length === 0) throw new PolicyProblem(emptyPolicy(name), [name]);
  }
  return Object.freeze({
    id,
    actions,
    resources,
    effect,
    matchesAction: compileWildcards(actions),
    matchesResource: compileWildcards(resources),
    conditions,
    fixed: conditions.filter(({ isDynamic }) => !isDynamic),
    varying: conditions.filter(({ isDynamic }) => isDynamic),
  });
}

export { PolicyProblem };
