/**
 * What is known of the type of each register: a set of types as bits, worked out from where a value comes from and from
 * what has been asked of it since. What is not known to be of one type is checked where it is used.
 */
import { BOOLEAN, FLOAT, INTEGER, LUA_CLOSURE, NIL, STRING, TABLE } from "../vm/types.ts";
import * as op from "./code.ts";
import type { Flow } from "./flow.ts";

/** A set of types. */
export type Types = number;

export const T_NIL: Types = 1;
export const T_BOOLEAN: Types = 2;
/** An integer that is a JavaScript number. */
export const T_INTEGER: Types = 4;
export const T_FLOAT: Types = 8;
export const T_STRING: Types = 16;
export const T_TABLE: Types = 32;
export const T_FUNCTION: Types = 64;
/** Everything else: large integers, host functions, handles, coroutines. */
export const T_OTHER: Types = 128;
export const ANY: Types = 255;
export const NUMBER: Types = T_INTEGER | T_FLOAT;

const tags = new Map<Types, number>([
  [T_NIL, NIL],
  [T_BOOLEAN, BOOLEAN],
  [T_INTEGER, INTEGER],
  [T_FLOAT, FLOAT],
  [T_STRING, STRING],
  [T_TABLE, TABLE],
  [T_FUNCTION, LUA_CLOSURE],
]);

/** The tag of values of these types; undefined where there are several. */
export const tagOfTypes = (types: Types): number | undefined => tags.get(types);

/** By tag, of which there are fewer than this. */
const byTag: Types[] = new Array(64).fill(T_OTHER);
for (const [types, tag] of tags) byTag[tag] = types;

export const typesOfTag = (tag: number): Types => byTag[tag] ?? T_OTHER;

export interface Typed {
  readonly code: readonly op.Instruction[];
  readonly k: readonly { readonly type: number }[];
  readonly numparams: number;
  readonly maxstacksize: number;
}

/** What is known at one place, by register. */
export type Knowledge = Types[];

export class Inference {
  readonly #p: Typed;
  readonly #captured: ReadonlySet<number>;
  readonly #generic: ReadonlySet<number>;
  readonly #atStart = new Map<number, Knowledge>();

