/** Tables and the values in them: reading, writing, making, and finding methods. */

import { codeOf, type Site } from "../core/decode.ts";
import { FIRST_FIELDS, ITEM_TAG_AND_SIGN, MIXED, shiftOf } from "../vm/table-layout.ts";
import { LIGHTUSERDATA, STRING, TABLE, type TValue } from "../vm/types.ts";
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
  const [t, v] = [e.temporary(), e.temporary()];
  const [hit, slow] = isName(e, C) ? readField(e, pc, t, v, table, key) : readKey(t, v, table, key);
  const otherwise = e.isGeneric(pc) ? "" : e.exit(pc);
  const miss = `if((${v}=${slow})===undefined)`;
  if (e.isGeneric(pc)) {
    const generally = generic(e, pc, `indexBy(L,ci,${pc},d+${e.cost},${table.t},${table.v},${key.t},${key.v})`, A);
    const set = setBoth(e, A, t, v);
    e.write(`if(${hit}){${set}}else{${miss}{${generally}}else{${t}=found.type;${set}}}`);
    return;
  }
  e.write(`if(!(${hit})){${miss}${otherwise}${t}=found.type;}`);
  e.set(A, t, v);
}

const setBoth = (e: Emitter, r: number, t: string, v: string): string =>
  e.captured.has(r) ? `c${r}.value=${v};c${r}.type=${t};` : `v${r}=${v};t${r}=${t};`;

// ---- fields ----

/** What the interpreter knows of an instruction: where it found the field last, or put it. */
const siteOf = (e: Emitter, pc: number): Site => codeOf(e.p).sites[pc]!;

/** The JavaScript for the tag of a field in a place that is known. */
const tagAt = (of: string, place: number): string =>
  place < FIRST_FIELDS ? `${of}.tags>>${shiftOf(place)}&63` : `${of}.fields[${2 * (place - FIRST_FIELDS)}]`;

const valueAt = (of: string, place: number): string =>
  place < FIRST_FIELDS ? `${of}.f${place}` : `${of}.fields[${2 * (place - FIRST_FIELDS) + 1}]`;

/** @returns the condition under which the value is read and not nil, and what reads it otherwise */
function readField(
  e: Emitter,
  pc: number,
  t: string,
  v: string,
  table: Operand,
  key: Operand,
): [hit: string, slow: string] {
  const { at } = siteOf(e, pc);
  const site = e.site(() => new FieldSite(at));
  const known = isTable(table) ? "" : `${table.t}===5&&`;
  const { v: of } = table;
  const read =
    at < 0
      ? `((${v}=readField(${of},${site}.at)),(${t}=found.type)!==0)`
      : `(${t}=${tagAt(of, at)})!==0&&((${v}=${valueAt(of, at)}),true)`;
  return [`${known}${of}.shape===${site}.shape&&${read}`, `getField(${site},${table.t},${of},${key.v})`];
}

function readKey(t: string, v: string, table: Operand, key: Operand): [hit: string, slow: string] {
  const slow = `getKey(${table.t},${table.v},${key.t},${key.v})`;
  if ((key.types & T_INTEGER) === 0) return ["false", slow];
  const known = isTable(table) ? "" : `${table.t}===5&&`;
  const check = integerCheck(key) && `${integerCheck(key)}&&`;
  return [
    `${known}${check}${key.v}>0&&${key.v}<=${table.v}.items.length&&(${t}=${table.v}.tags&63)!==${MIXED}&&` +
      `(${v}=${table.v}.items[${key.v}-1])!==null`,
    slow,
  ];
}

export function setTable(e: Emitter, pc: number, table: Operand, keyOperand: number, valueOperand: number): void {
  const key = e.operand(keyOperand);
  const value = e.operand(valueOperand);
  const known = isTable(table) ? "" : `${table.t}===5&&`;
  const { v: of } = table;
  const args = `${value.t},${value.v}`;
  let fast = "";
  let write: string;
  if (isName(e, keyOperand)) {
    const { at, next } = siteOf(e, pc);
    const place = at < 0 && next !== undefined ? next.length - 1 : at;
    const site = e.site(() => new FieldSite(place));
    if (value.types !== T_NIL) fast = writeField(e, site, place, at < 0, known, of, value);
    write = `setField(${site},${of},${key.v},${args})`;
  } else {
    if ((key.types & T_INTEGER) !== 0 && value.types !== T_NIL) {
      const check = integerCheck(key) && `${integerCheck(key)}&&`;
      // A place in which nothing is, may be for a metamethod.
      const there = `${of}.items[${key.v}-1]!==null`;
      const isFree = (value.types & T_NIL) === 0 ? `(${there}||${of}.metatable===null&&${of}.more.holes-->0)` : there;
      fast =
        `if(${known}${check}${key.v}>0&&${key.v}<=${of}.items.length&&(${of}.tags&${ITEM_TAG_AND_SIGN})===${value.t}&&` +
        `${isFree})${of}.items[${key.v}-1]=${value.v};else `;
    }
    write = `setKey(${of},${key.t},${key.v},${args})`;
  }
  const fails = isTable(table) ? `!${write}` : `${table.t}!==5||!${write}`;
  const slow = e.isGeneric(pc)
    ? `{assignBy(L,ci,${pc},d+${e.cost},${table.t},${of},${key.t},${key.v},${args});if(R.type<0)${e.leave(SUSPEND, pc, e.live.during(pc))}}`
    : e.exit(pc);
  e.write(`${fast}if(${fails})${slow}`);
}

