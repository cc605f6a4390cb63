/** What the code of a state can reach, and what the host keeps for it: where its budget looks. */
import type { Bytes } from "../../value/value.ts";
import { handleContents } from "../boundary/handle-type.ts";
import type { KeptHandles } from "../boundary/kept-handles.ts";
import { canWait } from "../core/pause.ts";
import { shared } from "../core/shared.ts";
import type { Runtime } from "../core/state-of.ts";
import type { Footprint as Looked } from "../limits/budget.ts";
import { forEachAfter } from "../vm/lua-table.ts";
import { newCell } from "../vm/table.ts";
import { LUA_CLOSURE, type LuaClosure, type LuaState, type TValue } from "../vm/types.ts";
import type { Execution } from "./execution.ts";
import type { Feeds } from "./feeds.ts";

export class Footprint implements Looked {
  readonly contents = handleContents;
  readonly fed: Feeds;
  readonly #L: LuaState;
  readonly #runtime: Runtime;
  readonly #calls: ReadonlySet<Execution>;
  readonly #kept: KeptHandles;
  readonly #caller: Footprint | undefined;
  /** Functions that came out of the script, as long as something still has them. */
  #out: WeakRef<LuaClosure>[] = [];

  /**
   * @param calls that run or wait
   * @param kept handles that are released when the state ends
   * @param fed what puts values into its channels
   * @param caller of the state whose code calls into this one
   */
  constructor(
    L: LuaState,
    runtime: Runtime,
    calls: ReadonlySet<Execution>,
    kept: KeptHandles,
    fed: Feeds,
    caller: Footprint | undefined,
  ) {
    this.#L = L;
    this.#runtime = runtime;
    this.#calls = calls;
    this.#kept = kept;
    this.fed = fed;
    this.#caller = caller;
  }

  get current(): LuaState {
    return this.#runtime.current;
  }

  get kept(): Bytes {
    return this.#kept.bytes + this.fed.bytes;
  }

  threads(): Iterable<LuaState> {
    const called = [...this.#calls].flatMap((execution) => [...execution.threads()]);
    return new Set([this.#L, shared, ...called, ...this.#runtime.resumers, this.current]);
  }

  held(): Iterable<TValue> {
    const values: TValue[] = [];
    for (const { entry } of this.#calls) values.push(entry);
    forEachAfter(this.#runtime.packages.loaded, 0, (_, value) => values.push(value));
    this.#out = this.#out.filter((reference) => {
      const f = reference.deref();
      if (f !== undefined) values.push(newCell(LUA_CLOSURE, f));
      return f !== undefined;
    });
    return values;
  }

  /** A function of the script's has come out, and may be called later. */
  cameOut({ type, value }: TValue): void {
    if (type === LUA_CLOSURE) this.#out.push(new WeakRef(value as LuaClosure));
  }

  /** Whether it can be suspended for a turn of the event loop where `L` is now, and so can those whose calls it serves. */
  canTurn(L: LuaState): boolean {
    return canWait(L) && (this.#caller === undefined || this.#caller.#canTurnNow());
  }

  #canTurnNow(): boolean {
    return this.#runtime.execution === undefined || this.canTurn(this.current);
  }
}
