/** Amounts as people type them on a command line. */
import { InvalidArgumentError } from "commander";
import { parseDays } from "../value/duration.ts";
import { parseSize } from "../value/size.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";
import { notACount, notADuration, notAPort, notASize } from "./errors.ts";

/** `1s`, `250ms`, `1h30m`, `1d`; a number by itself is seconds. */
export function duration(text: string): Milliseconds {
  const read = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDays(text);
  if (read !== undefined && Number.isFinite(read)) return read;
  throw new InvalidArgumentError(notADuration);
}

/** `64MiB`, `10M` (which is 10 MiB); a number by itself is bytes. */
export function size(text: string): Bytes {
  const unit = /^\d+(\.\d+)?[KMG]$/i.test(text) ? `${text.slice(0, -1)}${text.slice(-1).toUpperCase()}iB` : text;
  const read = /^\d+$/.test(unit) ? Number(unit) : parseSize(unit);
  if (read !== undefined && Number.isSafeInteger(read)) return read;
  throw new InvalidArgumentError(notASize);
}

/** About so many bytes, in the unit that makes the shortest number: `512 B`, `1.2 MiB`. */
export function shownSize(bytes: Bytes): string {
  let [shown, unit] = [bytes, 0];
  while (shown >= 1023.95 && unit < UNITS.length - 1) [shown, unit] = [shown / 1024, unit + 1];
  return `${unit === 0 ? shown : shown.toFixed(1)} ${UNITS[unit]}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1000000`, `1e6`. */
export function count(text: string): number {
  const read = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(read)) return read;
  throw new InvalidArgumentError(notACount);
}

export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError(notAPort);
}
