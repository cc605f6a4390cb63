/**
 * Calls, returns and `...`. A compiled function is called as a JavaScript function: its arguments are a tag and a value
 * each, it returns the value of its first result, and leaves the tag, the count, and the others in R.
 */
import * as op from "./code.ts";
import { all, type Emitter, isNumber, numberCheck, type Operand } from "./emitter.ts";
import { ON, OPEN, SUSPEND } from "./exits.ts";
import { intrinsic } from "./intrinsics.ts";
import { ANY } from "./types.ts";

/** The arguments that a call has: those in registers, and the JavaScript list of what was left open, if any. */
interface Arguments {
  readonly from: number;
  readonly count: number;
  readonly open: string | undefined;
}

/** More than so many are passed in a list. */
const FEW = 4;

/**
 * The list of tags and values that the instruction before left open, and how many of them are in registers: those of a
 * call that is known to have one result.
 */
function opened(e: Emitter, pc: number): string | undefined {
  const before = e.code[pc - 1]!;
  if (before.opcode === op.VARARG) {
    e.usesVarargs = true;
    return "va";
  }
  return e.isGeneric(pc - 1) ? "open" : undefined;
}

/** The same, of an instruction that takes what is open only where its B says so. */
export const openedBefore = (e: Emitter, pc: number): string | undefined =>
  e.code[pc]!.B === 0 ? opened(e, pc) : undefined;

function argumentsOf(e: Emitter, pc: number): Arguments {
  const { A, B } = e.code[pc]!;
  if (B !== 0) return { from: A + 1, count: B - 1, open: undefined };
  const open = opened(e, pc);
  const end = op.openFrom(e.code, pc) + (open === undefined ? 1 : 0);
  return { from: A + 1, count: end - A - 1, open };
}

const listed = (e: Emitter, { from, count, open }: Arguments): string => {
  const pairs = e.pairs(from, count);
  return `[${(open === undefined ? pairs : [...pairs, `...${open}`]).join(",")}]`;
};

/** Calls `f`, and sets `result` to its first result. */
function callOf(e: Emitter, result: string, f: Operand, args: Arguments): string {
  const { cost } = e;
  const list = e
    .pairs(args.from, args.count)
    .map((pair) => `,${pair}`)
    .join("");
  const compiled = `${tagCheck(f)}${f.v}.p.jit!==null`;
  if (args.open !== undefined && args.count <= FEW) {
    // No list of all of them is made.
    return (
      `if(${compiled}&&${args.open}.length<MANY)` +
      `${result}=${f.v}.p.jit(L,ci,d+${cost}+${args.open}.length,${f.v}${list},...${args.open});` +
      `else ${result}=callMany(L,ci,d+${cost},${f.t},${f.v},${listed(e, args)});`
    );
  }
  if (args.open !== undefined || args.count > FEW) {
    return `${result}=callMany(L,ci,d+${cost},${f.t},${f.v},${listed(e, args)});`;
  }
  return (
    `if(${compiled})${result}=${f.v}.p.jit(L,ci,d+${cost},${f.v}${list});` +
    `else ${result}=call${args.count}(L,ci,d+${cost},${f.t},${f.v}${list});`
  );
}

const tagCheck = ({ t }: Operand): string => (t === "6" ? "" : `${t}===6&&`);

/** What comes after every call: the callee may be suspended, or want another function called in its place. */
const afterCall = (e: Emitter, pc: number, result: string): string =>
  `if(R.type<0&&((${result}=callNext(L,ci,d)),R.type<0))${e.leave(SUSPEND, pc, e.live.during(pc))}`;

export function call(e: Emitter, pc: number): void {
  const { A, C } = e.code[pc]!;
  const args = argumentsOf(e, pc);
  const f = e.operand(A);
  const result = e.temporary();
  const known = intrinsicAt(e, pc, f, args, result);
  if (known !== undefined) e.write(known);
  e.write(`ci.l_savedpc=${pc + 1};${callOf(e, result, f, args)}${afterCall(e, pc, result)}`);
  if (known !== undefined) e.write("}");
  if (C === 0) leaveOpen(e, pc, result);
  else take(e, A, C - 1, result);
}

/** Writes results to registers. */
function take(e: Emitter, from: number, count: number, result: string): void {
  if (count > 0) e.set(from, "R.type", result);
  for (let i = 1; i < count; i++) {
    const [t, v] = [e.temporary(), e.temporary()];
    e.write(`if(R.count>${i}){${t}=R.types[${i - 1}];${v}=R.values[${i - 1}];}else{${t}=0;${v}=null;}`);
    e.set(from + i, t, v);
  }
}

/** All results are for the next instruction. Usually there is one, and it stays in its register. */
function leaveOpen(e: Emitter, pc: number, result: string): void {
  const { A } = e.code[pc]!;
  const { opcode } = e.code[pc + 1]!;
  const isLast = e.isLoop && (opcode === op.RETURN || opcode === op.TAILCALL);
  if (e.isGeneric(pc) && !isLast) {
    e.usesOpen = true;
    e.write(`open=results(${result});`);
    return;
  }
  const kept = new Set([...e.live.at(pc + 1)].filter((r) => r < A));
  kept.add(A);
  e.set(A, "R.type", result);
  e.known[A] = ANY;
  e.write(`${isLast ? "" : "if(R.count!==1)"}${e.leave(OPEN, pc, kept)}`);
}

