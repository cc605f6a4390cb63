/** The option tables of `store.get`, `put` and `list`. */
import { isNumber, plainNumber } from "../stores/count.ts";
import {
  actionUnknown,
  bothConditions,
  bothDeleteConditions,
  burstOfWindow,
  limitOutOfRange,
  numberNotFinite,
  optionNotOneOf,
  optionOutOfRange,
  optionRequired,
  optionUnknown,
  optionWrongType,
  staleRequired,
  ttlOutOfRange,
} from "../stores/errors.ts";
import type { FetchOptions } from "../stores/fetch.ts";
import { LOCK_TTL, type LockOptions } from "../stores/lock.ts";
import type { Rate } from "../stores/rate.ts";
import type { Increment, NumberValue, Page, Write } from "../stores/store.ts";
import { UPDATE_ATTEMPTS } from "../stores/update.ts";
import { ByteString, Float, type Key, type Milliseconds, Table, type Value } from "../value/value.ts";
import { beginOf, milliseconds } from "./params.ts";

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;
const MOST_ATTEMPTS = 1000;
/** It is renewed several times in that. */
const LEAST_LOCK: Milliseconds = 100;

/** What a handle may do, of what its holder may. */
export interface Restriction {
  /** Only keys that begin with this. */
  readonly prefix: Key;
  /** Only these operations; undefined: all. */
  readonly actions: ReadonlySet<StoreAction> | undefined;
}

/** The operations that a handle can be limited to: `entry` reads, `put` writes. */
export const storeActions = ["get", "set", "has", "delete", "list", "info"] as const;
export type StoreAction = (typeof storeActions)[number];

export const unrestricted: Restriction = { prefix: "" as Key, actions: undefined };

const restrictionOptions = ["prefix", "actions"] as const;
const writeOptions = ["ttl", "only_if_absent", "if_version"] as const;
const deleteOptions = ["if_version", "if_value"] as const;
const incrementOptions = ["ttl", "initial", "max", "min"] as const;
const rateOptions = ["limit", "per", "burst", "cost", "window"] as const;
const pageOptions = ["prefix", "after", "limit"] as const;
const rangeOptions = ["prefix", "after"] as const;
const fetchOptions = ["ttl", "negative_ttl", "stale", "on_error", "wait"] as const;
const updateOptions = ["ttl", "attempts"] as const;
const lockOptions = ["ttl", "wait"] as const;
const clearOptions = ["prefix"] as const;

/** @throws MoonkeepError INVALID for unknown options, wrong types, and operations that there are not. */
export function readRestriction(table: Table | undefined): Restriction {
  if (table === undefined) return unrestricted;
  const given = read(table, restrictionOptions);
  return {
    prefix: string(given.prefix, "prefix")?.binary ?? unrestricted.prefix,
    actions: given.actions === undefined ? undefined : new Set(actionList(given.actions)),
  };
}

function actionList(given: Value): StoreAction[] {
  if (!(given instanceof Table) || given.keys.length > 0) throw optionWrongType("actions", "a list", typeName(given));
  return given.items.map((item) => {
    const known = storeActions.find(
      (action) => item instanceof ByteString && item.length === action.length && item.toString() === action,
    );
    if (known === undefined)
      throw actionUnknown(item instanceof ByteString ? beginOf(item, 60) : typeName(item), storeActions);
    return known;
  });
}

/** @throws MoonkeepError INVALID for unknown options, wrong types, and both conditions at once. */
export function readWrite(table: Table | undefined): Write {
  const given = read(table, writeOptions);
  const seconds = number(given.ttl, "ttl");
  const absent = boolean(given.only_if_absent, "only_if_absent");
  const version = string(given.if_version, "if_version");
  if (absent === true && version !== undefined) throw bothConditions();
  return {
    ttl: seconds === undefined ? undefined : milliseconds(seconds),
    onlyIf: absent === true ? "absent" : version === undefined ? undefined : { version: version.toString() },
  };
}

