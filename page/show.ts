/** How things are written. */
import type { Json } from "../src/value/json.ts";

/** A key: text as it is, other bytes as JSON. */
export const keyText = (key: Json): string => (typeof key === "string" ? key : JSON.stringify(key));

/** `1 h 5 min`, `4.2 s`: two units at most. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

export const timeOfDay = (time: number): string => new Date(time).toLocaleTimeString(undefined, { hour12: false });

/** `1,234`, `0.0123`. */
export const number = (value: number): string =>
  value.toLocaleString(undefined, { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 1 });

/** What was typed as a time to live: `90`, `90s`, `1h30m`, `7d`; undefined: that is none. */
export function milliseconds(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const plain = text.trim();
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) * 1000;
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(plain)) return undefined;
  let sum = 0;
  for (const [, n, unit] of plain.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) sum += Number(n) * units[unit!]!;
  return sum;
}
