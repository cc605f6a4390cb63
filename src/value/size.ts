import type { Bytes } from "./value.ts";

const units: Readonly<Record<string, bigint>> = {
  TiB: 1024n ** 4n,
  TB: 1000n ** 4n,
  GiB: 1024n ** 3n,
  GB: 1000n ** 3n,
  MiB: 1024n ** 2n,
  MB: 1000n ** 2n,
  KiB: 1024n,
  KB: 1000n,
  kB: 1000n,
  B: 1n,
};
const form = /^(\d{1,20})(?:\.(\d{1,20}))? ?([KMGT]i?B|kB|B)$/;

/** A size with its unit (`64MiB`, `10KB`, `1.5GiB`); undefined for any other text, and for a part of a byte. */
export function parseSize(text: string): Bytes | undefined {
  const [, whole = "", fraction = "", unit = ""] = form.exec(text) ?? [];
  if (unit === "") return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * units[unit]!;
  const bytes = Number(product / scale);
  return product % scale === 0n && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The text with the largest unit that says this size exactly: `64MiB`, `10KB`, `1001B`. */
export function formatSize(bytes: Bytes): string {
  const exact = BigInt(bytes);
  const unit = Object.keys(units).find((name) => exact >= units[name]! && exact % units[name]! === 0n) ?? "B";
  return `${exact / units[unit]!}${unit}`;
}
