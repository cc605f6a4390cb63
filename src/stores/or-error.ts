import { MoonkeepError } from "../errors.ts";

/** What `read` answers, or why it can't: for one of many, which must not fail the others. */
export function orError<T>(read: () => T): T | MoonkeepError {
  try {
    return read();
  } catch (e) {
    if (e instanceof MoonkeepError) return e;
    throw e;
  }
}

/** The values, where all could be read. @throws the first error among them */
export function orThrow<T>(values: readonly (T | MoonkeepError)[]): readonly T[] {
  for (const value of values) if (value instanceof MoonkeepError) throw value;
  return values as readonly T[];
}
