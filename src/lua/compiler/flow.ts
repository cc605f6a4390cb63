/**
 * Control flow: basic blocks, in an order in which a block comes after what it is entered from; what dominates what;
 * loops; and from that a tree of blocks, loops and merges, which is how JavaScript is written.
 *
 * The tree is that of N. Ramsey, Beyond Relooper, ICFP 2022.
 */
import { type Instruction, successors } from "./code.ts";

/** A function that can't be compiled, or not as a whole. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

export interface Block {
  /** Its first instruction, which names it. */
  readonly start: number;
  readonly pcs: readonly number[];
  /** What comes after it, at most two. One that is not a block of the flow leaves it. */
  readonly next: readonly number[];
  readonly before: number[];
}

/** Instructions that are looked at; what lies outside leaves the compiled code. */
export interface Extent {
  readonly from: number;
  /** The last one. */
  readonly to: number;
}

export class Flow {
  readonly entry: number;
  readonly blocks: ReadonlyMap<number, Block>;
  /** Every block, after those that it is entered from, but for loops. */
  readonly order: readonly number[];
  readonly #place = new Map<number, number>();
  readonly #dominator = new Map<number, number>();
  /** The blocks of each loop, by its header. */
  readonly loops: ReadonlyMap<number, ReadonlySet<number>>;

  /** @throws Unsupported where a loop has two entries */
  constructor(code: readonly Instruction[], entry: number, extent: Extent = { from: 0, to: code.length - 1 }) {
    this.entry = entry;
    this.blocks = blocksOf(code, entry, extent);
    this.order = reversePostorder(this.blocks, entry);
    for (const [i, block] of this.order.entries()) this.#place.set(block, i);
    this.#findDominators();
    this.loops = this.#findLoops();
  }

  block(start: number): Block {
    return this.blocks.get(start)!;
  }

  /** Where it comes in the order. */
  place(block: number): number {
    return this.#place.get(block)!;
  }

  /** The innermost block that every way to this one goes through. */
  dominator(block: number): number {
    return this.#dominator.get(block)!;
  }

  isBackward(from: number, to: number): boolean {
    return this.place(to) <= this.place(from);
  }

  /** Whether it is entered from more than one place, loops aside. */
  isMerge(block: number): boolean {
    const { before } = this.block(block);
    const forward = before.filter((from) => this.place(from) < this.place(block));
    return forward.length > 1 || forward.some((from) => isTwice(this.block(from).next));
  }

  #findDominators(): void {
    this.#dominator.set(this.entry, this.entry);
    for (let changed = true; changed; ) {
      changed = false;
      for (const block of this.order) {
        if (block === this.entry) continue;
        const known = this.block(block).before.filter((from) => this.#dominator.has(from));
        const common = known.reduce((a, b) => this.#common(a, b));
        if (this.#dominator.get(block) === common) continue;
        this.#dominator.set(block, common);
        changed = true;
      }
    }
  }

  #common(a: number, b: number): number {
    while (a !== b) {
      if (this.place(a) > this.place(b)) a = this.dominator(a);
      else b = this.dominator(b);
    }
    return a;
  }

  #dominates(a: number, b: number): boolean {
    while (b !== a && b !== this.entry) b = this.dominator(b);
    return a === b;
  }

  #findLoops(): Map<number, Set<number>> {
    const loops = new Map<number, Set<number>>();
    for (const from of this.order) {
      for (const header of this.block(from).next) {
        if (!this.blocks.has(header) || !this.isBackward(from, header)) continue;
        if (!this.#dominates(header, from)) throw new Unsupported("a loop with two entries");
        let body = loops.get(header);
        if (body === undefined) loops.set(header, (body = new Set([header])));
        this.#addTo(body, from);
      }
    }
    return loops;
  }

  #addTo(body: Set<number>, block: number): void {
    const open = [block];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (body.has(at)) continue;
      body.add(at);
      open.push(...this.block(at).before);
    }
  }
}

const isTwice = (next: readonly number[]): boolean => next.length === 2 && next[0] === next[1];

function blocksOf(code: readonly Instruction[], entry: number, { from, to }: Extent): Map<number, Block> {
  const isInside = (pc: number) => pc >= from && pc <= to;
  const reached = new Set<number>();
  const starts = new Set([entry]);
  const entered = new Set<number>();
  const open = [entry];
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    if (reached.has(pc)) continue;
    reached.add(pc);
    const next = successors(code, pc);
    for (const to of next) {
      if (!isInside(to)) continue;
      if (next.length !== 1 || to !== pc + 1 || entered.has(to)) starts.add(to);
      entered.add(to);
      open.push(to);
    }
  }
  const blocks = new Map<number, Block>();
  for (const start of starts) blocks.set(start, blockAt(code, start, starts, isInside));
  for (const { start, next } of blocks.values()) {
    for (const to of new Set(next)) blocks.get(to)?.before.push(start);
  }
  return blocks;
}

function blockAt(
  code: readonly Instruction[],
  start: number,
  starts: ReadonlySet<number>,
  isInside: (pc: number) => boolean,
): Block {
  const pcs: number[] = [];
  for (let pc = start; ; ) {
    pcs.push(pc);
    const next = successors(code, pc);
    if (next.length !== 1 || starts.has(next[0]!) || !isInside(next[0]!)) return { start, pcs, next, before: [] };
    pc = next[0]!;
  }
}

/** Without recursion: a function may have as many blocks as its author likes. */
function reversePostorder(blocks: ReadonlyMap<number, Block>, entry: number): number[] {
  const done: number[] = [];
  const seen = new Set([entry]);
  const path = [{ block: entry, left: [...blocks.get(entry)!.next] }];
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.left.pop();
    if (next === undefined) {
      done.push(last.block);
      path.pop();
    } else if (!seen.has(next) && blocks.has(next)) {
      seen.add(next);
      path.push({ block: next, left: [...blocks.get(next)!.next] });
    }
  }
  return done.reverse();
}
