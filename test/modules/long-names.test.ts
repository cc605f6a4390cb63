import { describe, expect, it } from "vitest";
import type { Arg, Param } from "../../src/lua/boundary/arg.ts";
import type { HandleDescription } from "../../src/lua/boundary/handle.ts";
import { buildTable } from "../../src/lua/boundary/marshal.ts";
import { shared } from "../../src/lua/core/shared.ts";
import { type Account, chargeTo } from "../../src/lua/meter/meter.ts";
import { newCell } from "../../src/lua/vm/table.ts";
import { STRING, TABLE, type TValue } from "../../src/lua/vm/types.ts";
import { modules } from "../../src/modules/index.ts";
import { ByteString, Table } from "../../src/value/value.ts";
import { handles } from "../support/handles.ts";

/**
 * Every parameter of every function of every module, with arguments that are long: each is refused at once, counted by
 * its length while it is read, or kept as it is (then the function counts what it does with it).
 */
const MiB = 1024 * 1024;
const long = (byte: number) => new ByteString(new Uint8Array(MiB).fill(byte));
const cellOf = (s: ByteString) => newCell(STRING, s) as unknown as Arg;
const tableOf = (table: Table) => newCell(TABLE, buildTable(shared, table)) as TValue as unknown as Arg;

const longArguments: readonly (readonly [string, () => Arg])[] = [
  ["a text of 1 MiB", () => cellOf(long(0x41))],
  ["1 MiB of bytes that are no text", () => cellOf(long(0xff))],
  ["stars", () => cellOf(long(0x2a))],
  ["a list with a long text in it", () => tableOf(new Table([long(0x41)], [], []))],
  ["a long name", () => tableOf(new Table([], [long(0x41)], [1]))],
  ["a name with a long value", () => tableOf(new Table([], [ByteString.fromText("a")], [long(0xff)]))],
];

/** Counts what is asked of it. */
class Counter implements Account {
  left = Number.POSITIVE_INFINITY;
  unseen = 0;
  readonly longest = Number.POSITIVE_INFINITY;
  steps = 0;
  exhausted(): void {}
  work(steps: number): void {
    this.steps += steps;
  }
  watched<T>(f: () => T): T {
    return f();
  }
  tooLong(): never {
    throw new Error("nothing is too long");
  }
}

interface Named {
  readonly name: string;
  readonly param: Param<unknown>;
}

const paramsOf = ({ name: owner, members }: HandleDescription): Named[] =>
  members.flatMap(({ name, params = [] }) =>
    params.map((param) => ({ name: `${owner}.${name}(${param.name})`, param })),
  );
const all = [...modules, ...Object.values(handles).flat()].flatMap(paramsOf);

/** What is read takes no longer than this, whatever its length is: some milliseconds, on a busy machine. */
const MOST_MILLISECONDS = 250;

describe.each(longArguments)("%s", (_, make) => {
  it.each(all)("$name", ({ param }) => {
    const counter = new Counter();
    const arg = make();
    const before = chargeTo(counter);
    const began = performance.now();
    let message = "";
    try {
      param.read(arg);
    } catch (e) {
      message = (e as Error).message;
    } finally {
      chargeTo(before);
    }
    expect(performance.now() - began).toBeLessThan(MOST_MILLISECONDS);
    expect(message.length).toBeLessThan(600);
  });
});

describe("a name", () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    "security.can": ["action", "resource"],
    "security.new_actor": ["id"],
    "security.policy": ["id"],
    "security.named_scope": ["id"],
    "store.get": ["id"],
    "events.send": ["system", "kind", "path"],
    "events.subscribe": ["system", "kind"],
    "funcs.call": ["id"],
    "env.get": ["key"],
    "env.set": ["key"],
    "ctx.get": ["key"],
    "logger.named": ["name"],
    "time.load_location": ["name"],
    "time.fixed_zone": ["name"],
  };
  const cases = Object.entries(names).flatMap(([f, params]) => params.map((param) => [f, param] as const));
  it.each(cases)("of %s, %s, has at most 1024 bytes, and is not looked at when it has more", (f, param) => {
    const found = all.find(({ name }) => name.startsWith(`${f}(`) && name.endsWith(`(${param})`))!;
    expect(found, `${f}(${param})`).toBeDefined();
    const counter = new Counter();
    const before = chargeTo(counter);
    try {
      expect(() => found.param.read(cellOf(long(0x41)))).toThrow(/expected at most 1024 bytes, got 1048576/);
      expect(counter.steps).toBe(0);
      const most = ByteString.fromText(`a:${"x".repeat(1022)}`);
      expect(() => found.param.read(cellOf(most))).not.toThrow();
    } finally {
      chargeTo(before);
    }
  });
});
