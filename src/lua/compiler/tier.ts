/**
 * What is compiled, and when: functions that are called often and loops that go round often, of any state. A compiled
 * function belongs to its text and serves all states; where it is left too often in one place, it is compiled anew
 * with a helper there, and given up when that has no end. Compiled code takes memory: there is an end to that, too. The
 * room compiler/ makes JavaScript of bytecode; whatever is unusual it leaves to core/.
 */
import { frameAbove, js } from "../core/compiled-frames.ts";
import { type Code, codeOf } from "../core/decode.ts";
import { placeResults } from "../core/direct.ts";
import { hasFailed, takeError } from "../core/raised.ts";
import { NEEDS_FRAME, R } from "../vm/direct.ts";
import type { CallInfo, HostCall, LuaState, Tier } from "../vm/thread.ts";
import { INT64, INTEGER, type LuaClosure, MAXSTACK, type Proto, type TValue, YIELD } from "../vm/types.ts";
import { FORLOOP, type Instruction, leavesOpen } from "./code.ts";
import { type Compiled, compileFunction, compileLoop, type Text } from "./compile.ts";
import type { Profile } from "./emitter.ts";
import { Unsupported } from "./flow.ts";
import { helpers } from "./helpers.ts";
import { link } from "./link.ts";
import { mayProtect, PROTECTED, protect } from "./protect.ts";
import { NEARLY } from "./runtime-placing.ts";
import { callNext, NEXT } from "./runtime-tail-calls.ts";
import { FAR } from "./runtime-values.ts";
import { ANY, type Types, typesOfTag } from "./types.ts";

export interface TierOptions {
  /** Calls after which a function is compiled, and rounds after which a loop is. */
  readonly calls: number;
  readonly rounds: number;
  /** Functions of the library that compiled code may do in place, by name. */
  readonly intrinsics: ReadonlyMap<string, unknown>;
  /** For tests: an instruction of the function that is always left to the interpreter; */
  readonly leaveAt?: ((p: Proto) => number) | undefined;
  /** and whether helpers do all that they can from the start. */
  readonly isGeneric?: boolean | undefined;
}

type LoopCode = (L: LuaState, ci: CallInfo, d: number, cl: LuaClosure) => unknown;

interface Loop {
  readonly run: LoopCode;
  /** What its registers have to hold, by their tags; undefined: anything. */
  readonly types: readonly Types[] | undefined;
  readonly live: readonly number[];
  /** The numeric loops that it is, or lies in. */
  readonly around: readonly number[];
}

/** What is known of a function's code. */
class Record {
  readonly generic = new Set<number>();
  readonly exits = new Map<number, number>();
  readonly loops = new Map<number, Loop | null>();
  readonly #rounds = new Map<number, number>();
  /** How often it was compiled. */
  times = 0;
  isGivenUp = false;
  /** A function as a whole is too large, or was not understood: only its loops are compiled. */
  isOnlyLoops = false;

  /** Counts a round of a loop. @returns whether there were more than these */
  isHotLoop(pc: number, most: number): boolean {
    const rounds = (this.#rounds.get(pc) ?? 0) + 1;
    this.#rounds.set(pc, rounds);
    return rounds > most;
  }
}

/** Instructions of a function that is compiled as a whole: beyond, V8 would not optimize it. */
const LARGEST = 900;
/** Bytes of text, of which V8's own code takes a multiple. */
const LONGEST_TEXT = 150_000;
/** A place that is left so often is done by a helper. */
const OFTEN = 12;
/** A function that is left so often in spite of helpers is given up. */
const TOO_OFTEN = 2000;
/** Compiled so often, it is given up. */
const MOST_TIMES = 12;
/** Arguments of a call that is made by the interpreter. */
const MANY = 100;
/** Slots of the stack that compiled frames may need together. */
const SLOTS = 40_000;
/** What a byte of text takes, all in all: the text, V8's bytecode, what it knows, and machine code. */
const BYTES_PER_CHARACTER = 4;
/** All compiled code of the process. */
const MOST_BYTES = 64 * 2 ** 20;
/** What entering compiled code takes of JavaScript's stack, in slots. */
const ENTRY = 100;

export class CodeTier implements Tier {
  readonly calls: number;
  readonly loops: number;
  readonly #intrinsics: ReadonlyMap<string, unknown>;
  readonly #leaveAt: ((p: Proto) => number) | undefined;
  readonly #isGeneric: boolean;
  #bytes = 0;
  /** Functions that have code, in the order in which they got it. */
  readonly #known = new Set<WeakRef<Proto>>();

  constructor({ calls, rounds, intrinsics, leaveAt, isGeneric = false }: TierOptions) {
    this.calls = calls;
    this.loops = rounds;
    this.#intrinsics = intrinsics;
    this.#leaveAt = leaveAt;
    this.#isGeneric = isGeneric;
  }