/** The name by which the script got what it calls, where that is a field of something: `floor` of `math.floor`. */
function nameOfCallee(e: Emitter, pc: number): string | undefined {
  const { A } = e.code[pc]!;
  for (let at = pc - 1; at >= Math.max(0, pc - 12); at--) {
    const { opcode, A: target, C } = e.code[at]!;
    const isField = (opcode === op.GETTABLE || opcode === op.GETTABUP || opcode === op.SELF) && op.isConstant(C);
    if (isField && target === A) {
      const { value } = e.p.k[op.constantIndex(C)]! as { value: { binary?: string } | null };
      return value?.binary;
    }
    if (op.effectOf(e.code, at).defs.includes(A)) return undefined;
  }
  return undefined;
}

/** A call of a library function that is done in place, up to `else{`: whether it is that one is asked when it runs. */
function intrinsicAt(e: Emitter, pc: number, f: Operand, args: Arguments, result: string): string | undefined {
  const { C } = e.code[pc]!;
  const name = nameOfCallee(e, pc);
  const known = name === undefined ? undefined : e.profile.intrinsics.get(name);
  if (known === undefined || C !== 2) return undefined;
  if (args.open !== undefined) {
    if (name !== "select" || args.open !== "va" || args.count !== 1) return undefined;
    const id = e.bind("f_select", known);
    return `if(${f.v}===${id}&&((${result}=selectOf(${e.pairs(args.from, 1)[0]},va)),R.type>=0)){}else{`;
  }
  const operands: Operand[] = [];
  for (let r = args.from; r < args.from + args.count; r++) {
    operands.push({ t: e.tag(r), v: e.value(r), types: e.typesOf(r) });
  }
  const made = intrinsic(name!, operands);
  if (made === undefined) return undefined;
  const checks = made.takesNumbers ? operands.filter((o) => !isNumber(o)).map(numberCheck) : [];
  const id = e.bind(`f_${name}`, known);
  return `if(${all(`${f.v}===${id}`, ...checks)}){${result}=${made.value};R.type=${made.tag};}else{`;
}

/** A call in tail position: its results are those of this function. */
export function tailCall(e: Emitter, pc: number): void {
  const { A } = e.code[pc]!;
  const args = argumentsOf(e, pc);
  const f = e.operand(A);
  const result = e.temporary();
  if (e.isLoop) {
    e.write(args.open === undefined ? e.leave(ON, pc, e.live.at(pc)) : e.leaveOpened(pc));
    return;
  }
  e.write(`ci.l_savedpc=${pc + 1};`);
  const list = listed(e, args);
  const isFunction = f.t === "6" ? "" : `if(${f.t}===6)`;
  if (args.open === undefined && args.count <= FEW) {
    const direct = e
      .pairs(args.from, args.count)
      .map((pair) => `,${pair}`)
      .join("");
    e.write(
      `if(${tagCheck(f)}${f.v}.p.jit!==null&&d<NEARLY){ci.tailed=${f.v};` +
        `${result}=${f.v}.p.jit(L,pci,d+${e.cost},${f.v}${direct});ci.tailed=null;return ${result};}`,
    );
  }
  e.write(`${isFunction}return tailCall(L,pci,ci,d+${e.cost},${f.v},${list});`);
  if (f.t === "6") return;
  e.write(`${callOf(e, result, f, args)}if(R.type<0)${e.leave(SUSPEND, pc, e.live.during(pc))}return ${result};`);
}

export function returns(e: Emitter, pc: number): void {
  const { A, B } = e.code[pc]!;
  if (e.isLoop) {
    e.write(B !== 0 || opened(e, pc) === undefined ? e.leave(ON, pc, e.live.at(pc)) : e.leaveOpened(pc));
    return;
  }
  const open = openedBefore(e, pc);
  const count = B !== 0 ? B - 1 : op.openFrom(e.code, pc) - A + (open === undefined ? 1 : 0);
  if (open !== undefined) {
    e.write(`return returnAll(${listed(e, { from: A, count, open })});`);
    return;
  }
  if (count === 0) {
    e.write("R.type=0;R.count=0;return null;");
    return;
  }
  for (let i = 1; i < count; i++) e.write(`R.types[${i - 1}]=${e.tag(A + i)};R.values[${i - 1}]=${e.value(A + i)};`);
  e.write(`R.type=${e.tag(A)};R.count=${count};return ${e.value(A)};`);
}

export function varargs(e: Emitter, pc: number): void {
  const { A, B } = e.code[pc]!;
  e.usesVarargs = true;
  for (let i = 0; i < B - 1; i++) {
    const [t, v] = [e.temporary(), e.temporary()];
    e.write(`if(va.length>${2 * i}){${t}=va[${2 * i}];${v}=va[${2 * i + 1}];}else{${t}=0;${v}=null;}`);
    e.set(A + i, t, v);
  }
}

/** A step of a generic `for`: calls the iterator. */
export function iterate(e: Emitter, pc: number): void {
  const { A, C } = e.code[pc]!;
  const f = e.operand(A);
  const state: Operand = { t: e.tag(A + 1), v: e.value(A + 1), types: e.typesOf(A + 1) };
  const result = e.temporary();
  const next = e.profile.intrinsics.get("next");
  const ipairs = e.profile.intrinsics.get("ipairs iterator");
  const args = `${state.t},${state.v},${e.tag(A + 2)},${e.value(A + 2)}`;
  e.write(`ci.l_savedpc=${pc + 1};`);
  if (next !== undefined)
    e.write(`if(${f.v}===${e.bind("f_next", next)}&&${state.t}===5)${result}=nextOf(L,ci,${args});else `);
  if (ipairs !== undefined) {
    const id = e.bind("f_ipairs", ipairs);
    e.write(`if(${f.v}===${id}&&${state.t}===5&&((${result}=nextItem(${args})),R.type>=0)){}else `);
  }
  e.write(`{${callOf(e, result, f, { from: A + 1, count: 2, open: undefined })}${afterCall(e, pc, result)}}`);
  take(e, A + 3, C, result);
}
