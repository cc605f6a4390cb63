import type { Milliseconds } from "./value.ts";

// Nanoseconds. Both spellings of "micro" are in use: U+00B5 and the Greek letter U+03BC.
const units: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ns: 1n,
};
const written = ["h", "m", "s", "ms", "us", "ns"] as const;
const part = /(\d*)(?:\.(\d*))?(h|ms|m|s|us|\u00b5s|\u03bcs|ns)/y;

/** Go's own range: 2^63 nanoseconds, about 292 years. */
const LONGEST = 2n ** 63n - 1n;
/** Characters; every duration worth writing fits, and big numbers stay cheap. */
const LONGEST_TEXT = 64;
const NANOSECONDS = 1_000_000n;

/** A duration as Go writes it (`1h30m`, `250ms`, `1.5s`, `0`); undefined for any other text, a sign included. */
export function parseDuration(text: string): Milliseconds | undefined {
  if (text === "0") return 0;
  if (text === "" || text.length > LONGEST_TEXT) return undefined;
  let sum = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const [, whole = "", fraction = "", unit = ""] = part.exec(text) ?? [];
    if (whole === "" && fraction === "") return undefined;
    // What is finer than a nanosecond is dropped, as Go does.
    sum += (BigInt(whole + fraction) * units[unit]!) / 10n ** BigInt(fraction.length);
  }
  return sum > LONGEST ? undefined : Number(sum / NANOSECONDS) + Number(sum % NANOSECONDS) / 1e6;
}

const days = /^(\d+)(?:\.(\d+))?d/;
const DAY: Milliseconds = 86_400_000;

/** The same, and days before the rest, as people say how long something is kept: `1d`, `1.5d`, `7d12h`. */
export function parseDays(text: string): Milliseconds | undefined {
  const [written = ""] = days.exec(text) ?? [];
  if (written === "" || text.length > LONGEST_TEXT) return parseDuration(text);
  const rest = text.length === written.length ? 0 : parseDuration(text.slice(written.length));
  const sum = rest === undefined ? undefined : Number(written.slice(0, -1)) * DAY + rest;
  return sum !== undefined && sum <= Number(LONGEST / NANOSECONDS) ? sum : undefined;
}

/** The shortest text that `parseDuration` reads as this duration: `1h30m`, `1s500ms`, `0`. */
export function formatDuration(duration: Milliseconds): string {
  const whole = Math.trunc(duration);
  let rest = BigInt(whole) * NANOSECONDS + BigInt(Math.round((duration - whole) * 1e6));
  let text = "";
  for (const unit of written) {
    const count = rest / units[unit]!;
    if (count > 0n) text += `${count}${unit}`;
    rest %= units[unit]!;
  }
  return text === "" ? "0" : text;
}
