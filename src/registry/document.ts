/** YAML files that are not a registry, read with the same care: strict, complete, every problem with its place. */

import type { Environment } from "./env.ts";
import * as errors from "./errors.ts";
import type { Output, Schema } from "./field.ts";
import { formatPlace, inOrder, type Path, type Problem } from "./problem.ts";
import { readAlone } from "./read.ts";
import { follow, type Mapping, offsetOf } from "./tree.ts";
import { validate } from "./validate.ts";

export interface DocumentOptions {
  /** What `${env:NAME}` is filled from. */
  readonly env: Environment;
  /** Where people are: problems name files relative to it. The process's own when not given. */
  readonly cwd?: string;
}

export interface YamlDocument<Content> {
  readonly content: Content;
  /** The place of a field, or of the closest thing around it: `access.test.yaml:14:5`. */
  placeOf(path: Path): string;
  /** A finding about a field, for whoever checks what a schema can't. */
  problem(path: Path, message: string): Problem;
}

/**
 * Reads one YAML file, whose top is a mapping.
 * @param schema made with the words of schema.ts
 * @throws RegistryError with every problem of the file
 */
export function readDocument<S extends Schema>(
  path: string,
  schema: S,
  { env, cwd = process.cwd() }: DocumentOptions,
): YamlDocument<Output<S>> {
  const problems: Problem[] = [];
  const read = readAlone(path, { env, cwd }, problems);
  if (read !== undefined) {
    const { source, tree } = read;
    const checked = validate({ source, own: tree as Mapping, around: [], path: [] }, schema, problems);
    if (checked !== undefined && problems.length === 0) {
      const offset = (at: Path) => offsetOf(follow(tree, at).node);
      return {
        content: checked.config as Output<S>,
        placeOf: (at) => formatPlace(source.place(offset(at))),
        problem: (at, message) => source.problem(offset(at), at, message),
      };
    }
  }
  throw new errors.RegistryError(inOrder(problems));
}
