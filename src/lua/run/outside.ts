/** What comes out of a state: plain data, errors, and Lua functions that JavaScript can call. */
import { LimitError, MoonkeepError } from "../../errors.ts";
import { fromJs, toJs } from "../../value/js.ts";
import { sizeOf } from "../../value/value.ts";
import { errorOf, handleTypeOf } from "../boundary/handle-type.ts";
import { fromValue, Refused, toNextValue, toValue } from "../boundary/marshal.ts";
import { shownValue } from "../boundary/shown.ts";
import { messageOf } from "../core/traceback.ts";
import { fromReference, toReference } from "../fengari/reference.ts";
import type { Limits } from "../limits/budget.ts";
import { nilCell } from "../vm/table.ts";
import { baseType, LUA_CLOSURE, type LuaState, NIL, STRING, type TValue, type Udata, USERDATA } from "../vm/types.ts";
import type { CallOptions, Signal } from "./call-options.ts";
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
export function toCells(L: LuaState, values: readonly unknown[], name: string): TValue[] {
  return values.map((value, i) => {
    const cell = nilCell();
    fromValue(L, fromJs(value, `${name}[${i}]`), cell);
    return cell;
  });
}

/** Turns what comes out of a script into what JavaScript gets. */
export class Outside {
  readonly #functionOf: (cell: TValue) => LuaFunction;
  readonly #limits: Limits;

  /** @param limits of the run that it comes out of */
  constructor(functionOf: (cell: TValue) => LuaFunction, limits: Limits) {
    this.#functionOf = functionOf;
    this.#limits = limits;
  }

  /**
   * Values as JavaScript has them. They are made when the run is over, so its limits are applied here: all of them have
   * as many parts as one value may have, and take no more memory than the script might use. (A string that stands in a
   * result a thousand times takes its script's memory once, and becomes a thousand strings.)
   * @param name what to call the value in an error, by its place
   * @throws MoonkeepError INVALID for what can't leave a script, with its place; LimitError memory
   */
  #values(cells: readonly TValue[], name: (i: number) => string): unknown[] {
    const { memory } = this.#limits;
    let bytes = 0;
    const values = cells.map((cell, i) => {
      try {
        const value = (i === 0 ? toValue : toNextValue)(cell, (part) => this.#foreign(part));
        if (memory !== undefined && value !== undefined) bytes += sizeOf(value);
        return value;
      } catch (e) {
        if (!(e instanceof Refused)) throw e;
        throw new MoonkeepError("INVALID", `${e.place(name(i))}: ${e.what} can't leave the script`);
      }
    });
    if (memory !== undefined && bytes > memory) throw new LimitError("memory", memory);
    return values.map(toJs);
  }

  #foreign(cell: TValue): unknown {
    if (baseType(cell) === LUA_CLOSURE) return this.#functionOf(cell);
    const object = cell.type === USERDATA ? (cell.value as Udata).data : undefined;
    if (object instanceof MoonkeepError) return object;
    return typeof object === "object" && object !== null ? handleTypeOf(object)?.outside?.(object) : undefined;
  }

  /**
   * What a call came to: the first result, and all of them.
   * @throws the error of a function that answered `nil, err`
   */
  outcome(results: readonly TValue[]): { readonly value: unknown; readonly values: readonly unknown[] } {
    const [first, second] = results;
    if (second !== undefined && first?.type === NIL && second.type !== NIL) throw this.#failure(second);
    const values = this.#values(results, (i) => (results.length === 1 ? "result" : `results[${i + 1}]`));
    return { value: values[0], values };
  }

  #failure(cell: TValue): MoonkeepError {
    const known = errorOf(cell);
    if (known !== undefined) return known;
    return new MoonkeepError("UNKNOWN", cell.type === STRING ? messageOf(cell) : shownValue(cell));
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
    return luaFunction(
      (args) =>
        this.#again(async (signal) => {
          const f = fromReference(state.thread, reference);
          const options = { ...this.#options, signal };
          return this.outside.outcome(await state.run(f, toCells(state.thread, args, "args"), options)).value;
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
    if (released) throw new MoonkeepError("INVALID", "the Lua function was released");
    return call(args);
  };
  return Object.assign(f, {
    release() {
      if (released) return;
      released = true;
      release();
    },
  });
}
