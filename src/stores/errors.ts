import { type Kind, kinds, MoonkeepError } from "../errors.ts";
import { binaryToText } from "../value/bytes.ts";
import type { Bytes, Key, Milliseconds } from "../value/value.ts";

/*
 * Every sentence that a store can say, line by line as the table of the specification has them. The backends throw
 * some, the Lua module throws the others; scripts match on kinds, people read the words.
 */

// What a script gives.

export const resourceIdRequired = () => invalid("resource id is required");

/** @param type what was given instead, as Lua's `type` names it */
export const resourceIdNotString = (type: string) => invalid(`resource id must be a string, got ${withArticle(type)}`);

/** @param nearest the id that was likely meant, when one is close */
export function storeNotFound(id: string, nearest?: string): MoonkeepError {
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return new MoonkeepError("NOT_FOUND", `there is no store "${id}"${hint}`);
}

export const notAStore = (id: string, kind: string) => invalid(`"${id}" is not a store: its kind is ${kind}`);

export const storeReleased = () => invalid("store is released");

export const keyRequired = () => invalid("key is required");

export const keyNotString = (type: string) => invalid(`key must be a string or a number, got ${withArticle(type)}`);

/** Locks and computations are kept under such keys. */
export const keyReserved = () => invalid('keys that begin with "\\0moonkeep:" are reserved for the store itself');

export const valueRequired = () => invalid("value is required");

/**
 * @param path where in the value it is: `value.user.callback`
 * @param what what it is, with its article: `a function`, `a table that contains itself`
 */
export const valueNotStorable = (path: string, what: string) => invalid(`${path}: ${what} can't be stored`);

export const ttlNotNumber = (type: string) => invalid(`ttl must be a number of seconds, got ${withArticle(type)}`);

/** @param seconds negative, not a number, or infinite */
export const ttlOutOfRange = (seconds: number) =>
  invalid(`ttl must be a finite number of seconds, 0 or more, got ${luaNumber(seconds)}`);

export const bothDeleteConditions = () => invalid("if_version and if_value can't both be given");

export const numberNotFinite = (name: string) => invalid(`${name} must be a finite number`);

/** @param expected `a number above 0` */
export const optionOutOfRange = (name: string, expected: string, got: number) =>
  invalid(`option ${name} must be ${expected}, got ${luaNumber(got)}`);

/** What a rate has to be, for scripts and for JavaScript. */
export const rateOutOfRange =
  "a rate must be between one in 10^11 seconds and 10^9 in a second, including its burst and its cost";

export const rateNotCounted = () => invalid(rateOutOfRange);

/** @param known the words that there are */
export const optionNotOneOf = (name: string, known: readonly string[]) =>
  invalid(`option ${name} must be ${known.map((word) => `"${word}"`).join(" or ")}`);

export const optionRequired = (name: string) => invalid(`option ${name} is required`);

export const incrementNotNumber = (type: string) => invalid(`by must be a number, got ${withArticle(type)}`);

/** @param expected `a list of keys` */
export const notMany = (name: string, expected: string) => invalid(`${name} must be ${expected}`);

export const besideAList = (key: string) =>
  invalid(`entries is a list of {key = …, value = …}, and has the key "${key}" beside it; give one or the other`);

export const notInAnEntry = (index: number, field: string) =>
  invalid(`entries[${index}] has the field "${field}"; an entry of a list has key and value`);

export const tooMany = (count: number, most: number) =>
  invalid(`at most ${most} keys can be given at once, got ${count}`);

/** @param most what they may take together */
export const tooMuchAtOnce = (most: Bytes) =>
  invalid(
    `the values of these keys take more than ${most} bytes together, which is all that the script may have; ask for fewer`,
  );

/** @param most what the script may have */
export const tooMuchOfOne = (key: Key, most: Bytes) =>
  invalid(
    `the value of key "${binaryToText(key)}" takes more than ${most} bytes, which is all that the script may have`,
  );

