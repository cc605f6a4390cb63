/** What people expect of their policies, in a YAML file that they keep next to the registry, run as a test. */

import { MoonkeepError } from "../errors.ts";
import { readDocument } from "../registry/document.ts";
import type { Environment } from "../registry/env.ts";
import type { Registry } from "../registry/registry.ts";
import {
  custom,
  data,
  fields,
  list,
  type Output,
  oneOf,
  oneOrMany,
  optional,
  type Report,
  record,
  text,
} from "../registry/schema.ts";
import { makeActor } from "../security/actor.ts";
import type { Authorities } from "./authorities.ts";
import { actorForm, unknownActorField } from "./errors.ts";
import { type AccessExplanation, explainAccess } from "./explain.ts";
import { unknownAction, unknownAttribute } from "./known-actions.ts";

/** An actor by its id, or with data about it. */
const actor = custom(
  data({ description: "who acts: an id, or a mapping with id and meta" }),
  (given, report: Report) => {
    const { id, meta, ...stray } =
      typeof given === "string" ? { id: given } : ((given ?? {}) as { id?: unknown; meta?: unknown });
    const [unknown] = Object.keys(stray);
    if (unknown !== undefined) report(unknownActorField(unknown));
    try {
      return makeActor(id as string, meta);
    } catch (e) {
      if (!(e instanceof TypeError)) throw e;
      report(actorForm);
      return makeActor("nobody");
    }
  },
);

const who = {
  actor: optional(actor),
  groups: optional(list(text(), { description: "the policy groups that are in force, by their full names" })),
  policies: optional(list(text(), { description: "single policies that are in force, by their ids" })),
};

const test = fields({
  name: optional(text({ description: "what it is about" })),
  ...who,
  action: oneOrMany(text({ description: "store.key.set" })),
  resource: oneOrMany(text({ description: "app:sessions" })),
  attributes: optional(record(data(), { description: "what conditions see as meta.*" })),
  expect: oneOf(["allow", "deny"]),
  by: optional(text({ description: "the policy that has to decide" })),
});

const schema = fields({ ...who, tests: list(test) });

type Test = Output<typeof test>;

/** One expectation, and what the policies said to it. */
export interface Expectation {
  /** As the file says, or the question itself. */
  readonly name: string;
  /** `access.test.yaml:4:5`. */
  readonly place: string;
  readonly expected: "allow" | "deny";
  /** The policy that has to decide; absent when any may. */
  readonly by?: string;
  readonly explanation: AccessExplanation;
  readonly passed: boolean;
}

/**
 * Asks every question of a file.
 * @throws RegistryError with every problem of the file; RangeError, with the place of the test, for a group or policy
 * that is not there
 */
export function checkExpectations(
  path: string,
  { registry, authorities, env }: { registry: Registry; authorities: Authorities; env: Environment },
): readonly Expectation[] {
  const { content, placeOf } = readDocument(path, schema, { env });
  return content.tests.flatMap((one, i) => {
    const place = placeOf(["tests", i]);
    if (one.by !== undefined) at(placeOf(["tests", i, "by"]), () => authorities.policies.policy(one.by!));
    at(place, () => checkAskable(registry, one));
    return questions(one).map(({ action, resource }): Expectation => {
      const attributes = attributesOf(action, one.attributes);
      const explanation = at(place, () =>
        explainAccess(registry, authorities, { ...content, ...one, attributes, action, resource }),
      );
      const { name = `${action} ${resource}`, expect: expected, by } = one;
      const passed = explanation.decision === expected && (by === undefined || by === explanation.policy);
      return { name, place, expected, ...(by === undefined ? {} : { by }), explanation, passed };
    });
  });
}

/** @throws RangeError for what no module ever asks */
function checkAskable(registry: Registry, { action, attributes = {} }: Test): void {
  const wrong = [
    ...action.map((one) => unknownAction(registry, one)),
    ...Object.keys(attributes).map((name) => unknownAttribute(action, name)),
  ].find((one) => one !== undefined);
  if (wrong !== undefined) throw new RangeError(wrong);
}

/** Of several actions, each has the attributes that it comes with. */
const attributesOf = (action: string, given: Test["attributes"] = {}) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => unknownAttribute([action], name) === undefined));

const questions = ({ action, resource }: Test) =>
  action.flatMap((one) => resource.map((other) => ({ action: one, resource: other })));

/** Names that are not there are told with the place where they are asked for. */
function at<T>(place: string, ask: () => T): T {
  try {
    return ask();
  } catch (e) {
    throw e instanceof RangeError || e instanceof MoonkeepError ? new RangeError(`${place}: ${e.message}`) : e;
  }
}
