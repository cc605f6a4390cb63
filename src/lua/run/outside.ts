/** What comes out of a state: plain data, errors, and Lua functions that JavaScript can call. */

import { ExitError, MoonkeepError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { fromJs, toJs } from "../../value/js.ts";
import type { Value } from "../../value/value.ts";
import { valueCells } from "../boundary/answer.ts";
import { handleTypeOf } from "../boundary/handle-type.ts";
import { takeOut } from "../boundary/way-out.ts";
import { fromReference, toReference } from "../fengari/reference.ts";
import { baseType, LUA_CLOSURE, type LuaState, type TValue, type Udata, USERDATA } from "../vm/types.ts";
import type { CallOptions, Signal } from "./call-options.ts";
import { functionReleased } from "./errors.ts";
import type { State } from "./state.ts";

/**
 * A Lua function that came out of a script. Calling it runs it in its script's state, within the limits of the run
 * that it came from; it resolves to its first result, and rejects as a run does. The state lives until every function
 * that came out is released, or is garbage.
 */
export interface LuaFunction {
  (...args: unknown[]): Promise<unknown>;
  /** The script is done with: its handles are released, and the function can't be called any more. */
  release(): void;
}

/** Turns JavaScript data into cells of a state. @throws TypeError with the place of what can't cross */
export const toCells = (L: LuaState, values: readonly unknown[], name: string): TValue[] =>
  valueCells(L, readAll(values, name));

/** JavaScript data as values. @throws TypeError with the place of what can't cross */
export const readAll = (values: readonly unknown[], name: string): (Value | undefined)[] =>
  values.map((value, i) => fromJs(value, `${name}[${i}]`));

/** Turns what comes out of a script into what JavaScript gets. */
export class Outside {
  readonly #functionOf: (cell: TValue) => LuaFunction;
  readonly #limits: Limits;

  /** @param limits of the run that it comes out of */
  constructor(functionOf: (cell: TValue) => LuaFunction, limits: Limits) {
    this.#functionOf = functionOf;
    this.#limits = limits;
  }

  #foreign(cell: TValue): unknown {
    if (baseType(cell) === LUA_CLOSURE) return this.#functionOf(cell);
    const object = cell.type === USERDATA ? (cell.value as Udata).data : undefined;
    if (object instanceof MoonkeepError) return object;
    return typeof object === "object" && object !== null ? handleTypeOf(object)?.outside?.(object) : undefined;
  }

  /**
   * What a call came to: the first result, and all of them, as JavaScript has them.
   * @throws the error of a function that answered `nil, err`; MoonkeepError INVALID for what can't leave a script, with
   * its place; LimitError memory
   */
  outcome(results: readonly TValue[]): { readonly value: unknown; readonly values: readonly unknown[] } {
    const values = this.taken(results).map(toJs);
    return { value: values[0], values };
  }

  /** The same as values, with what stands outside for functions and handles. */
  taken(results: readonly TValue[]): (Value | undefined)[] {
    const { memory } = this.#limits;
    const foreign = (part: TValue) => this.#foreign(part);
    const name = (i: number) => (results.length === 1 ? "result" : `results[${i + 1}]`);
    return takeOut(results, { from: "script", memory, foreign }, name);
  }
}

/** Makes a call of a function that came out of a run: it is a run by itself, with the signal that the call gets. */
export type Again = <T>(call: (signal: Signal | undefined) => Promise<T>) => Promise<T>;

/** The functions that came out of one run, which keep its state. */
export class KeptFunctions {
  /** What came out of the run, and of calls of its functions. */
  readonly outside: Outside;
  readonly #state: State;
  readonly #options: CallOptions;
  readonly #again: Again;
  #functions = 0;

  constructor(state: State, options: CallOptions, again: Again) {
    this.outside = new Outside((cell) => this.#function(cell), options);
    this.#state = state;
    this.#options = options;
    this.#again = again;
  }

  /** Whether a function that came out needs the state. */
  get needState(): boolean {
    return this.#functions > 0;
  }

  #function(cell: TValue): LuaFunction {
    const state = this.#state;
    const reference = toReference(state.thread, cell);
    this.#functions++;
    state.cameOut(cell);
    return luaFunction(
      (args) =>
        this.#again(async (signal) => {
          const f = fromReference(state.thread, reference);
          const options = { ...this.#options, signal };
          const budget = state.budgetFor(options);
          const results = await state.run(f, toCells(state.thread, args, "args"), options, budget);
          return state.handOver(budget, () => this.outside.outcome(results)).value;
        }),
      () => {
        if (--this.#functions === 0) state.close();
      },
    );
  }
}

/** @param release called once */
export function luaFunction(call: (args: readonly unknown[]) => Promise<unknown>, release: () => void): LuaFunction {
  let released = false;
  const f = async (...args: unknown[]) => {
    if (released) throw new MoonkeepError("INVALID", functionReleased);
    try {
      return await call(args);
    } catch (e) {
      if (e instanceof ExitError) return undefined;
      throw e;
    }
  };
  return Object.assign(f, {
    release() {
      if (released) return;
      released = true;
      release();
    },
  });
}