/** What is said of one of many keys that failed. */
export type Failure = Pick<MoonkeepError, "kind" | "text" | "retryable">;

/**
 * Some of many keys failed, and the others did not. `details().keys` has the error of each that failed, by key.
 * @param all how many there were
 */
export function someFailed(errors: ReadonlyMap<Key, Failure>, all: number, failed = errors.size): MoonkeepError {
  const { kind, text, retryable } = [...errors.values()][0]!;
  const keys = Object.fromEntries(
    [...errors].map(([key, error]) => [
      binaryToText(key),
      { kind: kinds[error.kind as Kind]?.value ?? error.kind, message: error.text, retryable: error.retryable },
    ]),
  );
  const message = `${failed} of ${all} ${all === 1 ? "key" : "keys"} failed: ${text}`;
  return new MoonkeepError(kind, message, { retryable, details: { keys } });
}

export const bothConditions = () => invalid("only_if_absent and if_version can't both be given");

export const optionsNotTable = (type: string) => invalid(`options must be a table, got ${withArticle(type)}`);

/** @param known the options that there are, in the order of the documentation */
export const optionUnknown = (name: string, known: readonly string[]) =>
  invalid(`there is no option "${name}"; the options are ${known.join(", ")}`);

/** @param known the operations that a handle can be limited to */
export const actionUnknown = (name: string, known: readonly string[]) =>
  invalid(`there is no operation "${name}"; the operations are ${known.join(", ")}`);

/** @param expected with its article: `a string` */
export const optionWrongType = (name: string, expected: string, type: string) =>
  invalid(`option ${name} must be ${expected}, got ${withArticle(type)}`);

export const limitOutOfRange = (got: number, most: number) =>
  invalid(`option limit must be a whole number from 1 to ${most}, got ${luaNumber(got)}`);

export const keyTooLong = (length: Bytes, most: Bytes) =>
  invalid(`key must have at most ${most} bytes in this store, got ${length}`);

export const valueTooLarge = (length: Bytes, most: Bytes) =>
  invalid(`value must have at most ${most} bytes in this store, got ${length}`);

/** However much is deleted, it will not fit. */
export const entryTooLarge = (size: Bytes, most: Bytes) =>
  invalid(`value is too large: with its key it takes about ${size} bytes, and the whole store has ${most} (max_bytes)`);

/** A table that was there before, without a column for versions. */
export const unversioned = (what = "if_version") => invalid(`this store has no versions, so ${what} can't be used`);

/** The value of the key is not a number. */
export const notCountable = (key: Key) => invalid(`the value of key "${binaryToText(key)}" is not a number`);

/** An entry that never expires is none of `rate`'s. */
export const notRate = (key: Key) =>
  invalid(
    `key "${binaryToText(key)}" holds an entry that never expires, which rate can't use; use another key, or delete it`,
  );

/** It is held until it is released, or its holder is gone for its ttl. */
export const lockHeld = (name: Key) =>
  new MoonkeepError("UNAVAILABLE", `the lock "${binaryToText(name)}" is held by somebody else`);

/** Somebody else computes it, and was not ready within `wait`. */
export const fetchTimeout = (key: Key) =>
  new MoonkeepError(
    "TIMEOUT",
    `the value of key "${binaryToText(key)}" was not ready within the time to wait (option wait)`,
  );

export const fetchInside = (key: Key) =>
  invalid(`the value of key "${binaryToText(key)}" is being computed by the very function that fetches it`);

export const notComputation = () => invalid("computation must be one that fetch has begun");

/** @param name of the parameter */
export const notFunction = (name: string, type: string) =>
  invalid(`${name} must be a function, got ${withArticle(type)}`);

export const staleRequired = () => invalid('on_error = "stale" needs the option stale: how long the old value is kept');

/** Whoever tries again may be luckier. */
export const beatenEachTime = (key: Key, attempts: number) =>
  new MoonkeepError(
    "CONFLICT",
    `key "${binaryToText(key)}" was changed by somebody else during ${attempts === 1 ? "the only attempt" : `each of ${attempts} attempts`}`,
  );

