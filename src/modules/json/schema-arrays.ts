/** Keywords for arrays; any other value is valid. */
import { equalItems, wrongContains } from "./errors.ts";
import type { Json } from "./null.ts";
import { count, type Keyword, type Keywords, schema, schemas } from "./schema-arguments.ts";
import { least, most, onSize } from "./schema-sizes.ts";
import { canonical, isArray } from "./validation.ts";

const length = (value: Json) => (isArray(value) ? value.items.length : undefined);

const listItems: Keyword = (argument, place) => {
  const from = place.beside.get("prefixItems");
  const skipped = from !== undefined && isArray(from) ? from.items.length : 0;
  const check = schema(argument, place);
  return (value, run) => {
    if (!isArray(value)) return true;
    let isValid = true;
    for (let i = skipped; i < value.items.length; i++) if (!run.at(i + 1, value.items[i]!, check)) isValid = false;
    return isValid;
  };
};

const prefixItems: Keyword = (argument, place) => {
  const checks = schemas(argument, place);
  return (value, run) => {
    if (!isArray(value)) return true;
    let isValid = true;
    value.items.slice(0, checks.length).forEach((item, i) => {
      if (!run.at(i + 1, item, checks[i]!)) isValid = false;
    });
    return isValid;
  };
};

const contains: Keyword = (argument, place) => {
  const check = schema(argument, place);
  const [min, max] = ["minContains", "maxContains"].map((name) => {
    const given = place.beside.get(name);
    return given === undefined ? undefined : count(given, place);
  });
  const [fewest, greatest] = [min ?? 1, max ?? Number.POSITIVE_INFINITY];
  return (value, run) => {
    if (!isArray(value)) return true;
    const n = value.items.filter((item) => run.quietly(item, check)).length;
    if (n >= fewest && n <= greatest) return true;
    const range = max === undefined ? `at least ${fewest}` : `${fewest} to ${greatest}`;
    return run.fail(wrongContains(range, n));
  };
};

const uniqueItems: Keyword = (argument) => {
  if (argument !== true) return undefined;
  return (value, run) => {
    if (!isArray(value)) return true;
    const seen = new Map<string, number>();
    for (let i = 0; i < value.items.length; i++) {
      const same = canonical(value.items[i]!);
      const before = seen.get(same);
      if (before !== undefined) return run.fail(equalItems(before, i + 1));
      seen.set(same, i + 1);
    }
    return true;
  };
};

export const arrayKeywords: Keywords = {
  minItems: onSize(length, least, "at least", "items"),
  maxItems: onSize(length, most, "at most", "items"),
  uniqueItems,
  items: listItems,
  prefixItems,
  contains,
};
