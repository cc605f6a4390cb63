/**
 * Decimal digits of floats, rounded as C's printf does: exactly, and to the even digit where the float lies just
 * between two. JavaScript's own `toFixed` and `toExponential` are exact too but go up there: (2.5).toFixed(0) is "3".
 * So they do the work, and only those ties are decided here. Everywhere `x` is finite and not negative.
 */

/** "%.{decimals}f" */
export function fixed(x: number, decimals: number): string {
  // From 1e21 on `toFixed` turns to exponents; such a number is whole.
  if (x >= 1e21) return BigInt(x).toString() + (decimals > 0 ? `.${"0".repeat(decimals)}` : "");
  if (!isTie(x, decimals)) return x.toFixed(decimals);
  const down = cutLast(x.toFixed(decimals + 1));
  return endsEven(down) ? down : x.toFixed(decimals);
}

/** The digits of "%.{decimals}e", with an exponent as JavaScript writes it: `1.50e-7`. */
export function exponential(x: number, decimals: number): string {
  const longer = x.toExponential(decimals + 1);
  const at = longer.indexOf("e");
  if (longer[at - 1] !== "5" || !isTie(x, decimals - Number(longer.slice(at + 1)))) return x.toExponential(decimals);
  const down = cutLast(longer.slice(0, at));
  return endsEven(down) ? down + longer.slice(at) : x.toExponential(decimals);
}

/** "%.{significant}g", or "%#.{significant}g" when the zeros at the end are kept. */
export function general(x: number, significant: number, keepZeros = false): string {
  const [mantissa, exponent] = exponential(x, significant - 1).split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= significant) return withExponent(trim(mantissa, keepZeros), exponent);
  const digits = mantissa.replace(".", "");
  if (power < 0) return trim(`0.${"0".repeat(-power - 1)}${digits}`, keepZeros);
  return trim(`${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`, keepZeros);
}

/** C writes two digits of the exponent at least. */
export function withExponent(mantissa: string, exponent: string): string {
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** Without zeros, or the point, at the end; or else with a point in any case. */
function trim(text: string, keepZeros: boolean): string {
  if (keepZeros) return text.includes(".") ? text : `${text}.`;
  return text.includes(".") ? text.replace(/\.?0+$|\.$/, "") : text;
}

/** Whether x lies just between two numbers of so many decimals. Below zero: of so many zeros before the point. */
function isTie(x: number, decimals: number): boolean {
  // Half of the last decimal place is an odd multiple of 2^-(decimals + 1), and a binary float has it only so.
  if (decimals >= 0) return (x * 2 ** (decimals + 1)) % 2 === 1;
  return Number.isInteger(x) && BigInt(x) % 10n ** BigInt(-decimals) === 5n * 10n ** BigInt(-decimals - 1);
}

const cutLast = (text: string) => text.slice(0, text.at(-2) === "." ? -2 : -1);

const endsEven = (text: string) => "02468".includes(text.at(-1)!);
