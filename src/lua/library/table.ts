/** `table`. Sorting has a file of its own. */

import { ByteString } from "../../value/value.ts";
import { work } from "../meter/meter.ts";
import { newCell } from "../vm/cell.ts";
import { argError, fail, NEEDS_FRAME, R, typeName } from "../vm/direct.ts";
import { add, type Integer, le, lowOf, lt, MAX_INTEGER, sub, toFloat } from "../vm/int64.ts";
import { LuaTable, setString } from "../vm/lua-table.ts";
import { numberText } from "../vm/numeral.ts";
import { EXTRA_STACK } from "../vm/thread.ts";
import { FLOAT, INTEGER, type LuaState, MAXSTACK, NIL, STRING, TABLE } from "../vm/types.ts";
import { integerArg, isMissing, optIntegerArg, optSizeArg, stringArg } from "./args.ts";
import { answer, answerNothing, answerString, answerTable, either, type Functions, variadic } from "./define.ts";
import { destinationWrapAround, invalidValueInConcat, tooManyToMove, wrongArgumentsToInsert } from "./errors.ts";
import { found, getInteger, insertItem, isPlain, length, readInteger, removeItem, setItem } from "./list.ts";
import { sort } from "./sort.ts";
import { argCount, ensureStack, push, tagAt, valueAt } from "./stack.ts";
import type { Slot } from "./steps.ts";
import * as steps from "./steps.ts";
import { INDEX, integerSlot, LENGTH, lengthOf, NEWINDEX, tableLike } from "./table-like.ts";
import { Builder, binaryOf, EMPTY } from "./text.ts";

/** An argument as a value; nil where it was not given. */
const slotAt = (L: LuaState, arg: number): Slot => ({ type: tagAt(L, arg) ?? NIL, value: valueAt(L, arg) ?? null });

function pushSlot(L: LuaState, { type, value }: Slot): 1 {
  push(L, type, value);
  return 1;
}

const integerAt = (L: LuaState, arg: number): Integer => integerArg(L, arg, tagAt(L, arg), valueAt(L, arg));

// ---- insert and remove ----

const outOfBounds = "position out of bounds";

const insert = either(
  (L, n, t0, v0, t1, v1, t2, v2) => {
    if (t0 !== TABLE || !isPlain(v0 as LuaTable) || n < 2 || n > 3) return (R.type = NEEDS_FRAME);
    const table = v0 as LuaTable;
    const count = length(table);
    if (n === 2) setItem(table, count + 1, t1!, v1);
    else {
      const position = toFloat(integerArg(L, 2, t1, v1));
      if (!(position >= 1 && position <= count + 1)) argError(L, 2, outOfBounds);
      insertItem(table, count, position, t2!, v2);
    }
    return answerNothing();
  },
  steps.inSteps(function* (L) {
    const table = tableLike(L, 1, INDEX, NEWINDEX, LENGTH);
    const end = add(yield* lengthOf(L, table), 1);
    const n = argCount(L);
    if (n !== 2 && n !== 3) fail(L, wrongArgumentsToInsert);
    const position = n === 2 ? end : integerAt(L, 2);
    if (n === 3 && !(le(1, position) && le(position, end))) argError(L, 2, outOfBounds);
    for (let i = end; lt(position, i); i = sub(i, 1)) {
      work(1);
      yield* steps.setIndex(table, integerSlot(i), yield* steps.index(table, integerSlot(sub(i, 1))));
    }
    yield* steps.setIndex(table, integerSlot(position), slotAt(L, n));
    return 0;
  }),
);

