/**
 * Weak tables, as the manual has them (§2.5.2). JavaScript's weak references tell of what is gone after the script has
 * waited, if at all; so a table's weak parts are cleared by the walk that finds out how much a script uses (measure.ts).
 *
 * It does not follow what is weak. The value at a weak key is followed when the key is: until then it waits here, so
 * that a value which alone leads to its key does not keep it (an ephemeron). What was not reached at the end is taken
 * out. Only objects that scripts make are: tables, functions, coroutines. Strings and numbers are values, and handles
 * and what all scripts share belong to the host.
 */
import type { ByteString } from "../../value/value.ts";
import { readMethod, TM } from "../core/metatables.ts";
import { found, type LuaTable } from "../vm/lua-table.ts";
import { forEachEntry, sweep } from "../vm/table-sweep.ts";
import { LIGHT_C_FUNCTION, LUA_CLOSURE, STRING, TABLE, THREAD } from "../vm/types.ts";

export const WEAK_KEYS = 1;
export const WEAK_VALUES = 2;

/** What of a table is weak; 0: nothing. */
export function weaknessOf({ metatable }: LuaTable): number {
  if (metatable === null) return 0;
  const mode = readMethod(metatable, TM.MODE);
  if (found.type !== STRING) return 0;
  const { binary } = mode as ByteString;
  return (binary.includes("k") ? WEAK_KEYS : 0) | (binary.includes("v") ? WEAK_VALUES : 0);
}

/** Whether a weak table loses a value when nobody else has it. */
function isObject(type: number, value: unknown): boolean {
  switch (type) {
    case TABLE:
      return !(value as LuaTable).readonly;
    case LUA_CLOSURE:
    case THREAD:
      return true;
    case LIGHT_C_FUNCTION:
      return (value as { readonly holds?: unknown }).holds !== undefined;
    default:
      return false;
  }
}

/** The walk, as weak tables need it. */
export interface Walker {
  has(value: unknown): boolean;
  /** The walk has come to a value. */
  found(type: number, value: unknown): void;
}

/** The weak tables that a walk has met. */
export class WeakTables {
  readonly #walker: Walker;
  readonly #tables = new Map<LuaTable, number>();
  /** What follows from a key as soon as the walk comes to it: tags and values. */
  readonly #waiting = new Map<unknown, unknown[]>();
  /** What has to wait no longer. */
  readonly #ready: unknown[] = [];

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  /** Follows what is strong in a table. */
  add(t: LuaTable, weakness: number): void {
    this.#tables.set(t, weakness);
    const walker = this.#walker;
    forEachEntry(t, (keyType, key, type, value) => {
      const isKeyWeak = (weakness & WEAK_KEYS) !== 0 && isObject(keyType, key);
      const isValueWeak = (weakness & WEAK_VALUES) !== 0 && (type === STRING || isObject(type, value));
      if (!isKeyWeak && keyType !== STRING) walker.found(keyType, key);
      if (isValueWeak) return;
      if (isKeyWeak && !walker.has(key)) this.#wait(key, type, value);
      else walker.found(type, value);
    });
  }

  #wait(key: unknown, type: number, value: unknown): void {
    const known = this.#waiting.get(key);
    if (known === undefined) this.#waiting.set(key, [type, value]);
    else known.push(type, value);
  }

  /** The walk has come to an object for the first time. */
  reached(object: unknown): void {
    const waiting = this.#waiting.get(object);
    if (waiting === undefined) return;
    this.#waiting.delete(object);
    for (const part of waiting) this.#ready.push(part);
  }

  /** Follows what was waiting. @returns whether anything was */
  goOn(): boolean {
    if (this.#ready.length === 0) return false;
    const ready = this.#ready.splice(0);
    for (let i = 0; i < ready.length; i += 2) this.#walker.found(ready[i] as number, ready[i + 1]);
    return true;
  }

  /** Takes out what was not reached. @returns the tables, in which nothing is weak any more but what all scripts share */
  clear(): Iterable<LuaTable> {
    for (const [t, weakness] of this.#tables) {
      const isGone = (keyType: number, key: unknown, type: number, value: unknown): boolean =>
        ((weakness & WEAK_KEYS) !== 0 && !this.isReached(keyType, key)) ||
        ((weakness & WEAK_VALUES) !== 0 && !this.isReached(type, value));
      sweep(t, isGone, this.isReached);
    }
    return this.#tables.keys();
  }

  /** The tables, to be followed whole. */
  giveUp(): Iterable<LuaTable> {
    return this.#tables.keys();
  }

  readonly isReached = (type: number, value: unknown): boolean => !isObject(type, value) || this.#walker.has(value);
}
