import type { ByteString } from "../../value/value.ts";
import { ENTRY } from "../measure.ts";
import { allocate } from "../meter.ts";
import type { Edit } from "../private-copy.ts";
import {
  type Core,
  FLOAT,
  INTEGER,
  type LuaState,
  type LuaTable,
  NIL,
  STRING,
  TABLE,
  type TableEntry,
  type TValue,
  USERDATA,
} from "../types.ts";

/** What a table has that no key was taken out of; nothing is ever put into it. */
export const noneDead: ReadonlyMap<unknown, TableEntry> = new Map();

/**
 * Fengari keeps what was taken out of a table for whoever goes through it, in a Map of its own for each table, which it
 * clears whenever a key is added: V8 makes a new one each time. Here there is one only where something was taken out.
 */
export const mendDeadKeys: readonly Edit[] = [
  { find: "        this.dead_strong = new Map();", put: "        this.dead_strong = noneDead;" },
  {
    find: `    t.dead_strong.clear();
    t.dead_weak = void 0;`,
    put: `    if (t.dead_strong !== noneDead) t.dead_strong = noneDead;
    if (t.dead_weak !== void 0) t.dead_weak = void 0;`,
  },
  {
    find: "            t.dead_strong.set(hash, e);",
    put: `            if (t.dead_strong === noneDead) t.dead_strong = new Map();
            t.dead_strong.set(hash, e);`,
  },
];

/**
 * Two things that Fengari leaves out: tables that can't be changed, and a count of instructions that can't be evaded.
 * And two that it takes long for, where a script wants it to: the length of a table, and what follows a key that was
 * taken out.
 *
 * A table is made read-only by its own flag, so there is no proxy: `pairs`, `next`, `#` and rawget see it as it is, and
 * neither assignment nor rawset, table.insert or setmetatable changes it. Every write of the VM and of the libraries
 * goes through the one function that is mended here.
 */
export function mendTables(core: Core): void {
  const { ldebug, lobject, ltable, ltm } = core;
  const set = ltable.luaH_setfrom;
  const zero = new lobject.TValue(INTEGER, 0);
  ltable.luaH_setfrom = (L, t, key, value) => {
    if (t.readonly === true) ldebug.luaG_runerror(L, cannotModify);
    const before = t.strong.size;
    set(L, t, key.type === FLOAT && key.value === 0 ? zero : key, value); // a key of -0.0 is the integer 0
    if (t.strong.size > before) allocate(ENTRY);
  };
  const setInteger = ltable.luaH_setint;
  ltable.luaH_setint = (t, key, value) => {
    const before = t.strong.size;
    setInteger(t, key, value);
    if (t.strong.size > before) allocate(ENTRY);
  };
  ltable.luaH_getn = border;
  ltable.luaH_next = (L, t, at) => {
    const key = L.stack[at]!;
    const entry = key.type === NIL ? t.f : entryAfter(L, t, key);
    if (entry === undefined) return false;
    key.setfrom(entry.key);
    L.stack[at + 1]!.setfrom(entry.value);
    return true;
  };

  /** The entry that follows a key's, which may have been taken out since. */
  function entryAfter(L: LuaState, t: LuaTable, key: TValue): TableEntry | undefined {
    const hash = key.type === STRING ? (key.value as ByteString).binary : key.value;
    const entry = t.strong.get(hash);
    if (entry !== undefined) return entry.n;
    const dead = t.dead_strong.get(hash) ?? t.dead_weak?.get(hash as object);
    if (dead === undefined) return ldebug.luaG_runerror(L, invalidKey);
    let next = dead.n;
    while (next?.key.ttisdeadkey()) next = next.n;
    // Whoever comes this way again is spared it: else a traversal that empties a table takes quadratic time.
    for (let passed: TableEntry | undefined = dead; passed !== undefined && passed !== next; ) {
      const after: TableEntry | undefined = passed.n;
      passed.n = next;
      passed = after;
    }
    return next;
  }

  // A table without the flag inherits this one, so that reading it is as fast as reading any field.
  Object.defineProperty(ltable.Table.prototype, "readonly", { value: false, writable: true });
  // What is read-only can't get another `__index`, so a method call on a handle need not look it up.
  const { luaT_gettmbyobj } = ltm;
  const { TM_INDEX } = ltm.TMS;
  Object.defineProperty(ltable.Table.prototype, "index", { value: undefined, writable: true });
  ltm.luaT_gettmbyobj = (L, o, event) => {
    const metatable =
      o.type === USERDATA || o.type === TABLE ? (o.value as { metatable: LuaTable | null }).metatable : null;
    if (event === TM_INDEX && metatable !== null && metatable.index !== undefined) return metatable.index;
    return luaT_gettmbyobj(L, o, event);
  };
  // Fengari asks for a hook before each instruction when a count hook is set. We count here instead, one counter for
  // all coroutines of a state: no hook to be removed, switched off by an error, or caught.
  ldebug.luaG_traceexec = (L: LuaState) => {
    if (--L.l_G.fuel < 0) L.l_G.refuel(L);
  };
}

const cannotModify = Buffer.from("attempt to modify a read-only table");
const invalidKey = Buffer.from("invalid key to 'next'");

/** Past the largest integer, where no table has an entry. */
const BEYOND = 2 ** 31;

/**
 * A border of a table: an n that is there (or 0) while n + 1 is not. Where Lua and Fengari count up one by one if a
 * table "was built with bad purposes", this still halves.
 */
function border({ strong }: LuaTable): number {
  let there = 0;
  let beyond = strong.size + 1;
  while (strong.has(beyond)) {
    there = beyond;
    beyond = Math.min(2 * beyond, BEYOND);
  }
  while (beyond - there > 1) {
    const middle = Math.floor((there + beyond) / 2);
    if (strong.has(middle)) there = middle;
    else beyond = middle;
  }
  return there;
}

/** Makes a table read-only for good. `index`: its `__index`, if it is a metatable. */
export function freeze(table: LuaTable, index?: TValue): LuaTable {
  table.readonly = true;
  table.flags = 0; // it may serve as a metatable, and its fields came past the function that keeps this up to date
  if (index !== undefined) table.index = index;
  return table;
}
