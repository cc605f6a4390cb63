/**
 * How much memory can be reached from a Lua state. Fengari leaves memory to JavaScript, which can't be asked what a
 * part of its heap holds; so this walks over everything that the script can still get at and adds up what each part
 * takes. Garbage is not counted, and nothing that states share. Where it may, it clears weak tables (weak.ts) as it goes.
 */
import { bytesRecord } from "../../value/bytes.ts";
import type { ByteString, Bytes } from "../../value/value.ts";
import { makeFramesOf } from "../core/compiled-frames.ts";
import { trimStack } from "../core/stack.ts";
import { HOLDER } from "../meter/meter.ts";
import { PLACE, UPVALUE } from "../vm/closure.ts";
import { ENTRY, ITEM, ITEM_TAG, NUMBER, REST } from "../vm/lua-table.ts";
import type { Shape } from "../vm/shape.ts";
import { AS_METATABLE, FIELD, LIST, MIXED, MORE, readField, TABLE_RECORD, tagOfField } from "../vm/table-layout.ts";
import { KEY, type Rest, SLOTS, VALUE, VALUE_TAG } from "../vm/table-rest.ts";
import { CIST_LUA, FRAME, SLOT } from "../vm/thread.ts";
import {
  BOOLEAN,
  C_CLOSURE,
  type CallInfo,
  FLOAT,
  INTEGER,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaClosure,
  type LuaState,
  type LuaTable,
  NIL,
  type Proto,
  STRING,
  TABLE,
  THREAD,
  type TValue,
  type Udata,
  USERDATA,
} from "../vm/types.ts";
import type { Contents, Holding, Roots } from "./roots.ts";
import { WeakTables, weaknessOf } from "./weak.ts";

// What V8 takes for Fengari's records on 64 bits (Node 20); bench/memory.mjs compares the sum with what a process grows by.
const CLOSURE: Bytes = 130;
export const THREAD_RECORD: Bytes = 500;
const HANDLE: Bytes = 250;
const FUNCTION: Bytes = 700;
const INSTRUCTION: Bytes = 140;

/** So many of a list's items wait to be looked into at most, unless lists of that many are nested deeply. */
const MANY = 1000;
const DEEP = 40;

/** What looking takes for each object, in sets and lists that are garbage afterwards. */
export const SEEN: Bytes = 48;

/** A function's code is not a value of Lua's, and has no type. */
const PROTO = -1;

export interface Size {
  readonly bytes: Bytes;
  /** Coroutines that can be reached and are not dead. */
  readonly coroutines: number;
  /** What of the bytes is code that was compiled. */
  readonly compiled: Bytes;
  /** How many objects and strings there are. */
  readonly objects: number;
  /** Whether some table is weak and was not cleared. */
  readonly isWeak: boolean;
}

interface CClosure {
  readonly upvalue: readonly TValue[];
}

/**
 * Everything that can be reached from the threads, from the state's globals, from what is held, and in what is fed.
 * @param clears whether weak tables are cleared: only where all threads are suspended, and nobody has a value of the
 * script in his hands. Where some thread is in a host function that may have one, nothing is cleared all the same
 */
export function measure(roots: Roots, clears = false): Size {
  const walk = new Walk(roots.contents, clears);
  for (const thread of roots.threads()) {
    if (thread.l_G.host !== undefined) walk.add(thread.l_G.l_registry); // else it is shared, and compiles for the script
    walk.thread(thread);
  }
  for (const cell of roots.held()) walk.add(cell);
  walk.walk();
  for (const cell of roots.fed.keepReached((object) => walk.has(object))) walk.add(cell);
  walk.walk();
  if (clears) walk.clear();
  return walk.size();
}

class Walk {
  #bytes = 0;
  #coroutines = 0;
  #compiled = 0;
  #isWeak = false;
  readonly #contents: Contents;
  /** Absent where nothing is cleared. */
  #weak: WeakTables | undefined;
  /** Tables with keys that have no value, and functions with closures that are kept to be used again. */
  readonly #untidy: Rest[] = [];
  readonly #makers: LuaClosure[] = [];
  readonly #seen = new Set<unknown>();
  /** Found, and not yet looked into: pairs of type and value. */
  readonly #types: number[] = [];
  readonly #values: unknown[] = [];
  /** That of the table before. */
  #shape: Shape | undefined = undefined;
  /** How many lists are being gone through that were found in each other. */
  #nested = 0;

