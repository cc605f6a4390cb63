/**
 * The instructions of a function as the compiler looks at them: what follows each of them, and which registers it
 * reads and writes. Nothing here knows how they are run.
 */

/** An instruction as Fengari's code generator makes it. */
export interface Instruction {
  readonly opcode: number;
  readonly A: number;
  readonly B: number;
  readonly C: number;
  readonly Bx: number;
  readonly Ax: number;
  readonly sBx: number;
}

const names = [
  ..."MOVE LOADK LOADKX LOADBOOL LOADNIL GETUPVAL GETTABUP GETTABLE SETTABUP SETUPVAL SETTABLE NEWTABLE SELF".split(
    " ",
  ),
  ..."ADD SUB MUL MOD POW DIV IDIV BAND BOR BXOR SHL SHR UNM BNOT NOT LEN CONCAT JMP EQ LT LE TEST TESTSET".split(" "),
  ..."CALL TAILCALL RETURN FORLOOP FORPREP TFORCALL TFORLOOP SETLIST CLOSURE VARARG EXTRAARG".split(" "),
];

/** What opcodes are called, for whoever reads generated code. */
export const nameOf = (opcode: number): string => names[opcode] ?? `${opcode}`;

export const MOVE = 0;
export const LOADK = 1;
export const LOADKX = 2;
export const LOADBOOL = 3;
export const LOADNIL = 4;
export const GETUPVAL = 5;
export const GETTABUP = 6;
export const GETTABLE = 7;
export const SETTABUP = 8;
export const SETUPVAL = 9;
export const SETTABLE = 10;
export const NEWTABLE = 11;
export const SELF = 12;
export const ADD = 13;
export const SUB = 14;
export const MUL = 15;
export const MOD = 16;
export const POW = 17;
export const DIV = 18;
export const IDIV = 19;
export const BAND = 20;
export const BOR = 21;
export const BXOR = 22;
export const SHL = 23;
export const SHR = 24;
export const UNM = 25;
export const BNOT = 26;
export const NOT = 27;
export const LEN = 28;
export const CONCAT = 29;
export const JMP = 30;
export const EQ = 31;
export const LT = 32;
export const LE = 33;
export const TEST = 34;
export const TESTSET = 35;
export const CALL = 36;
export const TAILCALL = 37;
export const RETURN = 38;
export const FORLOOP = 39;
export const FORPREP = 40;
export const TFORCALL = 41;
export const TFORLOOP = 42;
export const SETLIST = 43;
export const CLOSURE = 44;
export const VARARG = 45;
export const EXTRAARG = 46;

/** Whether an operand is a constant, and not a register. */
export const isConstant = (x: number): boolean => x >= 256;
export const constantIndex = (x: number): number => x - 256;

/** The instructions that may come after this one. Of a test, the one it jumps to comes first. */
export function successors(code: readonly Instruction[], pc: number): readonly number[] {
  const i = code[pc]!;
  switch (i.opcode) {
    case JMP:
    case FORPREP:
      return [pc + 1 + i.sBx];
    case EQ:
    case LT:
    case LE:
    case TEST:
    case TESTSET:
      return [pc + 2 + code[pc + 1]!.sBx, pc + 2];
    case FORLOOP:
    case TFORLOOP:
      return [pc + 1 + i.sBx, pc + 1];
    case LOADBOOL:
      return [i.C !== 0 ? pc + 2 : pc + 1];
    case LOADKX:
      return [pc + 2];
    case SETLIST:
      return [i.C === 0 ? pc + 2 : pc + 1];
    case RETURN:
      return [];
    default:
      return [pc + 1];
  }
}

/**
 * The register where an instruction puts what it calls: from there on the stack is that of the callee, and afterwards of
 * its results. Infinite where it calls nothing.
 */
export function callAt({ opcode, A }: Instruction): number {
  if (opcode === CALL || opcode === TAILCALL) return A;
  return opcode === TFORCALL ? A + 3 : Number.POSITIVE_INFINITY;
}

/** Whether it takes what the instruction before left open: all results of a call, or all of `...`. */
export function takesOpen({ opcode, B }: Instruction): boolean {
  return B === 0 && (opcode === CALL || opcode === TAILCALL || opcode === RETURN || opcode === SETLIST);
}

