/** Keywords that put schemas together, or send to another one. */
import { matchesNot, noneMatches, notExactlyOne } from "./errors.ts";
import { type Keyword, type Keywords, schema, schemas, text } from "./schema-arguments.ts";
import type { Check } from "./validation.ts";

const always: Check = () => true;

const allOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => checks.map((check) => check(value, run)).every(Boolean);
};

const anyOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => checks.some((check) => run.quietly(value, check)) || run.fail(noneMatches(checks.length));
};

const oneOf: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => {
    const n = checks.filter((check) => run.quietly(value, check)).length;
    return n === 1 || run.fail(notExactlyOne(checks.length, n));
  };
};

const not: Keyword = (argument, place) => {
  const check = schema(argument, place);
  return (value, run) => !run.quietly(value, check) || run.fail(matchesNot);
};

const choice: Keyword = (argument, place) => {
  const part = (name: "then" | "else") => {
    const given = place.beside.get(name);
    return given === undefined ? always : schema(given, { ...place, at: place.at.replace(/if$/, name) });
  };
  const test = schema(argument, place);
  const [yes, no] = [part("then"), part("else")];
  return (value, run) => (run.quietly(value, test) ? yes(value, run) : no(value, run));
};

export const combiningKeywords: Keywords = {
  allOf,
  anyOf,
  oneOf,
  not,
  if: choice,
  $ref: (argument, place) => place.compiler.resolve(text(argument, place), place.at),
};
