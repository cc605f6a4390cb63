/** What host functions answer: values written into cells, and the errors that scripts may handle. */
import { MoonkeepError } from "../../errors.ts";
import { MAX_DEPTH } from "../../limits.ts";
import { inOnePiece } from "../../value/bytes.ts";
import { circular, nestedTooDeep } from "../../value/errors.ts";
import { fromJs, problemOfItem } from "../../value/js.ts";
import { ByteString, type Bytes, Float, sizeOf, Table, type TableKey, type Value } from "../../value/value.ts";
import { throwValue } from "../core/errors.ts";
import { captureStack } from "../core/traceback.ts";
import { allocate, allSeen, FRAME_SNAPSHOT, makeUnseen, STRING, work } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import { setInteger } from "../vm/lua-table.ts";
import { newTable, nilCell } from "../vm/table.ts";
import { SLOT } from "../vm/thread.ts";
import { type LuaState, type LuaTable, NIL, TABLE } from "../vm/types.ts";
import { notSeveral, tooManyResults } from "./errors.ts";
import { writeHandle } from "./handle-type.ts";
import { buildTable, fromValue } from "./marshal.ts";

/** What a table and a part of one take. */
const TABLE_IN_MEMORY: Bytes = 200;
const PART: Bytes = 8;

const sizeOfPart = (part: Value): Bytes => PART + (part instanceof Table ? TABLE_IN_MEMORY : sizeOf(part));

/** Counts a part that is read, and its key, which nobody finds yet who measures the script. @throws Stopped */
function count(part: Value, key?: TableKey): void {
  work(1);
  makeUnseen(sizeOfPart(part) + (key === undefined ? 0 : sizeOfPart(key)));
}

/** The lists of an answer that the part lies in which is written now. */
class Lists {
  readonly #lists: unknown[] = [];
  /** Of each of them, where the part is. */
  readonly #at: number[] = [];

  /** @throws TypeError for a list within itself, and one that is too deep; Stopped when the script may not have it */
  enter(list: readonly unknown[]): void {
    if (this.#lists.includes(list)) throw this.#refuse(circular);
    if (this.depth === MAX_DEPTH) throw this.#refuse(nestedTooDeep(MAX_DEPTH));
    makeUnseen(TABLE_IN_MEMORY);
    this.#lists.push(list);
  }

  /** @throws TypeError for what leaves a place of an array empty; Stopped */
  next(i: number, item: unknown): void {
    this.#at[this.depth - 1] = i;
    const problem = problemOfItem(item);
    if (problem !== undefined) throw this.#refuse(problem);
    work(1);
    makeUnseen(PART);
  }

  leave(): void {
    this.#lists.pop();
    this.#at.pop();
  }

  get depth(): number {
    return this.#lists.length;
  }

  get place(): string {
    return `result${this.#at.map((i) => `[${i}]`).join("")}`;
  }

  #refuse(what: string): TypeError {
    return new TypeError(`${this.place}: ${what}`);
  }
}

/** Writes what a host function returned into a cell: a Value, a handle, plain JavaScript data, or what an Arg was. */
export function writeResult(L: LuaState, result: unknown, cell: TValue): void {
  try {
    write(L, result, cell);
  } finally {
    allSeen();
  }
}

/** The same for several results: what those before it take counts until all of them are there. */
export function writeResults(L: LuaState, results: readonly unknown[], cellOf: (i: number) => TValue): void {
  makeUnseen(SLOT * results.length);
  try {
    // By index: what is a hole becomes nil.
    for (let i = 0; i < results.length; i++) write(L, results[i], cellOf(i));
  } finally {
    allSeen();
  }
}

function write(L: LuaState, result: unknown, cell: TValue, lists?: Lists): void {
  if (typeof result === "number" || typeof result === "boolean" || result instanceof ByteString) {
    if (result instanceof ByteString) makeUnseen(STRING + result.length);
    fromValue(L, result, cell);
  } else if (result === undefined || result === null) {
    cell.type = NIL;
    cell.value = null;
  } else if (Array.isArray(result)) {
    putTable(writeList(L, result, lists ?? new Lists()), cell);
  } else if (typeof result === "object" && !(result instanceof Table || result instanceof Float)) {
    if (result instanceof MoonkeepError) located(L, result);
    if (result instanceof TValue) cell.setfrom(result);
    else if (!writeHandle(L, result, cell)) {
      const value = fromJs(result, lists?.place ?? "result", "module", { count, depth: lists?.depth })!;
      count(value);
      writeData(L, value, cell);
    }
  } else {
    if (typeof result === "string") makeUnseen(STRING + result.length);
    writeData(L, fromJs(result, "result", "module"), cell);
  }
}

/** A table is seen when the whole answer is. */
function writeData(L: LuaState, value: Value | undefined, cell: TValue): void {
  if (value instanceof Table) putTable(buildTable(L, value), cell);
  else fromValue(L, value, cell);
}

/** A table that is there: while one is made, the script may be measured, and its cells with it. */
function putTable(table: LuaTable, cell: TValue): void {
  cell.type = TABLE;
  cell.value = table;
}

/** A list, whose items may be handles. */
function writeList(L: LuaState, items: readonly unknown[], lists: Lists): LuaTable {
  lists.enter(items);
  const table = newTable(L);
  // By index: forEach would leave out what is a hole.
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    lists.next(i, item);
    const cell = nilCell();
    write(L, item, cell, lists);
    setInteger(table, i + 1, cell);
  }
  lists.leave();
  return table;
}

/** More than a coroutine's stack has room for. */
const MOST_RESULTS = 1_000_000;

/**
 * What a function made with `many` returned; whoever reads it takes a hole for nil.
 * @throws TypeError for what is not an array, and for one that is too long
 */
export function severalResults(results: unknown): readonly unknown[] {
  if (!Array.isArray(results)) throw new TypeError(notSeveral);
  if (results.length > MOST_RESULTS) throw new TypeError(tooManyResults(results.length));
  return results;
}

/** Raises an error that a script may handle, as its handle. Anything else that was thrown goes on its way. */
export function raiseError(L: LuaState, e: unknown): never {
  const cell = nilCell();
  writeHandle(L, expected(L, e), cell);
  throwValue(cell.type, cell.value);
}

/** An error that a script may handle, with where it happened. Anything else that was thrown goes on its way. */
export function expected(L: LuaState, e: unknown): MoonkeepError {
  if (!(e instanceof MoonkeepError)) throw e;
  allSeen();
  return located(L, e);
}

/** An error with where in Lua it came into being. */
function located(L: LuaState, error: MoonkeepError): MoonkeepError {
  if (error.luaStackDepth === 0) {
    inOnePiece(error.message);
    error.luaStack = captureStack(L);
    allocate(FRAME_SNAPSHOT * error.luaStackDepth);
  }
  return error;
}
