/** Writes the blocks of a flow as JavaScript: labelled blocks for merges, loops for loops. */
import { HAS_RUN } from "../core/coverage.ts";
import * as op from "./code.ts";
import { condition } from "./emit-arithmetic.ts";
import { step, variable } from "./emit-control.ts";
import { close, writeInstruction } from "./emit-instruction.ts";
import type { Emitter } from "./emitter.ts";
import { ON, PAUSE, Region } from "./exits.ts";
import { type Flow, Unsupported } from "./flow.ts";

/** Deeper than any function that people write; JavaScript's parser has a limit, too. */
const DEEPEST = 300;

export class Structure {
  readonly #flow: Flow;
  readonly #e: Emitter;
  /** Blocks that are written after others, in the order in which they come, by the block that they follow. */
  readonly #afterLoop = new Map<number, number[]>();
  readonly #afterBlock = new Map<number, number[]>();
  readonly #labelled = new Set<number>();
  #depth = 0;

  constructor(flow: Flow, e: Emitter) {
    this.#flow = flow;
    this.#e = e;
    for (const block of flow.order) if (block !== flow.entry) this.#placeBlock(block);
  }

  write(): void {
    this.#root(this.#flow.entry);
  }

  #placeBlock(block: number): void {
    const parent = this.#flow.dominator(block);
    const header = this.#loopLeft(parent, block);
    if (header !== undefined) this.#add(this.#afterLoop, header, block);
    else if (this.#flow.isMerge(block)) this.#add(this.#afterBlock, parent, block);
  }

