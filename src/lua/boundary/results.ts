/** What host functions answer: values written into cells, and the errors that scripts may handle. */
import { MoonkeepError } from "../../errors.ts";
import { checkItem, fromJs } from "../../value/js.ts";
import { ByteString, Float, sizeOf, Table, type Value } from "../../value/value.ts";
import { throwValue } from "../core/errors.ts";
import { captureStack } from "../core/traceback.ts";
import { allocate, allSeen, FRAME_SNAPSHOT, makeUnseen, STRING } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import { setInteger } from "../vm/lua-table.ts";
import { newTable, nilCell } from "../vm/table.ts";
import { SLOT } from "../vm/thread.ts";
import { type LuaState, type LuaTable, NIL, TABLE } from "../vm/types.ts";
import { notSeveral, tooManyResults } from "./errors.ts";
import { writeHandle } from "./handle-type.ts";
import { fromValue } from "./marshal.ts";

/** Writes what a host function returned into a cell: a Value, a handle, plain JavaScript data, or what an Arg was. */
export function writeResult(L: LuaState, result: unknown, cell: TValue): void {
  write(L, result, cell);
  allSeen();
}

/** The same for several results: what those before it take counts until all of them are there. */
export function writeResults(L: LuaState, results: readonly unknown[], cellOf: (i: number) => TValue): void {
  makeUnseen(SLOT * results.length);
  // By index: what is a hole becomes nil.
  for (let i = 0; i < results.length; i++) write(L, results[i], cellOf(i));
  allSeen();
}

function write(L: LuaState, result: unknown, cell: TValue): void {
  if (typeof result === "number" || typeof result === "boolean" || result instanceof ByteString) {
    if (result instanceof ByteString) makeUnseen(STRING + result.length);
    fromValue(L, result, cell);
  } else if (result === undefined || result === null) {
    cell.type = NIL;
    cell.value = null;
  } else if (Array.isArray(result)) {
    cell.type = TABLE;
    cell.value = writeList(L, result);
  } else if (typeof result === "object" && !(result instanceof Table || result instanceof Float)) {
    if (result instanceof MoonkeepError) located(L, result);
    if (result instanceof TValue) cell.setfrom(result);
    else if (!writeHandle(L, result, cell)) copied(L, fromJs(result, "result", "module"), cell);
  } else {
    if (typeof result === "string") makeUnseen(STRING + result.length);
    fromValue(L, fromJs(result, "result", "module") as Value, cell);
  }
}

/** What is made of JavaScript's own data. */
function copied(L: LuaState, value: Value | undefined, cell: TValue): void {
  if (value !== undefined) makeUnseen(sizeOf(value));
  fromValue(L, value, cell);
}

/** A list, whose items may be handles. */
function writeList(L: LuaState, items: readonly unknown[]): LuaTable {
  const table = newTable(L);
  // By index: forEach would leave out what is a hole.
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    checkItem(item, `result[${i}]`);
    const cell = nilCell();
    write(L, item, cell);
    setInteger(table, i + 1, cell);
  }
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
    error.luaStack = captureStack(L);
    allocate(FRAME_SNAPSHOT * error.luaStackDepth);
  }
  return error;
}
