import { MoonkeepError } from "../../errors.ts";
import type { Bytes } from "../../value/value.ts";
import { errorOf } from "../boundary/handle-type.ts";
import { LuaError } from "../core/errors.ts";
import { shared } from "../core/shared.ts";
import { messageOf } from "../core/traceback.ts";
import { compile } from "../fengari/parser.ts";
import { type Account, chargeTo, isCharged } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { LuaClosure } from "../vm/closure.ts";
import { newCell, tableCell } from "../vm/table.ts";
import { LUA_CLOSURE, type LuaState, type LuaTable, type Proto, type TValue } from "../vm/types.ts";

/**
 * Compiled code: parsed once, and run in any state any number of times. What states share of it is what nothing can
 * change: instructions and constants.
 */
export class Chunk {
  /** What it was compiled of. */
  readonly source: Uint8Array;
  readonly name: string;
  readonly #proto: Proto;

  private constructor(proto: Proto, source: Uint8Array, name: string) {
    this.#proto = proto;
    this.source = source;
    this.name = name;
  }

  /**
   * @param name as Lua names chunks: `@file` or `=text`.
   * @throws MoonkeepError INVALID for a syntax error; the message says `file:line: what`.
   */
  static compile(source: Uint8Array, name: string): Chunk {
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
    try {
      return new Chunk(compile(shared, read, Buffer.from(name)).p, source, name);
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
    throw new Stopped(new MoonkeepError("INVALID", `${this.#name.slice(1)}: it takes too long to compile`));
  }

  exhausted(): void {}

  watched<T>(f: () => T): T {
    return f();
  }

  tooLong(): never {
    throw new RangeError("no string is too long");
  }
}

/** Steps of the compiler (fengari/proto.ts): some tens of a second. */
const STEPS = 20_000_000;
const STEPS_PER_BYTE = 20;
