/**
 * What is written while a function is compiled: its text, what the text refers to by name, and the places where the
 * code is left. Registers are two variables each, `t3` and `v3` for tag and value, or a cell `c3` where a closure
 * captures them. No name and no literal comes from a script, but for numbers.
 */
import { BOOLEAN, FLOAT, INTEGER, NIL, type Proto, type TValue } from "../vm/types.ts";
import { callAt, capturedRegisters, constantIndex, type Instruction, isConstant } from "./code.ts";
import { AGAIN, type Exit, type ExitKind, ON, type Region, SUSPEND } from "./exits.ts";
import type { Liveness } from "./liveness.ts";
import { ANY, type Inference, type Knowledge, NUMBER, T_INTEGER, type Types, tagOfTypes } from "./types.ts";

/** A value that is used: the JavaScript for its tag and for the value itself, and what it may be. */
export interface Operand {
  readonly t: string;
  readonly v: string;
  readonly types: Types;
}

/** What is known of an instruction from earlier runs. */
export interface Profile {
  /** Instructions that are done by helpers, since their usual form was left too often. */
  readonly generic: ReadonlySet<number>;
  /** Host functions that are compiled in place, by the last part of the names that scripts have for them. */
  readonly intrinsics: ReadonlyMap<string, unknown>;
  /** For tests: the instruction that is always left to the interpreter. */
  readonly leaveAt?: number | undefined;
}

type Part = string | { readonly tagOf: number; readonly text: string } | { text: string };

export class Emitter {
  readonly p: Proto;
  readonly code: readonly Instruction[];
  readonly captured: ReadonlySet<number>;
  readonly live: Liveness;
  readonly types: Inference;
  readonly profile: Profile;
  /** Whether it is entered in the middle of a function that runs, and leaves it to the interpreter to return. */
  readonly isLoop: boolean;
  /** What is known where code is written at the moment. */
  known: Knowledge = [];
  /** What the text refers to, by name. */
  readonly bound: Map<string, unknown> = new Map();
  readonly upvalues: Set<number> = new Set();
  /** Whether it uses `...`, and the results of a call of which there may be any number. */
  usesVarargs = false;
  usesOpen = false;
  readonly #parts: Part[] = [];
  readonly #readTags = new Set<number>();
  #temporaries = 0;
  #mostTemporaries = 0;
  #region!: Region;
  #sites = 0;

  constructor(p: Proto, live: Liveness, types: Inference, profile: Profile, isLoop: boolean) {
    this.p = p;
    this.code = p.code as readonly Instruction[];
    this.captured = capturedRegisters(p as never);
    this.live = live;
    this.types = types;
    this.profile = profile;
    this.isLoop = isLoop;
  }

  // ---- text ----

  write(text: string): void {
    this.#parts.push(text);
  }

  /** A place in the text that is filled later. */
  hole(): (text: string) => void {
    const part = { text: "" };
    this.#parts.push(part);
    return (text) => {
      part.text = text;
    };
  }

  /** All that was written, without tags that nobody asks for. */
  text(): string {
    return this.#parts
      .map((part) =>
        typeof part === "string" ? part : "tagOf" in part && !this.#readTags.has(part.tagOf) ? "" : part.text,
      )
      .join("");
  }

  /** Whether the tag of a register is ever asked for. */
  isTagRead(r: number): boolean {
    return this.#readTags.has(r);
  }

