/**
 * Now or later. A backend that has the answer returns it; one that must ask somebody returns a promise.
 * Whoever calls treats both alike through `andThen`, so that what is there at once never waits for a tick.
 */
export type Eventually<T> = T | Promise<T>;

/** @returns whether the answer is still to come. */
export function isLater<T>(value: Eventually<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** `next(value)`: at once when the value is there, else when it arrives. */
export function andThen<T, U>(value: Eventually<T>, next: (value: T) => Eventually<U>): Eventually<U> {
  return isLater(value) ? value.then(next) : next(value);
}