  // ---- running ----

  enter(L: LuaState, off: number, results: number, closure: LuaClosure): 0 | 1 | 2 {
    const done = this.attempt(L, off, results, closure);
    if (done === 3) throw takeError();
    return done;
  }

  attempt(L: LuaState, off: number, results: number, closure: LuaClosure): 0 | 1 | 2 | 3 {
    const { p } = closure;
    const n = L.top - off - 1;
    if (p.jit === null && !this.isHot(p)) return 0;
    const { depth } = js;
    if (depth > NEARLY || L.nny > 0 || n > MANY || off > MAXSTACK - SLOTS) return 0;
    const { ci } = L;
    frameAbove(ci);
    ci.calledAt = off;
    ci.calledFor = results;
    js.depth = depth + ENTRY;
    let value = run(L, ci, depth + ENTRY, closure, off, n);
    if (R.type === NEXT) value = callNext(L, ci, depth + ENTRY);
    js.depth = depth;
    if (R.type < 0) return hasFailed() ? 3 : 2;
    L.ci = ci;
    placeResults(L, off, results, value);
    if (results >= 0) L.top = off + results;
    return 1;
  }

  protect(
    L: LuaState,
    call: HostCall,
    closure: LuaClosure,
    n: number,
    t0?: number,
    v0?: unknown,
    t1?: number,
    v1?: unknown,
    t2?: number,
    v2?: unknown,
  ): unknown {
    const { p } = closure;
    if ((p.jit === null && !this.isHot(p)) || js.depth > NEARLY - PROTECTED || !mayProtect(L)) {
      return (R.type = NEEDS_FRAME);
    }
    return protect(L, call, closure, n, t0, v0, t1, v1, t2, v2);
  }

  loop(L: LuaState, ci: CallInfo): 0 | 1 | 2 {
    const { depth } = js;
    const closure = ci.func.value as LuaClosure;
    const { p } = closure;
    if (depth > NEARLY || L.nny > 0 || ci.l_base > MAXSTACK - SLOTS) return 0;
    const record = recordOf(codeOf(p));
    if (record.isGivenUp) return 0;
    const pc = ci.l_savedpc;
    const loop = this.#loopAt(L, ci, p, record, pc);
    if (loop === null) return 0;
    frameAbove(ci);
    js.depth = depth + ENTRY;
    loop.run(L, ci, depth + ENTRY, closure);
    js.depth = depth;
    if (hasFailed()) throw takeError();
    return L.status === YIELD ? 2 : 1;
  }

  #loopAt(L: LuaState, ci: CallInfo, p: Proto, record: Record, pc: number): Loop | null {
    const known = record.loops.get(pc);
    if (known === null) return null;
    if (known === undefined && !record.isHotLoop(pc, this.loops >> 4)) return null;
    const { stack } = L;
    const base = ci.l_base;
    if (known === undefined) {
      bringNear(p, loopsAround(p, pc), stack, base);
      return this.#compileLoop(p, record, pc, tagsOf(p, stack, base));
    }
    bringNear(p, known.around, stack, base);
    const { types, live } = known;
    if (types === undefined) return known;
    for (const r of live) {
      if (types[r] !== ANY && typesOfTag(stack[base + r]!.type) !== types[r]) return this.#compileLoop(p, record, pc);
    }
    return known;
  }

  // ---- compiling ----

  isHot(p: Proto): boolean {
    const code = codeOf(p);
    if (++code.calls <= this.calls) return false;
    const record = recordOf(code);
    if (record.isGivenUp || record.isOnlyLoops) return false;
    if (p.code.length > LARGEST) {
      record.isOnlyLoops = true;
      return false;
    }
    const jit = this.#compile<Compiled>(p, record, () => compileFunction(p, this.#profile(p, record)));
    if (jit === undefined) {
      record.isOnlyLoops = true;
      return false;
    }
    p.jit = jit as never;
    return true;
  }

  #compileLoop(p: Proto, record: Record, pc: number, types?: readonly Types[]): Loop | null {
    const any = types ?? new Array<Types>(p.maxstacksize).fill(ANY);
    let live: readonly number[] = [];
    const text = (alone: boolean) => () => {
      const made = compileLoop(p, { pc, types: any }, alone, this.#profile(p, record));
      live = made.live;
      return made;
    };
    let run: LoopCode | undefined;
    if (p.code.length <= LARGEST) run = this.#compile<LoopCode>(p, record, text(false));
    run ??= this.#compile<LoopCode>(p, record, text(true));
    const loop = run === undefined ? null : { run, types, live, around: loopsAround(p, pc) };
    record.loops.set(pc, loop);
    return loop;
  }

