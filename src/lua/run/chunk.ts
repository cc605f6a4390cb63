import { MoonkeepError } from "../../errors.ts";
import type { Bytes } from "../../value/value.ts";
import { errorOf } from "../boundary/handle-type.ts";
import { LuaError } from "../core/errors.ts";
import { shared } from "../core/shared.ts";
import { messageOf } from "../core/traceback.ts";
import { compile } from "../fengari/parser.ts";
import { type Account, chargeTo, countWork, isCharged, work } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { LuaClosure } from "../vm/closure.ts";
import { newCell, tableCell } from "../vm/table.ts";
import { LUA_CLOSURE, type LuaState, type LuaTable, type Proto, type TValue } from "../vm/types.ts";
import { compilesTooLong, noTooLongString } from "./errors.ts";

/**
 * Compiled code: parsed once, and run in any state any number of times. What states share of it is what nothing can
 * change: instructions and constants.
 */
export class Chunk {
  /** What it was compiled of. */
  readonly source: Uint8Array;
  readonly name: string;
  readonly #proto: Proto;
  /** What it took to compile, in instructions of the VM. */
  readonly steps: number;

  private constructor(proto: Proto, source: Uint8Array, name: string, steps: number) {
    this.#proto = proto;
    this.steps = steps;
    this.source = source;
    this.name = name;
  }

  /**
   * @param name as Lua names chunks: `@file` or `=text`.
   * @throws MoonkeepError INVALID for a syntax error; the message says `file:line: what`.
   */
  static compile(source: Uint8Array, name: string): Chunk {
    const known = chunks.get(source, name);
    if (known !== undefined) return known;
    const chunk = Chunk.#compileNew(source, name);
    chunks.add(chunk);
    return chunk;
  }

  static #compileNew(source: Uint8Array, name: string): Chunk {
    if (isCharged()) return Chunk.#compile(source, name);
    const before = chargeTo(new Patience(source, name));
    try {
      return Chunk.#compile(source, name);
    } catch (e) {
      throw e instanceof Stopped ? e.reason : e;
    } finally {
      chargeTo(before);
    }
  }

  static #compile(source: Uint8Array, name: string): Chunk {
    let pending: Uint8Array | null = source;
    const read = () => {
      const part = pending;
      pending = null;
      return part;
    };
    const count = countWork();
    try {
      return new Chunk(compile(shared, read, Buffer.from(name)).p, source, name, count());
    } catch (e) {
      if (!(e instanceof LuaError)) throw e;
      const error = newCell(e.type, e.value);
      throw errorOf(error) ?? new MoonkeepError("INVALID", messageOf(error));
    }
  }

  /** A function that runs the code in a state, with these globals. */
  in(L: LuaState, globals: LuaTable): TValue {
    const closure = new LuaClosure(L, 1);
    closure.p = this.#proto;
    closure.upvals[0] = tableCell(globals); // a chunk has one upvalue, which is _ENV
    return newCell(LUA_CLOSURE, closure);
  }
}

/**
 * Pays for code that no run pays for, such as that of the registry: what honest code takes, however long it is, and not
 * the hours that a source can be made to take.
 */
class Patience implements Account {
  left: Bytes = Number.POSITIVE_INFINITY;
  readonly longest: Bytes = Number.POSITIVE_INFINITY;
  readonly #name: string;
  #steps: number;

  constructor(source: Uint8Array, name: string) {
    this.#name = name;
    this.#steps = STEPS + STEPS_PER_BYTE * source.length;
  }

  work(steps: number): void {
    this.#steps -= steps;
    if (this.#steps >= 0) return;
    throw new Stopped(new MoonkeepError("INVALID", compilesTooLong(this.#name.slice(1))));
  }

  exhausted(): void {}

  tooLong(): never {
    throw new RangeError(noTooLongString);
  }
}

/** Steps of the compiler (fengari/proto.ts): some tens of a second. */
const STEPS = 20_000_000;
const STEPS_PER_BYTE = 20;

/** A source that is longer is compiled each time. */
const LONGEST: Bytes = 32 * 1024;
/** Of all sources that are kept. */
const MOST: Bytes = 2 ** 20;

/**
 * Chunks of sources that came before, in the order in which they were asked for: the same source runs again in state
 * after state, and what the compiler made of its functions belongs to the chunk.
 */
class Chunks {
  readonly #known = new Map<string, Chunk>();
  #bytes: Bytes = 0;

  /** It costs the script what compiling it does. */
  get(source: Uint8Array, name: string): Chunk | undefined {
    if (source.length > LONGEST) return undefined;
    const key = keyOf(source, name);
    const chunk = this.#known.get(key);
    if (chunk === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, chunk);
    work(chunk.steps);
    return chunk;
  }

  add(chunk: Chunk): void {
    const { source, name } = chunk;
    if (source.length > LONGEST) return;
    this.#known.set(keyOf(source, name), chunk);
    this.#bytes += source.length + name.length;
    for (const [key, { source, name }] of this.#known) {
      if (this.#bytes <= MOST) return;
      this.#known.delete(key);
      this.#bytes -= source.length + name.length;
    }
  }
}

const keyOf = (source: Uint8Array, name: string): string =>
  `${name.length} ${name}${Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString("latin1")}`;

const chunks = new Chunks();
