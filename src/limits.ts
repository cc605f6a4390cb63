import type { Bytes } from "./value/value.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** How deeply the tables of a value may nest, at most: each level is a frame on JavaScript's stack where it is copied. */
export const MAX_DEPTH = 128;

/** A limit of a run: what counts, how it is given, and what is said when it is hit. */
interface LimitRow {
  /** How it is given. `duration`: milliseconds, or such as "1s"; `size`: bytes, or such as "64MiB"; else a number of these. */
  readonly unit: "duration" | "size" | "instructions" | "coroutines" | "levels" | "calls";
  /** What holds when neither the run, nor the registry, nor the host says it. 0 means no limit. */
  readonly default: number;
  /** The highest that may be given. */
  readonly most?: number;
  /** What it counts, for the schema of the registry and for the docs. */
  readonly counts: string;
  /** It is spent bit by bit, and counted by those who spend it (allowance.ts); what is not is counted by budgets. */
  readonly spent?: true;
  /** A run that another one calls gets no more than is left of that one's; of the others, what it uses counts in both. */
  readonly narrows: boolean;
  /** What a run ends with; none where no run ends, and only the value is refused. */
  readonly error?: {
    /** The name in `LimitError`, where it isn't the option's. */
    readonly name: string;
    readonly kind: "TIMEOUT" | "RESOURCE_EXHAUSTED" | "RATE_LIMITED";
    readonly says: (value: number) => string;
  };
  /** The option of the command, and what holds there when the registry says nothing, where that is something else. */
  readonly flag?: { readonly argument: string; readonly does: string; readonly default?: number };
}

/**
 * The limits of a run, from which all else about them follows: options, fields of the registry, flags of the command,
 * errors, and the table in docs/sandbox.md. A new limit is a row here, and the place that counts it.
 *
 * A script that an application runs for a request is done in milliseconds and megabytes; the defaults end one that is
 * stuck, or that means harm, before the process suffers. What only costs what it is asked to do (output, reading stores)
 * has no limit of its own.
 */
