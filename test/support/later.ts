/** A module of host functions that wait, as a backend on a network does. */
import { MoonkeepError } from "../../src/errors.ts";
import type { Arg, Param } from "../../src/lua/boundary/arg.ts";
import { plainOf, text } from "../../src/lua/boundary/arg.ts";
import { defineModule, fn, type Module, plain } from "../../src/lua/boundary/module.ts";
import type { Value } from "../../src/value/value.ts";

const anything: Param<Value | undefined> = {
  name: "value",
  type: "any",
  optional: false,
  read: (arg: Arg) => plainOf(arg),
};

/** Resolves in a later turn of the event loop, by a real timer. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * `later.get(value)` and `later.plain(value)` answer the value after a wait; `later.fail(message)`
 * answers `nil, err` after one, `later.raise(message)` raises, and `later.never()` waits until somebody ends it.
 */
export const later: Module = defineModule("later", {
  get: fn([anything], (_, value) => turn().then(() => value)),
  plain: plain([anything], (_, value) => turn().then(() => value)),
  fail: fn([text("message")], (_, message) => turn().then(() => refuse(message))),
  raise: plain([text("message")], (_, message) => turn().then(() => refuse(message))),
  never: fn([], () => new Promise(() => {})),
});

function refuse(message: string): never {
  throw new MoonkeepError("UNAVAILABLE", message);
}
