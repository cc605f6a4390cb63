import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import * as say from "../../src/stores/errors.ts";
import { key } from "../contract/values.ts";

// The table of the specification: what is said, its kind, whether to try again.
const table: [MoonkeepError, string, boolean, string][] = [
  [say.resourceIdRequired(), "INVALID", false, "resource id is required"],
  [say.resourceIdNotString("table"), "INVALID", false, "resource id must be a string, got a table"],
  [
    say.storeNotFound("app:cahce", "app:cache"),
    "NOT_FOUND",
    false,
    'there is no store "app:cahce"; did you mean "app:cache"?',
  ],
  [say.storeNotFound("app:x"), "NOT_FOUND", false, 'there is no store "app:x"'],
  [say.notAStore("app:p", "security.policy"), "INVALID", false, '"app:p" is not a store: its kind is security.policy'],
  [say.storeReleased(), "INVALID", false, "store is released"],
  [say.keyRequired(), "INVALID", false, "key is required"],
  [say.keyNotString("boolean"), "INVALID", false, "key must be a string or a number, got a boolean"],
  [say.valueRequired(), "INVALID", false, "value is required"],
  [
    say.valueNotStorable("value.user.callback", "a function"),
    "INVALID",
    false,
    "value.user.callback: a function can't be stored",
  ],
  [say.ttlNotNumber("string"), "INVALID", false, "ttl must be a number of seconds, got a string"],
  [say.ttlOutOfRange(-1), "INVALID", false, "ttl must be a finite number of seconds, 0 or more, got -1"],
  [say.ttlOutOfRange(Number.NaN), "INVALID", false, "ttl must be a finite number of seconds, 0 or more, got nan"],
  [
    say.ttlOutOfRange(Number.POSITIVE_INFINITY),
    "INVALID",
    false,
    "ttl must be a finite number of seconds, 0 or more, got inf",
  ],
  [
    say.ttlOutOfRange(Number.NEGATIVE_INFINITY),
    "INVALID",
    false,
    "ttl must be a finite number of seconds, 0 or more, got -inf",
  ],
  [
    say.entryTooLarge(200, 100),
    "INVALID",
    false,
    "value is too large: with its key it takes about 200 bytes, and the whole store has 100 (max_bytes)",
  ],
  [say.storeFull(), "UNAVAILABLE", true, "store is full"],
  [say.keyExists(), "ALREADY_EXISTS", false, "key already exists"],
  [say.versionMismatch(), "CONFLICT", true, "version mismatch"],
  [say.keyNotFound(), "NOT_FOUND", false, "key not found"],
  [say.bothConditions(), "INVALID", false, "only_if_absent and if_version can't both be given"],
  [say.optionsNotTable("nil"), "INVALID", false, "options must be a table, got nil"],
  [
    say.optionUnknown("tll", ["ttl", "if_version"]),
    "INVALID",
    false,
    'there is no option "tll"; the options are ttl, if_version',
  ],
  [
    say.optionWrongType("if_version", "a string", "number"),
    "INVALID",
    false,
    "option if_version must be a string, got a number",
  ],
  [say.limitOutOfRange(0, 1000), "INVALID", false, "option limit must be a whole number from 1 to 1000, got 0"],
  [say.keyTooLong(3000, 2048), "INVALID", false, "key must have at most 2048 bytes in this store, got 3000"],
  [say.valueTooLarge(20, 10), "INVALID", false, "value must have at most 10 bytes in this store, got 20"],
  [say.unversioned(), "INVALID", false, "this store has no versions, so if_version can't be used"],
  [
    say.valueUnreadable(key("k"), new Error("byte 1: there are no bytes")),
    "INTERNAL",
    false,
    'the value of key "k" can\'t be read: byte 1: there are no bytes',
  ],
  [say.lockHeld(key("job")), "UNAVAILABLE", true, 'the lock "job" is held by somebody else'],
  [
    say.fetchTimeout(key("k")),
    "TIMEOUT",
    true,
    'the value of key "k" was not ready within the time to wait (option wait)',
  ],
  [say.beatenEachTime(key("k"), 1), "CONFLICT", true, 'key "k" was changed by somebody else during the only attempt'],
  [say.storeClosed(), "UNAVAILABLE", false, "store is closed"],
  [say.backendDown("redis at localhost:6379"), "UNAVAILABLE", true, "redis at localhost:6379 can't be reached"],
  [say.backendTimeout("redis at db:1", 500), "TIMEOUT", true, "redis at db:1 did not answer within 500 ms"],
];

describe("a store says", () => {
  for (const [error, kind, retryable, message] of table) {
    it(message, () => {
      expect(error).toBeInstanceOf(MoonkeepError);
      expect([error.kind, error.retryable, error.message]).toEqual([kind, retryable, message]);
    });
  }

  it.each([
    [say.keyDenied("read", key("k")), "not allowed to read key: k"],
    [say.keyDenied("write", key("\xc3\xa9")), "not allowed to write key: é"],
    [say.storeDenied("list", "app:cache"), "not allowed to list store: app:cache"],
    [say.storeDenied("access", "app:cache"), "not allowed to access store: app:cache"],
    [say.clearDenied("app:cache"), "not allowed to clear store: app:cache"],
  ])("%s", (said, message) => expect(said).toBe(message));

  it("that a ttl in milliseconds is out of range, to whoever calls it from JavaScript", () => {
    expect(say.ttlNotPositive(0)).toEqual(new RangeError("ttl must be a finite number of milliseconds above 0, got 0"));
  });
});
