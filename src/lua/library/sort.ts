/**
 * `table.sort`. The values are taken out of the table, sorted, and put back; a comparator or a metamethod may suspend
 * the script between two comparisons. Numbers and strings are compared here, without a call.
 *
 * It is a quicksort by the middle one of three values (Hoare; Sedgewick), as in the reference implementation, so that
 * values which a comparator takes for equal end up where they do there. It is written as a machine that asks for one
 * comparison after the other.
 */
import { discarded } from "../../value/bytes.ts";
import type { ByteString } from "../../value/value.ts";
import { burn } from "../meter/fuel.ts";
import { allocate, borrow, handle, hold, work } from "../meter/meter.ts";
import { argError, fail, NEEDS_FRAME, R, typeError } from "../vm/direct.ts";
import { type LuaNumber, lt, toFloat } from "../vm/int64.ts";
import {
  type Continuation,
  FLOAT,
  INT64,
  INTEGER,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  SUSPENDED,
  TABLE,
} from "../vm/types.ts";
import { isMissing } from "./args.ts";
import { answerNothing, either } from "./define.ts";
import { found, isPlain, length, readInteger, setItem } from "./list.ts";
import { lessThan } from "./operations.ts";
import { callk, ensureStack, push, tagAt, valueAt } from "./stack.ts";
import type { Slot } from "./steps.ts";
import * as steps from "./steps.ts";
import { INDEX, LENGTH, lengthOf, NEWINDEX, tableLike } from "./table-like.ts";

/** What a value takes while it is sorted, in two lists that grow. */
const SORTED = 24;
/** Values that are counted at once. */
const AT_ONCE = 1024;
/** From this distance on, the middle is taken somewhere near it. */
const FAR = 100;

// What a range waits to hear.
const BEGIN = 0;
const LAST_BELOW_FIRST = 1;
const MIDDLE_BELOW_FIRST = 2;
const LAST_BELOW_MIDDLE = 3;
const FROM_LEFT = 4;
const FROM_RIGHT = 5;

/** Sorts what is in two lists, of tags and values. */
class Machine {
  readonly types: number[];
  readonly values: unknown[];
  /** The comparison that is asked for: whether the value at `left` is less than the one at `right`. */
  left = 0;
  right = 0;
  #state = BEGIN;
  /** Ranges that are still to be sorted: pairs of first and last. */
  readonly #ranges: number[];
  #first = 0;
  #last = 0;
  #middle = 0;
  #i = 0;
  #j = 0;
  /** Changes where the middle is taken, once ranges turn out uneven. */
  #shift = 0;

  constructor(types: number[], values: unknown[]) {
    this.types = types;
    this.values = values;
    this.#ranges = [0, values.length - 1];
  }

