/**
 * How much memory can be reached from a Lua state. Fengari leaves memory to JavaScript, which can't be asked what a
 * part of its heap holds; so this walks over everything that the script can still get at and adds up what each part
 * takes. Garbage is not counted, and nothing that states share.
 */
import type { ByteString, Bytes } from "../../value/value.ts";
import { makeFramesOf } from "../core/compiled-frames.ts";
import { trimStack } from "../core/stack.ts";
import { STRING as STRING_RECORD } from "../meter/meter.ts";
import { ENTRY, FIELD, ITEM, ITEM_TAG, LIST, MIXED, NUMBER, TABLE_RECORD } from "../vm/lua-table.ts";
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

// What V8 takes for Fengari's records on 64 bits (Node 20); bench/memory.mjs compares the sum with what a process grows by.
const CLOSURE: Bytes = 130;
const UPVALUE: Bytes = 40;
export const THREAD_RECORD: Bytes = 500;
const HANDLE: Bytes = 250;
const FUNCTION: Bytes = 700;
const INSTRUCTION: Bytes = 140;

/** A JavaScript closure made for the script. */
const HOLDER: Bytes = 450;

/** A function's code is no value of Lua's, and has no type. */
const PROTO = -1;

export interface Size {
  readonly bytes: Bytes;
  /** Coroutines that can be reached and are not dead. */
  readonly coroutines: number;
}

interface CClosure {
  readonly upvalue: readonly TValue[];
}

/** What puts values into channels from outside (feeds.ts). */
export interface Fed {
  /**
   * Ends what the script can't reach.
   * @param isReached says whether it reaches a handle's object
   * @returns what waits in the channels of the others
   */
  keepReached(isReached: (object: object) => boolean): Iterable<TValue>;
}

/** Everything that can be reached from these threads, from the state's globals, and in what is fed. */
export function measure(threads: Iterable<LuaState>, contents: Contents, fed?: Fed): Size {
  const walk = new Walk(contents);
  for (const thread of threads) {
    if (thread.l_G.host !== undefined) walk.add(thread.l_G.l_registry); // else it is shared, and compiles for the script
    walk.thread(thread);
  }
  const size = walk.size();
  if (fed === undefined) return size;
  for (const cell of fed.keepReached((object) => walk.has(object))) walk.add(cell);
  return walk.size();
}

/**
 * What a light function keeps alive beside itself, where it is a JavaScript closure over something of the script's; or
 * a wait that is over, until its coroutine goes on.
 */
export interface Holding {
  holds?: readonly TValue[];
}

/** What the objects behind handles keep of what the script gave them. */
export interface Contents {
  /** Bytes that the object keeps. */
  sizeOf(object: unknown): Bytes;
  /** Values of the script that it keeps. */
  heldBy(object: unknown): Iterable<TValue>;
}

class Walk {
  #bytes = 0;
  #coroutines = 0;
  readonly #contents: Contents;
  readonly #seen = new Set<unknown>();
  /** Found, and not yet looked into: pairs of type and value. */
  readonly #types: number[] = [];
  readonly #values: unknown[] = [];

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  add(cell: TValue | undefined): void {
    if (cell !== undefined) this.#found(cell.type, cell.value);
  }

  #found(type: number, value: unknown): void {
    if (
      value === null ||
      value === undefined ||
      (typeof value !== "object" && typeof value !== "function") ||
      this.#seen.has(value)
    )
      return;
    this.#seen.add(value);
    if (type === STRING) this.#bytes += sizeOfString(value as ByteString);
    else {
      this.#types.push(type);
      this.#values.push(value);
    }
  }

  has(value: unknown): boolean {
    return this.#seen.has(value);
  }

  size(): Size {
    while (this.#types.length > 0) this.#visit(this.#types.pop()!, this.#values.pop());
    return { bytes: this.#bytes, coroutines: this.#coroutines };
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
        this.#seen.add((value as Udata).data);
        this.#bytes += HANDLE + this.#contents.sizeOf((value as Udata).data);
        for (const cell of this.#contents.heldBy((value as Udata).data)) this.add(cell);
        break;
    }
  }

  #table(t: LuaTable): void {
    if (t.readonly) return; // what is read-only is shared by all states
    const { fields, rest } = t;
    this.#bytes += TABLE_RECORD;
    if (fields.length > 0) this.#bytes += LIST + (FIELD / 2) * fields.length;
    this.#items(t);
    this.#pairs(fields);
    if (rest !== undefined) {
      this.#bytes += ENTRY * rest.count;
      this.#pairs(rest.entries);
    }
    this.#found(TABLE, t.metatable);
  }

  #items({ items, itemTag, itemTags }: LuaTable): void {
    const { length } = items;
    if (length > 0) this.#bytes += LIST + ITEM * length;
    if (itemTag === MIXED) {
      this.#bytes += ITEM_TAG * length;
      for (let i = 0; i < length; i++) this.#part(itemTags![i]!, items[i]);
    } else if (itemTag === INTEGER || itemTag === FLOAT) {
      // A list of numbers that never had a nil takes less; nobody can tell which has.
      for (let i = 0; i < length; i++) this.#part(itemTag, items[i]);
    } else if (itemTag !== NIL && itemTag !== BOOLEAN) {
      for (let i = 0; i < length; i++) this.#found(itemTag, items[i]);
    }
  }

  /** Tags and values. */
  #pairs(list: readonly unknown[]): void {
    for (let i = 0; i < list.length; i += 2) this.#part(list[i] as number, list[i + 1]);
  }

  #part(type: number, value: unknown): void {
    if (typeof value === "number") {
      if ((value | 0) !== value) this.#bytes += NUMBER;
    } else this.#found(type, value);
  }

  #closure({ p, upvals, made }: LuaClosure): void {
    this.#bytes += CLOSURE + UPVALUE * upvals.length;
    for (const cell of upvals) this.add(cell);
    this.#found(PROTO, p);
    for (const closure of made ?? []) this.#found(LUA_CLOSURE, closure);
  }

  #function(p: Proto): void {
    this.#bytes += FUNCTION + INSTRUCTION * p.code.length + p.jitBytes;
    for (const cell of p.k) this.add(cell);
    for (const inner of p.p) this.#found(PROTO, inner);
  }

  thread(L: LuaState): void {
    this.#seen.add(L);
    makeFramesOf(L);
    trimStack(L);
    const { stack } = L;
    this.#bytes += THREAD_RECORD + SLOT * stack.length;
    for (let ci: CallInfo | null = L.base_ci; ci !== null; ci = ci.next) this.#bytes += FRAME;
    for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) {
      if (ci.callstatus & CIST_LUA) continue;
      this.#bytes += ci.held;
      for (const cell of (ci.c_ctx as Holding | null)?.holds ?? []) this.add(cell);
    }
    if (L.ci !== L.base_ci || L.top > 1) this.#coroutines++;
    for (let i = 0; i < stack.length; i++) this.add(stack[i]!);
  }
}

const BINARY: Bytes = 24;
const sizeOfString = (s: ByteString): Bytes =>
  STRING_RECORD + (s.hasBytes ? s.length : 0) + (s.hasBinary ? s.length + BINARY : 0);
