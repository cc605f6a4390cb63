/** `print`, and the text of a value as `print` writes it. */

import { fromText } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { stateOf } from "../core/state-of.ts";
import { burn } from "../meter/fuel.ts";
import { Pieces, reserveString } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { fail } from "../vm/direct.ts";
import { getInteger } from "../vm/lua-table.ts";
import { nilCell, rawField, stringCell } from "../vm/table.ts";
import type { LuaCFunction, LuaState, LuaTable, TValue } from "../vm/types.ts";
import { tostringToPrint } from "./errors.ts";
import { isShownByContent, type ShowOptions, show } from "./show.ts";
import { argCount } from "./stack.ts";
import { callWith, isText, plainString, textOf } from "./tostring.ts";

const TAB = Uint8Array.of(0x09);
const NEWLINE = Uint8Array.of(0x0a);
const GLOBALS = 2; // LUA_RIDX_GLOBALS

/** A table by its content, unless it says how it is to be shown; anything else as `tostring` has it. */
export function printed(L: LuaState, cell: TValue): Uint8Array {
  if (isShownByContent(cell)) return fromText(show(L, cell));
  return textOf(L, cell.type, cell.value).bytes;
}

/**
 * A script that has put a `tostring` of its own in the place of the global one means it: that is asked, as Lua does.
 * @param tostring Lua's own
 */
export function printWith(tostring: LuaCFunction): LuaCFunction {
  return (L) => {
    const n = argCount(L);
    const global = globalOf(L, "tostring");
    const text = global.value === tostring ? printed : (_: LuaState, cell: TValue) => called(L, global, cell);
    const parts = new Pieces(L);
    for (let i = 1; i <= n; i++) {
      if (i > 1) parts.add(TAB);
      parts.add(text(L, L.stack[L.ci.funcOff + i]!));
    }
    parts.add(NEWLINE);
    const state = stateOf(L);
    const line = parts.join();
    burn(L, n);
    state.budget?.allowances.output.spend(line.length);
    try {
      state.print(line);
    } catch (e) {
      throw e instanceof Stopped ? e : new Stopped(e); // where the output went is the host's, and so is its failure
    }
    return 0;
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
    const text = show(L, value, shown);
    reserveString(2 * text.length);
    L.stack[L.top++] = stringCell(new ByteString(fromText(text)));
    return 1;
  };
}

const globalOf = (L: LuaState, name: string): TValue =>
  rawField(getInteger(L.l_G.l_registry.value as LuaTable, GLOBALS).value as LuaTable, name) ?? nilCell();

/** What the script's own `tostring` says. */
function called(L: LuaState, f: TValue, { type, value }: TValue): Uint8Array {
  const said = callWith(L, f, type, value);
  if (!isText(said.type)) fail(L, tostringToPrint);
  return plainString(L, said.type, said.value).bytes;
}
