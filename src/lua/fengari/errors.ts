/** Every sentence that is said of what is used of Fengari. */

export const notFengaris = "the libraries of scripts are not Fengari's";

export const cantSuspend = "a call was suspended that can't be";

export const fileNotUsed = (file: string): string => `${file} is not used (src/lua/fengari/seams.ts)`;

export const binaryChunk = "attempt to load a binary chunk (only text is allowed)";

export const textChunk = (mode: unknown): string => `attempt to load a text chunk (mode is '${mode}')`;

export const attemptPerformArithmetic = "attempt to perform arithmetic";
