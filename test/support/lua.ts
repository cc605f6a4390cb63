import { MoonkeepError } from "../../src/errors.ts";
import { toValue } from "../../src/lua/boundary/marshal.ts";
import type { Module } from "../../src/lua/boundary/module.ts";
import { toCells } from "../../src/lua/run/outside.ts";
import { type CallOptions, State } from "../../src/lua/run/state.ts";
import type { TValue } from "../../src/lua/vm/types.ts";
import { isLater } from "../../src/value/eventually.ts";
import { toJs } from "../../src/value/js.ts";
import type { Value } from "../../src/value/value.ts";

export interface SandboxOptions {
  readonly modules?: readonly Module[];
  /** What module functions get first. */
  readonly call?: unknown;
}

/** A chunk of Lua: text, or its bytes. */
export type Chunk = string | Uint8Array;

/** A Lua state with what it prints kept, and chunks of Lua run in it. */
export class Sandbox {
  readonly state: State;
  /** What the script printed, one string a call. */
  readonly printed: string[] = [];

  constructor({ modules = [], call = {} }: SandboxOptions = {}) {
    this.state = new State({
      modules: new Map(modules.map((module) => [module.name, module])),
      call,
      print: (line) => this.printed.push(Buffer.from(line).toString("latin1")),
    });
  }

  load(chunk: Chunk, name = "=t"): TValue {
    return this.state.load(Buffer.from(chunk as string), name);
  }

  /** The results of a chunk that may wait, as cells. */
  async cells(chunk: Chunk, args: readonly unknown[] = [], options: CallOptions = {}): Promise<readonly TValue[]> {
    return this.state.run(this.load(chunk), toCells(this.state.thread, args, "args"), options);
  }

  /** The results of a chunk that may wait, as JavaScript sees them. */
  async run(chunk: Chunk, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown[]> {
    return (await this.cells(chunk, args, options)).map((cell) => toJs(toValue(cell)));
  }

  /** The results of a chunk that never waits. */
  values(chunk: Chunk, args: readonly unknown[] = [], options: CallOptions = {}): (Value | undefined)[] {
    const results = this.state.run(this.load(chunk), toCells(this.state.thread, args, "args"), options);
    if (isLater(results)) throw new Error("the chunk had to wait");
    return results.map((cell) => toValue(cell));
  }

  /** The results of a chunk that never waits, as JavaScript sees them. */
  evaluate(chunk: Chunk, args: readonly unknown[] = [], options: CallOptions = {}): unknown[] {
    return this.values(chunk, args, options).map(toJs);
  }

  /** What a chunk fails with. */
  async failure(chunk: Chunk, args: readonly unknown[] = [], options: CallOptions = {}): Promise<MoonkeepError> {
    try {
      await this.cells(chunk, args, options);
    } catch (e) {
      if (e instanceof MoonkeepError) return e;
      throw e;
    }
    throw new Error(`the chunk did not fail: ${chunk}`);
  }
}

/** The results of a chunk that never waits, in a fresh state. */
export function evaluate(chunk: Chunk, ...args: unknown[]): unknown[] {
  return new Sandbox().evaluate(chunk, args);
}

/** The first of them. */
export function result(chunk: Chunk, ...args: unknown[]): unknown {
  return evaluate(chunk, ...args)[0];
}

/** The first result as a Value, which keeps integers and floats apart. */
export function value(chunk: Chunk, ...args: unknown[]): Value | undefined {
  return new Sandbox().values(chunk, args)[0];
}

/** What a chunk in a fresh state fails with. */
export function failure(chunk: Chunk, options: CallOptions = {}): Promise<MoonkeepError> {
  return new Sandbox().failure(chunk, [], options);
}

/** The message that a chunk in a fresh state fails with. */
export async function message(chunk: Chunk): Promise<string> {
  return (await failure(chunk)).message;
}
