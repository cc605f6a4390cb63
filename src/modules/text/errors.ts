/** Every sentence that is said of patterns and patches. */

export const notAList = (name: string): string => `${name}: expected a list`;

export const notATable = (place: string): string => `${place}: expected a table`;

export const notPlainData = (place: string, what: string): string => `${place}: ${what} is not plain data`;

export const expectedTable = (name: string, type: string): string => `${name}: expected a table, got ${type}`;

export const textNotString = (place: string): string => `${place}.text: expected a string`;

export const badOperation = (place: string, known: string): string => `${place}.operation: expected ${known}`;

export const patternTooLong = (most: number, given: number): string =>
  `expected at most ${most} characters, got ${given}`;

export const patternTooLarge = (size: number, most: number): string =>
  `with its repetitions it compiles to about ${size} instructions; at most ${most} are allowed`;

export const atLine = (name: string, line: number, what: string): string => `${name}: line ${line}: ${what}`;

export const hunkHeader = 'expected "@@ -1,2 +1,3 @@"';

export const noHunkHeader = 'expected "@@ -1,2 +1,3 @@" before any text';

export const badPercent = 'expected two hexadecimal digits after "%"';

export const badSign = (got: string): string => `expected the line to begin with a space, "-", "+" or "@@", got ${got}`;

export const sourceTooLong = (most: number, given: number): string =>
  `pattern: expected at most ${most} bytes, got ${given}`;

export const patternNotUtf8 = "pattern: expected UTF-8, got other bytes";

export const tooManyMatches = (most: number): string => `s: it has more than ${most} matches`;