  #profile(p: Proto, record: Record): Profile {
    if (this.#isGeneric) for (let pc = 0; pc < p.code.length; pc++) record.generic.add(pc);
    return { generic: record.generic, intrinsics: this.#intrinsics, leaveAt: this.#leaveAt?.(p) };
  }

  #compile<F>(p: Proto, record: Record, make: () => Text): F | undefined {
    if (++record.times > MOST_TIMES) {
      this.#giveUp(p, record);
      return undefined;
    }
    try {
      const { text, bound } = make();
      if (text.length > LONGEST_TEXT) return undefined;
      this.#keep(p, BYTES_PER_CHARACTER * text.length);
      return link<F>(text, bound, helpers);
    } catch (e) {
      if (e instanceof Unsupported || e instanceof RangeError || e instanceof EvalError) return undefined;
      throw e;
    }
  }

  #giveUp(p: Proto, record: Record): void {
    record.isGivenUp = true;
    this.#drop(p, record);
  }

  #drop(p: Proto, record: Record): void {
    p.jit = null;
    record.loops.clear();
    this.#bytes -= p.jitBytes;
    p.jitBytes = 0;
  }

  left(p: Proto, pc: number): void {
    const record = recordOf(codeOf(p));
    const count = (record.exits.get(pc) ?? 0) + 1;
    record.exits.set(pc, count);
    if (record.generic.has(pc)) {
      const isCall = leavesOpen(p.code[pc] as unknown as Instruction); // at the end of a loop: it returns
      if (count > TOO_OFTEN && !isCall) this.#giveUp(p, record);
      return;
    }
    if (count < OFTEN) return;
    // Others that have been left go with it: compiling costs more than a helper.
    for (const [at, times] of record.exits) if (times > 1) record.generic.add(at);
    this.#drop(p, record);
  }

  // ---- memory ----

  #keep(p: Proto, bytes: number): void {
    if (p.jitBytes === 0) this.#known.add(new WeakRef(p));
    p.jitBytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES) this.#evict();
  }

  /** Gives up code until three quarters are left: first that of functions that are gone, then the oldest. */
  #evict(): void {
    let bytes = 0;
    for (const reference of this.#known) {
      const p = reference.deref();
      if (p === undefined) this.#known.delete(reference);
      else bytes += p.jitBytes;
    }
    this.#bytes = bytes;
    for (const reference of this.#known) {
      if (this.#bytes <= (MOST_BYTES / 4) * 3) return;
      const p = reference.deref();
      if (p !== undefined) this.#drop(p, recordOf(codeOf(p)));
      this.#known.delete(reference);
    }
  }
}

const recordOf = (code: Code): Record => (code.compiled ??= new Record()) as Record;

function run(L: LuaState, ci: CallInfo, d: number, closure: LuaClosure, off: number, n: number): unknown {
  const jit = closure.p.jit!;
  const { stack } = L;
  if (n === 0) return jit(L, ci, d, closure);
  const a = stack[off + 1]!;
  if (n === 1) return jit(L, ci, d, closure, a.type, a.value);
  const b = stack[off + 2]!;
  if (n === 2) return jit(L, ci, d, closure, a.type, a.value, b.type, b.value);
  const list: unknown[] = [];
  for (let i = 1; i <= n; i++) list.push(stack[off + i]!.type, stack[off + i]!.value);
  return jit(L, ci, d, closure, ...list);
}

const tagsOf = (p: Proto, stack: readonly TValue[], base: number): Types[] =>
  Array.from({ length: p.maxstacksize }, (_, r) => typesOfTag(stack[base + r]!.type));

/** Where the numeric loops end that an instruction lies in. */
function loopsAround(p: Proto, pc: number): number[] {
  const around: number[] = [];
  const code = p.code as unknown as readonly Instruction[];
  for (let at = pc; at < code.length; at++) {
    const { opcode, sBx } = code[at]!;
    if (opcode === FORLOOP && at + 1 + sBx <= pc) around.push(at);
  }
  return around;
}

/** Loops that only end beyond 2^53 get an end that JavaScript has exactly: nobody will see it. */
function bringNear(p: Proto, loops: readonly number[], stack: readonly TValue[], base: number): void {
  for (let n = 0; n < loops.length; n++) {
    const { A } = p.code[loops[n]!] as unknown as Instruction;
    const limit = stack[base + A + 1]!;
    if (limit.type !== INT64) continue;
    const [i, step] = [stack[base + A]!, stack[base + A + 2]!];
    if (i.type !== INTEGER || step.type !== INTEGER || limit.value === undefined) continue;
    if (Math.abs(i.value as number) > FAR || Math.abs(step.value as number) > FAR) continue;
    limit.type = INTEGER;
    limit.value = (step.value as number) < 0 ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  }
}
