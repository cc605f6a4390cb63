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

/** Work that waits now and then, written as one function: `const there = yield* wait(store.has(key))`. */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

export function* wait<T>(value: Eventually<T>): Steps<T> {
  return isLater(value) ? ((yield value) as T) : value;
}

/** Does all of it: at once, as long as there is nothing to wait for. */
export function inSteps<T>(steps: Steps<T>): Eventually<T> {
  const { done, value } = steps.next();
  return done === true ? value : goOn(steps, value);
}

async function goOn<T>(steps: Steps<T>, first: Promise<unknown>): Promise<T> {
  for (let next = first; ; ) {
    const { done, value } = steps.next(await next);
    if (done === true) return value;
    next = value;
  }
}
