import { ByteString } from "../../value/value.ts";
import { type Core, INTEGER, STRING } from "../types.ts";
import { general } from "./decimal.ts";

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