  #add(where: Map<number, number[]>, at: number, block: number): void {
    const list = where.get(at);
    if (list === undefined) where.set(at, [block]);
    else list.push(block);
    this.#labelled.add(block);
  }

  /** The outermost loop that `from` is in and `to` is not. */
  #loopLeft(from: number, to: number): number | undefined {
    let found: number | undefined;
    for (const [header, body] of this.#flow.loops) {
      if (!body.has(from) || body.has(to)) continue;
      if (found === undefined || body.size > this.#flow.loops.get(found)!.size) found = header;
    }
    return found;
  }

  /** A block that nothing is known of but what is known at its start: code that is left has a region of its own. */
  #root(block: number): void {
    const e = this.#e;
    const isLoop = this.#flow.loops.has(block);
    const followers = this.#afterLoop.get(block) ?? [];
    for (const other of [...followers].reverse()) e.write(`B${other}:{`);
    if (isLoop) e.write(`L${block}:for(;;){`);
    this.#region(block, isLoop);
    if (isLoop) e.write("}\n");
    for (const other of followers) {
      e.write("}\n");
      this.#root(other);
    }
  }

  #region(block: number, isLoop: boolean): void {
    const e = this.#e;
    const outer = e.region;
    const region = new Region(block);
    const open = e.hole();
    e.enter(region);
    e.known = e.types.at(block);
    if (isLoop) this.#count(block, this.#weightOfLoop(block), this.#jumpTo(block));
    else if (block === this.#flow.entry) this.#count(block, this.#weight());
    this.#within(block);
    if (region.isLeft) {
      open(`${this.#forget(region)}E${block}:{`);
      e.write(`}${e.handOver(region)}`);
    }
    if (outer !== undefined) e.enter(outer);
  }

  /** What the region's exits hand over, and nobody needs at its start: what is left there from before is dropped. */
  #forget(region: Region): string {
    const live = this.#e.live.at(region.start);
    const handed = region.handedOver().filter(({ register, part }) => part !== "cell" && !live.has(register));
    const values = handed.filter(({ part }) => part === "value").map(({ register }) => `v${register}=`);
    const tags = handed.filter(({ part }) => part === "tag").map(({ register }) => `t${register}=`);
    return (values.length > 0 ? `${values.join("")}null;` : "") + (tags.length > 0 ? `${tags.join("")}0;` : "");
  }

  /** The instruction by which a loop goes round, where the interpreter says that it is when it counts. */
  #jumpTo(header: number): number {
    const from = this.#flow.block(header).before.filter((block) => this.#flow.isBackward(block, header));
    return Math.max(...from.map((block) => this.#flow.block(block).pcs.at(-1)!));
  }

  /** Counts instructions, and pauses before this one when the script's memory is to be looked at. @param at where that is */
  #count(pc: number, weight: number, at: number = pc): void {
    const e = this.#e;
    e.write(`if((G.fuel-=${weight})<0&&refuel(L,ci,${pc},${at}))${e.leave(PAUSE, pc, e.live.at(pc))}`);
  }

  /** Instructions of a round, those of inner loops aside. */
  #weightOfLoop(header: number): number {
    const { loops } = this.#flow;
    const body = loops.get(header)!;
    const inner = [...loops].filter(
      ([other, blocks]) => other !== header && body.has(other) && blocks.size < body.size,
    );
    let weight = 0;
    for (const block of body) {
      if (!inner.some(([, blocks]) => blocks.has(block))) weight += this.#flow.block(block).pcs.length;
    }
    return weight;
  }

  /** Instructions outside all loops. */
  #weight(): number {
    const inLoops = new Set([...this.#flow.loops.values()].flatMap((body) => [...body]));
    const outside = this.#flow.order.filter((block) => !inLoops.has(block));
    return outside.reduce((sum, block) => sum + this.#flow.block(block).pcs.length, 1);
  }

  /** A block and those that only it leads to. */
  #within(block: number): void {
    if (++this.#depth > DEEPEST) throw new Unsupported("nested too deeply");
    const merges = this.#afterBlock.get(block) ?? [];
    for (const other of [...merges].reverse()) this.#e.write(`B${other}:{`);
    this.#body(block);
    for (const other of merges) {
      this.#e.write("}\n");
      this.#root(other);
    }
    this.#depth--;
  }

  #branch(from: number, to: number): void {
    const e = this.#e;
    if (!this.#flow.blocks.has(to)) e.write(e.leave(ON, to, e.live.at(to)));
    else if (this.#flow.isBackward(from, to)) e.write(`continue L${to};`);
    else if (this.#labelled.has(to)) e.write(`break B${to};`);
    else if (this.#flow.loops.has(to)) this.#root(to);
    else this.#within(to);
  }

  #body(block: number): void {
    const e = this.#e;
    const { pcs, next } = this.#flow.block(block);
    const last = pcs.at(-1)!;
    const isChoice = next.length === 2;
    for (const pc of pcs) {
      if (isChoice && pc === last) break;
      e.forgetTemporaries();
      this.#begin(pc);
      writeInstruction(e, pc);
      e.types.follow(e.known, pc);
      e.write("\n");
    }
    if (isChoice) this.#choice(block, last, next[0]!, next[1]!);
    else if (next.length === 1) this.#branch(block, next[0]!);
  }

  /** Two ways to go on, of which the first is the one that jumps. */
  #choice(block: number, pc: number, jump: number, fall: number): void {
    const e = this.#e;
    const { opcode } = e.code[pc]!;
    e.forgetTemporaries();
    this.#begin(pc);
    const whether =
      opcode === op.FORLOOP
        ? step(e, pc)
        : opcode === op.TFORLOOP
          ? `${e.tag(e.code[pc]!.A + 1)}!==0`
          : condition(e, pc);
    e.write(`if(${whether}){`);
    const known = [...e.known];
    this.#beforeJump(pc);
    e.types.follow(e.known, pc);
    if (jump === fall) e.write("}");
    else this.#branch(block, jump);
    e.known = known;
    e.types.follow(e.known, pc);
    if (jump !== fall) e.write("}else{");
    this.#branch(block, fall);
    if (jump !== fall) e.write("}\n");
  }

  /** Before an instruction: its line is noted, where that is wanted and not known yet. */
  #begin(pc: number): void {
    const e = this.#e;
    const { notes } = e.p;
    const line = notes?.at.get(pc);
    if (line !== undefined && notes!.lines[line] !== HAS_RUN)
      e.write(`${e.bind("lines", notes!.lines)}[${line}]=${HAS_RUN};`);
    this.#leaveForTests(pc);
  }

  #leaveForTests(pc: number): void {
    const e = this.#e;
    if (e.profile.leaveAt === pc && !op.takesOpen(e.code[pc]!)) e.write(e.leave(ON, pc, e.live.at(pc)));
  }

  #beforeJump(pc: number): void {
    const e = this.#e;
    const { opcode, A, B } = e.code[pc]!;
    if (opcode === op.FORLOOP) variable(e, pc);
    else if (opcode === op.TFORLOOP) e.set(A, e.tag(A + 1), e.value(A + 1));
    else {
      if (opcode === op.TESTSET) e.set(A, e.tag(B), e.value(B));
      close(e, pc + 1);
    }
  }
}