const remove = either(
  (L, _, t0, v0, t1, v1) => {
    if (t0 !== TABLE || !isPlain(v0 as LuaTable)) return (R.type = NEEDS_FRAME);
    const table = v0 as LuaTable;
    const count = length(table);
    const position = isMissing(t1) ? count : toFloat(integerArg(L, 2, t1, v1));
    if (position !== count && !(position >= 1 && position <= count + 1)) argError(L, 1, outOfBounds);
    const value = readInteger(table, position);
    const { type } = found;
    removeItem(table, count, position);
    return answer(type, value);
  },
  steps.inSteps(function* (L) {
    const table = tableLike(L, 1, INDEX, NEWINDEX, LENGTH);
    const count = yield* lengthOf(L, table);
    const isGiven = !isMissing(tagAt(L, 2));
    let position = isGiven ? integerAt(L, 2) : count;
    if (isGiven && !(le(count, position) && le(position, count)) && !(le(1, position) && le(position, add(count, 1)))) {
      argError(L, 1, outOfBounds);
    }
    const removed = yield* steps.index(table, integerSlot(position));
    for (; lt(position, count); position = add(position, 1)) {
      work(1);
      yield* steps.setIndex(table, integerSlot(position), yield* steps.index(table, integerSlot(add(position, 1))));
    }
    yield* steps.setIndex(table, integerSlot(position), steps.NOTHING);
    return pushSlot(L, removed);
  }),
);

// ---- concat ----

/**
 * Adds an item to what `concat` makes. The error names the low 32 bits of the index, as that of the reference
 * implementation does.
 */
function addItem(L: LuaState, result: Builder, type: number, value: unknown, at: Integer): void {
  if (type === STRING) result.add(binaryOf(value as ByteString));
  else if ((type & 0x0f) === FLOAT) result.add(numberText(type, value));
  else fail(L, invalidValueInConcat(typeName(type), lowOf(at) | 0));
}

const concat = either(
  (L, _, t0, v0, t1, v1, t2, v2, t3, v3) => {
    if (t0 !== TABLE || (v0 as LuaTable).metatable !== null) return (R.type = NEEDS_FRAME);
    const table = v0 as LuaTable;
    const count = length(table);
    const separator = binaryOf(isMissing(t1) ? EMPTY : stringArg(L, 2, t1, v1));
    const from = optIntegerArg(L, 3, t2, v2, 1);
    const to = optIntegerArg(L, 4, t3, v3, count);
    if (typeof from !== "number" || typeof to !== "number") return (R.type = NEEDS_FRAME);
    const result = new Builder();
    for (let i = from; i <= to; i++) {
      if ((i & 15) === 0) work(16);
      const value = readInteger(table, i);
      addItem(L, result, found.type, value, i);
      if (i < to && separator !== "") result.add(separator);
    }
    return answerString(result.toString());
  },
  steps.inSteps(function* (L) {
    const table = tableLike(L, 1, INDEX, LENGTH);
    const count = yield* lengthOf(L, table);
    const separator = binaryOf(isMissing(tagAt(L, 2)) ? EMPTY : stringArg(L, 2, tagAt(L, 2), valueAt(L, 2)));
    const to = optIntegerArg(L, 4, tagAt(L, 4), valueAt(L, 4), count);
    const result = new Builder();
    for (let i = optIntegerArg(L, 3, tagAt(L, 3), valueAt(L, 3), 1); le(i, to); ) {
      work(1);
      const { type, value } = yield* steps.index(table, integerSlot(i));
      addItem(L, result, type, value, i);
      if (!lt(i, to)) break; // the largest integer may be the last
      result.add(separator);
      i = add(i, 1);
    }
    return pushSlot(L, { type: STRING, value: result.toString() });
  }),
);

// ---- pack and unpack ----

const N = ByteString.fromAscii("n");

const pack = variadic((L, { n, types, values }) => {
  const table = new LuaTable(L);
  for (let i = 0; i < n; i++) setItem(table, i + 1, types[i]!, values[i]);
  setString(table, N, newCell(INTEGER, n));
  return answerTable(table);
});

const tooMany = "too many results to unpack";

/**
 * How many values lie between two positions; they fit the stack. In a direct call the frame is the caller's, so nothing
 * of it may be changed here.
 */
