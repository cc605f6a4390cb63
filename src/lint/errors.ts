/** Every sentence that is said of Lua code. */
const near = (close: string | undefined): string => (close === undefined ? "" : `; did you mean "${close}"?`);

export const undefinedGlobal = (name: string, close: string | undefined): string =>
  `the global "${name}" is never set${near(close)}`;
export const unknownField = (library: string, name: string, close: string | undefined): string =>
  `${library} has no field "${name}"${near(close)}`;
export const unknownEntry = (what: string, id: string, close: string | undefined): string =>
  `the registry has no ${what} "${id}"${near(close)}`;
export const otherKind = (id: string, kind: string, what: string): string => `"${id}" is a ${kind}, and not a ${what}`;
export const unusedLocal = (name: string, isFunction: boolean): string =>
  `the local ${isFunction ? "function" : "variable"} "${name}" is never used`;
export const shadowedLocal = (name: string, line: number): string =>
  `"${name}" hides the local variable of line ${line}`;
export const unreachable = (what: string): string => `this code is never reached: ${what}`;

const many = (n: number): string => (n === 1 ? "1 argument" : `${n} arguments`);
export const tooMany = (name: string, most: number, given: number): string =>
  `${name} takes ${most === 0 ? "no arguments" : `at most ${many(most)}`}, but gets ${given}`;
export const tooFew = (name: string, least: number, given: number): string =>
  `${name} takes at least ${many(least)}, but gets ${given === 0 ? "none" : given}`;
