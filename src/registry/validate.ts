/** An entry's own fields against the schema of its kind. */

import * as v from "valibot";
import { nearest } from "../value/nearest.ts";
import type { Draft } from "./envelope.ts";
import * as errors from "./errors.ts";
import { ALREADY_REPORTED, type Schema } from "./field.ts";
import { fieldNames } from "./kind.ts";
import type { Path, Problem } from "./problem.ts";
import { follow, isFromFile, keyOffset, type Mapping, offsetOf, Scalar, scalarsOf, type Tree } from "./tree.ts";

type Issue = v.BaseIssue<unknown>;

/** What is checked: an entry's own fields, or a file that is not a registry. */
type Checked = Pick<Draft, "source" | "own" | "around" | "path">;

/** @returns what the schema makes of the fields; undefined when they are wrong, which is then reported. */
export function validate<Config>(
  draft: Checked,
  schema: Schema<Config>,
  problems: Problem[],
): { readonly config: Config } | undefined {
  const result = v.safeParse(schema, draft.own);
  if (result.success) return { config: result.output };
  for (const issue of result.issues) {
    const problem = toProblem(issue, draft, schema);
    if (problem !== undefined) problems.push(problem);
  }
  return undefined;
}

/** Without a kind nobody knows its fields, but a field that is nearly `kind` should be told. */
export function reportMisspelledFields(draft: Draft, problems: Problem[]): void {
  for (const key of Object.keys(draft.own)) {
    if (nearest(key, draft.around) !== undefined) problems.push(atKey(draft, draft.node, key, draft.around));
  }
}

/** Undefined when a problem was reported for this value before. */
function toProblem(issue: Issue, draft: Checked, schema: Schema): Problem | undefined {
  const steps = (issue.path ?? []).map((item) => item.key as string | number);
  if (issue.path?.at(-1)?.origin === "key") return unknownField(issue, draft, schema, steps);
  const { node, path } = follow(draft.own, steps);
  if (issue.message === ALREADY_REPORTED || (node instanceof Scalar && node.broken)) return undefined;
  const message = isFromFile(issue.input) ? issue.message : withoutSecrets(issue.message, node);
  return draft.source.problem(offsetOf(node), [...draft.path, ...path], message);
}

/** The sentence of a field at the entry's top also knows the fields that every entry has. */
function unknownField(issue: Issue, draft: Checked, schema: Schema, steps: Path): Problem {
  const around = steps.slice(0, -1);
  const key = String(steps.at(-1));
  const mapping = follow(draft.own, around).node as Mapping;
  if (around.length === 0) return atKey(draft, mapping, key, [...fieldNames(schema), ...draft.around]);
  return draft.source.problem(keyOffset(mapping, key), [...draft.path, ...steps], issue.message);
}

function atKey({ source, path }: Checked, mapping: Mapping, key: string, fields: readonly string[]): Problem {
  return source.problem(keyOffset(mapping, key), [...path, key], errors.unknownField(key, fields));
}

/**
 * What a kind's own check says, as far as it may be shown. It can't know which of its values came from the
 * environment, and may well quote them: a pattern that does not compile, or a part of it. So a sentence about such a
 * value gives way to one that names the variable, and one about a whole mapping does when a value is in it.
 */
function withoutSecrets(message: string, node: Tree): string {
  const secret = scalarsOf(node).filter((scalar) => scalar.isSecret);
  const shown = node instanceof Scalar ? secret : secret.filter(({ value }) => shows(message, String(value)));
  return shown.length > 0 ? errors.refused([...new Set(secret.flatMap(({ secrets }) => secrets))]) : message;
}

/** Characters by which a value is told in a message, which may quote and shorten it. */
const TELLING = 12;

function shows(message: string, value: string): boolean {
  const beginning = value.slice(0, TELLING);
  return value !== "" && (message.includes(beginning) || message.includes(JSON.stringify(beginning).slice(1, -1)));
}
