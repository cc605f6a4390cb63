/** What was found in Lua code, and at which place. */

export type Code =
  | "undefined-global"
  | "unknown-field"
  | "unknown-entry"
  | "argument-count"
  | "extra-argument"
  | "unused-local"
  | "shadowed-local"
  | "unreachable-code";

/** What is most likely right, and can't be a mistake of the program. */
export const warnings: ReadonlySet<Code> = new Set([
  "extra-argument",
  "unused-local",
  "shadowed-local",
  "unreachable-code",
]);

export interface Finding {
  readonly code: Code;
  readonly message: string;
  /** From 1, in bytes. */
  readonly line: number;
  readonly column: number;
  /** What can be put in its place without a change of what the code does. */
  readonly fix?: Fix | undefined;
}

export interface Fix {
  /** Offsets in the bytes of the source. */
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}
