/** A script that does what a test tells it step by step, and the model of the store that it does it to. */
import { expect } from "vitest";
import { type Arg, isNil, type Param, plainOf } from "../../src/lua/boundary/arg.ts";
import { defineModule, plain } from "../../src/lua/boundary/module.ts";
import type { Milliseconds, Value } from "../../src/value/value.ts";
import { ByteString, type Key, Table } from "../../src/value/value.ts";
import type { ManualClock } from "../contract/clock.ts";
import { expectSame, list, record, str } from "../contract/values.ts";
import { type Limits, type ModelEntry, StoreModel } from "../model/store-model.ts";
import { type EntrySource, everythingAllowed, memory, ScriptHost } from "./host.ts";

/** One call of a store: how the script makes it, and what the model says to it. */
export interface Step {
  readonly method: string;
  readonly args: readonly (Value | undefined)[];
  /** What the model answers; it throws where the store must refuse. */
  expected(model: StoreModel, now: Milliseconds): unknown;
  /** Fails unless the script got what the model says. */
  compare(run: DrivenStore, actual: Value | undefined, expected: never): void;
}

/** Something to do between the steps of the script, or a step, made when its turn comes. */
export type Turn = (run: DrivenStore) => Step | undefined;

const script = `local s, steps = store.get("app:cache"), require("steps")
  for step in steps.next do
    local value, err = s[step.method](s, table.unpack(step.args, 1, step.count))
    if err ~= nil then assert(value == nil and errors.is(err, err:kind())) end
    steps.done(value, err and err:kind())
  end
  return s:release()`;

const given: Param<Value | undefined> = {
  name: "value",
  type: "any",
  optional: true,
  read: (arg: Arg) => (isNil(arg) ? undefined : plainOf(arg)),
};

/** The field of a table that a script answered. */
export const field = (table: Value | undefined, name: string): Value | undefined => {
  expect(table).toBeInstanceOf(Table);
  const { keys, values } = table as Table;
  return values[keys.findIndex((key) => key instanceof ByteString && key.toString() === name)];
};

export class DrivenStore {
  readonly clock: ManualClock;
  readonly model: StoreModel;
  readonly #entries: readonly EntrySource[];
  readonly #versions = new Map<number, string>();
  readonly #writes = new Map<string, number>();

  /** @param entries the store `app:cache`, and what it needs; left out: one in memory, with these limits */
  constructor(limits: Limits, clock: ManualClock, entries?: readonly EntrySource[]) {
    const { maxSize, maxBytes, eviction } = limits;
    this.#entries = entries ?? [
      memory("cache", { max_size: maxSize, max_bytes: maxBytes, eviction, cleanup_interval: "0" }),
    ];
    this.clock = clock;
    this.model = new StoreModel(limits);
  }

  /** Runs a script that takes these turns, to the first answer that is not the model's. */
  async run(turns: readonly Turn[]): Promise<void> {
    const queue = turns[Symbol.iterator]();
    let current: Step | undefined;
    let failure: unknown;
    const next = plain([], () => {
      if (failure !== undefined) return undefined;
      current = this.#nextStep(queue);
      if (current === undefined) return undefined;
      const { method, args } = current;
      return record({ method: str(method), args: sparse(args), count: args.length });
    });
    const done = plain([given, given], (_, value, kind) => {
      try {
        this.#check(current!, value, kind?.toString());
      } catch (e) {
        failure = e;
      }
    });
    const modules = [defineModule("steps", { next, done })];
    await using host = await ScriptHost.open([...this.#entries, ...everythingAllowed], { modules });
    expect(await host.run(script)).toBe(true);
    if (failure !== undefined) throw failure;
  }

  #nextStep(queue: Iterator<Turn>): Step | undefined {
    for (let turn = queue.next(); !turn.done; turn = queue.next()) {
      const step = turn.value(this);
      if (step !== undefined) return step;
    }
    return undefined;
  }

  #check(step: Step, actual: Value | undefined, kind: string | undefined): void {
    this.model.expire(this.clock.now());
    let expected: unknown;
    try {
      expected = step.expected(this.model, this.clock.now());
    } catch (e) {
      expect(kind).toBe(kinds[(e as { kind: keyof typeof kinds }).kind]);
      return;
    }
    expect(kind).toBeUndefined();
    step.compare(this, actual, expected as never);
  }

  /** Versions by what they promise: a new one for each write, and the same one until the next. */
  sameEntry(actual: Value | undefined, expected: ModelEntry | undefined): void {
    if (expected === undefined) return void expect(actual).toBeUndefined();
    expect((field(actual, "key") as ByteString).binary).toBe(expected.key);
    expectSame(field(actual, "value"), expected.value);
    const version = String(field(actual, "version"));
    if (!this.#versions.has(expected.write)) {
      expect(this.#writes.has(version)).toBe(false);
      this.#versions.set(expected.write, version);
      this.#writes.set(version, expected.write);
    }
    expect(version).toBe(this.#versions.get(expected.write));
  }

  /** Some version that was seen, the latest ones first, and its write. */
  seen(back: number): { readonly version: string; readonly write: number | undefined } {
    const version = [...this.#writes.keys()].at(-1 - back) ?? "none";
    return { version, write: this.#writes.get(version) };
  }
}

/** What Lua calls the kinds that a model refuses with. */
const kinds = {
  ALREADY_EXISTS: "AlreadyExists",
  NOT_FOUND: "NotFound",
  CONFLICT: "Conflict",
  UNAVAILABLE: "Unavailable",
  INVALID: "Invalid",
} as const;

/** A table with holes where arguments are nil. */
function sparse(args: readonly (Value | undefined)[]): Table {
  const end = args.indexOf(undefined);
  const items = (end === -1 ? args : args.slice(0, end)) as Value[];
  const rest = args.map((arg, i) => [i + 1, arg] as const).filter(([i, arg]) => i > items.length && arg !== undefined);
  return rest.length === 0
    ? list(...items)
    : new Table(
        items,
        rest.map(([i]) => i),
        rest.map(([, arg]) => arg!),
      );
}

/** A table of the options that are given. */
export const optionsOf = (options: Readonly<Record<string, Value | undefined>>): Table =>
  record(
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Record<string, Value>,
  );

export const bytesOf = (key: Key): ByteString => ByteString.fromBinary(key);
