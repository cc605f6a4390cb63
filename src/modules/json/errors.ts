/** Every sentence that is said of JSON, and of schemas. */

export const notUtf8 = "str: expected UTF-8, got other bytes";

export const nestedTooDeep = (most: number): string => `nested deeper than ${most} levels`;

export const tooManyParts = (most: number): string => `more than ${most} parts`;

export const controlCharacter = (code: string): string =>
  `a control character in a string must be written as \\u${code}`;

export const noSuchEscape = (letter: string): string => `there is no escape "\\${letter}"`;

export const loneSurrogate = "half of a surrogate pair is not a character";

export const badUnicodeEscape = "expected four hexadecimal digits after \\u";

export const numberTooLong = (most: number): string => `a number can have at most ${most} characters`;

export const notANumber = (text: string): string => `${text} is not a number`;

export const numberTooLarge = (text: string): string => `${text} is too large for a number`;

export const unexpectedToken = (wanted: string, got: string): string => `expected ${wanted}, got ${got}`;

export const atLine = (line: number, column: number, what: string): string => `line ${line}, column ${column}: ${what}`;

export const noJson = (what: string): string => `${what} has no JSON form`;

export const bytesNoJson = "a string of bytes that are not UTF-8 has no JSON form; encode them with base64";

export const mixedTable = "a table that is both a list and has names has no JSON form";

export const holeInList = (index: unknown): string =>
  `a list with a hole before ${index} has no JSON form; fill it with json.null`;

export const keyNoJson = (key: string): string =>
  `the key ${key} has no JSON form: keys are strings, or 1, 2, 3 … in a list`;

export const noJsonAt = (place: string, what: string): string => `${place}: ${what} has no JSON form`;

export const schemaNeeded = "schema: expected a table or JSON text, got nil";

export const expectedNumber = (at: string, type: string): string => `${at}: expected a number, got ${type}`;

export const expectedCount = (at: string, got: string | number): string =>
  `${at}: expected a whole number, 0 or more, got ${got}`;

export const expectedString = (at: string, type: string): string => `${at}: expected a string, got ${type}`;

export const expectedList = (at: string, type: string): string => `${at}: expected a list, got ${type}`;

export const expectedSchemas = (at: string, type: string): string => `${at}: expected schemas by name, got ${type}`;

export const noSchemas = (at: string): string => `${at}: expected at least one schema`;

export const wrongContains = (range: string, got: number): string =>
  `expected ${range} of the items to match "contains", got ${got}`;

export const equalItems = (before: number, what: number): string => `items ${before} and ${what} are equal`;

export const noneMatches = (count: number): string => `it matches none of the ${count} schemas of anyOf`;

export const notExactlyOne = (count: number, matching: number): string =>
  `it must match exactly one of the ${count} schemas of oneOf, but it matches ${matching}`;

export const matchesNot = 'it matches the schema that "not" excludes';

export const nameNotAllowed = (name: string): string => `"${name}" is not allowed`;

export const wrongName = (bad: string): string => `the name "${bad}" does not match "propertyNames"`;

export const nameMissing = (name: string): string => `"${name}" is missing`;

export const wrongSize = (wanted: string, limit: number, unit: string, size: number): string =>
  `expected ${wanted} ${limit} ${unit}, got ${size}`;

export const noSuchType = (at: string, type: string, known: string): string =>
  `${at}: there is no type "${type}"; the types are ${known}`;

export const wrongValue = (wanted: string, got: string | number): string => `expected ${wanted}, got ${got}`;

export const expectedValue = (wanted: string): string => `expected ${wanted}`;

export const noMatch = (pattern: string): string => `expected a string that matches ${pattern}`;

export const noSuchFormat = (at: string, format: string, known: string): string =>
  `${at}: there is no format "${format}"; the formats are ${known}`;

export const wrongFormat = (format: string): string => `expected a string in the format ${format}`;

export const notAboveZero = (at: string): string => `${at}: expected a number above 0`;

export const nothingAllowed = "no value is allowed here";

export const notASchema = (at: string, type: string): string =>
  `${at}: expected a schema, which is a table of keywords or a boolean, got ${type}`;

export const foreignReference = (at: string): string =>
  `${at}: only references within the schema are supported, such as "#/$defs/name"`;

export const danglingReference = (at: string, reference: string): string => `${at}: there is nothing at "${reference}"`;

export const keywordNotString = (at: string, key: string): string => `${at}: a keyword must be a string, got ${key}`;

export const noSuchKeyword = (at: string, name: string, hint: string): string =>
  `${at}: there is no keyword "${name}"${hint}`;

export const schemaTooSlow = "schema: it takes too many steps to check the value";

export const endlessSchema = "schema: it refers to itself endlessly";