/** Whether it leaves any number of values from its A on. */
export function leavesOpen({ opcode, B, C }: Instruction): boolean {
  return (opcode === CALL && C === 0) || opcode === TAILCALL || (opcode === VARARG && B === 0);
}

/** The first register of the values that the instruction before left open; it takes them from there on. */
export const openFrom = (code: readonly Instruction[], pc: number): number => code[pc - 1]!.A;

/** What an instruction does to registers. */
export interface Effect {
  readonly uses: readonly number[];
  readonly defs: readonly number[];
}

const range = (from: number, count: number): number[] => {
  const list: number[] = [];
  for (let i = 0; i < count; i++) list.push(from + i);
  return list;
};
const registers = (...operands: readonly number[]): number[] => operands.filter((x) => !isConstant(x));

/**
 * The registers that it reads, and those that it writes whatever happens. What an instruction takes that was left open
 * is no register of this kind: only the first one of it is.
 */
export function effectOf(code: readonly Instruction[], pc: number): Effect {
  const i = code[pc]!;
  const { A, B, C } = i;
  switch (i.opcode) {
    case MOVE:
    case UNM:
    case BNOT:
    case NOT:
    case LEN:
      return { uses: [B], defs: [A] };
    case LOADK:
    case LOADKX:
    case LOADBOOL:
    case GETUPVAL:
    case NEWTABLE:
    case CLOSURE:
      return { uses: [], defs: [A] };
    case LOADNIL:
      return { uses: [], defs: range(A, B + 1) };
    case GETTABUP:
      return { uses: registers(C), defs: [A] };
    case GETTABLE:
      return { uses: [B, ...registers(C)], defs: [A] };
    case SETTABUP:
    case EQ:
    case LT:
    case LE:
      return { uses: registers(B, C), defs: [] };
    case SETUPVAL:
    case TEST:
      return { uses: [A], defs: [] };
    case SETTABLE:
      return { uses: [A, ...registers(B, C)], defs: [] };
    case SELF:
      return { uses: [B, ...registers(C)], defs: [A, A + 1] };
    case CONCAT:
      return { uses: range(B, C - B + 1), defs: [A] };
    case TESTSET:
      return { uses: [B], defs: [] }; // A where it jumps only
    case CALL:
    case TAILCALL:
      return { uses: range(A, argumentsEnd(code, pc) - A), defs: i.opcode === CALL && C > 0 ? range(A, C - 1) : [A] };
    case RETURN:
      return { uses: range(A, B > 0 ? B - 1 : openFrom(code, pc) - A + 1), defs: [] };
    case FORLOOP:
      return { uses: range(A, 3), defs: [A, A + 3] }; // where it ends, nobody reads A + 3
    case FORPREP:
      return { uses: range(A, 3), defs: range(A, 3) };
    case TFORCALL:
      return { uses: range(A, 3), defs: range(A + 3, C) };
    case TFORLOOP:
      return { uses: [A + 1], defs: [A] }; // where it ends, nobody reads A
    case SETLIST:
      return { uses: range(A, (B > 0 ? B : openFrom(code, pc) - A) + 1), defs: [] };
    case VARARG:
      return { uses: [], defs: range(A, Math.max(1, B - 1)) };
    case JMP:
    case EXTRAARG:
      return { uses: [], defs: [] };
    default:
      return { uses: registers(B, C), defs: [A] };
  }
}

/** The register after the last argument of a call; of what was left open, the first one counts. */
const argumentsEnd = (code: readonly Instruction[], pc: number): number => {
  const { A, B } = code[pc]!;
  return B > 0 ? A + B : openFrom(code, pc) + 1;
};

interface Captures {
  readonly code: readonly Instruction[];
  readonly p: readonly { readonly upvalues: readonly { readonly instack: boolean; readonly idx: number }[] }[];
}

/** The registers that functions made here capture: they are kept in cells. */
export function capturedRegisters({ code, p }: Captures): ReadonlySet<number> {
  const captured = new Set<number>();
  for (const { opcode, Bx } of code) {
    if (opcode !== CLOSURE) continue;
    for (const { instack, idx } of p[Bx]!.upvalues) if (instack) captured.add(idx);
  }
  return captured;
}