  constructor(contents: Contents, clears: boolean) {
    this.#contents = contents;
    this.#weak = clears ? new WeakTables(this) : undefined;
  }

  add(cell: TValue | undefined): void {
    if (cell !== undefined) this.found(cell.type, cell.value);
  }

  found(type: number, value: unknown): void {
    if (
      value === null ||
      value === undefined ||
      (typeof value !== "object" && typeof value !== "function") ||
      this.#seen.has(value)
    )
      return;
    this.#reach(value);
    if (type === STRING) this.#bytes += sizeOfString(value as ByteString);
    else {
      this.#types.push(type);
      this.#values.push(value);
    }
  }

  #reach(object: unknown): void {
    this.#seen.add(object);
    this.#weak?.reached(object);
  }

  has(value: unknown): boolean {
    return this.#seen.has(value);
  }

  walk(): void {
    do this.#lookInto(0);
    while (this.#weak?.goOn() === true);
  }

  /** Looks into what was found, until no more than so many are left. */
  #lookInto(left: number): void {
    while (this.#types.length > left) this.#visit(this.#types.pop()!, this.#values.pop());
  }

  /** Items of a list were found, which may be millions: what waits to be looked into takes memory as well. */
  #keepUp(before: number): void {
    if (this.#types.length < before + MANY || this.#nested === DEEP) return;
    this.#nested++;
    this.#lookInto(before);
    this.#nested--;
  }

  /** Takes out of weak tables what was not reached, and counts what they have left. */
  clear(): void {
    const weak = this.#weak;
    if (weak === undefined) return;
    for (const t of weak.clear()) this.#strong(t);
    for (const rest of this.#untidy) rest.sweep(() => false, weak.isReached);
    for (const { made } of this.#makers) {
      for (let i = 0; i < made!.length; i++) if (!this.#seen.has(made![i])) made![i] = undefined;
    }
  }

  /** Some thread is in a function that may have anything in its hands: nothing is weak. */
  #giveUp(): void {
    const weak = this.#weak;
    if (weak === undefined) return;
    this.#weak = undefined;
    this.#isWeak = true;
    for (const t of weak.giveUp()) this.#strong(t);
    for (const { made } of this.#makers) this.#closures(made);
  }

  size(): Size {
    return {
      bytes: this.#bytes,
      coroutines: this.#coroutines,
      compiled: this.#compiled,
      objects: this.#seen.size,
      isWeak: this.#isWeak,
    };
  }

  #visit(type: number, value: unknown): void {
    switch (type) {
      case TABLE:
        this.#table(value as LuaTable);
        break;
      case LUA_CLOSURE:
        this.#closure(value as LuaClosure);
        break;
      case PROTO:
        this.#function(value as Proto);
        break;
      case C_CLOSURE:
        this.#bytes += CLOSURE;
        for (const cell of (value as CClosure).upvalue) this.add(cell);
        break;
      case LIGHT_C_FUNCTION:
        if ((value as Holding).holds !== undefined) this.#bytes += HOLDER;
        for (const cell of (value as Holding).holds ?? []) this.add(cell);
        break;
      case THREAD:
        this.thread(value as LuaState);
        break;
      case USERDATA:
        this.#reach((value as Udata).data);
        this.#bytes += HANDLE + this.#contents.sizeOf((value as Udata).data);
        for (const cell of this.#contents.heldBy((value as Udata).data)) this.add(cell);
        break;
    }
  }

  #table(t: LuaTable): void {
    if (t.readonly) return; // what is read-only is shared by all states
    const weakness = weaknessOf(t);
    if (weakness !== 0 && this.#weak !== undefined) {
      this.found(TABLE, t.metatable);
      this.#weak.add(t, weakness);
      return;
    }
    if (weakness !== 0) this.#isWeak = true;
    this.#strong(t);
  }

  /** All that is in a table. */
  #strong(t: LuaTable): void {
    const { fields, shape, rest, more } = t;
    this.#bytes += TABLE_RECORD;
    if (shape !== this.#shape) this.#addShape(shape);
    if (fields.length > 0) this.#bytes += LIST + (FIELD / 2) * fields.length;
    if (!more.isShared) this.#bytes += MORE;
    if (more.asMetatable !== undefined) this.#bytes += AS_METATABLE;
    this.#items(t);
    for (let i = 0; i < shape.length; i++) this.#part(tagOfField(t, i), readField(t, i));
    if (rest !== undefined) {
      this.#bytes += REST + ENTRY * rest.count;
      if (this.#weak !== undefined && rest.count > rest.live) this.#withValue(rest);
      else this.#pairs(rest.entries);
    }
    this.found(TABLE, t.metatable);
  }

  /** Shapes are shared; each of those that the script's tables have counts once. */
  #addShape(shape: Shape): void {
    this.#shape = shape;
    for (let one: Shape | undefined = shape; one !== undefined && !this.#seen.has(one); one = one.parent) {
      this.#seen.add(one);
      this.#bytes += one.bytes;
    }
  }

  #items({ items, itemTag, more: { itemTags } }: LuaTable): void {
    const { length } = items;
    const before = this.#types.length;
    if (length > 0) this.#bytes += LIST + ITEM * length;
    if (itemTag === MIXED) {
      this.#bytes += ITEM_TAG * length;
      for (let i = 0; i < length; i++) {
        this.#part(itemTags![i]!, items[i]);
        this.#keepUp(before);
      }
    } else if (itemTag === INTEGER || itemTag === FLOAT) {
      // A list of numbers that never had a nil takes less; nobody can tell which has.
      for (let i = 0; i < length; i++) this.#part(itemTag, items[i]);
    } else if (itemTag !== NIL && itemTag !== BOOLEAN) {
      for (let i = 0; i < length; i++) {
        this.found(itemTag, items[i]);
        this.#keepUp(before);
      }
    }
  }

  /** A key without a value keeps nothing. */
  #withValue(rest: Rest): void {
    this.#untidy.push(rest);
    const { entries } = rest;
    for (let i = 0; i < entries.length; i += SLOTS) {
      if (entries[i + VALUE_TAG] === NIL) continue;
      this.#part(entries[i] as number, entries[i + KEY]);
      this.#part(entries[i + VALUE_TAG] as number, entries[i + VALUE]);
    }
  }

  /** Tags and values. */
  #pairs(list: readonly unknown[]): void {
    for (let i = 0; i < list.length; i += 2) this.#part(list[i] as number, list[i + 1]);
  }

  #part(type: number, value: unknown): void {
    if (typeof value === "number") {
      if ((value | 0) !== value) this.#bytes += NUMBER;
    } else this.found(type, value);
  }

  #closure(closure: LuaClosure): void {
    const { p, upvals, made } = closure;
    this.#bytes += CLOSURE + UPVALUE * upvals.length + (made == null ? 0 : PLACE * made.length);
    for (const cell of upvals) this.add(cell);
    this.found(PROTO, p);
    if (this.#weak === undefined) this.#closures(made);
    else if (made != null) this.#makers.push(closure);
  }

  #closures(made: LuaClosure["made"]): void {
    for (const closure of made ?? []) this.found(LUA_CLOSURE, closure);
  }

  #function(p: Proto): void {
    this.#bytes += FUNCTION + INSTRUCTION * p.code.length + p.jitBytes;
    this.#compiled += p.jitBytes;
    if (p.source !== null) this.found(STRING, p.source); // its name, which may be the whole text
    for (const cell of p.k) this.add(cell);
    for (const inner of p.p) this.found(PROTO, inner);
  }

  thread(L: LuaState): void {
    this.#reach(L);
    makeFramesOf(L);
    trimStack(L);
    const { stack } = L;
    this.#bytes += THREAD_RECORD + SLOT * stack.length;
    for (let ci: CallInfo | null = L.base_ci; ci !== null; ci = ci.next) this.#bytes += FRAME;
    for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) {
      if (ci.callstatus & CIST_LUA) continue;
      if ((ci.func.value as Holding).isOpen !== true) this.#giveUp();
      this.#bytes += ci.held;
      for (const cell of (ci.c_ctx as Holding | null)?.holds ?? []) this.add(cell);
    }
    if (L.ci !== L.base_ci || L.top > 1) this.#coroutines++;
    for (let i = 0; i < stack.length; i++) this.add(stack[i]!);
  }
}

/**
 * What is asked for when a string is made (meter/meter.ts) is more: nobody knows then which forms it will have. And this
 * is half as much again as V8 takes, which always has some garbage beside what is in use.
 */
const STRING_RECORD: Bytes = 140;
const BINARY: Bytes = 24;
const sizeOfString = (s: ByteString): Bytes =>
  STRING_RECORD + (s.hasBytes ? bytesRecord(s.length) + s.length : 0) + (s.hasBinary ? s.length + BINARY : 0);
