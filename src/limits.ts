import { MAX_DEPTH } from "./value/js.ts";
import type { Bytes, Milliseconds } from "./value/value.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** What one run may use. 0 means no limit. */
export interface RunLimits {
  /** Wall time, waiting included. */
  readonly timeout: Milliseconds;
  /** Instructions of the VM, over all coroutines. */
  readonly instructions: number;
  /** What the script can reach at one time: strings, tables, functions, coroutines. */
  readonly memory: Bytes;
  /** The longest string. */
  readonly stringLength: Bytes;
  /** Coroutines that are alive at one time. */
  readonly coroutines: number;
  /** How deeply the tables of a value may nest that goes into a store or out of the script. */
  readonly valueDepth: number;
  /** What `print` writes. */
  readonly output: Bytes;
  /** Calls of stores. */
  readonly storeOperations: number;
  /** Keys and values that are written to stores. */
  readonly storeBytes: Bytes;
}

/**
 * What holds when nobody says: neither the run, nor the registry, nor the host. A script that an application runs for a
 * request is done in milliseconds and megabytes; these end one that is stuck, or that means harm, before the process
 * suffers. What only costs what it is asked to do (output, reading stores) has no limit of its own.
 */
export const defaultLimits: RunLimits = {
  timeout: 30_000,
  instructions: 0,
  memory: 256 * MiB, // a tenth of what Node gives a heap of its own accord
  stringLength: 64 * MiB, // a key or a pattern of this size still takes well under a second
  coroutines: 10_000,
  valueDepth: MAX_DEPTH, // also the most
  output: 0,
  storeOperations: 0,
  storeBytes: 256 * MiB, // as memory: what a run can't hold, it can't leave behind
};

/** The largest script, as text. Larger ones are data, and belong into a store. */
export const MAX_SCRIPT_BYTES: Bytes = 16 * MiB;

/** How deeply functions may call each other: each level is a state of its own, and a part of the process's stack. */
export const MAX_CALL_DEPTH = 32;

/** What is kept of a text that a script ends with as its error. Messages are for people. */
export const MAX_MESSAGE_BYTES: Bytes = 16 * KiB;

/** What a table may take that a script raises, for its fields to be the details of the error. */
export const MAX_DETAILS_BYTES: Bytes = MiB;

/** The most timers and subscriptions of a run at one time: as many as coroutines, each of which may wait for one. */
export const MAX_FEEDS = 10_000;

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

/** The most keys that one page of a store looks at, those that the actor may not read included. */
export const MAX_KEYS_OF_A_PAGE = 10_000;

/** The most values in the fields of one line of a log: nobody reads more, and they are copied in one go. */
export const MAX_LOG_PARTS = 10_000;