export const limitTable = {
  /** Wall time, waiting included: milliseconds, or a duration such as "1s". Default: 30 s. */
  timeout: {
    unit: "duration",
    default: 30_000,
    counts: "wall time, waiting included",
    narrows: true,
    error: {
      name: "time",
      kind: "TIMEOUT",
      says: (ms) => `it ran longer than its time limit of ${ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`}`,
    },
    flag: { argument: "<duration>", does: 'stop after this long, such as "1s"; a number is seconds', default: 0 },
  },
  /** Instructions of the VM, over all coroutines. Default: no limit. */
  instructions: {
    unit: "instructions",
    default: 0,
    counts: "instructions of the VM, over all coroutines",
    narrows: true,
    error: {
      name: "instructions",
      kind: "TIMEOUT",
      says: (n) => `it ran more than its limit of ${n} instructions`,
    },
    flag: { argument: "<n>", does: "stop after this many instructions" },
  },
  /** What the script can reach at one time (strings, tables, functions, coroutines): bytes, or a size such as "64MiB". Default: 256 MiB. */
  memory: {
    unit: "size",
    default: 256 * MiB, // a tenth of what Node gives a heap of its own accord
    counts: "what the script can reach at one time",
    narrows: true,
    error: {
      name: "memory",
      kind: "RESOURCE_EXHAUSTED",
      says: (bytes) => `it uses more than its memory limit of ${amount(bytes)}`,
    },
    flag: { argument: "<size>", does: 'stop when the script uses more, such as "64MiB"' },
  },
  /** The longest string: bytes, or a size such as "1MiB". Default: 64 MiB. */
  stringLength: {
    unit: "size",
    default: 64 * MiB, // a key or a pattern of this size still takes well under a second
    counts: "the longest string",
    narrows: true,
    error: {
      name: "stringLength",
      kind: "RESOURCE_EXHAUSTED",
      says: (bytes) => `it made a string longer than its limit of ${amount(bytes)}`,
    },
  },
  /** Coroutines that are alive at one time. Default: 10 000. */
  coroutines: {
    unit: "coroutines",
    default: 10_000,
    counts: "coroutines that are alive",
    narrows: true,
    error: {
      name: "coroutines",
      kind: "RESOURCE_EXHAUSTED",
      says: (n) => `it has more coroutines than its limit of ${n}`,
    },
  },
  /** How deeply tables may nest that go into a store or out of the script; 128 is the default and the most. */
  valueDepth: {
    unit: "levels",
    default: MAX_DEPTH,
    most: MAX_DEPTH,
    counts: "how deeply tables nest that go into a store or out of the script",
    narrows: false,
  },
  /** What `print` writes: bytes, or a size such as "1MiB". Default: no limit. */
  output: {
    unit: "size",
    default: 0,
    counts: "bytes that `print` writes",
    narrows: false,
    spent: true,
    error: {
      name: "output",
      kind: "RATE_LIMITED",
      says: (bytes) => `it printed more than its output limit of ${amount(bytes)}`,
    },
    flag: { argument: "<size>", does: 'stop when it prints more, such as "1MiB"' },
  },
  /** Calls of stores. Default: no limit. */
  storeOperations: {
    unit: "calls",
    default: 0,
    counts: "calls of stores",
    narrows: false,
    spent: true,
    error: {
      name: "storeOperations",
      kind: "RATE_LIMITED",
      says: (n) => `it made more than its limit of ${n} store operations`,
    },
  },
  /** Keys and values that are written to stores: bytes, or a size such as "1MiB". Default: 256 MiB. */
  storeBytes: {
    unit: "size",
    default: 256 * MiB, // as memory: what a run can't hold, it can't leave behind
    counts: "keys and values that are written to stores",
    narrows: false,
    spent: true,
    error: {
      name: "storeBytes",
      kind: "RATE_LIMITED",
      says: (bytes) => `it wrote more to stores than its limit of ${amount(bytes)}`,
    },
  },
} as const satisfies Readonly<Record<string, LimitRow>>;

export type LimitName = keyof typeof limitTable;

/** The names of limits in errors. */
export type Limit = Extract<(typeof limitTable)[keyof typeof limitTable], { readonly error: unknown }>["error"]["name"];

export const limitNames = Object.keys(limitTable) as readonly LimitName[];

/** A row, as any row. */
export const limitRow = (name: LimitName): LimitRow => limitTable[name];

/** What a run ends with at each limit, by its name in errors. */
export const limitErrors = Object.fromEntries(
  limitNames.flatMap((name) => limitRow(name).error ?? []).map((error) => [error.name, error]),
) as Readonly<Record<Limit, NonNullable<LimitRow["error"]>>>;

/** The option that gives the limit of this name. */
export const optionOf = (limit: Limit): LimitName => limitNames.find((name) => limitRow(name).error?.name === limit)!;

/** The limits of what is spent bit by bit. */
export type Spending = {
  [Name in LimitName]: (typeof limitTable)[Name] extends { readonly spent: true } ? Name : never;
}[LimitName];

export const spendings = limitNames.filter((name) => limitRow(name).spent) as readonly Spending[];

/** What one run may use. 0 means no limit. */
export type RunLimits = { readonly [Name in LimitName]: number };

/** What a run may use; what is left out has no limit. */
export type Limits = { readonly [Name in LimitName]?: number | undefined };

/** What holds when nobody says: neither the run, nor the registry, nor the host. */
export const defaultLimits = Object.fromEntries(
  limitNames.map((name) => [name, limitTable[name].default]),
) as RunLimits;

/** Those of which a run that is called gets no more than is left. */
export const narrowing = limitNames.filter((name) => limitTable[name].narrows);

/** The limits of a run that is called within one that has so much left; what only counts up is counted in both. */
export function narrowed(limits: Limits, left: Limits): Limits {
  const both: { -readonly [Name in LimitName]?: number | undefined } = { ...limits };
  for (const name of narrowing) {
    const most = left[name];
    if (most !== undefined) both[name] = Math.min(most, limits[name] ?? most);
  }
  return both;
}

/** The name of a limit in a registry: `string_length`. */
export const registryName = (name: LimitName): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Bytes as people write them: the largest unit that leaves a whole number. */
export function amount(bytes: number): string {
  const units = ["GiB", "MiB", "KiB"];
  const at = [3, 2, 1].findIndex((power) => bytes >= 1024 ** power && bytes % 1024 ** power === 0);
  return at === -1 ? `${bytes} bytes` : `${bytes / 1024 ** (3 - at)} ${units[at]}`;
}

/** The largest script, as text. Larger ones are data, and belong into a store. */
export const MAX_SCRIPT_BYTES: Bytes = 16 * MiB;

/** How deeply functions may call each other: each level is a state of its own, and a part of the process's stack. */
export const MAX_CALL_DEPTH = 32;

/**
 * The same in threads: each level takes a thread of its own, so there is one for each 16 MiB of the memory limit, and two
 * at least.
 * @param memory the limit of the run; undefined: none
 */
export const callDepthInThreads = (memory: Bytes | undefined): number =>
  memory === undefined ? MAX_CALL_DEPTH : Math.min(MAX_CALL_DEPTH, Math.max(2, Math.floor(memory / (16 * MiB))));

/** What is kept of a text that a script ends with as its error. Messages are for people. */
export const MAX_MESSAGE_BYTES: Bytes = 16 * KiB;

/** What a table may take that a script raises, for its fields to be the details of the error. */
export const MAX_DETAILS_BYTES: Bytes = MiB;

/** The most timers and subscriptions of a run at one time: as many as coroutines, each of which may wait for one. */
export const MAX_FEEDS = 10_000;

/**
 * The most subscriptions of a run at one time, with those of the functions that it calls: whoever sends an event waits
 * until it has gone to all of them.
 */
export const MAX_SUBSCRIPTIONS = 100;

/** The most locks of a run at one time, with those of the functions that it calls: each is renewed while it is held. */
export const MAX_LOCKS = 100;

/** The most arguments of a run: they go onto Lua's stack. */
export const MAX_ARGUMENTS = 10_000;

/** The longest name: of an action, a resource, an event, a variable, a logger, a time zone; the id of an entry. */
export const MAX_NAME_BYTES: Bytes = 1024;

/** The largest RSA key. What one takes grows with the cube of its length, and nothing can end it once it has begun. */
export const MAX_RSA_BITS = 8192;

/** The most rounds of one PBKDF2, over all blocks of the key: half a second, which nothing can end. */
export const MAX_PBKDF2_ROUNDS = 1_000_000;

/** The longest password and the longest salt of one PBKDF2. */
export const MAX_PASSWORD_BYTES: Bytes = 64 * KiB;

/** The most fields and parts in the meta of an actor, and in the attributes of a question: policies look at a few. */
export const MAX_META_PARTS = 1000;

/** How often a scope may be changed, from the one on that it began with: all of it is done again when policies change. */
export const MAX_SCOPE_CHANGES = 1000;

/** The most bytes of all names and strings in the meta of an actor. */
export const MAX_META_BYTES: Bytes = 64 * KiB;

/** The most values in the fields of one record of a log: nobody reads more, and they are copied in one go. */
export const MAX_LOG_PARTS = 1000;

/** The most that a record of a log has, its message and its fields: who gets it reads it in one go. */
export const MAX_LOG_BYTES: Bytes = MiB;
