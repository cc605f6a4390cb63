/** Every sentence that is said of tables and arguments, in Lua 5.3's words. */

export const argumentExpected = (expected: string, got: string): string => `${expected} expected, got ${got}`;

export const readOnlyTable = "attempt to modify a read-only table";

export const indexIsNaN = "table index is NaN";

export const indexIsNil = "table index is nil";

export const invalidKeyToNext = "invalid key to 'next'";