  /**
   * @param captured registers that others may write
   * @param generic instructions that are done by helpers, which may give anything
   * @param start what is known where the flow begins
   */
  constructor(
    p: Typed,
    flow: Flow,
    captured: ReadonlySet<number>,
    generic: ReadonlySet<number>,
    start: readonly Types[],
  ) {
    this.#p = p;
    this.#captured = captured;
    this.#generic = generic;
    this.#atStart.set(flow.entry, [...start]);
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of flow.order) if (this.#visit(flow, block)) changed = true;
    }
  }

  /** At the start of a block: a copy. */
  at(block: number): Knowledge {
    return [...this.#atStart.get(block)!];
  }

  /** What an operand may be: a register or a constant. */
  of(known: Knowledge, operand: number): Types {
    if (op.isConstant(operand)) return typesOfTag(this.#p.k[op.constantIndex(operand)]!.type);
    return this.#captured.has(operand) ? ANY : known[operand]!;
  }

  #visit(flow: Flow, start: number): boolean {
    const known = this.#atStart.get(start);
    if (known === undefined) return false;
    const after = [...known];
    const { pcs, next } = flow.block(start);
    for (const pc of pcs) this.follow(after, pc);
    let changed = false;
    for (const to of next) if (flow.blocks.has(to) && this.#join(to, after)) changed = true;
    return changed;
  }

  #join(block: number, known: Knowledge): boolean {
    const there = this.#atStart.get(block);
    if (there === undefined) {
      this.#atStart.set(block, [...known]);
      return true;
    }
    let changed = false;
    for (let r = 0; r < there.length; r++) {
      const both = there[r]! | known[r]!;
      if (both === there[r]) continue;
      there[r] = both;
      changed = true;
    }
    return changed;
  }

  /** Changes `known` to what is known after the instruction. */
  follow(known: Knowledge, pc: number): void {
    const { code, k, maxstacksize } = this.#p;
    const i = code[pc]!;
    const { A, B, C } = i;
    const isGeneric = this.#generic.has(pc);
    /** It has been found to be of these types, or the code was left. */
    const found = (operand: number, types: Types) => {
      if (isGeneric || op.isConstant(operand) || this.#captured.has(operand)) return;
      if ((known[operand]! & types) !== 0) known[operand]! &= types;
    };
    switch (i.opcode) {
      case op.MOVE:
        known[A] = this.of(known, B);
        break;
      case op.LOADK:
        known[A] = typesOfTag(k[i.Bx]!.type);
        break;
      case op.LOADBOOL:
      case op.NOT:
        known[A] = T_BOOLEAN;
        break;
      case op.LOADNIL:
        known.fill(T_NIL, A, A + B + 1);
        break;
      case op.NEWTABLE:
        known[A] = T_TABLE;
        break;
      case op.CLOSURE:
        known[A] = T_FUNCTION;
        break;
      case op.GETTABLE:
        found(B, T_TABLE);
        known[A] = ANY;
        break;
      case op.SETTABLE:
        found(A, T_TABLE);
        break;
      case op.SELF:
        known[A + 1] = this.of(known, B);
        known[A] = ANY;
        break;
      case op.ADD:
      case op.SUB:
      case op.MUL:
      case op.MOD:
      case op.IDIV: {
        found(B, NUMBER);
        found(C, NUMBER);
        known[A] = isGeneric ? ANY : arithmetic(this.of(known, B), this.of(known, C));
        break;
      }
      case op.DIV:
      case op.POW:
        found(B, NUMBER);
        found(C, NUMBER);
        known[A] = isGeneric ? ANY : T_FLOAT;
        break;
      case op.BAND:
      case op.BOR:
      case op.BXOR:
      case op.SHL:
      case op.SHR:
        found(B, T_INTEGER);
        found(C, T_INTEGER);
        known[A] = isGeneric ? ANY : T_INTEGER;
        break;
      case op.BNOT:
        found(B, T_INTEGER);
        known[A] = isGeneric ? ANY : T_INTEGER;
        break;
      case op.UNM: {
        found(B, NUMBER);
        const b = this.of(known, B);
        known[A] = isGeneric ? ANY : (b & ~NUMBER) !== 0 ? NUMBER : b;
        break;
      }
      case op.LEN:
        known[A] = isGeneric ? ANY : T_INTEGER;
        break;
      case op.CONCAT:
        known[A] = isGeneric ? ANY : T_STRING;
        break;
      case op.LT:
      case op.LE:
        if ((this.of(known, B) & ~NUMBER) === 0) found(C, NUMBER);
        if ((this.of(known, C) & ~NUMBER) === 0) found(B, NUMBER);
        break;
      case op.TESTSET:
        known[A]! |= this.of(known, B);
        break;
      case op.FORPREP: {
        const isFloat = known[A] === T_FLOAT || known[A + 2] === T_FLOAT;
        known.fill(isFloat ? T_FLOAT : isGeneric ? NUMBER : T_INTEGER, A, A + 3);
        break;
      }
      case op.FORLOOP:
        known[A + 3] = known[A]! & NUMBER || NUMBER;
        break;
      case op.TFORLOOP:
        known[A] = known[A + 1]! & ~T_NIL || ANY;
        break;
      case op.CALL:
      case op.TAILCALL:
      case op.VARARG:
        known.fill(ANY, A, maxstacksize);
        break;
      case op.TFORCALL:
        known.fill(ANY, A + 3, maxstacksize);
        break;
      default:
        for (const r of op.effectOf(code, pc).defs) known[r] = ANY;
    }
  }
}

function arithmetic(a: Types, b: Types): Types {
  if (a === T_INTEGER && b === T_INTEGER) return T_INTEGER;
  return a === T_FLOAT || b === T_FLOAT ? T_FLOAT : NUMBER;
}
