/** Keywords for objects; any other value is valid. */
import { nameMissing, nameNotAllowed, wrongName } from "./errors.ts";
import type { Json } from "./null.ts";
import {
  fields,
  type Keyword,
  type Keywords,
  LETTERS_A_STEP,
  named,
  type Place,
  pattern,
  schema,
  texts,
} from "./schema-arguments.ts";
import { least, most, onSize } from "./schema-sizes.ts";
import { type Check, isObject, short, type Validation } from "./validation.ts";

const width = (value: Json) => (isObject(value) ? value.keys.length : undefined);

/** What must hold for each property. All are looked at, whatever the first ones came to. */
const onFields =
  (holds: (name: string, field: Json, run: Validation) => boolean): Check =>
  (value, run) => {
    if (!isObject(value)) return true;
    let isValid = true;
    run.step(value.keys.length);
    value.keys.forEach((key, i) => {
      if (!holds(String(key), value.values[i]!, run)) isValid = false;
    });
    return isValid;
  };

const properties: Keyword = (argument, place) => {
  const checks = new Map(named(argument, place));
  return onFields((name, field, run) => {
    const check = checks.get(name);
    return check === undefined || run.at(name, field, check);
  });
};

const patternsOf = (argument: Json, place: Place) =>
  named(argument, place).map(([source, check]) => ({ find: pattern(source, place.at), check }));

const patternProperties: Keyword = (argument, place) => {
  const patterns = patternsOf(argument, place);
  return onFields((name, field, run) => {
    run.step((patterns.length * name.length) / LETTERS_A_STEP);
    let isValid = true;
    for (const { find, check } of patterns) {
      if (find(name) && !run.at(name, field, check)) isValid = false;
    }
    return isValid;
  });
};

const additionalProperties: Keyword = (argument, place) => {
  const known = place.beside.get("properties");
  const names = new Set(known === undefined ? [] : fields(known, place).map(([name]) => name));
  const other = place.beside.get("patternProperties");
  const patterns = other === undefined ? [] : fields(other, place).map(([source]) => pattern(source, place.at));
  const check = schema(argument, place);
  return onFields((name, field, run) => {
    run.step((patterns.length * name.length) / LETTERS_A_STEP);
    if (names.has(name) || patterns.some((find) => find(name))) return true;
    if (argument === false) return run.fail(nameNotAllowed(short(name)));
    return run.at(name, field, check);
  });
};

const propertyNames: Keyword = (argument, place) => {
  const check = schema(argument, place);
  return (value, run) => {
    if (!isObject(value)) return true;
    const bad = value.keys.find((key) => !run.quietly(key as Json, check));
    return bad === undefined || run.fail(wrongName(short(String(bad))));
  };
};

const requiredNames = (names: readonly string[]): Check => {
  return (value, run) => {
    if (!isObject(value)) return true;
    run.step(names.length);
    const present = run.names(value);
    let isValid = true;
    for (const name of names) if (!present.has(name)) isValid = run.fail(nameMissing(short(name)));
    return isValid;
  };
};

/** What holds only for objects that have a property. */
const dependent = (checks: readonly (readonly [string, Check])[]): Check => {
  return (value, run) => {
    if (!isObject(value)) return true;
    run.step(checks.length);
    const present = run.names(value);
    let isValid = true;
    for (const [name, check] of checks) if (present.has(name) && !check(value, run)) isValid = false;
    return isValid;
  };
};

const required: Keyword = (argument, place) => requiredNames(texts(argument, place));

export const objectKeywords: Keywords = {
  minProperties: onSize(width, least, "at least", "properties"),
  maxProperties: onSize(width, most, "at most", "properties"),
  required,
  properties,
  patternProperties,
  additionalProperties,
  propertyNames,
  dependentRequired: (argument, place) =>
    dependent(fields(argument, place).map(([name, names]) => [name, requiredNames(texts(names, place))])),
  dependentSchemas: (argument, place) => dependent(named(argument, place)),
};