/** What a delete depends on. */
export type DeleteCondition = { readonly version: string } | { readonly value: Value } | undefined;

/** @throws MoonkeepError INVALID for unknown options, wrong types, and both conditions at once. */
export function readDelete(table: Table | undefined): DeleteCondition {
  if (table === undefined) return undefined;
  const given = read(table, deleteOptions);
  const version = string(given.if_version, "if_version");
  if (version !== undefined && given.if_value !== undefined) throw bothDeleteConditions();
  if (version !== undefined) return { version: version.toString() };
  return given.if_value === undefined ? undefined : { value: given.if_value };
}

/** @throws MoonkeepError INVALID for unknown options, wrong types, and numbers that are not finite. */
export function readIncrement(by: NumberValue | undefined, table: Table | undefined): Increment {
  const given = read(table, incrementOptions);
  const seconds = number(given.ttl, "ttl");
  return {
    by: finite(by ?? 1, "by"),
    initial: counted(given.initial, "initial") ?? 0,
    ttl: seconds === undefined ? undefined : milliseconds(seconds),
    max: counted(given.max, "max"),
    min: counted(given.min, "min"),
  };
}

/** @throws MoonkeepError INVALID for unknown options, wrong types, and what is not a rate. */
export function readRate(table: Table | undefined): Rate & { readonly isWindow: boolean } {
  const given = read(table, rateOptions);
  const window = string(given.window, "window")?.toString();
  if (window !== undefined && window !== "sliding") throw optionNotOneOf("window", ["sliding"]);
  if (window !== undefined && given.burst !== undefined) throw burstOfWindow();
  return {
    isWindow: window !== undefined,
    limit: positive(given.limit, "limit") ?? missing("limit"),
    per: (positive(given.per, "per") ?? missing("per")) * 1000,
    burst: positive(given.burst, "burst"),
    cost: positive(given.cost, "cost"),
  };
}

function missing(name: string): never {
  throw optionRequired(name);
}

function positive(given: Value | undefined, name: string): number | undefined {
  const n = number(given, name);
  if (n !== undefined && !(n > 0 && n < Number.POSITIVE_INFINITY)) {
    throw optionOutOfRange(name, "a finite number above 0", n);
  }
  return n;
}

function counted(given: Value | undefined, name: string): NumberValue | undefined {
  if (given === undefined) return undefined;
  if (!isNumber(given)) throw optionWrongType(name, "a number", typeName(given));
  return finite(given, `option ${name}`);
}

function finite(n: NumberValue, name: string): NumberValue {
  if (Number.isFinite(Number(plainNumber(n)))) return n;
  throw numberNotFinite(name);
}

/** @throws MoonkeepError INVALID for unknown options, wrong types, and a limit that is none. */
export function readPage(table: Table | undefined): Page {
  const given = read(table, pageOptions);
  const limit = number(given.limit, "limit") ?? DEFAULT_PAGE;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) throw limitOutOfRange(limit, LARGEST_PAGE);
  return {
    prefix: prefixOf(given.prefix),
    after: string(given.after, "after")?.binary,
    limit,
  };
}

/** @throws MoonkeepError INVALID for unknown options and wrong types */
export function readRange(table: Table | undefined): Pick<Page, "prefix" | "after"> {
  const given = read(table, rangeOptions);
  return { prefix: prefixOf(given.prefix), after: string(given.after, "after")?.binary };
}

/** @throws MoonkeepError INVALID for unknown options and wrong types */
export function readClear(table: Table | undefined): Key {
  return prefixOf(read(table, clearOptions).prefix);
}