function countOf(L: LuaState, from: Integer, to: Integer): number {
  if (lt(to, from)) return 0;
  const last = sub(to, from); // negative where it has more than 63 bits
  return typeof last === "number" && last >= 0 && L.top + last + 1 + EXTRA_STACK <= MAXSTACK
    ? last + 1
    : fail(L, tooMany);
}

const unpack = either(
  (L, _, t0, v0, t1, v1, t2, v2) => {
    if (t0 !== TABLE || (v0 as LuaTable).metatable !== null) return (R.type = NEEDS_FRAME);
    const table = v0 as LuaTable;
    const from = optSizeArg(L, 2, t1, v1, 1);
    const to = isMissing(t2) ? length(table) : toFloat(integerArg(L, 3, t2, v2));
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return (R.type = NEEDS_FRAME);
    const count = countOf(L, from, to);
    if (count === 0) return answerNothing();
    work(count / 4);
    for (let i = 1; i < count; i++) {
      R.values[i - 1] = readInteger(table, from + i);
      R.types[i - 1] = found.type;
    }
    const first = getInteger(table, from);
    R.type = first.type;
    R.count = count;
    return first.value;
  },
  steps.inSteps(function* (L) {
    const object = slotAt(L, 1);
    let i = optIntegerArg(L, 2, tagAt(L, 2), valueAt(L, 2), 1);
    const to = isMissing(tagAt(L, 3)) ? yield* lengthOf(L, object) : integerAt(L, 3);
    const count = countOf(L, i, to);
    ensureStack(L, count + 4);
    for (let k = 0; k < count; k++, i = add(i, 1)) {
      work(1);
      pushSlot(L, yield* steps.index(object, integerSlot(i)));
    }
    return count;
  }),
);

// ---- move ----

const move = either(
  (_L, n, t0, v0, t1, v1, t2, v2, t3, v3) => {
    // Five arguments are not passed directly.
    if (n > 4 || t0 !== TABLE || !isPlain(v0 as LuaTable)) return (R.type = NEEDS_FRAME);
    if (t1 !== INTEGER || t2 !== INTEGER || t3 !== INTEGER) return (R.type = NEEDS_FRAME);
    const table = v0 as LuaTable;
    moveItems(table, table, v1 as number, v2 as number, v3 as number);
    return answerTable(table);
  },
  steps.inSteps(function* (L) {
    const [from, end, to] = [integerAt(L, 2), integerAt(L, 3), integerAt(L, 4)] as const;
    const isOther = !isMissing(tagAt(L, 5));
    const source = tableLike(L, 1, INDEX);
    const target = tableLike(L, isOther ? 5 : 1, NEWINDEX);
    if (le(from, end)) {
      // The number of values is an integer, and so is the last place that one goes to.
      if (!lt(0, from) && !lt(end, add(MAX_INTEGER, from))) argError(L, 3, tooManyToMove);
      const last = sub(end, from);
      if (lt(sub(MAX_INTEGER, last), to)) argError(L, 4, destinationWrapAround);
      const overlaps = lt(from, to) && le(to, end) && source.value === target.value;
      for (let k: Integer = 0; le(k, last); k = add(k, 1)) {
        work(1);
        const i = overlaps ? sub(last, k) : k;
        yield* steps.setIndex(target, integerSlot(add(to, i)), yield* steps.index(source, integerSlot(add(from, i))));
      }
    }
    return pushSlot(L, target);
  }),
);

/** Copies the values from `from` to `end` to those from `to` on, in the order in which none is lost. */
function moveItems(source: LuaTable, target: LuaTable, from: number, end: number, to: number): void {
  const last = end - from;
  const overlaps = from < to && to <= end;
  for (let k = 0; k <= last; k++) {
    if ((k & 15) === 0) work(16);
    const i = overlaps ? last - k : k;
    const value = readInteger(source, from + i);
    setItem(target, to + i, found.type, value);
  }
}

export const table: Functions = { concat, insert, move, pack, remove, sort, unpack };
