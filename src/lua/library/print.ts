/** `print`, and the text of a value as `print` writes it. What is asked for its text may wait, and may yield. */
import { ByteString } from "../../value/value.ts";
import { stateOf } from "../core/state-of.ts";
import type { Holding } from "../limits/roots.ts";
import { burn } from "../meter/fuel.ts";
import { Pieces, reserveString } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { fail } from "../vm/direct.ts";
import { getInteger } from "../vm/lua-table.ts";
import { nilCell, rawField, stringCell } from "../vm/table.ts";
import {
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  SUSPENDED,
  type TValue,
} from "../vm/types.ts";
import { tostringToPrint } from "./errors.ts";
import { isShownByContent, type ShowOptions } from "./show.ts";
import { type InSteps, Showing } from "./showing.ts";
import { argCount } from "./stack.ts";
import { callTostring, isText, plainString, takeText, tostringMethod } from "./tostring.ts";

const TAB = Uint8Array.of(0x09);
const NEWLINE = Uint8Array.of(0x0a);
const GLOBALS = 2; // LUA_RIDX_GLOBALS

/** A table by its content, unless it says how it is to be shown; anything else as `tostring` has it. */
export class Printed implements InSteps {
  readonly #cell: TValue;
  /** The script's own `tostring`, if it has one. */
  readonly #tostring: TValue | undefined;
  readonly #showing: Showing | undefined;
  #said: ByteString | undefined;

  constructor(cell: TValue, tostring?: TValue) {
    this.#cell = cell;
    this.#tostring = tostring;
    this.#showing = tostring === undefined && isShownByContent(cell) ? new Showing(cell) : undefined;
  }

  get holds(): readonly TValue[] {
    return this.#showing?.holds ?? [this.#cell];
  }

  text(L: LuaState): Uint8Array | undefined {
    if (this.#showing !== undefined) return this.#showing.text(L);
    if (this.#said !== undefined) return this.#said.bytes;
    return this.#asks(L) === undefined ? plainString(L, this.#cell.type, this.#cell.value).bytes : undefined;
  }

  #asks(L: LuaState): TValue | undefined {
    return this.#tostring ?? tostringMethod(L, this.#cell.type, this.#cell.value);
  }

  ask(L: LuaState, context: unknown, k: Continuation): boolean {
    if (this.#showing !== undefined) return this.#showing.ask(L, context, k);
    return callTostring(L, this.#asks(L)!, this.#cell.type, this.#cell.value, context, k);
  }

  take(L: LuaState): void {
    if (this.#showing !== undefined) this.#showing.take(L);
    else if (this.#tostring === undefined) this.#said = takeText(L);
    else {
      const { type, value } = L.stack[--L.top]!;
      if (!isText(type)) fail(L, tostringToPrint);
      this.#said = plainString(L, type, value);
    }
  }
}

/** One call of `print`. */
class Printing implements Holding {
  readonly #parts: Pieces;
  readonly #n: number;
  readonly #tostring: TValue | undefined;
  #arg = 1;
  #text: Printed | undefined;

  constructor(L: LuaState, tostring: TValue | undefined) {
    this.#parts = new Pieces(L);
    this.#n = argCount(L);
    this.#tostring = tostring;
  }

  get holds(): readonly TValue[] {
    return this.#text?.holds ?? [];
  }

  run(L: LuaState): number {
    while (this.#arg <= this.#n) {
      this.#text ??= new Printed(L.stack[L.ci.funcOff + this.#arg]!, this.#tostring);
      const text = this.#text.text(L);
      if (text !== undefined) this.#add(text);
      else if (this.#text.ask(L, this, goOn)) this.take(L);
      else return SUSPENDED;
    }
    this.#parts.add(NEWLINE);
    return write(L, this.#parts.join(), this.#n);
  }

  take(L: LuaState): void {
    this.#text!.take(L);
  }

  #add(text: Uint8Array): void {
    if (this.#arg > 1) this.#parts.add(TAB);
    this.#parts.add(text);
    this.#text = undefined;
    this.#arg++;
  }
}

const goOn: Continuation = (L, _, context) => {
  const printing = context as Printing;
  printing.take(L);
  return printing.run(L);
};

function write(L: LuaState, line: Uint8Array, n: number): number {
  const state = stateOf(L);
  burn(L, n);
  state.budget?.allowances.output.spend(line.length);
  try {
    state.print(line);
  } catch (e) {
    throw e instanceof Stopped ? e : new Stopped(e); // where the output went is the host's, and so is its failure
  }
  return 0;
}

/**
 * A script that has put a `tostring` of its own in the place of the global one means it: that is asked, as Lua does.
 * @param tostring Lua's own
 */
export function printWith(tostring: LuaCFunction): LuaCFunction {
  return (L) => {
    const global = globalOf(L, "tostring");
    return new Printing(L, global.value === tostring ? undefined : global).run(L);
  };
}

/**
 * A function of Lua's that gives a value's text, `inspect(value, options)`.
 * @param read reads the options
 * @param fail raises what it throws
 */
export function showAs(read: (options: TValue) => ShowOptions, fail: (L: LuaState, e: unknown) => never): LuaCFunction {
  return (L) => {
    const [value = nilCell(), options = nilCell()] = L.stack.slice(L.ci.funcOff + 1, L.top) as TValue[];
    let shown: ShowOptions;
    try {
      shown = read(options);
    } catch (e) {
      return fail(L, e);
    }
    return goOnShowing(L, new Showing(value, shown));
  };
}

function goOnShowing(L: LuaState, showing: Showing): number {
  for (;;) {
    const text = showing.text(L);
    if (text !== undefined) {
      reserveString(2 * text.length);
      L.stack[L.top++] = stringCell(new ByteString(text));
      return 1;
    }
    if (!showing.ask(L, showing, afterAsking)) return SUSPENDED;
    showing.take(L);
  }
}

const afterAsking: Continuation = (L, _, context) => {
  const showing = context as Showing;
  showing.take(L);
  return goOnShowing(L, showing);
};

const globalOf = (L: LuaState, name: string): TValue =>
  rawField(getInteger(L.l_G.l_registry.value as LuaTable, GLOBALS).value as LuaTable, name) ?? nilCell();
