import { ByteString, isInteger } from "../../../value/value.ts";
import { work } from "../../meter/meter.ts";
import { general } from "../../vm/decimal.ts";
import { type Core, FLOAT, INTEGER, STRING } from "../../vm/types.ts";

/** The part of luaconf.js that is mended before the core loads. */
export interface Luaconf {
  LUAI_MAXSTACK: number;
  lua_number2str: (n: number) => string;
  lua_numbertointeger: (n: number) => number | false;
}

/**
 * Numbers as text. Lua writes a float as C's "%.14g" does; Fengari's way gives "Infinity" for "inf", and all digits
 * where the exponent is due: 1e15 came out as 1000000000000000.0.
 *
 * And numbers as integers: Fengari made minus zero one, which no integer is. It showed in `1 // math.floor(-0.0)`.
 */
export function mendNumberFormat(luaconf: Luaconf): void {
  luaconf.lua_number2str = float14g;
  luaconf.lua_numbertointeger = (n) => (n >= -(2 ** 31) && n < 2 ** 31 ? n + 0 : false);
}

/** The same function is behind every `..`, so it also makes the bytes without detours. */
export function mendNumberText({ lobject }: Core): void {
  lobject.luaO_tostring = (_, cell) => {
    const n = cell.value as number;
    const text = cell.type === INTEGER ? String(n) : floatText(n);
    cell.type = STRING;
    cell.value = ByteString.fromAscii(text);
  };
}

/** The longest numeral that Fengari reads itself: it puts a text together character by character, 32 bytes for each. */
const LONG_NUMERAL = 1000;
const decimalNumeral = /^[\t\v\f \n\r]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[\t\v\f \n\r]*$/;

/** Text as numbers. A numeral may be as long as a string, and is read wherever a number is expected. */
export function mendNumerals({ lobject }: Core): void {
  const { luaO_str2num } = lobject;
  lobject.luaO_str2num = (bytes, cell) => {
    if (bytes.length <= LONG_NUMERAL) return luaO_str2num(bytes, cell);
    work(bytes.length);
    if (bytes.includes(0x78) || bytes.includes(0x58)) return luaO_str2num(bytes, cell); // hexadecimal: digit by digit
    const text = Buffer.from(bytes).toString("latin1");
    if (!decimalNumeral.test(text)) return 0;
    const isFloat = /[.eE]/.test(text);
    const n = isFloat ? Number.parseFloat(text) : Number.parseFloat(text) + 0; // no integer is minus zero
    const isWhole = !isFloat && isInteger(n);
    cell.type = isWhole ? INTEGER : FLOAT;
    cell.value = n;
    return bytes.length + 1;
  };
}

/** A float as Lua's `tostring` writes it: it always looks like a float. */
function floatText(n: number): string {
  const text = float14g(n);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const DIGITS = 14;

/** "%.14g" */
function float14g(n: number): string {
  if (Number.isInteger(n) && n > -1e14 && n < 1e14) return Object.is(n, -0) ? "-0" : String(n);
  if (Number.isNaN(n)) return "nan";
  if (!Number.isFinite(n)) return n > 0 ? "inf" : "-inf";
  return n < 0 ? `-${general(-n, DIGITS)}` : general(n, DIGITS);
}
