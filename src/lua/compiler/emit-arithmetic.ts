/**
 * Arithmetic, comparison and concatenation. What is not the usual (a metamethod, a string as a number, a result beyond
 * 2^53) leaves the code, or calls a helper where that has happened often.
 */
import { FLOAT, INTEGER, STRING } from "../vm/types.ts";
import * as op from "./code.ts";
import { all, type Emitter, integerCheck, isNumber, numberCheck, type Operand } from "./emitter.ts";
import { SUSPEND } from "./exits.ts";
import { TextSite } from "./sites.ts";
import { T_BOOLEAN, T_FLOAT, T_INTEGER, T_NIL, T_STRING } from "./types.ts";

const signs = new Map([
  [op.ADD, "+"],
  [op.SUB, "-"],
  [op.MUL, "*"],
]);

/** What happens when the usual form does not apply: a statement. */
function otherwise(e: Emitter, pc: number, a: Operand, b: Operand): string {
  if (!e.isGeneric(pc)) return e.exit(pc);
  const { A } = e.code[pc]!;
  return `{${generic(e, pc, `arithmetic(L,ci,${pc},d+${e.cost},${a.t},${a.v},${b.t},${b.v})`, A)}}`;
}

/**
 * The statements that set a register to what a helper gives, which may call back into Lua.
 * @param kept what is needed when it goes on after a suspension
 */
export function generic(
  e: Emitter,
  pc: number,
  call: string,
  target: number,
  kept: ReadonlySet<number> = e.live.during(pc),
): string {
  const result = e.temporary();
  const cell = e.captured.has(target);
  const write = cell ? `c${target}.value=${result};c${target}.type=R.type;` : `v${target}=${result};t${target}=R.type;`;
  return `${result}=${call};if(R.type<0)${e.leave(SUSPEND, pc, kept)}${write}`;
}

/** Code that is only reached when the condition holds; "true" is left out. */
const when = (condition: string, then: string): string =>
  condition === "true" ? `{${then}}` : `if(${condition}){${then}}`;
const unless = (condition: string, then: () => string): string =>
  condition === "true" ? "" : `if(!(${condition}))${then()}`;

/** What sets a register, as text. */
const setting = (e: Emitter, r: number, tag: number | string, value: string): string =>
  e.captured.has(r) ? `c${r}.value=${value};c${r}.type=${tag};` : `v${r}=${value};t${r}=${tag};`;

export function arithmetic(e: Emitter, pc: number): void {
  const i = e.code[pc]!;
  if (i.opcode === op.DIV || i.opcode === op.POW) quotient(e, pc);
  else sum(e, pc);
}

function quotient(e: Emitter, pc: number): void {
  const { opcode, A, B, C } = e.code[pc]!;
  const a = e.operand(B);
  const b = e.operand(C);
  const value = opcode === op.DIV ? `${a.v}/${b.v}` : b.v === "2" ? `${a.v}*${a.v}` : `pow(${a.v},${b.v})`;
  const check = all(numberCheck(a), numberCheck(b));
  if (!e.isGeneric(pc)) {
    e.write(unless(check, () => e.exit(pc)));
    e.set(A, FLOAT, value);
    return;
  }
  e.write(when(check, setting(e, A, FLOAT, value)));
  if (check !== "true") e.write(`else ${otherwise(e, pc, a, b)}`);
}

function sum(e: Emitter, pc: number): void {
  const { opcode, A, B, C } = e.code[pc]!;
  const a = e.operand(B);
  const b = e.operand(C);
  const numbers = all(numberCheck(a), numberCheck(b));
  const isFloat = (a.types === T_FLOAT || b.types === T_FLOAT) && !e.isGeneric(pc);
  const float =
    opcode === op.MOD
      ? `modFloat(${a.v},${b.v})`
      : opcode === op.IDIV
        ? `Math.floor(${a.v}/${b.v})`
        : `${a.v}${signs.get(opcode)}${b.v}`;
  if (isFloat) {
    e.write(unless(numbers, () => e.exit(pc)));
    e.set(A, FLOAT, float);
    return;
  }
  const integers = all(integerCheck(a), integerCheck(b));
  const [text, result] = whole(e, pc, a, b);
  if (integers === "true" && !e.isGeneric(pc)) {
    e.write(text);
    e.set(A, INTEGER, result);
    return;
  }
  const fits = e.isGeneric(pc) ? `if(${result}===undefined)${otherwise(e, pc, a, b)}else ` : "";
  e.write(when(integers, `${text}${fits}{${setting(e, A, INTEGER, result)}}`));
  if (integers === "true") return;
  e.write(`else ${when(numbers, setting(e, A, FLOAT, float))}`);
  if (numbers !== "true") e.write(`else ${otherwise(e, pc, a, b)}`);
}

