/** Numbers as `string.format` writes them, which is as C's printf does. */
import { exponential, fixed, general, withExponent } from "../vm/decimal.ts";
import { digitsOf, type Integer, toText, unsignedText } from "../vm/int64.ts";

/** What stands between `%` and the letter. */
export interface Spec {
  readonly conversion: string;
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  /** -1: none was given. */
  readonly precision: number;
  /** Whether there is nothing but the letter. */
  readonly isBare: boolean;
  /** What is wrong with it. */
  readonly error: string | undefined;
}

export function pad(text: string, { width, left }: Spec): string {
  if (text.length >= width) return text;
  return left ? text.padEnd(width) : text.padStart(width);
}

const sign = (negative: boolean, { plus, space }: Spec): string => (negative ? "-" : plus ? "+" : space ? " " : "");

/** Sign, prefix and digits to the width: zeros go between the sign and the digits. */
function fill(prefix: string, digits: string, spec: Spec, zeros: boolean): string {
  const missing = spec.width - prefix.length - digits.length;
  if (zeros && !spec.left && missing > 0) return prefix + "0".repeat(missing) + digits;
  return pad(prefix + digits, spec);
}

/** "%d" */
export function formatInteger(i: Integer, spec: Spec): string {
  const text = toText(i);
  if (spec.isBare) return text;
  const negative = text[0] === "-";
  const digits = spec.precision === 0 && i === 0 ? "" : (negative ? text.slice(1) : text).padStart(spec.precision, "0");
  return fill(sign(negative, spec), digits, spec, spec.zero && spec.precision < 0);
}

/** "%u", "%o", "%x" and "%X": a negative integer shows as its two's complement. */
export function formatUnsigned(i: Integer, spec: Spec): string {
  const { conversion } = spec;
  const base = conversion === "o" ? 8 : conversion === "u" ? 10 : 16;
  const text = base === 10 ? unsignedText(i) : digitsOf(i, base);
  let digits = spec.precision === 0 && i === 0 ? "" : text.padStart(spec.precision, "0");
  let prefix = "";
  if (spec.alternate && base === 8 && digits[0] !== "0") digits = `0${digits}`;
  if (spec.alternate && base === 16 && i !== 0) prefix = "0x";
  if (conversion === "X") {
    digits = digits.toUpperCase();
    prefix = prefix.toUpperCase();
  }
  return fill(prefix, digits, spec, spec.zero && spec.precision < 0);
}

/** "%e", "%f", "%g" and "%a", and their capitals. */
export function formatFloat(n: number, spec: Spec): string {
  const { conversion } = spec;
  const lower = conversion.toLowerCase();
  const x = Math.abs(n);
  const finite = Number.isFinite(x);
  let prefix = sign(n < 0 || Object.is(n, -0) || Number.isNaN(n), spec);
  let digits: string;
  if (!finite) digits = Number.isNaN(x) ? "nan" : "inf";
  else if (lower === "g") digits = general(x, spec.precision < 0 ? 6 : spec.precision || 1, spec.alternate);
  else if (lower !== "a") digits = decimal(x, lower, spec);
  else {
    prefix += "0x";
    digits = hexadecimal(x, spec);
  }
  if (conversion !== lower) {
    prefix = prefix.toUpperCase();
    digits = digits.toUpperCase();
  }
  return fill(prefix, digits, spec, spec.zero && finite);
}

/** "%f" and "%e" */
function decimal(x: number, lower: string, { precision, alternate }: Spec): string {
  const decimals = precision < 0 ? 6 : precision;
  const point = alternate && decimals === 0 ? "." : "";
  if (lower === "f") return fixed(x, decimals) + point;
  const [mantissa, exponent] = exponential(x, decimals).split("e") as [string, string];
  return withExponent(mantissa + point, exponent);
}

/** A hexadecimal mantissa and a binary exponent, as C99 writes them, less the `0x`. */
function hexadecimal(x: number, { precision, alternate }: Spec): string {
  let exponent = 0;
  let mantissa = x;
  if (x !== 0) {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, x);
    const biased = (bits.getUint32(0) >>> 20) & 0x7ff;
    exponent = biased === 0 ? -1022 : biased - 1023; // biased 0: subnormal, which shows as 0x0.…p-1022
    mantissa = biased === 0 ? x * 2 ** 1022 : x / 2 ** exponent;
  }
  let [whole, fraction = ""] = mantissa.toString(16).split(".") as [string, string?];
  if (precision >= 0 && precision < fraction.length) {
    const digits = roundToEven(mantissa * 16 ** precision)
      .toString(16)
      .padStart(precision + 1, "0");
    whole = digits.slice(0, digits.length - precision);
    fraction = digits.slice(digits.length - precision);
  } else fraction = fraction.padEnd(precision, "0");
  const dot = fraction !== "" || alternate ? "." : "";
  return `${whole}${dot}${fraction}p${exponent < 0 ? "" : "+"}${exponent}`;
}

function roundToEven(x: number): number {
  const down = Math.floor(x);
  return x - down > 0.5 || (x - down === 0.5 && down % 2 === 1) ? down + 1 : down;
}

/** A literal that Lua reads back as the same integer. */
export function quoteInteger(i: Integer): string {
  const text = toText(i);
  return text === LEAST ? "0x8000000000000000" : text;
}
const LEAST = "-9223372036854775808";

/** A literal that Lua reads back as the same float. */
export function quoteFloat(n: number): string {
  if (n === Number.POSITIVE_INFINITY) return "1e9999";
  if (n === Number.NEGATIVE_INFINITY) return "-1e9999";
  return Number.isNaN(n) ? "(0/0)" : formatFloat(n, hexadecimalSpec);
}

export const bareSpec = (conversion: string): Spec => ({
  conversion,
  left: false,
  plus: false,
  space: false,
  alternate: false,
  zero: false,
  width: 0,
  precision: -1,
  isBare: true,
  error: undefined,
});
const hexadecimalSpec: Spec = bareSpec("a");
