/** Tables and the values in them: reading, writing, making, and finding methods. */
import { STRING, TABLE, type TValue } from "../vm/types.ts";
import * as op from "./code.ts";
import { generic } from "./emit-arithmetic.ts";
import { type Emitter, integerCheck, type Operand } from "./emitter.ts";
import { SUSPEND } from "./exits.ts";
import { FieldSite, MethodSite } from "./sites.ts";
import { T_INTEGER, T_NIL, T_TABLE } from "./types.ts";

const isTable = ({ types }: Operand): boolean => types === T_TABLE;

/** Whether an operand is a constant string: the name of a field. */
const isName = (e: Emitter, operand: number): boolean =>
  op.isConstant(operand) && (e.p.k[op.constantIndex(operand)] as TValue).type === STRING;

export function getTable(e: Emitter, pc: number, table: Operand = e.operand(e.code[pc]!.B)): void {
  const { A, C } = e.code[pc]!;
  const key = e.operand(C);
  const cell = e.temporary();
  const miss = isName(e, C) ? readField(e, cell, table, key) : readKey(cell, table, key);
  if (e.isGeneric(pc)) {
    const slow = generic(e, pc, `indexBy(L,ci,${pc},${table.t},${table.v},${key.t},${key.v})`, A);
    e.write(`if(${miss}){${slow}}else{${setCell(e, A, cell)}}`);
    return;
  }
  e.write(`if(${miss})${e.exit(pc)}`);
  e.set(A, `${cell}.type`, `${cell}.value`);
}

const setCell = (e: Emitter, r: number, cell: string): string =>
  e.captured.has(r) ? `c${r}.setfrom(${cell});` : `v${r}=${cell}.value;t${r}=${cell}.type;`;

/** @returns the condition under which there is nothing to be had without asking further */
function readField(e: Emitter, cell: string, table: Operand, key: Operand): string {
  const site = e.site(() => new FieldSite());
  const known = isTable(table) ? "" : `${table.t}===5&&`;
  const hit = `${known}${table.v}.shape===${site}.shape&&(${cell}=${table.v}.fields[${site}.slot]).type!==0`;
  return `!(${hit})&&(${cell}=getField(${site},${table.t},${table.v},${key.v}))===undefined`;
}

function readKey(cell: string, table: Operand, key: Operand): string {
  const known = isTable(table) ? "" : `${table.t}!==5||`;
  const read =
    (key.types & T_INTEGER) === 0
      ? `getKey(${table.v},${key.t},${key.v})`
      : `${integerCheck(key) && `${integerCheck(key)}&&`}${key.v}>0&&${key.v}<=${table.v}.items.length?` +
        `${table.v}.items[${key.v}-1]:getKey(${table.v},${key.t},${key.v})`;
  return `${known}(${cell}=${read}).type===0&&(${cell}=missing(${table.v},${key.t},${key.v}))===undefined`;
}

export function setTable(e: Emitter, pc: number, table: Operand, keyOperand: number, valueOperand: number): void {
  const key = e.operand(keyOperand);
  const value = e.operand(valueOperand);
  const cell = e.temporary();
  const known = isTable(table) ? "" : `${table.t}===5&&`;
  const notNil = (value.types & T_NIL) !== 0 ? `&&${value.t}!==0` : "";
  const args = `${value.t},${value.v}`;
  let hit: string | undefined;
  let write: string;
  if (isName(e, keyOperand)) {
    const site = e.site(() => new FieldSite());
    hit = `${known}${table.v}.shape===${site}.shape&&(${cell}=${table.v}.fields[${site}.slot]).type!==0`;
    write = `setField(${site},${table.v},${key.v},${args})`;
  } else {
    if ((key.types & T_INTEGER) !== 0) {
      const check = integerCheck(key) && `${integerCheck(key)}&&`;
      hit =
        `${known}${check}${key.v}>0&&${key.v}<=${table.v}.items.length&&` +
        `(${cell}=${table.v}.items[${key.v}-1]).type!==0`;
    }
    write = `setKey(${table.v},${key.t},${key.v},${args})`;
  }
  const fast =
    hit === undefined
      ? ""
      : `if(${hit}&&!${table.v}.readonly${notNil}){${cell}.type=${value.t};${cell}.value=${value.v};}else `;
  const fails = isTable(table) ? `!${write}` : `${table.t}!==5||!${write}`;
  const slow = e.isGeneric(pc)
    ? `{assignBy(L,ci,${pc},${table.t},${table.v},${key.t},${key.v},${args});if(R.type<0)${e.leave(SUSPEND, pc, e.live.during(pc))}}`
    : e.exit(pc);
  e.write(`${fast}if(${fails})${slow}`);
}

/** An object and the method that is called on it. */
export function self(e: Emitter, pc: number): void {
  const { A, B, C } = e.code[pc]!;
  const object = e.operand(B);
  const key = e.operand(C);
  const cell = e.temporary();
  const found = isName(e, C)
    ? `getMethod(L,${e.site(() => new MethodSite())},${object.t},${object.v},${key.v})`
    : `${key.t}===20?getMethod(L,noSite,${object.t},${object.v},${key.v}):undefined`;
  e.write(`${cell}=${found};`);
  if (!e.isGeneric(pc)) {
    e.write(`if(${cell}===undefined)${e.exit(pc)}`);
    e.set(A + 1, object.t, object.v);
    e.set(A, `${cell}.type`, `${cell}.value`);
    return;
  }
  // Object and key may lie where the method and the object go to.
  const [t, v, kt, kv] = [e.temporary(), e.temporary(), e.temporary(), e.temporary()];
  e.write(`${t}=${object.t};${v}=${object.v};${kt}=${key.t};${kv}=${key.v};`);
  e.set(A + 1, t, v);
  e.known[A + 1] = object.types;
  const kept = new Set([...e.live.during(pc), A + 1]);
  const slow = generic(e, pc, `indexBy(L,ci,${pc},${t},${v},${kt},${kv})`, A, kept);
  e.write(`if(${cell}===undefined){${slow}}else{${setCell(e, A, cell)}}`);
}

export function newTable(e: Emitter, pc: number): void {
  const { A, B, C } = e.code[pc]!;
  e.set(A, TABLE, `newTable(L,${B},${C})`);
}

/** As many values as a constructor sets by one instruction. */
const FIELDS_PER_FLUSH = 50;

export function setList(e: Emitter, pc: number, open: string | undefined): void {
  const { A, B, C } = e.code[pc]!;
  const block = C !== 0 ? C : e.code[pc + 1]!.Ax;
  const count = B !== 0 ? B : op.openFrom(e.code, pc) - A - (open === undefined ? 0 : 1);
  const values = e.pairs(A + 1, count);
  const all = open === undefined ? values : [...values, `...${open}`];
  e.write(`setItems(${e.value(A)},${(block - 1) * FIELDS_PER_FLUSH},[${all.join(",")}]);`);
}