/**
 * The operation on integers. Where the result is none that JavaScript has exactly, the code is left, or the result is
 * undefined and a helper has to do it.
 * @returns the statements, and the variable with the result
 */
function whole(e: Emitter, pc: number, a: Operand, b: Operand): [text: string, result: string] {
  const { opcode, C } = e.code[pc]!;
  const result = e.temporary();
  const fails = () => (e.isGeneric(pc) ? `${result}=undefined;` : e.exit(pc));
  const sign = signs.get(opcode);
  if (sign !== undefined) {
    const value = opcode === op.MUL ? `${a.v}*${b.v}+0` : `${a.v}${sign}${b.v}`;
    const beyond = `(${result}|0)!==${result}&&(${result}>9007199254740991||${result}<-9007199254740991)`;
    return [`${result}=${value};if(${beyond})${fails()}`, result];
  }
  const value = `${result}=${opcode === op.MOD ? "modInteger" : "divideInteger"}(${a.v},${b.v});`;
  if (op.isConstant(C) && b.v !== "0") return [value, result];
  return [`if(${b.v}===0)${fails()}else ${value}`, result];
}

const bitSigns = new Map([
  [op.BAND, "&"],
  [op.BOR, "|"],
  [op.BXOR, "^"],
]);

export function bits(e: Emitter, pc: number): void {
  const { opcode, A, B, C } = e.code[pc]!;
  const a = e.operand(B);
  const b = e.operand(C);
  const check = all(integerCheck(a), integerCheck(b));
  const sign = bitSigns.get(opcode);
  let fits: string;
  let value: string;
  if (sign !== undefined) {
    fits = all(isWord(e, B, a), isWord(e, C, b));
    value = `${a.v}${sign}${b.v}`;
  } else if (opcode === op.SHL) {
    fits = `${b.v}>=0&&${b.v}<=20&&(${a.v}|0)===${a.v}`;
    value = `${a.v}*(1<<${b.v})`;
  } else {
    fits = `${b.v}>=0&&${b.v}<32&&${a.v}>=0&&${a.v}<=2147483647`;
    value = `${a.v}>>>${b.v}`;
  }
  if (e.isGeneric(pc)) {
    e.write(
      `if(${all(check === "true" ? "" : check, fits)}){${setting(e, A, INTEGER, value)}}else ${otherwise(e, pc, a, b)}`,
    );
    return;
  }
  e.write(unless(check, () => e.exit(pc)));
  const result = e.temporary();
  e.write(
    `if(${fits})${result}=${value};else if((${result}=bitsOf(${opcode},${a.v},${b.v}))===undefined)${e.exit(pc)}`,
  );
  e.set(A, INTEGER, result);
}

/** Whether a value has 32 bits. */
function isWord(e: Emitter, operand: number, { v }: Operand): string {
  if (op.isConstant(operand)) {
    const value = e.p.k[op.constantIndex(operand)]!.value;
    if (typeof value === "number" && (value | 0) === value) return "";
  }
  return `(${v}|0)===${v}`;
}

export function unary(e: Emitter, pc: number): void {
  const { opcode, A, B } = e.code[pc]!;
  const a = e.operand(B);
  if (e.isGeneric(pc)) {
    e.write(generic(e, pc, `arithmetic(L,ci,${pc},d+${e.cost},${a.t},${a.v},${a.t},${a.v})`, A));
    return;
  }
  if (opcode === op.BNOT) {
    e.write(unless(all(integerCheck(a)), () => e.exit(pc)));
    e.write(unless(`(${a.v}|0)===${a.v}`, () => e.exit(pc)));
    e.set(A, INTEGER, `~${a.v}`);
    return;
  }
  e.write(unless(all(numberCheck(a)), () => e.exit(pc)));
  if (a.types === T_INTEGER) e.set(A, INTEGER, `0-${a.v}`);
  else if (a.types === T_FLOAT) e.set(A, FLOAT, `-${a.v}`);
  else {
    const isInteger = e.temporary();
    e.write(`${isInteger}=${a.t}===19;`);
    e.set(A, `${isInteger}?19:3`, `${isInteger}?0-${a.v}:-${a.v}`);
  }
}

export function length(e: Emitter, pc: number): void {
  const { A, B } = e.code[pc]!;
  const a = e.operand(B);
  const n = e.temporary();
  e.write(`${n}=lengthOf(${a.t},${a.v});`);
  if (!e.isGeneric(pc)) {
    e.write(`if(${n}<0)${e.exit(pc)}`);
    e.set(A, INTEGER, n);
    return;
  }
  e.write(
    `if(${n}>=0){${setting(e, A, INTEGER, n)}}else{${generic(e, pc, `lengthBy(L,ci,${pc},d+${e.cost},${a.t},${a.v})`, A)}}`,
  );
}

export function not(e: Emitter, pc: number): void {
  const { A, B } = e.code[pc]!;
  e.set(A, 1, isFalse(e.operand(B)));
}