/** @throws MoonkeepError INVALID for unknown options, wrong types and times, and `on_error` without `stale` */
export function readFetch(table: Table | undefined): FetchOptions {
  if (table === undefined) return {};
  const given = read(table, fetchOptions);
  const stale = positiveTime(given.stale, "stale");
  const onError = string(given.on_error, "on_error");
  if (onError !== undefined && onError.toString() !== "stale") throw optionNotOneOf("on_error", ["stale"]);
  if (onError !== undefined && stale === undefined) throw staleRequired();
  const seconds = number(given.ttl, "ttl");
  const ttl = seconds === undefined ? undefined : milliseconds(seconds);
  if ((ttl ?? 0) + (stale ?? 0) === Number.POSITIVE_INFINITY) throw ttlOutOfRange(seconds!);
  return {
    ttl,
    negativeTtl: positiveTime(given.negative_ttl, "negative_ttl"),
    stale,
    staleOnError: onError !== undefined,
    wait: timeOf(given.wait, "wait"),
  };
}

/** @throws MoonkeepError INVALID for unknown options, wrong types, and attempts that are not a number of them */
export function readUpdate(table: Table | undefined): { ttl: Milliseconds | undefined; attempts: number } {
  const given = read(table, updateOptions);
  const seconds = number(given.ttl, "ttl");
  const attempts = number(given.attempts, "attempts") ?? UPDATE_ATTEMPTS;
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS)
    throw optionOutOfRange("attempts", `a whole number from 1 to ${MOST_ATTEMPTS}`, attempts);
  return { ttl: seconds === undefined ? undefined : milliseconds(seconds), attempts };
}

/** @throws MoonkeepError INVALID for unknown options, wrong types and times */
export function readLock(table: Table | undefined): LockOptions {
  const given = read(table, lockOptions);
  const ttl = positiveTime(given.ttl, "ttl") ?? LOCK_TTL;
  if (ttl < LEAST_LOCK) throw optionOutOfRange("ttl", `at least ${LEAST_LOCK / 1000} seconds`, ttl / 1000);
  return { ttl, wait: timeOf(given.wait, "wait") ?? 0 };
}

/** A time above 0. */
function positiveTime(given: Value | undefined, name: string): Milliseconds | undefined {
  const seconds = positive(given, name);
  if (seconds === undefined) return undefined;
  if (seconds * 1000 === Number.POSITIVE_INFINITY) throw optionOutOfRange(name, "a finite number of seconds", seconds);
  return seconds * 1000;
}

/** A time of 0 or more; `math.huge` is without an end. */
function timeOf(given: Value | undefined, name: string): Milliseconds | undefined {
  const seconds = number(given, name);
  if (seconds === undefined) return undefined;
  if (!(seconds >= 0)) throw optionOutOfRange(name, "a number of seconds, 0 or more", seconds);
  return seconds * 1000;
}

const prefixOf = (given: Value | undefined): Key => string(given, "prefix")?.binary ?? ("" as Key);

function read<K extends string>(table: Table | undefined, known: readonly K[]): Partial<Record<K, Value>> {
  const given: Partial<Record<string, Value>> = {};
  if (table === undefined) return given as Partial<Record<K, Value>>;
  if (table.items.length > 0) throw optionUnknown("1", known);
  table.keys.forEach((name, i) => {
    const text = name instanceof ByteString ? beginOf(name, 60) : String(name);
    if (!(name instanceof ByteString) || !known.includes(text as K)) throw optionUnknown(text, known);
    given[text] = table.values[i]!;
  });
  return given as Partial<Record<K, Value>>;
}

function number(given: Value | undefined, name: string): number | undefined {
  if (given === undefined || typeof given === "number") return given;
  if (given instanceof Float || typeof given === "bigint") return Number(given instanceof Float ? given.value : given);
  throw optionWrongType(name, "a number", typeName(given));
}

function boolean(given: Value | undefined, name: string): boolean | undefined {
  if (given === undefined || typeof given === "boolean") return given;
  throw optionWrongType(name, "a boolean", typeName(given));
}

function string(given: Value | undefined, name: string): ByteString | undefined {
  if (given === undefined || given instanceof ByteString) return given;
  throw optionWrongType(name, "a string", typeName(given));
}

function typeName(given: Value): string {
  if (given instanceof ByteString) return "string";
  if (given instanceof Table) return "table";
  return typeof given === "boolean" ? "boolean" : "number";
}
