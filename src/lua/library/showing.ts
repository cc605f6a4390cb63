/** Showing a value in which other values say how they are shown: each is asked for its text, and may wait meanwhile. */
import { fromText, toText } from "../../value/bytes.ts";
import type { Holding } from "../limits/roots.ts";
import type { Continuation, LuaState, TValue } from "../vm/types.ts";
import { LONGEST_TEXT, MOST_PARTS, type ShowOptions, show } from "./show.ts";
import { callTostring, takeText, tostringMethod } from "./tostring.ts";

/** Stands for a value whose text is not known yet, or never will be since there are too many. */
const UNKNOWN = "…";

/** A text that is made in steps: between two of them somebody is asked. */
export interface InSteps extends Holding {
  /** The whole; undefined as long as somebody has to be asked. */
  text(L: LuaState): Uint8Array | undefined;
  /** Asks the next one. @returns false when that is suspended: `k` goes on, and takes what it said */
  ask(L: LuaState, context: unknown, k: Continuation): boolean;
  /** Takes what it said from the top of the stack. */
  take(L: LuaState): void;
}

/** A table by its content; anything else as it would stand in one: a string in quotes. */
export class Showing implements InSteps {
  readonly #cell: TValue;
  readonly #options: ShowOptions | undefined;
  readonly #texts = new Map<unknown, string>();
  /** Those that have to be asked. */
  #unknown: TValue[] = [];

  constructor(cell: TValue, options?: ShowOptions) {
    this.#cell = cell;
    this.#options = options;
  }

  get holds(): readonly TValue[] {
    return [this.#cell, ...this.#unknown];
  }

  text(L: LuaState): Uint8Array | undefined {
    if (this.#unknown.length > 0) return undefined;
    const text = show(L, this.#cell, this.#options, (cell) => this.#textOf(cell));
    return this.#unknown.length > 0 ? undefined : fromText(text);
  }

  #textOf(cell: TValue): string {
    const known = this.#texts.get(cell.value);
    if (known !== undefined) return known;
    if (this.#texts.size + this.#unknown.length < MOST_PARTS) this.#unknown.push(cell);
    return UNKNOWN;
  }

  ask(L: LuaState, context: unknown, k: Continuation): boolean {
    const { type, value } = this.#unknown.at(-1)!;
    return callTostring(L, tostringMethod(L, type, value)!, type, value, context, k);
  }

  take(L: LuaState): void {
    const text = toText(takeText(L).bytes.subarray(0, LONGEST_TEXT + 1));
    this.#texts.set(this.#unknown.pop()!.value, text);
  }
}