  /** @param isLess what the comparison came to that was asked for @returns whether there is another */
  next(L: LuaState, isLess: boolean): boolean {
    switch (this.#state) {
      case LAST_BELOW_FIRST:
        if (isLess) this.#swap(this.#first, this.#last);
        if (this.#last - this.#first === 1) break;
        this.#middle = this.#choose();
        return this.#ask(MIDDLE_BELOW_FIRST, this.#middle, this.#first);
      case MIDDLE_BELOW_FIRST:
        if (!isLess) return this.#ask(LAST_BELOW_MIDDLE, this.#last, this.#middle);
        this.#swap(this.#middle, this.#first);
        if (this.#last - this.#first === 2) break;
        return this.#split();
      case LAST_BELOW_MIDDLE:
        if (isLess) this.#swap(this.#middle, this.#last);
        if (this.#last - this.#first === 2) break;
        return this.#split();
      case FROM_LEFT:
        if (!isLess) return this.#ask(FROM_RIGHT, this.#last - 1, --this.#j);
        if (this.#i === this.#last - 1) fail(L, invalid);
        return this.#ask(FROM_LEFT, ++this.#i, this.#last - 1);
      case FROM_RIGHT:
        if (isLess) {
          if (this.#j < this.#i) fail(L, invalid);
          return this.#ask(FROM_RIGHT, this.#last - 1, --this.#j);
        }
        if (this.#j >= this.#i) {
          this.#swap(this.#i, this.#j);
          return this.#ask(FROM_LEFT, ++this.#i, this.#last - 1);
        }
        this.#swap(this.#last - 1, this.#i);
        this.#divide();
    }
    return this.#begin();
  }

  #ask(state: number, left: number, right: number): true {
    this.#state = state;
    // Past an end only a comparator comes that contradicts itself.
    this.left = left;
    this.right = Math.max(right, 0);
    return true;
  }

  #begin(): boolean {
    while (this.#ranges.length > 0) {
      this.#last = this.#ranges.pop()!;
      this.#first = this.#ranges.pop()!;
      if (this.#first < this.#last) return this.#ask(LAST_BELOW_FIRST, this.#last, this.#first);
    }
    return false;
  }

  #choose(): number {
    const size = this.#last - this.#first;
    if (size < FAR || this.#shift === 0) return (this.#first + this.#last) >>> 1;
    const quarter = size >>> 2;
    return (this.#shift % (2 * quarter)) + this.#first + quarter;
  }

  /** The value in the middle goes next to the last, and the rest is split by it. */
  #split(): true {
    this.#swap(this.#middle, this.#last - 1);
    this.#i = this.#first;
    this.#j = this.#last - 1;
    return this.#ask(FROM_LEFT, ++this.#i, this.#last - 1);
  }

  /** Both parts are still to be sorted, the smaller one first. */
  #divide(): void {
    const below = this.#i - this.#first;
    const above = this.#last - this.#i;
    const small = Math.min(below, above);
    if ((this.#last - this.#first) / 128 > small) this.#shift = (Math.imul(this.#shift, 1103515245) + 12345) >>> 1;
    if (below < above) this.#ranges.push(this.#i + 1, this.#last, this.#first, this.#i - 1);
    else this.#ranges.push(this.#first, this.#i - 1, this.#i + 1, this.#last);
  }

  #swap(a: number, b: number): void {
    const { types, values } = this;
    const type = types[a]!;
    const value = values[a];
    types[a] = types[b]!;
    values[a] = values[b];
    types[b] = type;
    values[b] = value;
  }
}

const invalid = "invalid order function for sorting";

/** Whether all values are of one kind that is compared without a call. */
function kindOf(types: readonly number[]): "numbers" | "strings" | undefined {
  const base = types[0]! & 0x0f;
  for (let i = 1; i < types.length; i++) if ((types[i]! & 0x0f) !== base) return undefined;
  return base === FLOAT ? "numbers" : base === 4 ? "strings" : undefined;
}

const LONG = 250;

function isStringLess(a: ByteString, b: ByteString): boolean {
  if (a === b) return false;
  if (a.length > LONG && b.length > LONG) handle(Math.min(a.length, b.length));
  return a.binary < b.binary;
}

/** Comparisons that are counted at once. */
const COUNTED = 64;

function sortKnown(L: LuaState, machine: Machine, kind: "numbers" | "strings"): void {
  const { types, values } = machine;
  if (kind === "numbers" && types.every((type) => type === types[0]) && types[0] !== INT64) {
    sortNumbers(L, values as number[]);
    return;
  }
  let count = 0;
  for (let more = machine.next(L, false); more; ) {
    if (++count === COUNTED) {
      burn(L, COUNTED);
      count = 0;
    }
    const a = values[machine.left];
    const b = values[machine.right];
    more = machine.next(
      L,
      kind === "strings" ? isStringLess(a as ByteString, b as ByteString) : lt(a as LuaNumber, b as LuaNumber),
    );
  }
}

/** Numbers of one type, of which equal ones can't be told apart. */
function sortNumbers(L: LuaState, values: number[]): void {
  burn(L, values.length * Math.ceil(Math.log2(values.length + 1)) * 0.25);
  borrow(8 * values.length);
  discarded(8 * values.length);
  const sorted = Float64Array.from(values).sort();
  for (let i = 0; i < sorted.length; i++) values[i] = sorted[i]!;
}

function take(table: LuaTable, n: number): Machine {
  allocate(SORTED * n);
  work(n / 8);
  const types: number[] = [];
  const values: unknown[] = [];
  for (let i = 1; i <= n; i++) {
    const value = readInteger(table, i);
    types.push(found.type);
    values.push(value);
  }
  return new Machine(types, values);
}

function putBack(table: LuaTable, { types, values }: Machine): void {
  for (let i = 0; i < values.length; i++) setItem(table, i + 1, types[i]!, values[i]);
}

/** Values that are compared by a function of the script's, or by metamethods. */
class Sorting {
  readonly #machine: Machine;
  readonly #table: LuaTable;
  readonly #comparator: Slot | undefined;

  constructor(table: LuaTable, machine: Machine, comparator: Slot | undefined) {
    this.#table = table;
    this.#machine = machine;
    this.#comparator = comparator;
  }

  /** @returns what a host function does */
  run(L: LuaState, isLess: boolean): number {
    const machine = this.#machine;
    hold(L, SORTED * machine.values.length);
    let more = machine.next(L, isLess);
    while (more) {
      const less = this.#compare(L);
      if (less < 0) return SUSPENDED;
      more = machine.next(L, less === 1);
    }
    hold(L, 0);
    if (this.#table.readonly) fail(L, readonly);
    putBack(this.#table, machine);
    return 0;
  }

  /** @returns -1 when it is suspended */
  #compare(L: LuaState): 1 | 0 | -1 {
    const { types, values, left, right } = this.#machine;
    ensureStack(L, 3);
    const off = L.top;
    if (this.#comparator !== undefined) push(L, this.#comparator.type, this.#comparator.value);
    push(L, types[left]!, values[left]);
    push(L, types[right]!, values[right]);
    if (this.#comparator !== undefined) return callk(L, off, 1, this, goOn) ? (taken(L) ? 1 : 0) : -1;
    burn(L, 1);
    const less = lessThan(L, off, off + 1, this, goOn);
    if (less >= 0) L.top = off;
    return less;
  }
}

/** The result of a comparison, from the top of the stack. */
function taken(L: LuaState): boolean {
  const { type, value } = L.stack[--L.top]!;
  return type !== NIL && value !== false;
}

const goOn: Continuation = (L, _, context) => {
  const sorting = context as Sorting;
  const isLess = taken(L);
  L.top = L.ci.funcOff + 3; // what a metamethod was called with
  return sorting.run(L, isLess);
};

const readonly = "attempt to modify a read-only table";
const tooBig = "array too big";

const direct = (L: LuaState, _n: number, t0?: number, v0?: unknown, t1?: number): unknown => {
  if (t0 !== TABLE || !isPlain(v0 as LuaTable) || !isMissing(t1)) return (R.type = NEEDS_FRAME);
  const table = v0 as LuaTable;
  const n = length(table);
  if (n < 2) return answerNothing();
  const machine = take(table, n);
  const kind = kindOf(machine.types);
  if (kind === undefined) return (R.type = NEEDS_FRAME);
  sortKnown(L, machine, kind);
  putBack(table, machine);
  return answerNothing();
};

/** A table with metamethods: its values are read and written through them. */
const inSteps = steps.inSteps(function* (L) {
  const table = tableLike(L, 1, INDEX, NEWINDEX, LENGTH);
  const n = toFloat(yield* lengthOf(L, table));
  if (n < 2) return 0;
  if (n >= 2 ** 31 - 1) argError(L, 1, tooBig);
  const comparator = comparatorOf(L);
  // In parts, since a list that grows leaves its shorter selves behind, and nobody knows whether there are so many.
  const types: number[][] = [];
  const values: unknown[][] = [];
  for (let i = 1; i <= n; i++) {
    work(1);
    if (i % AT_ONCE === 1) {
      hold(L, SORTED * i); // no table has it yet
      allocate(SORTED * Math.min(AT_ONCE, n - i + 1));
      types.push([]);
      values.push([]);
    }
    const { type, value } = yield* steps.index(table, { type: INTEGER, value: i });
    types.at(-1)!.push(type);
    values.at(-1)!.push(value);
  }
  const sorted = new Machine(types.flat(), values.flat());
  for (let more = sorted.next(L, false); more; ) {
    const a = { type: sorted.types[sorted.left]!, value: sorted.values[sorted.left] };
    const b = { type: sorted.types[sorted.right]!, value: sorted.values[sorted.right] };
    more = sorted.next(
      L,
      comparator === undefined ? yield* steps.isLess(a, b) : steps.isTrue(yield* steps.call(comparator, a, b)),
    );
  }
  for (let i = 1; i <= n; i++) {
    work(1);
    yield* steps.setIndex(
      table,
      { type: INTEGER, value: i },
      { type: sorted.types[i - 1]!, value: sorted.values[i - 1] },
    );
  }
  return 0;
});

function comparatorOf(L: LuaState): Slot | undefined {
  const type = tagAt(L, 2);
  if (isMissing(type)) return undefined;
  if ((type! & 0x0f) !== LUA_CLOSURE) typeError(L, 2, "function", type, valueAt(L, 2));
  return { type: type!, value: valueAt(L, 2) };
}

export const sort: LuaCFunction = either(direct, (L) => {
  const table = valueAt(L, 1) as LuaTable;
  if (tagAt(L, 1) !== TABLE || table.metatable !== null) return inSteps(L);
  const n = length(table);
  if (n < 2) return 0;
  const comparator = comparatorOf(L);
  if (table.readonly) fail(L, readonly);
  while (L.top < L.ci.funcOff + 3) push(L, NIL, null);
  L.top = L.ci.funcOff + 3;
  const machine = take(table, n);
  const kind = comparator === undefined ? kindOf(machine.types) : undefined;
  if (kind === undefined) return new Sorting(table, machine, comparator).run(L, false);
  sortKnown(L, machine, kind);
  putBack(table, machine);
  return 0;
});