  /** A variable for this instruction only. */
  temporary(): string {
    const n = this.#temporaries++;
    if (this.#temporaries > this.#mostTemporaries) this.#mostTemporaries = this.#temporaries;
    return `x${n}`;
  }

  forgetTemporaries(): void {
    this.#temporaries = 0;
  }

  /** What a call of this function takes of the JavaScript stack, in slots. */
  get cost(): number {
    return FRAME_SLOTS + 4 * this.p.maxstacksize;
  }

  get temporaries(): number {
    return this.#mostTemporaries;
  }

  // ---- what it refers to ----

  /** A value under a name of ours. */
  bind(name: string, value: unknown): string {
    this.bound.set(name, value);
    return name;
  }

  /** A cache for one place of the code. */
  site<T extends object>(make: () => T): string {
    return this.bind(`s${this.#sites++}`, make());
  }

  upvalue(n: number): string {
    this.upvalues.add(n);
    return `u${n}`;
  }

  /** The JavaScript for a constant. */
  constant(n: number): string {
    const { type, value } = this.p.k[n] as TValue;
    switch (type) {
      case NIL:
        return "null";
      case BOOLEAN:
        return value === true ? "true" : "false";
      case INTEGER:
      case FLOAT:
        return numeral(value as number);
      default:
        return this.bind(`k${n}`, value);
    }
  }

  // ---- registers ----

  isGeneric(pc: number): boolean {
    return this.profile.generic.has(pc);
  }

  typesOf(operand: number): Types {
    return this.types.of(this.known, operand);
  }

  /** The tag of a register or a constant. */
  tag(operand: number): string {
    if (isConstant(operand)) return String((this.p.k[constantIndex(operand)] as TValue).type);
    if (this.captured.has(operand)) return `c${operand}.type`;
    const tag = tagOfTypes(this.known[operand]!);
    if (tag !== undefined) return String(tag);
    this.#readTags.add(operand);
    return `t${operand}`;
  }

  /** The value in a register, or a constant. */
  value(operand: number): string {
    if (isConstant(operand)) return this.constant(constantIndex(operand));
    return this.captured.has(operand) ? `c${operand}.value` : `v${operand}`;
  }

  /** An operand, of which what is in a cell is read once. */
  operand(x: number): Operand {
    const types = this.typesOf(x);
    if (isConstant(x) || !this.captured.has(x)) return { t: this.tag(x), v: this.value(x), types };
    return this.cell(`c${x}`);
  }

  /** What is in a cell, read once. */
  cell(cell: string): Operand {
    const t = this.temporary();
    const v = this.temporary();
    this.write(`${t}=${cell}.type;${v}=${cell}.value;`);
    return { t, v, types: ANY };
  }

  /** Writes a register. The tag must not depend on it. */
  set(r: number, tag: string | number, value: string): void {
    if (this.captured.has(r)) {
      this.write(`c${r}.value=${value};c${r}.type=${tag};`);
      return;
    }
    this.write(`v${r}=${value};`);
    if (tag !== `t${r}`) this.#parts.push({ tagOf: r, text: `t${r}=${tag};` });
  }

  setNil(r: number): void {
    this.set(r, NIL, "null");
  }

  /** `t,v` for each register, as arguments. */
  pairs(from: number, count: number): string[] {
    const list: string[] = [];
    for (let r = from; r < from + count; r++) list.push(`${this.tag(r)},${this.value(r)}`);
    return list;
  }

  // ---- leaving ----

  enter(region: Region): void {
    this.#region = region;
  }

  get region(): Region {
    return this.#region;
  }

  /** Leaves the code: a statement. */
  leave(kind: ExitKind, pc: number, registers: ReadonlySet<number>): string {
    const all = new Set([...registers].filter((r) => !this.captured.has(r)));
    const end = kind === SUSPEND ? callAt(this.code[pc]!) : Number.POSITIVE_INFINITY;
    for (const r of this.captured) if (r < end) all.add(r);
    const list = [...all].sort((a, b) => a - b);
    const tags = list.map((r) => (this.captured.has(r) ? -2 : (tagOfTypes(this.known[r]!) ?? -1)));
    list.forEach((r, i) => {
      if (tags[i] === -1) this.#readTags.add(r);
    });
    const number = this.#region.add({ kind, pc, registers: list, tags });
    return `{x=${number};break E${this.#region.start};}`;
  }

  /** Leaves the instruction to the interpreter. */
  exit(pc: number): string {
    return this.leave(AGAIN, pc, this.live.at(pc));
  }

  /** Leaves the instruction to the interpreter, which takes what the one before left open: that one is done again. */
  leaveOpened(pc: number): string {
    return this.leave(ON, pc - 1, this.live.at(pc - 1));
  }

  /** The code at the end of a region that hands its registers over, and the table that it does it by. */
  handOver(region: Region): string {
    const exits: readonly Exit[] = region.exits();
    const name = this.bind(`e${region.start}`, exits);
    const prefix = { cell: "c", value: "v", tag: "t" };
    const handed = region.handedOver().map(({ register, part }) => `,${prefix[part]}${register}`);
    return `return ${this.isLoop ? "leaveLoop" : "leave"}(L,ci,d,${name}[x]${handed.join("")});`;
  }
}

/** A frame of JavaScript beside registers, and what stands between it and the next one. */
const FRAME_SLOTS = 40;

/** A number that is a constant of the script: JavaScript's text of it gives the same number again. */
function numeral(n: number): string {
  if (Number.isNaN(n)) return "(0/0)";
  if (!Number.isFinite(n)) return n > 0 ? "(1/0)" : "(-1/0)";
  return n < 0 || Object.is(n, -0) ? `(-${String(-n)})` : String(n);
}

// ---- checks ----

export const isNumber = ({ types }: Operand): boolean => (types & ~NUMBER) === 0;
/** Whether a value is a number that JavaScript has exactly; nothing where it is known. */
export const numberCheck = (a: Operand): string => (isNumber(a) ? "" : `(${a.t}&47)===3`);
export const integerCheck = (a: Operand): string => (a.types === T_INTEGER ? "" : `${a.t}===19`);
/** All of these; "true" where there are none. */
export const all = (...conditions: readonly string[]): string => conditions.filter(Boolean).join("&&") || "true";
