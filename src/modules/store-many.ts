/** Many keys in one call: how they are given, and what is said of those that failed. */
import { MoonkeepError } from "../errors.ts";
import { type Arg, isNil, plainOf, plainToCopyOf, typeOf } from "../lua/boundary/arg.ts";
import type { HostFunction } from "../lua/boundary/function.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { type Decoded, many } from "../lua/boundary/module.ts";
import type { Param } from "../lua/boundary/param.ts";
import {
  besideAList,
  type Failure,
  keyReserved,
  notInAnEntry,
  notMany,
  someFailed,
  tooMany,
  valueNotStorable,
} from "../stores/errors.ts";
import { isOwn } from "../stores/own-keys.ts";
import type { KeyValue } from "../stores/store.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import { ByteString, type Key, Table, type Value } from "../value/value.ts";
import { readAll } from "./params.ts";

/** The most keys that a call takes. */
const MOST_KEYS = 1000;

/** A list of keys, each with the string by which the script names it; each is there once. */
export const keyList: Param<ReadonlyMap<Key, ByteString>> = {
  name: "keys",
  type: "table",
  optional: false,
  read: (arg) => {
    const table = tableOf(arg, "keys", plainOf);
    if (table === undefined || table.keys.length > 0) notKeys();
    const keys = new Map<Key, ByteString>();
    for (const item of table.items) {
      const name = nameOf(item) ?? notKeys();
      keys.set(name.binary as Key, name);
    }
    checkCount(keys.size);
    return keys;
  },
};

/** Values by key, or a list of `{key =, value =}`, of which the last holds for a key that is there again. */
export const entryList: Param<readonly KeyValue[]> = {
  name: "entries",
  type: "table",
  optional: false,
  read: (arg) => {
    const table = tableOf(arg, "entries", plainToCopyOf);
    if (table === undefined) return notEntries();
    const found = new Map<Key, Value>();
    if (table.items.length > 0 && table.keys.length > 0) throw besideAList(String(table.keys[0]));
    for (const [i, name] of table.keys.entries()) found.set(keyOf(name) ?? notEntries(), table.values[i]!);
    for (const [i, item] of table.items.entries()) {
      const { key, value, ...others } = fieldsOf(item);
      const [other] = Object.keys(others);
      if (other !== undefined) throw notInAnEntry(i + 1, other);
      found.set((key === undefined ? undefined : keyOf(key)) ?? notEntries(), value ?? notEntries());
    }
    checkCount(found.size);
    return [...found].map(([key, value]) => ({ key, value }));
  },
};

function tableOf(arg: Arg, name: string, read: (arg: Arg) => Value | undefined): Table | undefined {
  if (isNil(arg) || typeOf(arg) !== "table") return undefined;
  try {
    const table = read(arg) as Table;
    readAll(table);
    return table;
  } catch (e) {
    throw e instanceof Refused ? valueNotStorable(e.place(name), e.what) : e;
  }
}

function fieldsOf(item: Value): Partial<Record<string, Value>> {
  if (!(item instanceof Table) || item.items.length > 0) return {};
  return Object.fromEntries(item.keys.map((name, i) => [String(name), item.values[i]!]));
}

const keyOf = (given: Value): Key | undefined => nameOf(given)?.binary as Key | undefined;

/** A string that is not empty, or the text of an integer. */
function nameOf(given: Value): ByteString | undefined {
  if (given instanceof ByteString) {
    if (isOwn(given.binary as Key)) throw keyReserved();
    return given.length === 0 ? undefined : given;
  }
  const isInteger = typeof given === "bigint" || Number.isSafeInteger(given);
  return isInteger ? ByteString.fromAscii(String(given)) : undefined;
}

function notKeys(): never {
  throw notMany("keys", "a list of keys: strings that are not empty, or integers");
}

function notEntries(): never {
  throw notMany("entries", "a table of values by key, or a list of {key = …, value = …}");
}

function checkCount(count: number): void {
  if (count > MOST_KEYS) throw tooMany(count, MOST_KEYS);
}

/** What became of many keys: which may go on, and what went wrong with the others. */
export class Outcome<T> {
  readonly errors = new Map<Key, Failure>();
  /** Those that were not refused, to be done. */
  readonly left: readonly T[];
  readonly #all: number;

  /** @param refusal what is said of one that is refused */
  constructor(all: Iterable<T>, keyOfOne: (one: T) => Key, refusal: (one: T) => Failure | undefined) {
    const left: T[] = [];
    for (const one of all) {
      const refused = refusal(one);
      if (refused === undefined) left.push(one);
      else this.errors.set(keyOfOne(one), refused);
    }
    this.left = left;
    this.#all = left.length + this.errors.size;
  }

  /** What Lua gets: a value, and an error where something failed. */
  answer(value: unknown): readonly unknown[] {
    return this.errors.size === 0 ? [value] : [value, someFailed(this.errors, this.#all)];
  }
}

/** A method that answers a value, an error, or both: what was done, and what was not. */
export function withErrors<C, const P extends readonly Param<unknown>[]>(
  params: P,
  impl: (context: C, ...args: Decoded<P>) => Eventually<readonly unknown[]>,
): HostFunction<C> {
  const failed = (e: unknown): readonly unknown[] => {
    if (e instanceof MoonkeepError) return [undefined, e];
    throw e;
  };
  const method = (context: C, ...args: unknown[]): Eventually<readonly unknown[]> => {
    try {
      for (const arg of args) if (arg instanceof MoonkeepError) throw arg;
      const answer = impl(context, ...(args as Decoded<P>));
      return isLater(answer) ? answer.catch(failed) : answer;
    } catch (e) {
      return failed(e);
    }
  };
  return many(params.map(refusing), method as never);
}

/** The parameter, whose refusal is an argument by itself: reading it would raise where there are several answers. */
const refusing = (param: Param<unknown>): Param<unknown> => ({
  ...param,
  read: (arg) => {
    try {
      return param.read(arg);
    } catch (e) {
      if (e instanceof MoonkeepError) return e;
      throw e;
    }
  },
});
