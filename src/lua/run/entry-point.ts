import { MoonkeepError } from "../../errors.ts";
import { writeHandle } from "../boundary/handle-type.ts";
import { fengari } from "../fengari/fengari.ts";
import type { Holding } from "../limits/measure.ts";
import { newCell, nilCell, rawField } from "../vm/table.ts";
import {
  baseType,
  type Continuation,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  MULTRET,
  OK,
  TABLE,
  type TValue,
} from "../vm/types.ts";

const { lua } = fengari;

/**
 * The function that a file stands for: it runs the file's code, and calls what that returns, or the method of the table
 * that it returns, with the arguments that it was given itself. One call, so that one budget counts it all.
 * @param name as errors name the function: its id
 * @param method of the table
 */
export function entryPoint(main: TValue, method: string | undefined, name: string): TValue {
  const start: LuaCFunction & Holding = (L) => {
    L.stack[L.top++] = newCell(main.type, main.value);
    lua.lua_callk(L, 0, 1, undefined, hasRun);
    return hasRun(L, OK, undefined);
  };
  start.holds = [main];

  const hasRun: Continuation = (L) => {
    const args = L.top - 1 - (L.ci.funcOff + 1);
    const f = select(L, L.stack[L.top - 1]!);
    // The function goes below the arguments.
    for (let i = L.top - 1; i > L.top - 1 - args; i--) L.stack[i]!.setfrom(L.stack[i - 1]!);
    L.stack[L.top - 1 - args]!.setfrom(f);
    lua.lua_callk(L, args, MULTRET, undefined, hasAnswered);
    return hasAnswered(L, OK, undefined);
  };

  function select(L: LuaState, result: TValue): TValue {
    if (baseType(result) === LUA_CLOSURE) return newCell(result.type, result.value);
    if (result.type !== TABLE) return raise(L, `${name}: the file returns neither a function nor a table`);
    if (method === undefined) {
      return raise(L, `${name}: the file returns a table; the entry has to say which function of it, by method`);
    }
    const f = rawField(result.value as LuaTable, method);
    if (f !== undefined && baseType(f) === LUA_CLOSURE) return newCell(f.type, f.value);
    return raise(L, `${name}: the table that the file returns has no function "${method}"`);
  }

  return newCell(LIGHT_C_FUNCTION, start);
}

const hasAnswered: Continuation = (L) => L.top - (L.ci.funcOff + 1);

function raise(L: LuaState, message: string): never {
  const cell = nilCell();
  writeHandle(L, new MoonkeepError("INVALID", message), cell);
  L.stack[L.top++] = cell;
  return lua.lua_error(L);
}