/** @returns what writes a field where it is, or where it is added, and goes on with what does it otherwise */
function writeField(
  e: Emitter,
  site: string,
  place: number,
  isNew: boolean,
  known: string,
  of: string,
  value: Operand,
): string {
  const notNil = (value.types & T_NIL) !== 0 ? `&&${value.t}!==0` : "";
  if (place < 0) {
    const isThere = `${of}.shape===${site}.shape&&tagOfField(${of},${site}.at)!==0&&${of}.tags>=0`;
    return `if(${known}${isThere}${notNil})putField(${of},${site}.at,${value.t},${value.v});else `;
  }
  const tags = e.temporary();
  const shift = shiftOf(place);
  const isFirst = place < FIRST_FIELDS;
  const tag = /^\d+$/.test(value.t) ? String(Number(value.t) << shift) : `${value.t}<<${shift}`;
  if (isNew) {
    const isWithout = `${of}.shape===${site}.without&&${of}.more===nothingMore&&(${tags}=${of}.tags)>=0`;
    if (!isFirst) return "";
    return `if(${known}${isWithout}${notNil}){${of}.f${place}=${value.v};${of}.tags=${tags}|${tag};${of}.shape=${site}.added;}else `;
  }
  if (!isFirst) {
    const isThere = `${of}.shape===${site}.shape&&${tagAt(of, place)}!==0&&${of}.tags>=0`;
    return `if(${known}${isThere}${notNil}){${tagAt(of, place)}=${value.t};${valueAt(of, place)}=${value.v};}else `;
  }
  const isThere = `${of}.shape===${site}.shape&&(${tags}=${of}.tags)>=0&&(${tags}&${63 << shift})!==0`;
  return `if(${known}${isThere}${notNil}){${of}.f${place}=${value.v};${of}.tags=${tags}&${~(63 << shift)}|${tag};}else `;
}

/** An object and the method that is called on it. */
export function self(e: Emitter, pc: number): void {
  const { A, B, C } = e.code[pc]!;
  const object = e.operand(B);
  const key = e.operand(C);
  const [type, method] = [e.temporary(), e.temporary()];
  const called = isName(e, C)
    ? `getMethod(L,${e.site(() => new MethodSite())},${object.t},${object.v},${key.v})`
    : `${key.t}===20?getMethod(L,noSite,${object.t},${object.v},${key.v}):undefined`;
  e.write(`${method}=${called};`);
  if (!e.isGeneric(pc)) {
    e.write(`if(${method}===undefined)${e.exit(pc)}${type}=found.type;`);
    e.set(A + 1, object.t, object.v);
    e.set(A, type, method);
    return;
  }
  // Object and key may lie where the method and the object go to.
  const [t, v, kt, kv] = [e.temporary(), e.temporary(), e.temporary(), e.temporary()];
  e.write(`${type}=found.type;${t}=${object.t};${v}=${object.v};${kt}=${key.t};${kv}=${key.v};`);
  e.set(A + 1, t, v);
  e.known[A + 1] = object.types;
  const kept = new Set([...e.live.during(pc), A + 1]);
  const slow = generic(e, pc, `indexBy(L,ci,${pc},d+${e.cost},${t},${v},${kt},${kv})`, A, kept);
  e.write(`if(${method}===undefined){${slow}}else{${setBoth(e, A, type, method)}}`);
}

export function newTable(e: Emitter, pc: number): void {
  const { A, B, C } = e.code[pc]!;
  e.set(A, TABLE, C <= FIRST_FIELDS ? "new LuaTable(L)" : `newTable(L,${B},${C})`);
}

/** As many values as a constructor sets by one instruction. */
const FIELDS_PER_FLUSH = 50;

export function setList(e: Emitter, pc: number, open: string | undefined): void {
  const { A, B, C } = e.code[pc]!;
  const block = C !== 0 ? C : e.code[pc + 1]!.Ax;
  const count = B !== 0 ? B : op.openFrom(e.code, pc) - A - (open === undefined ? 0 : 1);
  const pairs = e.pairs(A + 1, count);
  const all = open === undefined ? pairs : [...pairs, `...${open}`];
  const any = `setItems(${e.value(A)},${(block - 1) * FIELDS_PER_FLUSH},[${all.join(",")}]);`;
  const same = open === undefined && block === 1 ? sameTags(e, A + 1, count) : undefined;
  if (same === undefined) {
    e.write(any);
    return;
  }
  const values: string[] = [];
  for (let r = A + 1; r <= A + count; r++) values.push(e.value(r));
  e.write(`if(${same})setSame(${e.value(A)},[${values.join(",")}],${e.tag(A + 1)});else ${any}`);
}

/** Tags that are compared, at most. */
const MOST_COMPARED = 8;

/** The condition under which registers have values of one type, none of them nil; undefined where none is known. */
function sameTags(e: Emitter, from: number, count: number): string | undefined {
  const tags: string[] = [];
  for (let r = from; r < from + count; r++) tags.push(e.tag(r));
  const [first] = tags;
  if (first === undefined) return undefined;
  const others = [...new Set(tags)].filter((tag) => tag !== first);
  if (others.length > MOST_COMPARED) return undefined;
  const isValue = `${first}!==0&&${first}!==${LIGHTUSERDATA}`;
  return [isValue, ...others.map((tag) => `${first}===${tag}`)].join("&&");
}
