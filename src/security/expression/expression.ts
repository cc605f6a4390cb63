/**
 * The language of `security.policy.expr`: conditions as people write them for expr-lang (https://expr-lang.org), over
 * plain data. Nothing of JavaScript can be reached from it, and its time is bounded by its length and by the data.
 *
 * A field that is missing makes whatever is said of it neither true nor false, also under `!`; `false && …` is false
 * and `true || …` is true all the same. At the end what is neither counts as false: a missing field lets no policy
 * apply. Only `== nil`, `!= nil` and `??` look at whether a field is there.
 */

import type { Attributes, Data } from "../actor.ts";
import type { Outcome } from "../condition.ts";
import type { Facts } from "../field.ts";
import { compile, Reads } from "./compile.ts";
import { expressionTooLong, notACondition } from "./errors.ts";
import { parse } from "./parser.ts";
import { ExpressionProblem } from "./problem.ts";
import { failed, startCounting } from "./result.ts";
import type { Node } from "./syntax.ts";

export interface Expression {
  /** Its text. */
  readonly source: string;
  /** The fields without which it can't hold, or not by them: `actor.meta.team`, `meta.key`. */
  readonly fields: readonly string[];
  /** Whether its outcome depends on the attributes. */
  readonly isDynamic: boolean;
  test(facts: Facts): Outcome;
}

const MAX_LENGTH = 4000;

/** The tree of a text that is not too long. */
function treeOf(source: string): Node {
  if (source.length > MAX_LENGTH) throw new ExpressionProblem(expressionTooLong(MAX_LENGTH), 0);
  return parse(source);
}

/** @throws ExpressionProblem with the place in the text */
export function compileExpression(source: string): Expression {
  const tree = treeOf(source);
  const reads = new Reads();
  const { run, type } = compile(tree, reads);
  if (type !== "boolean" && type !== "any") {
    throw new ExpressionProblem(notACondition, tree.offset);
  }
  const test = (facts: Facts): Outcome => {
    startCounting();
    const value = run(facts, undefined);
    if (typeof value === "boolean") return value;
    return value === undefined ? false : "error";
  };
  return { source, fields: [...reads.needed], isDynamic: reads.isDynamic, test };
}

/**
 * The same language over any data: names are its fields.
 * @returns what gives its value: undefined where a field is missing, `failed` where it can't be told
 * @throws ExpressionProblem with the place in the text
 */
export function compileFormula(source: string): (data: Attributes) => Data | undefined | typeof failed {
  const { run } = compile(treeOf(source), new Reads("data"));
  return (meta) => {
    startCounting();
    return run({ actor: undefined, action: "", resource: "", meta }, undefined);
  };
}

export { ExpressionProblem, failed };
