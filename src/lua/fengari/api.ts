/**
 * Fengari's C API on our objects, for fengari-interop: loaded when the first Lua function comes out of a state, since
 * nothing else needs it.
 */
import { attempt } from "../core/protect.ts";
import { push } from "../core/stack.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaState } from "../vm/thread.ts";
import { LUA_CLOSURE, type LuaCFunction, OK } from "../vm/types.ts";
import { calls, ldo } from "./execution.ts";
import type { Zio } from "./files.ts";
import { file, prepareFile } from "./loader.ts";
import { compile } from "./parser.ts";

type Api = Record<string, (L: LuaState, ...rest: unknown[]) => unknown>;

/** Functions that pop the stack by `delete`, which leaves holes. Every slot of ours has a cell. */
const popping =
  "lua_arith lua_next lua_pushcclosure lua_pushjsclosure lua_rawset lua_rawseti lua_rawsetp lua_setfield lua_setglobal " +
  "lua_setmetatable lua_settable lua_setupvalue lua_setuservalue lua_xmove";

function fillHoles(api: Api): void {
  for (const name of popping.split(" ")) {
    const original = api[name]!;
    api[name] = (L, ...rest) => {
      const result = original(L, ...rest);
      for (let i = L.top; i < L.stack.length && L.stack[i] === undefined; i++) L.stack[i] = new TValue();
      return result;
    };
  }
}

/** What lua_load calls: leaves a closure on the stack, or an error. */
function protectedParser(L: LuaState, z: Zio, name: Uint8Array, mode: Uint8Array | null): number {
  const error = attempt(L, () =>
    push(
      L,
      LUA_CLOSURE,
      compile(L, () => z.reader(L, z.data), name, mode),
    ),
  );
  if (error === undefined) return OK;
  push(L, error.type, error.value);
  return error.status;
}

prepareFile<Api>("lapi.js", (api) => {
  Object.assign(api, calls);
  fillHoles(api);
});
Object.assign(ldo, { luaD_protectedparser: protectedParser });

/** The part of fengari-interop that we use, on the trusted side only: a reference to a Lua object from JavaScript. */
export interface Interop {
  luaopen_js: LuaCFunction;
  tojs(L: LuaState, index: number): unknown;
  push(L: LuaState, reference: unknown): void;
}

export function interop(): Interop {
  file("lapi.js"); // first, so that the cycles among the files resolve
  return file<Interop>("fengari-interop/js.js");
}
