/**
 * The public door: what `require` can load. Modules of moonkeep's own and those of an embedder are made the same way.
 *
 * ```ts
 * const greet = defineModule("greet", {
 *   hello: fn([text("name")], (_, name) => `hello, ${name}`),
 * });
 * ```
 */

import { fromJs } from "../value/js.ts";
import type { Value } from "../value/value.ts";
import type { Param } from "./arg.ts";
import { type HostFunction, hostFunction, type Implementation } from "./function.ts";
import { fromValue } from "./marshal.ts";
import { freeze } from "./mend/tables.ts";
import { frozenTable } from "./stdlib.ts";
import { newCell, nilCell, shared, tableCell } from "./table.ts";
import { LIGHT_C_FUNCTION, type LuaTable, TABLE, type TValue } from "./types.ts";

/** What parameters decode to. */
export type Decoded<P extends readonly Param<unknown>[]> = {
  [I in keyof P]: P[I] extends Param<infer T> ? T : never;
};

/**
 * A function that can fail: Lua sees `value, nil` or `nil, err`.
 * @param impl returns plain data, a handle, or a promise of one; throws MoonkeepError for what the script should
 * handle. Anything else that it throws is a bug: the script is raised an INTERNAL error that tells nothing of it, and
 * the embedder gets it as `cause`.
 */
export function fn<C, const P extends readonly Param<unknown>[]>(
  params: P,
  impl: (context: C, ...args: Decoded<P>) => unknown,
): HostFunction<C> {
  return { params, impl: impl as HostFunction<C>["impl"], mode: "result" };
}

/** A function that has one plain answer: Lua sees that value alone, and a failure raises. */
export function plain<C, const P extends readonly Param<unknown>[]>(
  params: P,
  impl: (context: C, ...args: Decoded<P>) => unknown,
): HostFunction<C> {
  return { params, impl: impl as HostFunction<C>["impl"], mode: "plain" };
}

/** A module: its name, and what `require(name)` gives. Read-only, and the same for all scripts. */
export interface Module {
  readonly name: string;
  readonly members: readonly Member[];
  /** The table in the VM. */
  readonly table: () => TValue;
}

/** A name of a module with its parameters, for documentation; constants have none. */
export interface Member {
  readonly name: string;
  readonly params?: readonly Param<unknown>[];
}

/**
 * @param members functions by `fn` and `plain`; anything else is a constant: plain data, tables of it read-only.
 * @throws TypeError for a constant that is no plain data.
 */
export function defineModule<C>(name: string, members: Readonly<Record<string, HostFunction<C> | unknown>>): Module {
  const fields: Record<string, TValue> = {};
  for (const [member, value] of Object.entries(members)) {
    if (isFunction(value)) {
      const impl = value.impl as unknown as Implementation;
      fields[member] = newCell(LIGHT_C_FUNCTION, hostFunction(member, impl, value.params, value.mode));
    } else fields[member] = constant(value, `${name}.${member}`);
  }
  const table = tableCell(frozenTable(fields));
  return {
    name,
    members: Object.entries(members).map(([member, value]) =>
      isFunction(value) ? { name: member, params: value.params } : { name: member },
    ),
    table: () => table,
  };
}

function isFunction(value: unknown): value is HostFunction<unknown> {
  return typeof value === "object" && value !== null && "impl" in value && "params" in value;
}

function constant(value: unknown, name: string): TValue {
  const cell = nilCell();
  fromValue(shared, fromJs(value, name) as Value, cell);
  freezeDeep(cell);
  return cell;
}

function freezeDeep(cell: TValue): void {
  if (cell.type !== TABLE) return;
  const table = freeze(cell.value as LuaTable);
  for (let entry = table.f; entry !== undefined; entry = entry.n) freezeDeep(entry.value);
}
