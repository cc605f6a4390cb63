import { MoonkeepError } from "../../errors.ts";
import { raiseError } from "../boundary/results.ts";
import { callk } from "../core/call.ts";
import { push } from "../core/stack.ts";
import type { Holding } from "../limits/roots.ts";
import { newCell, rawField } from "../vm/table.ts";
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
  SUSPENDED,
  TABLE,
  type TValue,
} from "../vm/types.ts";
import { methodNeeded, noSuchMethod, returnsNoFunction } from "./errors.ts";

/**
 * The function that a file stands for: it runs the file's code, and calls what that returns, or the method of the table
 * that it returns, with the arguments that it was given itself. One call, so that one budget counts it all.
 * @param name as errors name the function: its id
 * @param method of the table
 */
export function entryPoint(main: TValue, method: string | undefined, name: string): TValue {
  const start: LuaCFunction & Holding = (L) => {
    push(L, main.type, main.value);
    return callk(L, L.top - 1, 1, undefined, hasRun) ? hasRun(L, OK, undefined) : SUSPENDED;
  };
  start.holds = [main];
  start.isOpen = true;

  const hasRun: Continuation = (L) => {
    const args = L.top - 1 - (L.ci.funcOff + 1);
    const f = select(L, L.stack[L.top - 1]!);
    // The function goes below the arguments.
    for (let i = L.top - 1; i > L.top - 1 - args; i--) L.stack[i]!.setfrom(L.stack[i - 1]!);
    L.stack[L.top - 1 - args]!.setfrom(f);
    const off = L.top - 1 - args;
    return callk(L, off, MULTRET, undefined, hasAnswered) ? hasAnswered(L, OK, undefined) : SUSPENDED;
  };

  function select(L: LuaState, result: TValue): TValue {
    if (baseType(result) === LUA_CLOSURE) return newCell(result.type, result.value);
    if (result.type !== TABLE) return raise(L, returnsNoFunction(name));
    if (method === undefined) {
      return raise(L, methodNeeded(name));
    }
    const f = rawField(result.value as LuaTable, method);
    if (f !== undefined && baseType(f) === LUA_CLOSURE) return newCell(f.type, f.value);
    return raise(L, noSuchMethod(name, method));
  }

  return newCell(LIGHT_C_FUNCTION, start);
}

const hasAnswered: Continuation = (L) => L.top - (L.ci.funcOff + 1);

const raise = (L: LuaState, message: string): never => raiseError(L, new MoonkeepError("INVALID", message));
