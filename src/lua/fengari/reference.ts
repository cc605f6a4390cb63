import { ensureStack, push } from "../core/stack.ts";
import { forEachAfter, set } from "../vm/lua-table.ts";
import { newCell, nilCell } from "../vm/table.ts";
import type { GlobalState, LuaState, LuaTable, TValue } from "../vm/types.ts";
import { interop } from "./api.ts";

/**
 * References from JavaScript to Lua functions, by fengari-interop: on the trusted side, and only in this direction.
 * Interop's own calls would push JavaScript objects into the state, where a script finds its way from any of them to
 * the host; so a reference is never called, it only brings the function back. What interop leaves in the state when
 * it opens (a metatable, a null, a table with the JavaScript globals) is taken out again at once.
 */
const opened = new WeakSet<GlobalState>();

function open(L: LuaState): void {
  if (opened.has(L.l_G)) return;
  opened.add(L.l_G);
  const registry = L.l_G.l_registry.value as LuaTable;
  const before = new Set(keysOf(registry).map((key) => key.value));
  const { top } = L;
  interop().luaopen_js(L);
  L.l_G.atnativeerror = null;
  L.top = top;
  for (const key of keysOf(registry)) if (!before.has(key.value)) set(L, registry, key, nilCell());
}

function keysOf(table: LuaTable): TValue[] {
  const keys: TValue[] = [];
  forEachAfter(table, 0, (key) => keys.push(key));
  return keys;
}

/** @param L the state's first thread */
export function toReference(L: LuaState, { type, value }: TValue): unknown {
  open(L);
  ensureStack(L, 1);
  push(L, type, value);
  const reference = interop().tojs(L, -1);
  L.top--;
  return reference;
}

export function fromReference(L: LuaState, reference: unknown): TValue {
  interop().push(L, reference);
  const { type, value } = L.stack[--L.top]!;
  return newCell(type, value);
}
