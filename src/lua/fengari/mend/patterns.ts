import { burn } from "../../meter/fuel.ts";
import type { LuaState } from "../../vm/types.ts";
import type { Edit } from "../private-copy.ts";

/** Tries between two counts; fewer are nothing. */
const TRIES = 1000;

/** Counts `steps` of the matcher `ms`, and tells the budget of them now and then. */
const count = (steps: string) =>
  `if ((ms.steps = (ms.steps | 0) + ${steps}) > ${TRIES}) { burnTries(ms.L, ms.steps); ms.steps = 0; }`;

/**
 * Patterns, whose functions call each other within one file and can't be reached from outside: a few places in its text
 * are changed before it is compiled. A pattern that backtracks tries the same part of a string again and again within
 * one instruction of the VM; the tries are counted here, so that a limit ends them, and so is what goes through the
 * subject or through the pattern within one try. And a search for plain text is ours (findBytes).
 */
export const mendPatterns: readonly Edit[] = [
  {
    find: "const match = function(ms, s, p) {",
    put: `const match = function(ms, s, p) { ${count("1")}`,
  },
  // A set is gone through for each character: `[…]` may be as long as a script likes.
  {
    find: "const matchbracketclass = function(ms, c, p, ec) {",
    put: `const matchbracketclass = function(ms, c, p, ec) { ${count("((ec - p) >> 3)")}`,
  },
  {
    find: "                if (p === ms.p_end)\n                    luaL_error(ms.L, to_luastring(\"malformed pattern (missing ']')\"));",
    put: `                ${count("1")} if (p === ms.p_end)\n                    luaL_error(ms.L, to_luastring("malformed pattern (missing ']')"));`,
  },
  // `%b()`, a repetition, and a capture that is met again, each of which passes over much of the subject at once.
  {
    find: "        while (++s < ms.src_end) {",
    put: `        while (++s < ms.src_end) { ${count("1")}`,
  },
  {
    find: "    while (singlematch(ms, s + i, p, ep))\n        i++;",
    put: `    while (singlematch(ms, s + i, p, ep)) {\n        i++; ${count("1")} }`,
  },
  {
    find: "const array_cmp = function(a, ai, b, bi, len) {",
    put: "const array_cmp = function(a, ai, b, bi, len) { return sameRange(a, ai, bi, len);",
  },
  // The replacement of gsub, whose parts may all be empty.
  {
    find: "            if (!isdigit(news[i])) {",
    put: `            ${count("4")} if (!isdigit(news[i])) {`,
  },
  {
    find: "        let f = find_subarray(s.subarray(init - 1), p, 0);",
    put: "        let f = findBytes(s.subarray(init - 1), p);",
  },
];

/** The number of the argument is missing, and the error about it fails itself. */
export const mendMessages: readonly Edit[] = [
  {
    find: 'luaL_argcheck(L, c >= 0 && c <= 255, "value out of range");',
    put: 'luaL_argcheck(L, c >= 0 && c <= 255, i, "value out of range");',
  },
];

/** So many steps more have been made. @throws Stopped */
export const burnTries = (L: LuaState, steps: number): void => burn(L, steps);
