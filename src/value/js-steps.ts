/** A table as a JavaScript program sees it (js.ts), made step by step. */
import type { Eventually } from "./eventually.ts";
import { inTurns } from "./in-turns.ts";
import { isCalledByItself, setField, textOf, toJs } from "./js.ts";
import { Packed } from "./packed.ts";
import { ByteString, Table, type Value } from "./value.ts";

/** As JavaScript has it: at once, or later where it is a large table of a thread. */
export function toJsInTurns(value: Value | undefined): Eventually<unknown> {
  if (!(value instanceof Packed)) return toJs(value);
  const steps = toJsInSteps(value);
  return inTurns(() => steps.next());
}

/** Yields after each step how many parts it had. @param atOnce parts of a step */
export const toJsInSteps = (table: Table, atOnce = 2000): Generator<number, unknown> => new Steps(atOnce).table(table);

class Steps {
  readonly #atOnce: number;
  #count = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  *table(table: Table): Generator<number, unknown> {
    const { items, keys } = table;
    if (keys.length === 0) return yield* this.#list(items);
    return (items.length === 0 ? yield* this.#object(table) : undefined) ?? (yield* this.#map(table));
  }

  *#list(items: readonly Value[]): Generator<number, unknown[]> {
    const list: unknown[] = [];
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      list.push(item instanceof Table ? yield* this.table(item) : toJs(item));
      if (this.#isStep()) yield this.#atOnce;
    }
    return list;
  }

  /** Undefined where a key is not text, or an object would act by itself. */
  *#object({ keys, values }: Table): Generator<number, Record<string, unknown> | undefined> {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const value = values[i]!;
      const name = key instanceof ByteString ? textOf(key) : undefined;
      if (name === undefined || isCalledByItself(name, value)) return undefined;
      setField(object, name, value instanceof Table ? yield* this.table(value) : toJs(value));
      if (this.#isStep()) yield this.#atOnce;
    }
    return object;
  }

  *#map({ items, keys, values }: Table): Generator<number, Map<unknown, unknown>> {
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      map.set(i + 1, item instanceof Table ? yield* this.table(item) : toJs(item));
      if (this.#isStep()) yield this.#atOnce;
    }
    for (let i = 0; i < keys.length; i++) {
      const value = values[i]!;
      map.set(toJs(keys[i]), value instanceof Table ? yield* this.table(value) : toJs(value));
      if (this.#isStep()) yield this.#atOnce;
    }
    return map;
  }

  /** Counts a part. @returns whether a step is full */
  #isStep(): boolean {
    if (++this.#count < this.#atOnce) return false;
    this.#count = 0;
    return true;
  }
}
