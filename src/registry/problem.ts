import { oneLine, printableJson } from "../value/printable.ts";

/** The steps from the top of a file to a value: `["entries", 2, "max_size"]`. */
export type Path = readonly (string | number)[];

/** A place in a file, both numbers counted from 1. `file` is as people see it: relative when it is below where they are. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A finding in text: where, in which field, and what is wrong. */
export interface Problem {
  readonly file: string;
  /** Absent when the problem is about the file as a whole. */
  readonly line?: number;
  /** Absent where only the line is known: in Lua code. */
  readonly column?: number;
  /** `entries[2].max_size`; empty when the problem is about no field. */
  readonly path: string;
  readonly message: string;
}

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const LONGEST_QUOTE = 80;

/** `registry.yaml:14:9: entries[2].max_size: expected ...`, without the parts that the problem does not have. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  const place = [oneLine(file), line, column].filter((part) => part !== undefined).join(":");
  return path === "" ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

export function formatPlace({ file, line, column }: Place): string {
  return `${oneLine(file)}:${line}:${column}`;
}

export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (plainKey.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${quote(step)}]`;
  }
  return text;
}

/** A text in quotes on one line, cut off when it is long. */
export function quote(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
  return printableJson(JSON.stringify(shown));
}

/** In the order in which people read: by file, then from top to bottom. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
