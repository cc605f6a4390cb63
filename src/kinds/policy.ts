import { defineKind } from "../registry/kind.ts";
import {
  custom,
  data,
  declares,
  fields,
  list,
  oneOf,
  oneOrMany,
  optional,
  type Report,
  text,
} from "../registry/schema.ts";
import { compileCondition, operators } from "../security/condition.ts";
import {
  compileExpressionPolicy,
  compilePolicy,
  type ExpressionPolicySource,
  type Policy,
  PolicyProblem,
  type PolicySource,
} from "../security/policy.ts";
import type { Opened } from "./opened.ts";

/** What an entry of a policy comes to. */
export interface OpenedPolicy {
  readonly policy: Policy;
  /** The groups that it is in, by their full names. */
  readonly groups: readonly string[];
}

/** Compiles what the fields say, only to see whether it can be; `open` compiles for use, when the id is known. */
const compiles =
  <T>(compile: (source: T) => unknown) =>
  (source: T, report: Report): T => {
    try {
      compile(source);
    } catch (e) {
      if (!(e instanceof PolicyProblem)) throw e;
      report(e.message, e.path);
    }
    return source;
  };

const condition = custom(
  fields({
    field: text({ description: "actor.id, actor.meta.*, action, resource, or meta.*" }),
    operator: oneOf(operators),
    value: optional(data({ description: "the value to compare with" })),
    value_from: optional(text({ description: "the field to compare with" })),
  }),
  compiles(compileCondition),
);

const head = {
  actions: oneOrMany(text({ description: "store.get, store.key.*, *" })),
  resources: oneOrMany(text({ description: "app:sessions, app:*, *" })),
  effect: oneOf(["allow", "deny"]),
};
const groups = optional(list(declares("group"), { description: "the groups that the policy belongs to" }));

const policy = custom(
  fields({
    ...head,
    conditions: optional(list(condition, { description: "all of them must hold" })),
  }),
  compiles((source: Omit<PolicySource, "id">) => compilePolicy({ ...source, id: "" })),
);

export const securityPolicy = defineKind({
  name: "security.policy",
  summary: "a rule: who may or may not do what, under which conditions",
  schema: fields({ policy, groups }),
  open({ id, config }): Opened & { readonly value: OpenedPolicy } {
    return { value: { policy: compilePolicy({ ...config.policy, id }), groups: config.groups ?? [] } };
  },
});

const expressionPolicy = custom(
  fields({
    ...head,
    expression: text({ description: 'when it applies: actor.id == "svc" && meta.key startsWith "svc:"' }),
  }),
  compiles((source: Omit<ExpressionPolicySource, "id">) => compileExpressionPolicy({ ...source, id: "" })),
);

export const securityPolicyExpr = defineKind({
  name: "security.policy.expr",
  summary: "a rule: who may or may not do what, if an expression is true",
  schema: fields({ policy: expressionPolicy, groups }),
  open({ id, config }): Opened & { readonly value: OpenedPolicy } {
    return { value: { policy: compileExpressionPolicy({ ...config.policy, id }), groups: config.groups ?? [] } };
  },
});
