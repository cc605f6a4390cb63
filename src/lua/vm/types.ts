/**
 * What Fengari's objects and files look like, as far as we use them. Names are Lua's own, as in Fengari's sources and
 * in the reference implementation. Where a field is ours, it says so.
 */
import type { ByteString, Bytes } from "../../value/value.ts";
import type { LuaTable } from "./lua-table.ts";

export type { LuaTable };

/** Type tags of a TValue: the base type in bits 0 to 3, the variant above. */
export const NIL = 0;
export const BOOLEAN = 1;
export const LIGHTUSERDATA = 2;
export const FLOAT = 3;
export const INTEGER = 3 | (1 << 4);
/** An integer that no JavaScript number holds exactly (int64.ts). */
export const INT64 = 3 | (2 << 4);
export const STRING = 4 | (1 << 4);
export const TABLE = 5;
export const LUA_CLOSURE = 6;
export const LIGHT_C_FUNCTION = 6 | (1 << 4);
export const C_CLOSURE = 6 | (2 << 4);
export const USERDATA = 7;
export const THREAD = 8;

/** A value's type without its variant. */
export const baseType = (value: TValue): number => value.type & 0x0f;

/** Thread statuses. */
export const OK = 0;
export const YIELD = 1;
export const ERRRUN = 2;
export const ERRSYNTAX = 3;
export const ERRMEM = 4;
export const ERRERR = 6;

export const MULTRET = -1;
/** Ours (mend/yields.ts): what a host function returns, in place of a number of results, when it has yielded. */
export const SUSPENDED = -2;
export const MASKCOUNT = 1 << 3;
/** Slots that every C function may use without asking. */
export const MINSTACK = 20;
/** How deeply calls may nest through JavaScript: metamethods, pcall, coroutines, the parser. */
export const MAXCCALLS = 200;

/** A tagged value: a stack slot, an upvalue, a table's key or value. */
export interface TValue {
  type: number;
  value: unknown;
  setfrom(other: TValue): void;
  ttisnil(): boolean;
  ttisdeadkey(): boolean;
}

export interface Proto {
  k: readonly TValue[];
  p: readonly Proto[];
  cache: LuaClosure | null;
  code: readonly unknown[];
  lineinfo: readonly number[];
  upvalues: readonly unknown[];
  locvars: readonly unknown[];
  source: ByteString | null;
  linedefined: number;
  lastlinedefined: number;
  numparams: number;
  is_vararg: boolean;
  maxstacksize: number;
}

export interface LuaClosure {
  p: Proto;
  readonly nupvalues: number;
  readonly upvals: TValue[];
}

export interface Udata {
  metatable: LuaTable | null;
  /** Ours (handle.ts): the JavaScript object behind a handle. */
  data: unknown;
}

export interface CallInfo {
  func: TValue;
  funcOff: number;
  top: number;
  previous: CallInfo;
  next: CallInfo | null;
  l_base: number;
  l_code: readonly unknown[];
  l_savedpc: number;
  c_k: Continuation | null;
  c_old_errfunc: number;
  c_ctx: unknown;
  nresults: number;
  callstatus: number;
  extra: number;
  /** Ours (meter.ts): bytes that a host function holds while it calls back. */
  held: Bytes;
}

export type LuaCFunction = (L: LuaState) => number;
export type Continuation = (L: LuaState, status: number, context: unknown) => number;

export interface ErrorJump {
  status: number;
  readonly previous: ErrorJump | null;
}

/** A thread (coroutine) of a state. */
export interface LuaState {
  readonly l_G: GlobalState;
  readonly stack: TValue[];
  readonly base_ci: CallInfo;
  top: number;
  stack_last: number;
  ci: CallInfo;
  errorJmp: ErrorJump | null;
  nCcalls: number;
  hookmask: number;
  allowhook: number;
  nny: number;
  status: number;
  errfunc: number;
  /** Ours (mend/yields.ts): `nCcalls` where it was resumed. */
  resumedAt: number;
  /** Ours (lib/coroutine.ts): whether the host keeps it waiting, a coroutine of the script's own. */
  waits: boolean | undefined;
}

export interface GlobalState {
  id_counter: number;
  mainthread: LuaState;
  readonly l_registry: TValue;
  readonly mt: (LuaTable | null | undefined)[];
  atnativeerror: LuaCFunction | null;
  /** Ours (state.ts): what belongs to this state. */
  host: unknown;
  /** Ours (budget.ts): instructions until the budget is asked again. */
  fuel: number;
  /** Ours (budget.ts): asks the budget for more, or ends the script. */
  refuel: (L: LuaState) => void;
}

