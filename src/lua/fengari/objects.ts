/** What Fengari's files get in place of those that make its objects: the classes of vm/, by their names there. */
import { ByteString } from "../../value/value.ts";
import { sameString } from "../core/compare.ts";
import { newThread } from "../core/coroutine.ts";
import { codeOf } from "../core/decode.ts";
import { objectTypeName } from "../core/errors.ts";
import { metamethod, TM } from "../core/metatables.ts";
import { shared } from "../core/shared.ts";
import { closeRegisters } from "../core/stack.ts";
import { newState } from "../core/state.ts";
import { allocate, handle, newString } from "../meter/meter.ts";
import { nothing, TValue } from "../vm/cell.ts";
import { CClosure, LuaClosure, Proto, Udata } from "../vm/closure.ts";
import { typeName } from "../vm/direct.ts";
import { get, getInteger, getString, keyLike, LuaTable, length, next, set, setInteger } from "../vm/lua-table.ts";
import { hashOfString } from "../vm/string-hash.ts";
import {
  CallInfo,
  CIST_FRESH,
  CIST_LEQ,
  CIST_LUA,
  CIST_TAIL,
  CIST_YPCALL,
  EXTRA_STACK,
  LuaState,
} from "../vm/thread.ts";
import { STRING, TABLE, THREAD } from "../vm/types.ts";

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1");

export const lstring = {
  TString: ByteString,
  luaS_hash: (bytes: Uint8Array): string => new ByteString(bytes).binary,
  luaS_hashlongstr: hashOfString,
  luaS_eqlngstr: sameString,
  luaS_bless: (_: LuaState, bytes: Uint8Array): ByteString => {
    newString(bytes.length);
    return new ByteString(bytes);
  },
  // A function, not an arrow: Fengari also calls it with `new`.
  luaS_new: function copy(_: LuaState, bytes: Uint8Array): ByteString {
    newString(bytes.length);
    allocate(bytes.length);
    handle(bytes.length);
    return new ByteString(Uint8Array.prototype.slice.call(bytes));
  },
  luaS_newliteral: (_: LuaState, text: string): ByteString => ByteString.fromText(text),
};

export const ltable = {
  Table: LuaTable,
  luaH_new: (L: LuaState): LuaTable => new LuaTable(L),
  luaH_get: (_: LuaState, t: LuaTable, key: TValue): TValue => get(t, key),
  luaH_getint: getInteger,
  luaH_getstr: getString,
  luaH_getn: length,
  luaH_next: next,
  luaH_setfrom: set,
  luaH_setint: setInteger,
  /** What is known of a table's metamethods is known by its keys. */
  invalidateTMcache: (_: LuaTable): void => {},
};

/** The scanner looks a string up among those that it has met by a field of its own table class. */
Object.defineProperty(LuaTable.prototype, "strong", {
  get(this: LuaTable) {
    return {
      get: (hash: string) => {
        const known = keyLike(this, ByteString.fromBinary(hash as never));
        return known === undefined ? undefined : { key: new TValue(STRING, known) };
      },
    };
  },
});

/** A function of some length: variables that closures took get cells of their own from `level` on. */
function closeFrom(L: LuaState, level: number): void {
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) {
    if (ci.callstatus & CIST_LUA) closeRegisters(L, codeOf((ci.func.value as LuaClosure).p), ci.l_base, level);
  }
}

export const lfunc = {
  MAXUPVAL: 255,
  Proto,
  luaF_newLclosure: (L: LuaState, n: number): LuaClosure => new LuaClosure(L, n),
  luaF_findupval: (L: LuaState, level: number): TValue => L.stack[level]!,
  luaF_close: closeFrom,
  luaF_initupvals: (_: LuaState, closure: LuaClosure): void => {
    for (let i = 0; i < closure.nupvalues; i++) closure.upvals[i] = new TValue();
  },
  luaF_getlocalname(p: Proto, n: number, pc: number): Uint8Array | null {
    const active = p.locvars.filter(({ startpc, endpc }) => startpc <= pc && pc < endpc);
    return active[n - 1]?.varname.getstr() ?? null;
  },
};

export const lstate = {
  lua_State: LuaState,
  CallInfo,
  CIST_OAH: 1 << 0,
  CIST_LUA,
  CIST_HOOKED: 1 << 2,
  CIST_FRESH,
  CIST_YPCALL,
  CIST_TAIL,
  CIST_HOOKYIELD: 1 << 6,
  CIST_LEQ,
  CIST_FIN: 1 << 8,
  EXTRA_STACK,
  lua_newstate: (): LuaState => newState(shared.l_G.hooks),
  lua_newthread(L: LuaState): LuaState {
    const thread = newThread(L);
    L.stack[L.top++] = new TValue(THREAD, thread);
    return thread;
  },
  lua_close: (): void => {},
  luaE_extendCI(L: LuaState): CallInfo {
    const ci = new CallInfo();
    L.ci.next = ci;
    ci.previous = L.ci;
    L.ci = ci;
    return ci;
  },
  luaE_freeCI(L: LuaState): void {
    L.ci.next = null;
  },
  luaE_freethread: (): void => {},
};

const typeNames = ["no value", ...Array.from({ length: 9 }, (_, tag) => typeName(tag)), "proto"].map(ascii);

export const ltm = {
  TMS: { ...Object.fromEntries(Object.entries(TM).map(([event, n]) => [`TM_${event}`, n])), TM_N: 24 },
  luaT_gettmbyobj: (L: LuaState, { type, value }: TValue, event: number): TValue => metamethod(L, type, value, event),
  luaT_objtypename: (_: LuaState, o: TValue): Uint8Array => ascii(objectTypeName(o)),
  luaT_init: (): void => {},
  fasttm: (_: LuaState, metatable: LuaTable | null, event: number): TValue | null => {
    const method = metatable === null ? nothing : metamethod(shared, TABLE, { metatable } as never, event);
    return method.ttisnil() ? null : method;
  },
  ttypename: (tag: number): Uint8Array => typeNames[tag + 1]!,
};

export { CClosure, LuaClosure, nothing, TValue, Udata };
