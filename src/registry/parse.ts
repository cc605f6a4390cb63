import type { Document } from "yaml";
import { compose, type Fault } from "../yaml/compose.ts";
import * as errors from "./errors.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./source.ts";

/** @returns the one document of a file; undefined when something keeps it from being one, which is then reported. */
export function parse(source: Source, problems: Problem[]): Document | undefined {
  const { document, faults } = compose(source.text, errors);
  for (const { offset, message } of unquoted(source.text, faults)) problems.push(source.problem(offset, [], message));
  return faults.length === 0 ? document : undefined;
}

const placeholder = /\$\{env:[^}\n]*\}?/g;

/**
 * Among braces and brackets, and before a colon, YAML takes `${env:NAME}` for a mapping of its own: what it finds wrong
 * with that becomes the one thing that helps.
 */
function unquoted(text: string, faults: readonly Fault[]): readonly Fault[] {
  const lines = new Set<number>();
  return faults.flatMap((fault) => {
    const start = text.lastIndexOf("\n", fault.offset - 1) + 1;
    const [line = ""] = text.slice(start).split("\n", 1);
    const bare = [...line.matchAll(placeholder)].find(
      ({ index }) => start + index <= fault.offset && !isQuoted(line.slice(0, index)),
    );
    if (bare === undefined) return [fault];
    if (lines.has(start)) return [];
    lines.add(start);
    return [{ offset: start + bare.index, message: errors.placeholderNotQuoted(bare[0]) }];
  });
}

/** Whether a quotation is open at the end of the beginning of a line. */
const isQuoted = (before: string): boolean => /["']/.test(before.replace(/"[^"]*"|'[^']*'/g, ""));
