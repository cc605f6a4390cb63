import type { Document } from "yaml";
import { compose } from "../yaml/compose.ts";
import * as errors from "./errors.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./source.ts";

/** @returns the one document of a file; undefined when something keeps it from being one, which is then reported. */
export function parse(source: Source, problems: Problem[]): Document | undefined {
  const { document, faults } = compose(source.text, errors);
  for (const { offset, message } of faults) problems.push(source.problem(offset, [], message));
  return faults.length === 0 ? document : undefined;
}
