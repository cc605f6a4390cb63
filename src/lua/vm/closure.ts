/** Functions: their code, and the closures that are made of it. */
import type { ByteString, Bytes } from "../../value/value.ts";
import { allocate } from "../meter/meter.ts";
import { TValue } from "./cell.ts";
import type { LuaTable } from "./lua-table.ts";
import type { Owner } from "./owner.ts";

/** An instruction as Fengari's code generator makes it; `code` has all of it in 32 bits. */
export interface Instruction {
  readonly code: number;
  readonly opcode: number;
  readonly A: number;
  readonly B: number;
  readonly C: number;
  readonly Bx: number;
  readonly Ax: number;
  readonly sBx: number;
}

/** Where a closure finds a variable when it is made: in a register of the function around it, or among its upvalues. */
export interface UpvalueDescription {
  readonly name: ByteString | null;
  readonly instack: boolean;
  readonly idx: number;
}

export interface LocalVariable {
  readonly varname: ByteString;
  readonly startpc: number;
  readonly endpc: number;
}

/** Where a function notes which of its lines have run, while somebody wants to know. */
export interface LineNotes {
  /** What is known of each line (core/coverage.ts), by number; the functions of a chunk share it. */
  readonly lines: Uint8Array;
  /** The instructions at which a line begins, or is come back to, and that line. */
  readonly at: ReadonlyMap<number, number>;
}

/** A function's code, as Fengari's parser makes it. Once it is made it never changes, and all states share it. */
export class Proto {
  readonly id: number;
  k: TValue[] = [];
  p: Proto[] = [];
  code: Instruction[] = [];
  lineinfo: number[] = [];
  upvalues: UpvalueDescription[] = [];
  numparams = 0;
  is_vararg = false;
  maxstacksize = 0;
  locvars: LocalVariable[] = [];
  linedefined = 0;
  lastlinedefined = 0;
  source: ByteString | null = null;
  /** Ours: the code as it is run (core/decode.ts), there since the first call. */
  decoded: unknown = null;
  /** Ours: set before it is decoded, and only while lines are noted. */
  notes: LineNotes | null = null;
  /** Ours: bytes of compiled code that it has, by the compiler's own account. */
  jitBytes = 0;
  /** Ours: the compiled function (compiler/compile.ts), as long as there is one. */
  jit: ((L: Owner, pci: object, d: number, closure: LuaClosure, ...given: unknown[]) => unknown) | null = null;

  constructor(L: Owner) {
    this.id = L.l_G.id_counter++;
  }
}

/** What V8 takes for a variable that closures share, and for a place among those of one. */
export const UPVALUE: Bytes = 48;
/** What the place takes in which a closure keeps one that it made. */
export const PLACE: Bytes = 8;
/** That a closure was made is counted as an object is; so many of its variables are within that. */
const WITHIN = 2;

export class LuaClosure {
  readonly id: number;
  p!: Proto;
  readonly nupvalues: number;
  readonly upvals: TValue[];
  /** Ours: the last closure that this one made of each function in it, which serves again while nothing has changed. */
  made: (LuaClosure | undefined)[] | null = null;

  constructor(L: Owner, upvalues: number) {
    if (upvalues > WITHIN) allocate(UPVALUE * upvalues);
    this.id = L.l_G.id_counter++;
    this.nupvalues = upvalues;
    this.upvals = new Array(upvalues);
  }
}

/** Places for the closures that one makes, which has made none yet. */
export function placesForMade(closure: LuaClosure): (LuaClosure | undefined)[] {
  const { length } = closure.p.p;
  if (length > WITHIN) allocate(PLACE * length);
  const made: (LuaClosure | undefined)[] = new Array(length).fill(undefined);
  closure.made = made;
  return made;
}

/** A host function with values of its own; moonkeep makes none, Fengari's C API does. */
export class CClosure {
  readonly id: number;
  /** A LuaCFunction. */
  readonly f: (L: never) => number;
  readonly nupvalues: number;
  readonly upvalue: TValue[];

  constructor(L: Owner, f: (L: never) => number, n: number) {
    this.id = L.l_G.id_counter++;
    this.f = f;
    this.nupvalues = n;
    this.upvalue = [];
    for (let i = 0; i < n; i++) this.upvalue.push(new TValue());
  }
}

export class Udata {
  readonly id: number;
  metatable: LuaTable | null = null;
  readonly uservalue: TValue = new TValue();
  readonly len: number;
  /** The JavaScript object behind a handle. */
  data: unknown = null;

  constructor(L: Owner, size: number) {
    this.id = L.l_G.id_counter++;
    this.len = size;
  }
}
