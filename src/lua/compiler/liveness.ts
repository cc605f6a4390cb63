/** Which registers are read after an instruction before they are written: what an exit there has to hand over. */
import { callAt, effectOf, type Instruction, successors, TESTSET } from "./code.ts";
import type { Flow } from "./flow.ts";

export type Registers = ReadonlySet<number>;
const none: Registers = new Set();

/**
 * Over the whole function and not only the part that is compiled: what is left goes on elsewhere.
 */
export class Liveness {
  readonly #code: readonly Instruction[];
  readonly #in: Set<number>[] = [];

  /** @param flow of the whole function */
  constructor(code: readonly Instruction[], flow: Flow) {
    this.#code = code;
    const pcs = flow.order.flatMap((block) => flow.block(block).pcs).reverse();
    for (let changed = true; changed; ) {
      changed = false;
      for (const pc of pcs) if (this.#visit(pc)) changed = true;
    }
  }

  #visit(pc: number): boolean {
    const live = (this.#in[pc] ??= new Set());
    const before = live.size;
    for (const next of successors(this.#code, pc)) this.#addKept(live, pc, next);
    for (const r of effectOf(this.#code, pc).uses) live.add(r);
    return live.size !== before;
  }

  /** Adds what is read from `next` on, which comes after `pc`, and was there before `pc`. */
  #addKept(live: Set<number>, pc: number, next: number): void {
    const i = this.#code[pc]!;
    const { defs } = effectOf(this.#code, pc);
    const end = callAt(i); // a callee has what is above
    const tested = i.opcode === TESTSET && next !== pc + 2 ? i.A : undefined;
    for (const r of this.at(next)) if (r < end && r !== tested && !defs.includes(r)) live.add(r);
  }

  /** Before the instruction. */
  at(pc: number): Registers {
    return this.#in[pc] ?? none;
  }

  /** After the instruction, but for what it writes itself: what has to be kept while it is under way. */
  during(pc: number): Registers {
    const live = new Set<number>();
    for (const next of successors(this.#code, pc)) this.#addKept(live, pc, next);
    return live;
  }
}
