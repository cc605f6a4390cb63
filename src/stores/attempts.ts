/** Work that others can get in the way of: it is tried again after a growing pause, and not for ever. */
import { MoonkeepError } from "../errors.ts";
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import type { Key } from "../value/value.ts";
import { beatenEachTime, storeReleased } from "./errors.ts";
import { pause } from "./turns.ts";

/** Some seconds at most, and more than fifty who write one key at the same time need. */
export const ATTEMPTS = 64;

const always = () => true;

/**
 * What an attempt comes to.
 * @param attempt undefined: somebody else was there first
 * @param isLive whether whoever asked still waits for it
 * @throws CONFLICT after the last attempt
 */
export function attempts<T>(
  key: Key,
  attempt: () => Eventually<T | undefined>,
  isLive: () => boolean = always,
): Eventually<T> {
  return andThen(attempt(), (done) => (done === undefined ? more(key, attempt, isLive) : done));
}

async function more<T>(key: Key, attempt: () => Eventually<T | undefined>, isLive: () => boolean): Promise<T> {
  for (let made = 1; made < ATTEMPTS; made++) {
    await pause(made - 1);
    if (!isLive()) throw storeReleased();
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw beatenEachTime(key, ATTEMPTS);
}

/** Somebody else wrote meanwhile, or it has come or gone. */
export const isBeaten = (e: unknown): boolean =>
  e instanceof MoonkeepError && ["CONFLICT", "NOT_FOUND", "ALREADY_EXISTS"].includes(e.kind);

/** What a conditional write comes to; undefined where somebody else was there first. */
export function unlessBeaten<T>(write: () => Eventually<T>): Eventually<T | undefined> {
  const failed = (e: unknown): undefined => {
    if (!isBeaten(e)) throw e;
  };
  try {
    const done = write();
    return isLater(done) ? done.catch(failed) : done;
  } catch (e) {
    return failed(e);
  }
}
