/**
 * What the values of a row are, as the client hands them over: whoever asks knows what each has to be. All of these
 * throw UnreadableAnswer for anything else, a column that is missing among them.
 */
import { decode } from "../../value/codec.ts";
import type { Milliseconds } from "../../value/value.ts";
import { UnreadableAnswer } from "../errors.ts";
import type { Payload } from "../sql/table.ts";

export function bytesIn(value: unknown): Buffer {
  if (value instanceof Buffer) return value;
  throw new UnreadableAnswer();
}

export function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  throw new UnreadableAnswer();
}

/** Every row begins with a value and its length: one of the two is NULL where it was left out, both where there is none. */
export function payloadIn([value, size]: readonly unknown[]): Payload {
  if (value !== null) return bytesIn(value);
  if (size === null || (Number.isSafeInteger(size) && (size as number) >= 0)) return size as Payload;
  throw new UnreadableAnswer();
}

/** How long a row lives, as far as it does not live for ever. */
export function lifeIn(value: unknown): Milliseconds | undefined {
  if (typeof value === "number") return value < Number.POSITIVE_INFINITY ? value : undefined;
  if (value === null) return undefined;
  throw new UnreadableAnswer();
}

/** An integer, as the bytes of a value. */
export function integerIn(value: unknown): number {
  const number = decode(bytesIn(value));
  if (Number.isSafeInteger(number)) return number as number;
  throw new UnreadableAnswer();
}
