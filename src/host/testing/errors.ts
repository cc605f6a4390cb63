/** Every sentence that is said of how a test file is written. */

export const caseExited = "the case called os.exit";

export const nestedCase = "t.case can't be called inside a case; call it at the top level of the file";

export const clockBack = "the clock can't be set back: the duration must not be negative";

export const unknownTestField = (field: string, known: string): string =>
  `there is no field "${field}"; the fields are ${known}`;

export const notTexts = (field: string): string => `${field}: expected a string, or a list of strings`;

export const effectForm = 'effect: expected "allow" or "deny"';

export const conditionsForm = "conditions: expected a list";
