/** Every sentence that is said of the output itself. It is apart because those of the command are shown by the output. */

export const nobodyReads = "nobody reads the output";

export const cantWrite = (what: string, code: string | undefined): string => `${what} can't be written: ${code}`;

/** @param what with its article: `a function` */
export const cantShow = (path: string, what: string): string => `${path}: ${what} can't be shown`;
