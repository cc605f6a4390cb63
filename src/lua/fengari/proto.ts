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

  /** It is done: the list is a plain one, and the constants have the tags that they should. */
  finish(): void {
    this.code = this.#code;
    this.k = this.k.map(withTag);
    for (const inner of this.p) (inner as CountedProto).finish();
  }
}
