/** Every sentence that is said of arguments and results that cross between Lua and JavaScript. */
import { reasonOf } from "../../errors.ts";

export const wrongArgument = (name: string, expected: string, type: string): string =>
  `${name}: expected ${expected}, got ${type}`;

export const notUtf8 = (name: string): string => `${name}: expected UTF-8, got other bytes`;

export const notWhole = (name: string, n: number): string => `${name}: expected a whole number, got ${n}`;

export const notPlainData = (place: string, what: string): string => `${place}: ${what} is not plain data`;

export const badSelfOfMethod = (method: string, name: string): string =>
  `calling '${method}' on bad self (${name} expected; use ':')`;

export const noClassMethod = (name: string, method: string): string => `${name}: the class has no method "${method}"`;

export const noMethodToCall = (name: string, call: string): string => `${name}: there is no method "${call}" to call`;

export const badSelf = (name: string): string => `bad self (${name} expected)`;

export const tostringOf = (name: string): string => `tostring of ${name}`;

export const cantConcatenate = (type: string): string => `attempt to concatenate a ${type} value`;

export const tooDeep = (most: number): string => `a table nested deeper than ${most} levels`;

export const circularTable = "a table that contains itself";

export const tooManyParts = (most: number): string => `a table with more than ${most} parts`;

export const tooLarge = (most: number): string => `a table that takes more than ${most} bytes`;

export const asKey = (key: string): string => `${key} as a key`;

export const releaseFailed = (name: string, cause: unknown): string =>
  `release of a ${name} failed when its script had ended: ${reasonOf(cause)}`;

export const tooManyResults = (count: number): string => `result: ${count} results are too many`;

export const notSeveral = "result: a function made with many has to return an array";

export const notGivable = "this is neither a value nor a handle";

export const internalError = "internal error";

export const cantLeave = (place: string, what: string, from: string): string =>
  `${place}: ${what} can't leave the ${from}`;