/** What is there is not of a sliding window. */
export const notWindow = (key: Key) =>
  invalid(
    `key "${binaryToText(key)}" holds a value that rate can't use: it does not belong to a sliding window; use another key, or delete it`,
  );

export const burstOfWindow = () => invalid("a sliding window has no burst; leave the option burst out");

// What the policies refuse.

export const keyDenied = (verb: "read" | "write" | "delete" | "check", key: Key): string =>
  `not allowed to ${verb} key: ${binaryToText(key)}`;

export const storeDenied = (verb: "list" | "access", id: string): string => `not allowed to ${verb} store: ${id}`;

export const clearDenied = (id: string): string => `not allowed to clear store: ${id}`;

// What the backend answers.

export const storeFull = () => new MoonkeepError("UNAVAILABLE", "store is full");

export const keyExists = () => new MoonkeepError("ALREADY_EXISTS", "key already exists");

export const versionMismatch = () => new MoonkeepError("CONFLICT", "version mismatch");

export const valueMismatch = () => new MoonkeepError("CONFLICT", "value mismatch");

/** @param bound `max 10`. The same call may succeed once somebody else has counted the other way. */
export const beyondBound = (number: number | bigint, bound: string) =>
  new MoonkeepError("CONFLICT", `the number is ${number}, and the result would be beyond ${bound}`, {
    details: { number },
  });

export const keyNotFound = () => new MoonkeepError("NOT_FOUND", "key not found");

/** The host has closed it: no call on it succeeds later, which is why this UNAVAILABLE is not retryable. */
export const storeClosed = () => new MoonkeepError("UNAVAILABLE", "store is closed", { retryable: false });

/** @param server which one, without credentials: `redis at localhost:6379` */
export const backendDown = (server: string, cause?: unknown) =>
  new MoonkeepError("UNAVAILABLE", `${server} can't be reached`, { cause });

/** @param server which one, without credentials */
export const backendTimeout = (server: string, limit: Milliseconds, cause?: unknown) =>
  new MoonkeepError("TIMEOUT", `${server} did not answer within ${limit} ms`, { cause });

/** It answers, and will not do it. @param reason `the login is wrong`. Once that is mended, the same call succeeds. */
export const backendRefuses = (server: string, reason: string, cause?: unknown) =>
  new MoonkeepError("UNAVAILABLE", `${server} can't be used: ${reason}`, { cause });

/** A server answered what is not its protocol, or not what was asked for. The store that asked says which server. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";

  constructor(cause?: unknown, reason = "its answer can't be read") {
    super(reason, { cause });
  }
}

/** It is longer than any that is right, or would be. */
export const answerTooLong = () => new UnreadableAnswer(undefined, "its answer is too long and can't be read");

/** @param reason `the disk is full`. Once it is mended, the same call succeeds. */
export const fileUnusable = (file: string, reason: string, cause?: unknown) =>
  new MoonkeepError("UNAVAILABLE", `${file} can't be used: ${reason}`, { cause });

/** Once it is back, or another one is in its place, the same call succeeds. */
export const fileGone = (file: string) =>
  new MoonkeepError(
    "UNAVAILABLE",
    `${file} is gone: it was deleted or moved while it was open; put it back, or restart to begin with an empty one`,
  );

/** @param reason `it is not a SQLite database`. Somebody has to see to it; nothing was changed. */
export const fileBroken = (file: string, reason: string, cause?: unknown) =>
  new MoonkeepError("INTERNAL", `${file} can't be used: ${reason}`, { cause });

export const fileLocked = (file: string, limit: Milliseconds, cause?: unknown) =>
  new MoonkeepError("TIMEOUT", `${file} was locked by another process for more than ${limit} ms`, { cause });

/** @param reason what the database says: `no such column: value` */
export const tableUnusable = (table: string, server: string, reason: string, cause?: unknown) =>
  new MoonkeepError("INTERNAL", `table "${table}" of ${server} can't be used: ${reason}`, { cause });

