/** Which registers are read after an instruction before they are written: what an exit there has to hand over. */
import { effectOf, type Instruction, successors, TESTSET } from "./code.ts";
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
    const { uses, defs } = effectOf(this.#code, pc);
    for (const next of successors(this.#code, pc)) {
      for (const r of this.#in[next] ?? none) if (!defs.includes(r)) live.add(r);
    }
    for (const r of uses) live.add(r);
    return live.size !== before;
  }

  /** Before the instruction. */
  at(pc: number): Registers {
    return this.#in[pc] ?? none;
  }

  /** After the instruction. */
  after(pc: number): Registers {
    const live = new Set<number>();
    for (const next of successors(this.#code, pc)) for (const r of this.at(next)) live.add(r);
    return live;
  }

  /** After the instruction, but for what it writes itself: what has to be kept while it is under way. */
  during(pc: number): Registers {
    const { defs } = effectOf(this.#code, pc);
    const live = new Set([...this.after(pc)].filter((r) => !defs.includes(r)));
    if (this.#code[pc]!.opcode === TESTSET) live.delete(this.#code[pc]!.A);
    return live;
  }
}
