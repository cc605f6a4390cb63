/** Code as the interpreter and the compiler run it: instructions of 32 bits, and what is known of each place. */
import type { ByteString } from "../../value/value.ts";
import type { Proto } from "../vm/closure.ts";
import type { Shape } from "../vm/shape.ts";
import { withStops } from "./coverage.ts";
import { OP } from "./opcodes.ts";

/** An instruction that reads or writes a field, and where it found its key last. Nothing in it belongs to a state. */
export class Site {
  /** The place among the fields of tables of this shape; negative: they have no such key. */
  shape: Shape | undefined = undefined;
  key: ByteString | undefined = undefined;
  at = -1;
  /** The shape that they get when it is added. */
  next: Shape | undefined = undefined;
  /** Of what is looked up in a metatable's `__index` table. */
  home: Site | undefined = undefined;
}

/** A function's code; all states share it. */
export class Code {
  readonly words: Int32Array;
  /** What the interpreter goes through: the words, with a stop in the place of each where a line is to be noted. */
  readonly steps: Int32Array;
  /** By place; only of instructions that use tables. */
  readonly sites: readonly Site[];
  /** Registers that closures made here take as their variables. */
  readonly captured: readonly number[];
  /** How often it was called, and how often a loop of it went round. */
  calls = 0;
  loops = 0;
  /** The compiler's. */
  compiled: unknown = undefined;

  constructor(p: Proto) {
    this.words = Int32Array.from(p.code, (instruction) => instruction.code);
    this.steps = p.notes === null ? this.words : withStops(this.words, p.notes);
    this.sites = Array.from(this.words, (word) => (usesTable(word & 63) ? new Site() : noSite));
    this.captured = capturedBy(p);
  }
}

const noSite = new Site();

const usesTable = (op: number): boolean =>
  (op >= OP.GETTABUP && op <= OP.SETTABUP) || op === OP.SETTABLE || op === OP.SELF;

function capturedBy(p: Proto): number[] {
  const registers = new Set<number>();
  for (const inner of p.p) {
    for (const { instack, idx } of inner.upvalues) if (instack) registers.add(idx);
  }
  return [...registers].sort((a, b) => a - b);
}

export const codeOf = (p: Proto): Code => (p.decoded ??= new Code(p)) as Code;

// The parts of an instruction.
export const opOf = (word: number): number => word & 63;
export const aOf = (word: number): number => (word >> 6) & 255;
export const bOf = (word: number): number => word >>> 23;
export const cOf = (word: number): number => (word >>> 14) & 511;
export const bxOf = (word: number): number => word >>> 14;
export const axOf = (word: number): number => word >>> 6;
export const sbxOf = (word: number): number => (word >>> 14) - 131071;
/** An operand from here on is a constant. */
export const CONSTANT = 256;