// ---- the files ----

export interface Lapi {
  api_checknelems(L: LuaState, n: number): void;
  lua_pushcfunction(L: LuaState, f: LuaCFunction): void;
  lua_geti(L: LuaState, index: number, n: number): number;
  lua_tolstring(L: LuaState, index: number): Uint8Array | null;
  lua_tostring(L: LuaState, index: number): Uint8Array | null;
}
export interface Ldo {
  adjust_top(L: LuaState, top: number): void;
  luaD_call(L: LuaState, off: number, results: number): void;
  luaD_callnoyield(L: LuaState, off: number, results: number): void;
  luaD_checkstack(L: LuaState, n: number): void;
  luaD_growstack(L: LuaState, n: number): void;
  luaD_pcall(L: LuaState, f: (L: LuaState, ud: unknown) => void, ud: unknown, oldTop: number, ef: number): number;
  luaD_poscall(L: LuaState, ci: CallInfo, first: number, n: number): boolean;
  luaD_precall(L: LuaState, off: number, results: number): boolean;
  luaD_protectedparser(L: LuaState, z: Zio, name: Uint8Array, mode: Uint8Array | null): number;
  luaD_reallocstack(L: LuaState, size: number): void;
  luaD_throw(L: LuaState, status: number): never;
  lua_resume(L: LuaState, from: LuaState | null, nargs: number): number;
  lua_yieldk(L: LuaState, results: number, context: unknown, k: Continuation | null): number;
}
export interface Zio {
  zgetc(): number;
  /** Gives the next part of the source. */
  reader: (L: LuaState, data: unknown) => Uint8Array | null;
}
export interface Lvm {
  luaV_execute(L: LuaState): void;
  luaV_finishOp(L: LuaState): void;
  luaV_gettable(L: LuaState, t: TValue, key: TValue, ra: number): void;
  luaV_lessthan(L: LuaState, a: TValue, b: TValue): number;
}
export interface Ltable {
  Table: new (L: LuaState) => LuaTable;
  luaH_new(L: LuaState): LuaTable;
  luaH_get(L: LuaState, t: LuaTable, key: TValue): TValue;
  luaH_getint(t: LuaTable, key: number): TValue;
  luaH_getstr(t: LuaTable, key: ByteString): TValue;
  luaH_getn(t: LuaTable): number;
  /** Writes the entry after the key at this place of the stack there. @returns whether there is one */
  luaH_next(L: LuaState, t: LuaTable, at: number): boolean;
  luaH_setfrom(L: LuaState, t: LuaTable, key: TValue, value: TValue): void;
  luaH_setint(t: LuaTable, key: number, value: TValue): void;
  invalidateTMcache(t: LuaTable): void;
}
export interface Lobject {
  LClosure: new (L: LuaState, upvalues: number) => LuaClosure;
  TValue: new (type: number, value: unknown) => TValue;
  readonly luaO_nilobject: TValue;
  Udata: new (L: LuaState, size: number) => Udata;
  luaO_tostring(L: LuaState, o: TValue): void;
  luaO_str2num(s: Uint8Array, o: TValue): number;
  luaO_chunkid(source: Uint8Array, length: number): Uint8Array;
}
export interface Ltm {
  readonly TMS: { readonly TM_CALL: number; readonly TM_INDEX: number };
  luaT_gettmbyobj(L: LuaState, o: TValue, event: number): TValue;
}
export interface Ldebug {
  luaG_typeerror(L: LuaState, o: TValue, operation: Uint8Array): never;
  luaG_runerror(L: LuaState, format: Uint8Array, ...args: unknown[]): never;
  luaG_errormsg(L: LuaState): never;
  luaG_traceexec(L: LuaState): void;
  lua_getinfo(L: LuaState, what: Uint8Array, ar: LuaDebug): number;
}
export interface LuaDebug {
  name: Uint8Array | null;
  namewhat: Uint8Array | null;
  what: Uint8Array | null;
  i_ci: CallInfo | null;
}
export interface Lstate {
  CallInfo: new () => CallInfo;
  lua_newstate(): LuaState;
  lua_newthread(L: LuaState): LuaState;
  luaE_extendCI(L: LuaState): CallInfo;
  luaE_freeCI(L: LuaState): void;
  CIST_LUA: number;
  CIST_FRESH: number;
  CIST_YPCALL: number;
  CIST_TAIL: number;
  EXTRA_STACK: number;
}
export interface Lstring {
  TString: unknown;
  luaS_eqlngstr(a: ByteString, b: ByteString): boolean;
  luaS_hash(bytes: Uint8Array): string;
  luaS_hashlongstr(s: ByteString): string;
  luaS_bless(L: LuaState, bytes: Uint8Array): ByteString;
  luaS_new(L: LuaState, bytes: Uint8Array): ByteString;
  luaS_newliteral(L: LuaState, text: string): ByteString;
}
export interface Lfunc {
  Proto: new (L: LuaState) => Proto;
  luaF_close(L: LuaState, level: number): void;
  luaF_initupvals(L: LuaState, closure: LuaClosure): void;
}
export interface Lparser {
  Dyndata: new () => unknown;
  luaY_parser(L: LuaState, z: Zio, buffer: unknown, dyd: unknown, name: Uint8Array, first: number): LuaClosure;
}
export interface Lzio {
  MBuffer: new () => unknown;
}
export interface Core {
  readonly lapi: Lapi;
  readonly ldebug: Ldebug;
  readonly ldo: Ldo;
  readonly lfunc: Lfunc;
  readonly lobject: Lobject;
  readonly lparser: Lparser;
  readonly lstate: Lstate;
  readonly lstring: Lstring;
  readonly ltable: Ltable;
  readonly ltm: Ltm;
  readonly lvm: Lvm;
  readonly lzio: Lzio;
}
export interface Libraries {
  readonly lua: Lua;
  readonly lauxlib: Lauxlib;
  readonly lualib: Lualib;
}
/** What opens the libraries that are loaded: each leaves its table on the stack. */
export interface Lualib {
  readonly luaopen_base: LuaCFunction;
  readonly luaopen_math: LuaCFunction;
  readonly luaopen_string: LuaCFunction;
  readonly luaopen_table: LuaCFunction;
  readonly luaopen_utf8: LuaCFunction;
}
export interface Lua {
  lua_Debug: new () => LuaDebug;
  lua_call(L: LuaState, args: number, results: number): void;
  lua_callk(L: LuaState, args: number, results: number, context: unknown, k: Continuation | null): void;
  lua_checkstack(L: LuaState, n: number): boolean;
  lua_error(L: LuaState): never;
  lua_getstack(L: LuaState, level: number, ar: LuaDebug): number;
  lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
  lua_gettop(L: LuaState): number;
  lua_isinteger(L: LuaState, index: number): boolean;
  lua_load(
    L: LuaState,
    reader: (L: LuaState, data: unknown) => Uint8Array | null,
    data: unknown,
    name: Uint8Array,
    mode: Uint8Array | null,
  ): number;
  lua_newtable(L: LuaState): void;
  lua_pop(L: LuaState, n: number): void;
  lua_pushboolean(L: LuaState, b: boolean): void;
  lua_pushinteger(L: LuaState, n: number): void;
  lua_pushliteral(L: LuaState, text: string): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, n: number): void;
  lua_pushstring(L: LuaState, bytes: Uint8Array): void;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  lua_settop(L: LuaState, top: number): void;
  lua_tointegerx(L: LuaState, index: number): number | false;
  lua_tonumberx(L: LuaState, index: number): number | false;
  lua_type(L: LuaState, index: number): number;
  lua_xmove(from: LuaState, to: LuaState, n: number): void;
}
export interface Lauxlib {
  luaL_argerror(L: LuaState, arg: number, message: Uint8Array): never;
  luaL_checkany(L: LuaState, arg: number): void;
  luaL_checkinteger(L: LuaState, arg: number): number;
  luaL_checknumber(L: LuaState, arg: number): number;
  luaL_checkstring(L: LuaState, arg: number): Uint8Array;
  luaL_checktype(L: LuaState, arg: number, type: number): void;
  luaL_error(L: LuaState, format: Uint8Array, ...args: unknown[]): never;
  luaL_len(L: LuaState, index: number): number;
  luaL_optinteger(L: LuaState, arg: number, otherwise: number): number;
  luaL_tolstring(L: LuaState, index: number): Uint8Array;
  luaL_where(L: LuaState, level: number): void;
}
