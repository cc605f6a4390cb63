/** Every sentence that is said of an expression. Where in it is said by whoever shows it. */

export const nestedTooDeep = (most: number): string => `nested deeper than ${most} levels`;

export const wholeMapping = "this is a whole mapping; name one of its fields, as in meta.key";

export const wrongOperand = (operator: string, types: string, type: string): string =>
  `"${operator}" needs ${types}, but this is ${type}`;

export const stringHasNoFields = (field: string | number): string => `${field} is a string and has no fields`;

export const noSuchField = (field: string, known: string): string =>
  `there is no field "${field}"; the fields are ${known}`;

export const expressionTooLong = (most: number): string => `an expression can have at most ${most} characters`;

export const notACondition = "this is not a condition: it is never true or false";

export const commentNotClosed = "this comment is not closed; it needs */";

export const stringNotClosed = "this string is not closed; it needs a quote at its end";

export const unexpectedCharacter = (character: string): string => `unexpected character ${character}`;

export const unknownEscape = (letter: string): string => `there is no escape \\${letter}; a backslash is written \\\\`;

export const operatorOrEnd = "an operator, or the end";

export const operatorAfterNot = "in, matches, contains, startsWith or endsWith";

export const notBeforeOperator = (operator: string): string => `"not" can't stand before "${operator}"`;

export const chainedComparison = "comparisons can't be chained; join them with &&";

export const notANumber = (text: string): string => `"${text}" is not a number`;

export const noSuchFunction = (name: string, known: string): string =>
  `there is no function "${name}"; the functions are ${known}`;

export const wrongArgumentCount = (name: string, count: number, plural: string, given: number): string =>
  `${name} takes ${count} argument${plural}, got ${given}`;

export const elementOutsideLoop = (sign: string): string =>
  `"${sign}" stands for an element, and only in any, all and none`;

export const nameField = "the name of a field";

export const fieldOrIndex = "the name of a field in quotes, or a position in a list";

export const unexpectedToken = (wanted: string, got: string, hint: string): string =>
  `expected ${wanted}, got ${got}${hint}`;

export const notInExpressions = (sign: string, what: string, hint: string): string =>
  `"${sign}": ${what} not part of policy expressions${hint}`;
