/** Every sentence that is said of a call of Lua's own libraries, in Lua 5.3's words where it has some. */

export const noIntegerRepresentation = "number has no integer representation";

export const valueExpected = "value expected";

export const invalidOptionNamed = (option: string): string => `invalid option '${option}'`;

export const threadExpected = "thread expected";

export const tooManyArgumentsToResume = "too many arguments to resume";

export const tooManyResultsToResume = "too many results to resume";

export const tooManyArgumentsToSpawn = "too many arguments to spawn";

export const invalidOption = "invalid option";

export const invalidCaptureIndex = (index: number): string => `invalid capture index %${index}`;

export const unfinishedCapture = "unfinished capture";

export const noValue = "no value";

export const stringContainsZeros = "string contains zeros";

export const noLiteralForm = "value has no literal form";

export const readOnlyTable = "attempt to modify a read-only table";

export const readerFunctionMustReturn = "reader function must return a string";

export const wrongArgumentCount = "wrong number of arguments";

export const intervalEmpty = "interval is empty";

export const intervalTooLarge = "interval too large";

export const invalidConversionSpecifier = (rest: string): string => `invalid conversion specifier '${rest}'`;

export const formatTooLong = (most: number): string => `format longer than ${most} bytes`;

export const timeNotRepresentable = "time result cannot be represented in this installation";

export const fieldNotInteger = (name: string): string => `field '${name}' is not an integer`;

export const fieldMissing = (name: string): string => `field '${name}' missing in date table`;

export const fieldOutOfBound = (name: string): string => `field '${name}' is out-of-bound`;

export const invalidNextOption = "invalid next option for option 'X'";

export const alignmentNotPowerOf2 = "format asks for alignment not power of 2";

export const missingSize = "missing size for format option 'c'";

export const invalidFormatOption = (c: string): string => `invalid format option '${c}'`;

export const sizeOutOfLimits = (size: number, most: number): string =>
  `integral size (${size}) out of limits [1,${most}]`;

export const stringLongerThanGiven = "string longer than given size";

export const lengthDoesNotFit = "string length does not fit in given size";

export const integerOverflow = "integer overflow";

export const unsignedOverflow = "unsigned overflow";

export const variableLengthFormat = "variable-length format";

export const formatResultTooLarge = "format result too large";

export const initialPositionOut = "initial position out of string";

export const tooManyResults = "too many results";

export const dataStringTooShort = "data string too short";

export const integerDoesNotFit = (size: number): string => `${size}-byte integer does not fit into Lua Integer`;

export const invalidPatternCapture = "invalid pattern capture";

export const tooManyCaptures = "too many captures";

export const malformedBalance = "malformed pattern (missing arguments to '%b')";

export const malformedFrontier = "missing '[' after '%f' in pattern";

export const malformedEnd = "malformed pattern (ends with '%')";

export const malformedSet = "malformed pattern (missing ']')";

export const patternTooComplex = "pattern too complex";

export const tostringToPrint = "'tostring' must return a string to 'print'";

export const circularModules = (circle: string): string => `modules load each other in a circle: ${circle}`;

export const errorLoadingModule = (name: string, text: string): string => `error loading module '${name}': ${text}`;

export const moduleNotFound = (name: string, hint: string, searched: string): string =>
  `module '${name}' not found${hint} (${searched})`;

export const stringSliceTooLong = "string slice too long";

export const valueOutOfRange = "value out of range";

export const resultingStringTooLarge = "resulting string too large";

export const badPercentInReplacement = "invalid use of '%' in replacement string";

export const invalidReplacementValue = (type: string): string => `invalid replacement value (a ${type})`;

export const stringFunctionTableExpected = "string/function/table expected";

export const lengthNotInteger = "object length is not an integer";

export const wrongArgumentsToInsert = "wrong number of arguments to 'insert'";

export const invalidValueInConcat = (type: string, at: number): string =>
  `invalid value (${type}) at index ${at} in table for 'concat'`;

export const tooManyToMove = "too many elements to move";

export const destinationWrapAround = "destination wrap around";

export const tostringNotString = "'__tostring' must return a string";

export const finalPositionOut = "final position out of string";

export const outOfRange = "out of range";

export const invalidUtf8Code = "invalid UTF-8 code";

export const positionOutOfRange = "position out of range";

export const continuationByte = "initial position is a continuation byte";

export const baseOutOfRange = "base out of range";

export const indexOutOfRange = "index out of range";

export const assertionFailed = "assertion failed!";

export const tableOrStringExpected = "table or string expected";

export const nilOrTableExpected = "nil or table expected";

export const protectedMetatable = "cannot change a protected metatable";

export const readOnlyMetatable = "cannot change the metatable of a read-only table";

export const yieldOutside = "attempt to yield from outside a coroutine";
