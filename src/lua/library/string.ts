import { ByteString, isInteger } from "../../value/value.ts";
import { fengari } from "../fengari/fengari.ts";
import { burn } from "../meter/fuel.ts";
import { newBuffer, newString, Pieces } from "../meter/meter.ts";
import { exponential, fixed, general, withExponent } from "../vm/decimal.ts";
import { stringCell } from "../vm/table.ts";
import { baseType, INTEGER, type LuaCFunction, type LuaState, STRING } from "../vm/types.ts";

/**
 * `string.rep`, and `string.format`, on bytes. Fengari's own goes through a JavaScript formatter that knows no bytes, throws its own
 * exceptions ("% d", a width on a string that is no UTF-8), and refuses a whole float that is no 32-bit integer.
 */
const { lua, lauxlib } = fengari;
const ascii = (text: string) => Buffer.from(text, "latin1");

interface Spec {
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  /** -1: none was given. */
  readonly precision: number;
}

/** Longer strings than JavaScript has arrays are refused by name. */
const MAX_STRING = 2 ** 31 - 1;
/** What a directive of `format` costs, in instructions. */
const PIECE_STEPS = 10;

const directive = /([-+ #0]*)(\d*)(?:(\.)(\d*))?(.?)/sy;

export const format: LuaCFunction = (L) => {
  const given = lauxlib.luaL_checkstring(L, 1);
  newBuffer(2 * given.length);
  const template = Buffer.from(given).toString("latin1");
  const parts = new Pieces(L);
  let arg = 1;
  for (let at = 0; at < template.length; ) {
    burn(L, PIECE_STEPS);
    const percent = template.indexOf("%", at);
    if (percent !== at) parts.add(ascii(template.slice(at, percent === -1 ? undefined : percent)));
    if (percent === -1) break;
    if (template[percent + 1] === "%") {
      parts.add(ascii("%"));
      at = percent + 2;
      continue;
    }
    directive.lastIndex = percent + 1;
    const [whole, flags, width, dot, precision, conversion] = directive.exec(template) as unknown as string[];
    if (++arg > lua.lua_gettop(L)) lauxlib.luaL_argerror(L, arg, ascii("no value"));
    if (flags!.length > 5) lauxlib.luaL_error(L, ascii("invalid format (repeated flags)"));
    if (width!.length > 2 || (precision?.length ?? 0) > 2) {
      lauxlib.luaL_error(L, ascii("invalid format (width or precision too long)"));
    }
    const spec: Spec = {
      left: flags!.includes("-"),
      plus: flags!.includes("+"),
      space: flags!.includes(" "),
      alternate: flags!.includes("#"),
      zero: flags!.includes("0"),
      width: Number(width),
      precision: dot === undefined ? -1 : Number(precision),
    };
    parts.add(formatOne(L, arg, conversion!, spec));
    at = percent + 1 + whole!.length;
  }
  lua.lua_pushstring(L, parts.join());
  return 1;
};

function formatOne(L: LuaState, arg: number, conversion: string, spec: Spec): Uint8Array {
  switch (conversion) {
    case "c":
      return pad(Uint8Array.of(lauxlib.luaL_checkinteger(L, arg)), spec);
    case "d":
    case "i":
      return formatInteger(wholeNumber(L, arg), spec);
    case "u":
    case "o":
    case "x":
    case "X":
      return formatUnsigned(wholeNumber(L, arg), conversion, spec);
    case "a":
    case "A":
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return formatFloat(lauxlib.luaL_checknumber(L, arg), conversion, spec);
    case "q":
      return quote(L, arg);
    case "s": {
      const bytes = lauxlib.luaL_tolstring(L, arg);
      lua.lua_pop(L, 1);
      return pad(spec.precision >= 0 ? bytes.subarray(0, spec.precision) : bytes, spec);
    }
    default:
      return lauxlib.luaL_error(L, ascii(`invalid option '%%${printable(conversion)}' to 'format'`));
  }
}

const printable = (c: string) =>
  (c >= " " && c <= "~" ? c : c === "" ? "" : `<\\${c.charCodeAt(0)}>`).replace("%", "%%");

function pad(bytes: Uint8Array, { width, left }: Spec): Uint8Array {
  if (bytes.length >= width) return bytes;
  const padded = new Uint8Array(width).fill(0x20);
  padded.set(bytes, left ? 0 : width - bytes.length);
  return padded;
}

/** Any whole number that a float holds exactly; Lua's own integers are a part of them. */
function wholeNumber(L: LuaState, arg: number): number {
  const n = lua.lua_tonumberx(L, arg);
  if (n === false) return lauxlib.luaL_checkinteger(L, arg); // says what it is instead
  if (!Number.isSafeInteger(n)) lauxlib.luaL_argerror(L, arg, ascii("number has no integer representation"));
  return n;
}

function sign(negative: boolean, { plus, space }: Spec): string {
  return negative ? "-" : plus ? "+" : space ? " " : "";
}

/** Sign, prefix and digits to the width: zeros go between the sign and the digits. */
function fill(prefix: string, digits: string, spec: Spec, zeros: boolean): Uint8Array {
  const missing = spec.width - prefix.length - digits.length;
  if (zeros && !spec.left && missing > 0) return ascii(prefix + "0".repeat(missing) + digits);
  return pad(ascii(prefix + digits), spec);
}

function formatInteger(n: number, spec: Spec): Uint8Array {
  const digits = spec.precision === 0 && n === 0 ? "" : String(Math.abs(n)).padStart(spec.precision, "0");
  return fill(sign(n < 0, spec), digits, spec, spec.zero && spec.precision < 0);
}

function formatUnsigned(n: number, conversion: string, spec: Spec): Uint8Array {
  // A negative number shows as its two's complement, in 32 bits if it is an integer of ours and in 64 if it is not.
  const unsigned = n >= 0 ? BigInt(n) : BigInt.asUintN(isInteger(n) ? 32 : 64, BigInt(n));
  const base = conversion === "o" ? 8 : conversion === "u" ? 10 : 16;
  let digits = spec.precision === 0 && n === 0 ? "" : unsigned.toString(base).padStart(spec.precision, "0");
  let prefix = "";
  if (spec.alternate && base === 8 && digits[0] !== "0") digits = `0${digits}`;
  if (spec.alternate && base === 16 && n !== 0) prefix = "0x";
  if (conversion === "X") {
    digits = digits.toUpperCase();
    prefix = prefix.toUpperCase();
  }
  return fill(prefix, digits, spec, spec.zero && spec.precision < 0);
}

function formatFloat(n: number, conversion: string, spec: Spec): Uint8Array {
  const lower = conversion.toLowerCase();
  const negative = n < 0 || Object.is(n, -0);
  const x = Math.abs(n);
  let prefix = sign(negative && !Number.isNaN(n), spec);
  let digits: string;
  const finite = Number.isFinite(x);
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

/** A literal that Lua reads back as the same value. */
function quote(L: LuaState, arg: number): Uint8Array {
  const { type, value } = L.stack[L.ci.funcOff + arg]!;
  return type === STRING ? quoteString(value as ByteString) : ascii(quoteOther(L, arg, type, value));
}

function quoteOther(L: LuaState, arg: number, type: number, value: unknown): string {
  if (type === INTEGER) return value === -2147483648 ? "0x80000000" : String(value);
  switch (baseType({ type } as never)) {
    case 0:
    case 1:
      return String(value ?? "nil");
    case 3: {
      const n = value as number;
      if (n === Infinity) return "1e9999";
      if (n === -Infinity) return "-1e9999";
      if (Number.isNaN(n)) return "(0/0)";
      return Buffer.from(formatFloat(n, "a", plain)).toString("latin1");
    }
    default:
      return lauxlib.luaL_argerror(L, arg, ascii("value has no literal form"));
  }
}

const plain: Spec = {
  left: false,
  plus: false,
  space: false,
  alternate: false,
  zero: false,
  width: 0,
  precision: -1,
};

/** How a byte is written; undefined for one that stands for itself. */
function escapeOf(byte: number, digitFollows: boolean): string | undefined {
  if (byte === 0x22 || byte === 0x5c || byte === 0x0a) return `\\${String.fromCharCode(byte)}`;
  if (byte >= 0x20 && byte !== 0x7f) return undefined;
  return `\\${digitFollows ? String(byte).padStart(3, "0") : byte}`;
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Byte by byte into one buffer: a string of quotes alone would be as many matches of a regular expression. */
function quoteString({ bytes }: ByteString): Uint8Array {
  let length = 2;
  for (let i = 0; i < bytes.length; i++) length += escapeOf(bytes[i]!, isDigit(bytes[i + 1]))?.length ?? 1;
  newBuffer(length);
  const quoted = new Uint8Array(length);
  let at = 0;
  quoted[at++] = 0x22;
  for (let i = 0; i < bytes.length; i++) {
    const escaped = escapeOf(bytes[i]!, isDigit(bytes[i + 1]));
    if (escaped === undefined) quoted[at++] = bytes[i]!;
    else for (let j = 0; j < escaped.length; j++) quoted[at++] = escaped.charCodeAt(j);
  }
  quoted[at] = 0x22;
  return quoted;
}

/**
 * Fengari's functions that go through a string byte by byte, within one instruction: the work is counted before it is
 * done. @param arg the string; @param perByte instructions
 */
export const throughString =
  (arg: number, perByte: number) =>
  (original: LuaCFunction): LuaCFunction =>
  (L) => {
    const cell = L.ci.funcOff + arg < L.top ? L.stack[L.ci.funcOff + arg] : undefined;
    if (cell?.type === STRING) burn(L, perByte * (cell.value as ByteString).length);
    return original(L);
  };

/** `string.rep`: the bytes are doubled until they are enough, where Fengari appends them one by one. */
export const rep: LuaCFunction = (L) => {
  const unit = lauxlib.luaL_checkstring(L, 1);
  const times = lauxlib.luaL_checkinteger(L, 2);
  const separator = lua.lua_type(L, 3) > 0 ? lauxlib.luaL_checkstring(L, 3) : new Uint8Array(0);
  const length = times <= 0 ? 0 : unit.length * times + separator.length * (times - 1);
  if (length >= MAX_STRING) return lauxlib.luaL_error(L, ascii("resulting string too large"));
  newBuffer(length);
  const bytes = new Uint8Array(length);
  const period = unit.length + separator.length;
  if (length > 0) {
    bytes.set(unit);
    if (length > unit.length) bytes.set(separator, unit.length);
    for (let done = period; done < length; done *= 2) bytes.copyWithin(done, 0, Math.min(done, length - done));
  }
  L.stack[L.top++] = stringCell(newBytes(bytes));
  return 1;
};

function newBytes(bytes: Uint8Array): ByteString {
  newString(bytes.length);
  return new ByteString(bytes);
}
