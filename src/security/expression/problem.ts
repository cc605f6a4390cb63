const LONGEST_QUOTE = 40;
const unseen = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** A part of an expression as a message shows it: in quotes, on one line, not long, and nothing in it hidden. */
export function quoted(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
  return JSON.stringify(shown).replace(unseen, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}

/** What is wrong with an expression, and where in its text. */
export class ExpressionProblem extends Error {
  override readonly name = "ExpressionProblem";
  /** The character at which it is wrong, counted from 0. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
