/** What Fengari's files get in place of ldebug.js: where things are, by core/names.ts, and how errors are raised. */
import { ByteString } from "../../value/value.ts";
import { chunkId } from "../core/chunk-id.ts";
import { LuaError, objectTypeName, position } from "../core/errors.ts";
import { functionName } from "../core/names.ts";
import type { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import { type CallInfo, CIST_LUA, CIST_TAIL, type LuaState } from "../vm/thread.ts";
import { ERRRUN, STRING } from "../vm/types.ts";
import { pushFormatted } from "./values.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** The record in which Fengari asks for information. */
interface Activation {
  i_ci: CallInfo;
  name: Uint8Array | null;
  namewhat: Uint8Array;
  what: Uint8Array;
  source: Uint8Array;
  short_src: Uint8Array;
  currentline: number;
  linedefined: number;
  istailcall: boolean;
}

/** Raises what lies on top of the stack. */
function raiseTop(L: LuaState): never {
  const { type, value } = L.stack[L.top - 1]!;
  throw new LuaError(ERRRUN, type, value);
}

function raise(L: LuaState, format: Uint8Array, ...given: unknown[]): never {
  const message = Buffer.from(pushFormatted(L, format, given)).toString("latin1");
  throw new LuaError(ERRRUN, STRING, ByteString.fromBinary((position(L.ci) + message) as never));
}

/** `file:line: message`, on top of the stack. */
const addPosition = (L: LuaState, message: Uint8Array, source: ByteString | null, line: number): Uint8Array =>
  pushFormatted(L, ascii("%s:%d: %s"), [source === null ? "?" : chunkId(source), line, message]);

function frameAt(L: LuaState, level: number, ar: Activation): number {
  let ci = L.ci;
  for (let n = level; n > 0 && ci !== L.base_ci; n--) ci = ci.previous;
  if (level < 0 || ci === L.base_ci) return 0;
  ar.i_ci = ci;
  return 1;
}

function describe(_: LuaState, _what: Uint8Array, ar: Activation): number {
  const ci = ar.i_ci;
  const name = functionName(ci);
  ar.name = name === undefined ? null : ascii(name.name);
  ar.namewhat = ascii(name?.kind ?? "");
  ar.istailcall = (ci.callstatus & CIST_TAIL) !== 0;
  const p = ci.callstatus & CIST_LUA ? (ci.func.value as LuaClosure).p : undefined;
  const source = p?.source ?? ByteString.fromAscii("=[JS]");
  ar.what = ascii(p === undefined ? "J" : p.linedefined === 0 ? "main" : "Lua");
  ar.source = source.bytes;
  ar.short_src = ascii(chunkId(source));
  ar.currentline = p?.lineinfo[ci.l_savedpc - 1] ?? -1;
  ar.linedefined = p?.linedefined ?? -1;
  return 1;
}

export const ldebug = {
  luaG_addinfo: addPosition,
  luaG_errormsg: raiseTop,
  luaG_runerror: raise,
  luaG_typeerror: (L: LuaState, o: TValue, operation: Uint8Array): never =>
    raise(L, ascii("attempt to %s a %s value"), operation, objectTypeName(o)),
  lua_getstack: frameAt,
  lua_getinfo: describe,
  // Nobody debugs a script from inside.
  lua_gethook: (): null => null,
  lua_gethookcount: (): number => 0,
  lua_gethookmask: (): number => 0,
  lua_getlocal: (): null => null,
  lua_sethook: (): void => {},
  lua_setlocal: (): null => null,
};
