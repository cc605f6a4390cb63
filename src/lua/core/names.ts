/** What a message calls a value or a function: by the code around it, and by what the program calls it. */
import type { ByteString } from "../../value/value.ts";
import type { TValue } from "../vm/cell.ts";
import type { LuaClosure, Proto } from "../vm/closure.ts";
import { type CallInfo, CIST_LUA, CIST_TAIL, type LuaState } from "../vm/thread.ts";
import { STRING } from "../vm/types.ts";
import { aOf, axOf, bOf, bxOf, CONSTANT, cOf, codeOf, opOf, sbxOf } from "./decode.ts";
import { OP } from "./opcodes.ts";

/** A name in binary form, and what it is the name of: `local`, `global`, `method` … */
export interface Name {
  readonly kind: string;
  readonly name: string;
}

const text = (s: ByteString): string => s.binary;

/** The name of a local variable that lives in a register at this place. */
function localName(p: Proto, register: number, pc: number): string | undefined {
  let n = register + 1;
  for (const { varname, startpc, endpc } of p.locvars) {
    if (startpc > pc) break;
    if (pc < endpc && --n === 0) return text(varname);
  }
  return undefined;
}

function upvalueName(p: Proto, n: number): string {
  const name = p.upvalues[n]?.name;
  return name === null || name === undefined ? "?" : text(name);
}

/** The instruction that gave a register its value at `lastpc`, or -1 where that depends on the way there. */
function setterOf({ words }: { words: Int32Array }, lastpc: number, register: number): number {
  let setter = -1;
  let conditionalUntil = 0;
  for (let pc = 0; pc < lastpc; pc++) {
    const word = words[pc]!;
    const a = aOf(word);
    let sets: boolean;
    switch (opOf(word)) {
      case OP.LOADNIL:
        sets = a <= register && register <= a + bOf(word);
        break;
      case OP.TFORCALL:
        sets = register >= a + 2;
        break;
      case OP.CALL:
      case OP.TAILCALL:
        sets = register >= a;
        break;
      case OP.JMP: {
        const target = pc + 1 + sbxOf(word);
        if (pc < target && target <= lastpc && target > conditionalUntil) conditionalUntil = target;
        sets = false;
        break;
      }
      default:
        sets = register === a && setsA[opOf(word)]!;
    }
    if (sets) setter = pc < conditionalUntil ? -1 : pc;
  }
  return setter;
}

/** Whether an instruction writes its first register, by its number. */
const setsA: readonly boolean[] = Object.values(OP).map(
  (op) =>
    !(
      [OP.SETTABUP, OP.SETUPVAL, OP.SETTABLE, OP.JMP, OP.EQ, OP.LT, OP.LE, OP.TEST, OP.RETURN] as readonly number[]
    ).includes(op) && !([OP.TFORCALL, OP.SETLIST, OP.EXTRAARG] as readonly number[]).includes(op),
);

/** What a register holds at `pc`, as far as its code tells. */
export function registerName(p: Proto, pc: number, register: number): Name | undefined {
  const local = localName(p, register, pc);
  if (local !== undefined) return { kind: "local", name: local };
  const code = codeOf(p);
  const at = setterOf(code, pc, register);
  if (at < 0) return undefined;
  const word = code.words[at]!;
  switch (opOf(word)) {
    case OP.MOVE:
      return bOf(word) < aOf(word) ? registerName(p, at, bOf(word)) : undefined;
    case OP.GETTABUP:
    case OP.GETTABLE: {
      const table = opOf(word) === OP.GETTABLE ? localName(p, bOf(word), at) : upvalueName(p, bOf(word));
      return { kind: table === "_ENV" ? "global" : "field", name: keyName(p, at, cOf(word)) };
    }
    case OP.GETUPVAL:
      return { kind: "upvalue", name: upvalueName(p, bOf(word)) };
    case OP.LOADK:
    case OP.LOADKX: {
      const { type, value } = p.k[opOf(word) === OP.LOADK ? bxOf(word) : axOf(code.words[at + 1]!)]!;
      return type === STRING ? { kind: "constant", name: text(value as ByteString) } : undefined;
    }
    case OP.SELF:
      return { kind: "method", name: keyName(p, at, cOf(word)) };
    default:
      return undefined;
  }
}

function keyName(p: Proto, pc: number, operand: number): string {
  if (operand >= CONSTANT) {
    const { type, value } = p.k[operand - CONSTANT]!;
    return type === STRING ? text(value as ByteString) : "?";
  }
  const found = registerName(p, pc, operand);
  return found?.kind === "constant" ? found.name : "?";
}

/** The metamethod that an instruction may call. */
const metamethods: Readonly<Record<number, string>> = {
  [OP.SELF]: "__index",
  [OP.GETTABUP]: "__index",
  [OP.GETTABLE]: "__index",
  [OP.SETTABUP]: "__newindex",
  [OP.SETTABLE]: "__newindex",
  [OP.ADD]: "__add",
  [OP.SUB]: "__sub",
  [OP.MUL]: "__mul",
  [OP.MOD]: "__mod",
  [OP.POW]: "__pow",
  [OP.DIV]: "__div",
  [OP.IDIV]: "__idiv",
  [OP.BAND]: "__band",
  [OP.BOR]: "__bor",
  [OP.BXOR]: "__bxor",
  [OP.SHL]: "__shl",
  [OP.SHR]: "__shr",
  [OP.UNM]: "__unm",
  [OP.BNOT]: "__bnot",
  [OP.LEN]: "__len",
  [OP.CONCAT]: "__concat",
  [OP.EQ]: "__eq",
  [OP.LT]: "__lt",
  [OP.LE]: "__le",
};

/** What the frame of a Lua function calls at the instruction where it is. */
export const calledBy = ({ func, l_savedpc }: CallInfo): Name | undefined =>
  calledAt((func.value as LuaClosure).p, l_savedpc);

/** What code calls by the instruction before this place. */
export function calledAt(p: Proto, savedpc: number): Name | undefined {
  const pc = savedpc - 1;
  const word = codeOf(p).words[pc]!;
  switch (opOf(word)) {
    case OP.CALL:
    case OP.TAILCALL:
      return registerName(p, pc, aOf(word));
    case OP.TFORCALL:
      return { kind: "for iterator", name: "for iterator" };
    default: {
      const name = metamethods[opOf(word)];
      return name === undefined ? undefined : { kind: "metamethod", name };
    }
  }
}

/** What the function of a frame was called as. */
export function functionName(ci: CallInfo): Name | undefined {
  if (ci.callstatus & CIST_TAIL || !(ci.previous.callstatus & CIST_LUA)) return undefined;
  return calledBy(ci.previous);
}

/** ` (local 'x')` for what lies in a variable of the running function; nothing for what has no name. */
export function variableInfo(L: LuaState, o: TValue): string {
  const { ci } = L;
  if (!(ci.callstatus & CIST_LUA)) return "";
  const { p, upvals } = ci.func.value as LuaClosure;
  const upvalue = upvals.indexOf(o);
  const named =
    upvalue >= 0
      ? { kind: "upvalue", name: upvalueName(p, upvalue) }
      : nameOfSlot(L, ci, p, L.stack.indexOf(o, ci.l_base));
  return named === undefined ? "" : ` (${named.kind} '${named.name}')`;
}

function nameOfSlot(_L: LuaState, ci: CallInfo, p: Proto, slot: number): Name | undefined {
  return slot < 0 || slot >= ci.top ? undefined : registerName(p, ci.l_savedpc - 1, slot - ci.l_base);
}
