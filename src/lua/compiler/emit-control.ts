/** Numeric loops. Their three registers are kept as the interpreter keeps them, so that it can go on anywhere. */
import { FLOAT, INTEGER } from "../vm/types.ts";
import * as op from "./code.ts";
import { all, type Emitter, integerCheck, isNumber, numberCheck } from "./emitter.ts";
import { T_FLOAT, T_INTEGER } from "./types.ts";

/** Checks the three numbers, and steps back once. */
export function prepare(e: Emitter, pc: number): void {
  const { A } = e.code[pc]!;
  const start = e.operand(A);
  const limit = e.operand(A + 1);
  const step = e.operand(A + 2);
  if (start.types === T_FLOAT || step.types === T_FLOAT) {
    const check = all(...[start, limit, step].map(numberCheck));
    if (check !== "true") e.write(`if(!(${check}))${e.exit(pc)}`);
    e.set(A + 1, FLOAT, limit.v);
    e.set(A + 2, FLOAT, step.v);
    e.set(A, FLOAT, `${start.v}-${step.v}`);
    return;
  }
  if ([start, limit, step].every(({ types }) => types === T_INTEGER)) {
    e.set(A, INTEGER, `${start.v}-${step.v}`);
    return;
  }
  const [first, last] = [e.temporary(), e.temporary()];
  const integers = all(integerCheck(start), integerCheck(step));
  if (e.isGeneric(pc)) {
    e.write(`${first}=${integers};if(!(${all(...[start, limit, step].map(numberCheck))}))${e.exit(pc)}`);
    e.write(`if(${first}&&(${last}=limitOf(${start.v},${limit.t},${limit.v},${step.v}))===undefined)${e.exit(pc)}`);
    e.set(A + 2, `${first}?19:3`, step.v);
    e.set(A + 1, `${first}?19:3`, `${first}?${last}:${limit.v}`);
    e.set(A, `${first}?19:3`, `${start.v}-${step.v}`);
    return;
  }
  if (integers !== "true") e.write(`if(!(${integers}))${e.exit(pc)}`);
  if (limit.types !== T_INTEGER) {
    e.write(`if((${last}=limitOf(${start.v},${limit.t},${limit.v},${step.v}))===undefined)${e.exit(pc)}`);
    e.set(A + 1, INTEGER, last);
  }
  e.set(A + 2, INTEGER, step.v);
  e.set(A, INTEGER, `${start.v}-${step.v}`);
}

/** Steps on. @returns the condition under which the loop goes on */
export function step(e: Emitter, pc: number): string {
  const { A } = e.code[pc]!;
  const unknown = [A, A + 1, A + 2].map((r) => e.operand(r)).filter((operand) => !isNumber(operand));
  if (unknown.length > 0) e.write(`if(!(${all(...unknown.map(numberCheck))}))${e.exit(pc)}`);
  const [value, limit, by] = [e.value(A), e.value(A + 1), e.value(A + 2)];
  e.write(`${value}=${value}+${by};`);
  const sign = signOfStep(e, pc);
  if (sign !== 0) return sign > 0 ? `${value}<=${limit}` : `${limit}<=${value}`;
  return `(0<${by}?${value}<=${limit}:${limit}<=${value})`;
}

/** The variable of the loop. */
export const variable = (e: Emitter, pc: number): void => {
  const { A } = e.code[pc]!;
  e.set(A + 3, e.tag(A), e.value(A));
};

/** Whether a loop counts up or down, where its step is a constant that was loaded just before; else 0. */
function signOfStep(e: Emitter, pc: number): number {
  const { A, sBx } = e.code[pc]!;
  const preparation = pc + sBx;
  const before = e.code[preparation - 1];
  if (e.code[preparation]?.opcode !== op.FORPREP || before?.opcode !== op.LOADK || before.A !== A + 2) return 0;
  return Math.sign(e.p.k[before.Bx]!.value as number);
}
