/**
 * From text to a function. What the text refers to reaches it as arguments of a function around it: the helpers, by
 * their names, and the constants, places and tables of exits, by names that the emitter made up. Where code may not be
 * generated from strings, nothing is compiled.
 */

/** Taken before a thread gives it up, which it does before it runs a script. */
const MakeFunction = Function;

/** Whether this process may make functions of text. */
export function mayGenerateCode(): boolean {
  try {
    return new MakeFunction("return true")() === true;
  } catch {
    return false;
  }
}

/**
 * @param text of a function expression
 * @param helpers what compiled code calls; those that are named in the text are bound
 */
export function link<F>(
  text: string,
  bound: ReadonlyMap<string, unknown>,
  helpers: Readonly<Record<string, unknown>>,
): F {
  const words = new Set(text.match(/[A-Za-z]\w*/g));
  const used = Object.keys(helpers).filter((name) => words.has(name));
  const names = [...used, ...bound.keys()];
  const values = [...used.map((name) => helpers[name]), ...bound.values()];
  return new MakeFunction(...names, `"use strict";return ${text}`)(...values) as F;
}