/** Somebody dropped it while it was open. The next operation looks at it again, and makes it. */
export const tableGone = (table: string, server: string, cause?: unknown) =>
  new MoonkeepError(
    "UNAVAILABLE",
    `table "${table}" of ${server} is gone: it was dropped while it was open; the next operation makes an empty one`,
    { cause },
  );

/** @param what what needs it: `SQLite`. @param command how to get it */
export const packageMissing = (what: string, name: string, command: string, cause?: unknown) =>
  new MoonkeepError("UNAVAILABLE", `${what} needs the package ${name}, which is not installed: ${command}`, {
    retryable: false,
    cause,
  });

/**
 * What the backend keeps is not a value of ours: foreign, or damaged. It stays where it is until somebody writes over it.
 * @param problem what is wrong with it: an EncodingProblem
 */
export const valueUnreadable = (key: Key, problem: Error) =>
  new MoonkeepError("INTERNAL", `the value of key "${binaryToText(key)}" can't be read: ${problem.message}`, {
    cause: problem,
  });

/** It was written by somebody else: `set` takes no such value. */
export const storedTooLarge = (length: Bytes, most: Bytes): string =>
  `it has ${length} bytes, and a value has at most ${most}`;

/**
 * The same error of a write that may have been done all the same: it was sent, and no answer came. Whoever tries again
 * may write twice, so this is another matter than `retryable`. Scripts see it as `err:details().uncertain`.
 */
export const uncertain = ({ kind, message, retryable, details, cause, context }: MoonkeepError) =>
  new MoonkeepError(kind, message, { retryable, details: { ...details, uncertain: true }, cause, context });

/** What a call fails with that has written a part of what it was asked: it is not true that nothing was written. */
export const afterPart = (e: unknown): unknown =>
  e instanceof MoonkeepError && (e.kind === "UNAVAILABLE" || e.kind === "TIMEOUT") ? uncertain(e) : e;

/** A mistake in JavaScript, not of a script: the Lua module checks before it calls. */
export const ttlNotPositive = (ttl: Milliseconds) =>
  new RangeError(`ttl must be a finite number of milliseconds above 0, got ${ttl}`);

// Mistakes in the options of JavaScript.

export const notAboveZero = (name: string, given: number): string =>
  `${name}: expected a finite number above 0, got ${given}`;

export const timeNotAboveZero = (name: string, given: string): string =>
  `${name}: expected a time above 0, got ${given}`;

export const negativeTime = (name: string, given: string): string =>
  `${name}: expected a time of 0 or more, got ${given}`;

export const loneSurrogate = (name: string): string =>
  `${name}: half of a surrogate pair has no bytes in UTF-8; give bytes as a Uint8Array`;

export const absentAndVersion = "onlyIfAbsent and ifVersion can't both be given";

export const versionAndValue = "ifVersion and ifValue can't both be given";

export const staleNeeded = 'onError: "stale" needs the option stale';

export const fetchNeverBusy = "a fetch by the host can't be busy";

export const lockTtlTooShort = (ttl: number): string => `ttl: expected at least 0.1 seconds, got ${ttl}`;

export const burstAndWindow = "burst and window can't both be given";

export const rateIncomplete = "store.rate: limit and per are required";

export const perNotAboveZero = "per: expected a time above 0";

export const notSetOptions = (ttl: number, got: number): string =>
  `store.set: expected options such as { ttl: ${ttl} }, got ${got}`;

function invalid(message: string): MoonkeepError {
  return new MoonkeepError("INVALID", message);
}

/** `a table`; nil takes no article. */
function withArticle(type: string): string {
  return type === "nil" ? type : `a ${type}`;
}

/** A number as Lua writes it where JavaScript writes it otherwise. */
function luaNumber(n: number): string {
  return Number.isNaN(n) ? "nan" : Number.isFinite(n) ? String(n) : n > 0 ? "inf" : "-inf";
}
