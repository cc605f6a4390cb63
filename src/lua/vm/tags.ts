/** Tags of values, statuses, and the limits that are Lua's own. Names are those of the reference implementation. */

/** Type tags of a TValue: the base type in bits 0 to 3, the variant above. */
export const NIL = 0;
export const BOOLEAN = 1;
export const LIGHTUSERDATA = 2;
export const FLOAT = 3;
export const INTEGER = 3 | (1 << 4);
/** An integer that is not a JavaScript number (int64.ts). */
export const INT64 = 3 | (2 << 4);
export const STRING = 4 | (1 << 4);
export const TABLE = 5;
export const LUA_CLOSURE = 6;
export const LIGHT_C_FUNCTION = 6 | (1 << 4);
export const C_CLOSURE = 6 | (2 << 4);
export const USERDATA = 7;
export const THREAD = 8;

/** A value's type without its variant. */
export const baseType = (value: { readonly type: number }): number => value.type & 0x0f;

/** Thread statuses. */
export const OK = 0;
export const YIELD = 1;
export const ERRRUN = 2;
export const ERRSYNTAX = 3;
export const ERRERR = 6;

export const MULTRET = -1;
/** What a host function returns, in place of a number of results, when its thread is suspended. */
export const SUSPENDED = -2;
/** Slots that every C function may use without asking. */
export const MINSTACK = 20;
/** How deeply calls may nest through JavaScript: metamethods, pcall, coroutines, the parser. */
export const MAXCCALLS = 200;
/**
 * Slots of a thread's stack. A full stack of a million takes 288 MB; this many hold a recursion of some 40 000 calls in
 * 60 MB.
 */
export const MAXSTACK = 200_000;
