/** Every instruction but those that end a block with a choice. */
import { BOOLEAN, LUA_CLOSURE, NIL } from "../vm/types.ts";
import * as op from "./code.ts";
import * as arithmetic from "./emit-arithmetic.ts";
import * as calls from "./emit-calls.ts";
import { prepare } from "./emit-control.ts";
import * as tables from "./emit-tables.ts";
import type { Emitter } from "./emitter.ts";
import { Unsupported } from "./flow.ts";

type Write = (e: Emitter, pc: number) => void;

const move: Write = (e, pc) => {
  const { A, B } = e.code[pc]!;
  e.set(A, e.tag(B), e.value(B));
};

const constant: Write = (e, pc) => {
  const { opcode, A, Bx } = e.code[pc]!;
  const k = 256 + (opcode === op.LOADK ? Bx : e.code[pc + 1]!.Ax);
  e.set(A, e.tag(k), e.value(k));
};

const boolean: Write = (e, pc) => {
  const { A, B } = e.code[pc]!;
  e.set(A, BOOLEAN, B !== 0 ? "true" : "false");
};

const nils: Write = (e, pc) => {
  const { A, B } = e.code[pc]!;
  for (let r = A; r <= A + B; r++) e.set(r, NIL, "null");
};

const getUpvalue: Write = (e, pc) => {
  const { A, B } = e.code[pc]!;
  e.set(A, `${e.upvalue(B)}.type`, `${e.upvalue(B)}.value`);
};

const setUpvalue: Write = (e, pc) => {
  const { A, B } = e.code[pc]!;
  e.write(`${e.upvalue(B)}.value=${e.value(A)};${e.upvalue(B)}.type=${e.tag(A)};`);
};

const setTable: Write = (e, pc) => {
  const { opcode, A, B, C } = e.code[pc]!;
  tables.setTable(e, pc, opcode === op.SETTABLE ? e.operand(A) : e.cell(e.upvalue(A)), B, C);
};

const writers = new Map<number, Write>([
  [op.MOVE, move],
  [op.LOADK, constant],
  [op.LOADKX, constant],
  [op.LOADBOOL, boolean],
  [op.LOADNIL, nils],
  [op.GETUPVAL, getUpvalue],
  [op.SETUPVAL, setUpvalue],
  [op.GETTABUP, (e, pc) => tables.getTable(e, pc, e.cell(e.upvalue(e.code[pc]!.B)))],
  [op.GETTABLE, (e, pc) => tables.getTable(e, pc)],
  [op.SETTABUP, setTable],
  [op.SETTABLE, setTable],
  [op.NEWTABLE, tables.newTable],
  [op.SELF, tables.self],
  ...[op.ADD, op.SUB, op.MUL, op.MOD, op.POW, op.DIV, op.IDIV].map((code) => [code, arithmetic.arithmetic] as const),
  ...[op.BAND, op.BOR, op.BXOR, op.SHL, op.SHR].map((code) => [code, arithmetic.bits] as const),
  [op.UNM, arithmetic.unary],
  [op.BNOT, arithmetic.unary],
  [op.NOT, arithmetic.not],
  [op.LEN, arithmetic.length],
  [op.CONCAT, arithmetic.concatenate],
  [op.CALL, calls.call],
  [op.TAILCALL, calls.tailCall],
  [op.RETURN, calls.returns],
  [op.FORPREP, prepare],
  [op.TFORCALL, calls.iterate],
  [op.SETLIST, (e, pc) => tables.setList(e, pc, calls.openedBefore(e, pc))],
  [op.CLOSURE, closure],
  [op.VARARG, calls.varargs],
  [op.JMP, close],
]);

/** @throws Unsupported */
export function writeInstruction(e: Emitter, pc: number): void {
  const { opcode } = e.code[pc]!;
  const write = writers.get(opcode);
  if (write === undefined) throw new Unsupported(`instruction ${op.nameOf(opcode)}`);
  write(e, pc);
}

function closure(e: Emitter, pc: number): void {
  const { A, Bx } = e.code[pc]!;
  const upvalues = e.p.p[Bx]!.upvalues as readonly { readonly instack: boolean; readonly idx: number }[];
  const cells = upvalues.map(({ instack, idx }) => (instack ? `c${idx}` : e.upvalue(idx)));
  e.set(A, LUA_CLOSURE, `closureOf(L,cl,${Bx},[${cells.join(",")}])`);
}

/** A jump out of blocks whose variables closures keep: the next time, the variables are others. */
export function close(e: Emitter, pc: number): void {
  const { A } = e.code[pc]!;
  if (A === 0) return;
  for (const r of e.captured) if (r >= A - 1) e.write(`c${r}=new Cell(c${r}.type,c${r}.value);`);
}
