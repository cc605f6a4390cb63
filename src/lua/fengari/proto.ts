/**
 * The parser's work is counted. The compiler takes time and memory that depend on more than the length of its source: a
 * chain of `and`, `elseif` or `goto` is gone through from its beginning for each link. What it goes through are its
 * lists of instructions, labels and gotos, which count here whoever looks at them. Who pays is asked by meter.ts: a
 * chunk may be compiled in another state than the one that it is for.
 */
import { allocate, work } from "../meter/meter.ts";
import { type Instruction, Proto } from "../vm/closure.ts";
import type { LuaState } from "../vm/thread.ts";
import { withTag } from "./values.ts";

/** What an instruction takes in memory, with its line (limits/measure.ts). */
const INSTRUCTION = 140;
/** Steps that are counted at once. */
const AT_ONCE = 64;
let steps = 0;

function step(): void {
  if (++steps < AT_ONCE) return;
  steps = 0;
  work(AT_ONCE);
}

/** A list that counts how often it is looked at. */
export const counted = <T>(list: T[], added: () => void = step): T[] =>
  new Proxy(list, {
    get(target, key) {
      step();
      return target[key as never];
    },
    set(target, key, value) {
      added();
      target[key as never] = value as never;
      return true;
    },
  });

function addInstruction(): void {
  step();
  allocate(INSTRUCTION);
}

/** A function while it is compiled. */
export class CountedProto extends Proto {
  readonly #code: Instruction[];

  constructor(L: LuaState) {
    super(L);
    this.#code = this.code;
    this.code = counted(this.code, addInstruction);
  }

  /**
   * The function as it is run. Its list of instructions is a plain one, its constants have the tags that they should, and
   * its numbers are small integers to V8, too: the parser's begin as NaN and stay doubles, and each stack offset that is
   * reckoned with one would become a double as well.
   */
  finished(L: LuaState): Proto {
    const p = new Proto(L);
    p.code = this.#code;
    p.k = this.k.map(withTag);
    p.p = this.p.map((inner) => (inner as CountedProto).finished(L));
    p.upvalues = this.upvalues.map(({ name, instack, idx }) => ({ name, instack, idx: idx | 0 }));
    p.locvars = this.locvars.map(({ varname, startpc, endpc }) => ({
      varname,
      startpc: startpc | 0,
      endpc: endpc | 0,
    }));
    p.lineinfo = this.lineinfo.map((line) => line | 0);
    p.numparams = this.numparams | 0;
    p.is_vararg = this.is_vararg;
    p.maxstacksize = this.maxstacksize | 0;
    p.linedefined = this.linedefined | 0;
    p.lastlinedefined = this.lastlinedefined | 0;
    p.source = this.source;
    return p;
  }
}
