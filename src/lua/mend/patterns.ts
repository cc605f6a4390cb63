import { burn } from "../fuel.ts";
import type { Edit } from "../private-copy.ts";
import type { LuaState } from "../types.ts";

/** Tries between two counts; fewer are nothing. */
const TRIES = 1000;

/**
 * Patterns, whose functions call each other within one file and can't be reached from outside: two places in its text
 * are changed before it is compiled. A pattern that backtracks tries the same part of a string again and again within
 * one instruction of the VM; the tries are counted here, so that a limit ends them. And a search for plain text goes back by
 * at most one character's worth of it.
 */
export const mendPatterns: readonly Edit[] = [
  {
    find: "const match = function(ms, s, p) {",
    put: `const match = function(ms, s, p) { if ((ms.steps = (ms.steps | 0) + 1) > ${TRIES}) { ms.steps = 0; burnTries(ms.L); }`,
  },
  {
    find: "const find_subarray = function(arr, subarr, from_index) {",
    put: "const find_subarray = function(arr, subarr, from_index) { return findBytes(arr, subarr, from_index);",
  },
];

/** So many tries more have been made. @throws Stopped */
export const burnTries = (L: LuaState): void => burn(L, TRIES);

/** The first place of some bytes in others; -1 where there is none. */
export const findBytes = (bytes: Uint8Array, part: Uint8Array, from: number): number =>
  part.length === 0 ? from : Buffer.prototype.indexOf.call(bytes, part, from);
