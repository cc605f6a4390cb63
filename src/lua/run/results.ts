/**
 * What becomes of a run's results: values as JavaScript has them; or, for people, their texts; or values whatever they
 * are. The latter two are made in the state, by its own rules and within its limits.
 */

import { MoonkeepError } from "../../errors.ts";
import { MAX_DEPTH } from "../../limits.ts";
import { ByteString } from "../../value/value.ts";
import { handleTypeOf } from "../boundary/handle-type.ts";
import { Printed } from "../library/print.ts";
import { type InSteps, Showing } from "../library/showing.ts";
import type { Holding } from "../limits/roots.ts";
import { burn } from "../meter/fuel.ts";
import { forEachAfter, set } from "../vm/lua-table.ts";
import { appendField, newCell, newTable, stringCell, tableCell, textCell } from "../vm/table.ts";
import {
  baseType,
  type Continuation,
  LIGHT_C_FUNCTION,
  LIGHTUSERDATA,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  SUSPENDED,
  TABLE,
  THREAD,
  type TValue,
  type Udata,
  USERDATA,
} from "../vm/types.ts";
import { badResults } from "./errors.ts";

/**
 * `values`: as JavaScript has them; what can't leave a script is an error. `shown`: texts, as `print` writes them.
 * `plain`: as `values`, and what can't leave is an object that says what it was: `{"$lua": "function"}`. `inspected`: texts,
 * as `require("inspect")` gives them, and a nil at the end is one of them.
 */
export type Results = "values" | "shown" | "plain" | "inspected";

/** @throws RangeError for what is none of them */
export function readResults(given: unknown = "values"): Results {
  if (given === "values" || given === "shown" || given === "plain" || given === "inspected") return given;
  throw new RangeError(badResults(JSON.stringify(given)));
}

/** What the results of a run go through before they leave its state; undefined where they leave as they are. */
export const presenterOf = (results: Results): TValue | undefined =>
  results === "values" ? undefined : presenters[results];

/** Makes texts of the results one after the other; what is asked for its text may wait. */
class Texts implements Holding {
  readonly #make: (cell: TValue) => InSteps;
  readonly #count: number;
  #i = 0;
  #text: InSteps | undefined;

  constructor(count: number, make: (cell: TValue) => InSteps) {
    this.#count = count;
    this.#make = make;
  }

  get holds(): readonly TValue[] {
    return this.#text?.holds ?? [];
  }

  run(L: LuaState): number {
    while (this.#i < this.#count) {
      const cell = L.stack[L.ci.funcOff + 1 + this.#i]!;
      this.#text ??= this.#make(newCell(cell.type, cell.value));
      const text = this.#text.text(L);
      if (text !== undefined) {
        cell.setfrom(stringCell(new ByteString(text)));
        this.#text = undefined;
        this.#i++;
      } else if (this.#text.ask(L, this, goOn)) this.take(L);
      else return SUSPENDED;
    }
    L.top = L.ci.funcOff + 1 + this.#count;
    return this.#count;
  }

  take(L: LuaState): void {
    this.#text!.take(L);
  }
}

const goOn: Continuation = (L, _, context) => {
  const texts = context as Texts;
  texts.take(L);
  return texts.run(L);
};

const presenter = (present: (L: LuaState, count: number) => number, keepsNils = false): TValue => {
  const f: LuaCFunction = (L) => {
    const first = L.ci.funcOff + 1;
    const [value, error] = L.stack.slice(first, L.top);
    if (value?.type === NIL && error !== undefined && error.type !== NIL) return 2; // a failure, which stays what it is
    while (!keepsNils && L.top > first && L.stack[L.top - 1]!.type === NIL) L.top--;
    return present(L, L.top - first);
  };
  return newCell(LIGHT_C_FUNCTION, f);
};

const texts = (make: (cell: TValue) => InSteps, keepsNils?: boolean): TValue =>
  presenter((L, count) => new Texts(count, make).run(L), keepsNils);

function copies(L: LuaState, count: number): number {
  for (let i = L.top - count; i < L.top; i++) L.stack[i]!.setfrom(new PlainCopy(L).of(L.stack[i]!));
  return count;
}

/** A table of the state in which nothing is left that can't leave it. Tables that are shared stay shared. */
class PlainCopy {
  readonly #L: LuaState;
  readonly #copies = new Map<LuaTable, LuaTable | undefined>();

  constructor(L: LuaState) {
    this.#L = L;
  }

  of(cell: TValue, depth = 0): TValue {
    if (isPlain(cell)) return cell;
    if (cell.type !== TABLE) return this.#foreign(cell);
    const table = cell.value as LuaTable;
    if (depth === MAX_DEPTH - 1) return this.#said("table");
    if (!this.#copies.has(table)) return tableCell(this.#table(table, depth));
    const copy = this.#copies.get(table);
    return copy === undefined ? this.#said("cycle") : tableCell(copy);
  }

  #table(table: LuaTable, depth: number): LuaTable {
    this.#copies.set(table, undefined);
    const copy = newTable(this.#L);
    forEachAfter(table, 0, (key, value) => {
      burn(this.#L, 1);
      set(this.#L, copy, isPlain(key) ? key : textCell(`$lua: ${nameOf(key)}`), this.of(value, depth + 1));
    });
    this.#copies.set(table, copy);
    return copy;
  }

  #foreign(cell: TValue): TValue {
    const isError = cell.type === USERDATA && (cell.value as Udata).data instanceof MoonkeepError;
    return isError ? cell : this.#said(nameOf(cell));
  }

  #said(what: string): TValue {
    const table = newTable(this.#L);
    appendField(table, "$lua", textCell(what));
    return tableCell(table);
  }
}

const isPlain = (cell: TValue) => baseType(cell) < TABLE && cell.type !== LIGHTUSERDATA;

function nameOf({ type, value }: TValue): string {
  if (type === TABLE) return "table";
  if (type === THREAD) return "coroutine";
  if ((type & 0x0f) !== USERDATA) return type === LIGHTUSERDATA ? "userdata" : "function";
  const object = (value as Udata).data;
  return (typeof object === "object" && object !== null && handleTypeOf(object)?.name) || "userdata";
}

const presenters: Readonly<Record<Exclude<Results, "values">, TValue>> = {
  shown: texts((cell) => new Printed(cell)),
  inspected: texts((cell) => new Showing(cell), true),
  plain: presenter(copies),
};