export const isFalse = ({ t, v, types }: Operand): string => {
  if (types === T_BOOLEAN) return `${v}===false`;
  if ((types & (T_NIL | T_BOOLEAN)) === 0) return "false";
  return (types & T_BOOLEAN) === 0 ? `${t}===0` : `(${t}===0||${v}===false)`;
};

export function concatenate(e: Emitter, pc: number): void {
  const { A, B, C } = e.code[pc]!;
  const result = e.temporary();
  const operands = e.pairs(B, C - B + 1);
  const count = operands.length;
  const site = count <= 3 ? `${e.site(() => new TextSite())},` : "";
  const call = count <= 4 ? `concat${count}(L,${site}${operands.join(",")})` : `concat(L,[${operands.join(",")}])`;
  e.write(`${result}=${call};`);
  if (!e.isGeneric(pc)) {
    e.write(`if(${result}===undefined)${e.exit(pc)}`);
    e.set(A, STRING, result);
    return;
  }
  const slow = generic(e, pc, `concatBy(L,ci,${pc},d+${e.cost},[${operands.join(",")}])`, A);
  e.write(`if(${result}!==undefined){${setting(e, A, STRING, result)}}else{${slow}}`);
}

// ---- conditions ----

/** Writes what a test needs. @returns the condition under which it jumps */
export function condition(e: Emitter, pc: number): string {
  const { opcode, A, B, C } = e.code[pc]!;
  if (opcode === op.TEST || opcode === op.TESTSET) {
    const negative = isFalse(e.operand(opcode === op.TEST ? A : B));
    return C !== 0 ? `!(${negative})` : negative;
  }
  const holds = opcode === op.EQ ? equality(e, pc) : order(e, pc);
  return A !== 0 ? holds : `!(${holds})`;
}

function equality(e: Emitter, pc: number): string {
  const { B, C } = e.code[pc]!;
  const a = e.operand(B);
  const b = e.operand(C);
  if (isNumber(a) && isNumber(b)) return `${a.v}===${b.v}`;
  if (op.isConstant(B)) return equalsConstant(a, constantOf(e, B), b);
  if (op.isConstant(C)) return equalsConstant(b, constantOf(e, C), a);
  const result = e.temporary();
  const otherwise = e.isGeneric(pc)
    ? `{${result}=equalBy(L,ci,${pc},d+${e.cost},${a.t},${a.v},${b.t},${b.v});if(R.type<0)${e.leave(SUSPEND, pc, e.live.during(pc))}}`
    : e.exit(pc);
  e.write(
    `if(${a.v}===${b.v}&&${a.t}===${b.t})${result}=true;` +
      `else if((${result}=equal(${a.t},${a.v},${b.t},${b.v}))===undefined)${otherwise}`,
  );
  return result;
}

const constantOf = (e: Emitter, operand: number): unknown => e.p.k[op.constantIndex(operand)]!.value;

/** With a constant, whose metamethods nobody has. */
function equalsConstant(constant: Operand, value: unknown, { t, v, types }: Operand): string {
  switch (constant.types) {
    case T_NIL:
      return `${t}===0`;
    case T_STRING:
      return `(${v}===${constant.v}||(${t}===20&&sameString(${v},${constant.v})))`;
    case T_FLOAT:
      if (Math.abs(value as number) > Number.MAX_SAFE_INTEGER) break; // which may be a large integer
      return `${v}===${constant.v}`;
    case T_INTEGER:
    case T_BOOLEAN:
      return `${v}===${constant.v}`; // numbers and booleans are themselves; nothing else is a JavaScript number
    default:
      if (types === T_INTEGER) return "false"; // a large integer is none that JavaScript has exactly
  }
  return `equal(${constant.t},${constant.v},${t},${v})===true`;
}

function order(e: Emitter, pc: number): string {
  const { opcode, B, C } = e.code[pc]!;
  const a = e.operand(B);
  const b = e.operand(C);
  const sign = opcode === op.LT ? "<" : "<=";
  if (isNumber(a) && isNumber(b)) return `${a.v}${sign}${b.v}`;
  const result = e.temporary();
  const mayBeStrings = (a.types & T_STRING) !== 0 && (b.types & T_STRING) !== 0;
  const strings = mayBeStrings ? `else if(${a.t}===20&&${b.t}===20)${result}=${a.v}.binary${sign}${b.v}.binary;` : "";
  const otherwise = e.isGeneric(pc)
    ? `{${result}=orderBy(L,ci,${pc},d+${e.cost},${a.t},${a.v},${b.t},${b.v});if(R.type<0)${e.leave(SUSPEND, pc, e.live.during(pc))}}`
    : e.exit(pc);
  e.write(`if(${all(numberCheck(a), numberCheck(b))})${result}=${a.v}${sign}${b.v};${strings}else ${otherwise}`);
  return result;
}
