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
import { type Coverage, coverageNow } from "./coverage.ts";
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
   * @param path of the file, whose lines are noted as they run while somebody wants to know (coverage.ts)
   * @throws MoonkeepError INVALID for a syntax error; the message says `file:line: what`.
   */
  static compile(source: Uint8Array, name: string, path?: string): Chunk {
    const coverage = path === undefined ? undefined : coverageNow();
    if (coverage === undefined) return Chunk.#compileOnce(chunks, source, name, name);
    return Chunk.#compileOnce(chunksOf(coverage), source, name, `${path} ${name}`, (proto) =>
      coverage.note(path!, source, proto),
    );
  }

  /** @param key what tells it from others of the same source */
  static #compileOnce(
    known: Chunks,
    source: Uint8Array,
    name: string,
    key: string,
    first?: (proto: Proto) => void,
  ): Chunk {
    const before = known.get(source, key);
    if (before !== undefined) return before;
    const chunk = Chunk.#compileNew(source, name);
    first?.(chunk.#proto);
    known.add(chunk, key);
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
  unseen: Bytes = 0;
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
  get(source: Uint8Array, of: string): Chunk | undefined {
    if (source.length > LONGEST) return undefined;
    const key = keyOf(source, of);
    const chunk = this.#known.get(key);
    if (chunk === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, chunk);
    work(chunk.steps);
    return chunk;
  }

  add(chunk: Chunk, of: string): void {
    const { source } = chunk;
    if (source.length > LONGEST) return;
    const added = keyOf(source, of);
    this.#known.set(added, chunk);
    this.#bytes += added.length;
    for (const key of this.#known.keys()) {
      if (this.#bytes <= MOST) return;
      this.#known.delete(key);
      this.#bytes -= key.length;
    }
  }
}

const keyOf = (source: Uint8Array, name: string): string =>
  `${name.length} ${name}${Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString("latin1")}`;

const chunks = new Chunks();

/** Those whose lines are noted: they are others than those that run without. */
const noted = new WeakMap<Coverage, Chunks>();

function chunksOf(coverage: Coverage): Chunks {
  let known = noted.get(coverage);
  if (known === undefined) noted.set(coverage, (known = new Chunks()));
  return known;
}
