/** Amounts as people type them on a command line. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../value/duration.ts";
import { parseSize } from "../value/size.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";

/** `1s`, `250ms`, `1h30m`, `1d`; a number by itself is seconds. */
export function duration(text: string): Milliseconds {
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * 86_400_000;
  const read = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (read !== undefined && read >= 0) return read;
  throw new InvalidArgumentError('expected a duration, such as "1s", "250ms" or a number of seconds.');
}

/** `64MiB`, `10M` (which is 10 MiB); a number by itself is bytes. */
export function size(text: string): Bytes {
  const unit = /^\d+(\.\d+)?[KMG]$/i.test(text) ? `${text.slice(0, -1)}${text.slice(-1).toUpperCase()}iB` : text;
  const read = /^\d+$/.test(unit) ? Number(unit) : parseSize(unit);
  if (read !== undefined && Number.isSafeInteger(read)) return read;
  throw new InvalidArgumentError('expected a size, such as "64MiB", "10M" or a number of bytes.');
}

/** `1000000`, `1e6`. */
export function count(text: string): number {
  const read = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(read)) return read;
  throw new InvalidArgumentError('expected a whole number, such as "1000000" or "1e6".');
}
