/**
 * The public door: what `require` can load. Modules of moonkeep's own and those of an embedder are made the same way.
 * The room boundary/ is all that a module needs: arguments are decoded before it is called, and what it answers becomes
 * Lua's.
 *
 * ```ts
 * const greet = defineModule("greet", {
 *   hello: fn([text("name")], (_, name) => `hello, ${name}`),
 * });
 * ```
 */

import { fromJs } from "../../value/js.ts";
import { mapping, words } from "../../value/options.ts";
import type { Value } from "../../value/value.ts";
import { frozenTable, shared } from "../core/shared.ts";
import { forEachAfter } from "../vm/lua-table.ts";
import { freeze, newCell, nilCell, rawField, tableCell } from "../vm/table.ts";
import { LIGHT_C_FUNCTION, type LuaCFunction, type LuaTable, TABLE, type TValue } from "../vm/types.ts";
import type { Param } from "./arg.ts";
import { type HostFunction, hostFunction, type Implementation, invoker, isHostFunction } from "./function.ts";
import { isHandle } from "./handle-type.ts";
import { fromValue } from "./marshal.ts";
import { measuredFirst } from "./measured.ts";
import type { Member } from "./member.ts";

export type { Member } from "./member.ts";

/** What parameters decode to. */
export type Decoded<P extends readonly Param<unknown>[]> = {
  [I in keyof P]: P[I] extends Param<infer T> ? T : never;
};

/**
 * A function that can fail: Lua sees the value alone, or `nil, err`.
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

/** A function that returns a single value; a failure is raised in Lua. */
export function plain<C, const P extends readonly Param<unknown>[]>(
  params: P,
  impl: (context: C, ...args: Decoded<P>) => unknown,
): HostFunction<C> {
  return { params, impl: impl as HostFunction<C>["impl"], mode: "plain" };
}

/**
 * A function that has several plain answers: Lua sees each value of the list that `impl` returns, or a promise of one; a
 * failure raises.
 */
export function many<C, const P extends readonly Param<unknown>[]>(
  params: P,
  impl: (context: C, ...args: Decoded<P>) => readonly unknown[] | Promise<readonly unknown[]>,
): HostFunction<C> {
  return { params, impl: impl as HostFunction<C>["impl"], mode: "many" };
}

/** The same function, called with a colon on the module's table: `logger:info("…")`. */
export function method<C>(f: HostFunction<C>): HostFunction<C> {
  return { ...f, isMethod: true };
}

/** The same function, which has a run called: what memory that gets is measured first (measured.ts). */
export function callsRun<C>(f: HostFunction<C>): HostFunction<C> {
  return { ...f, callsRun: true };
}

/** A module: its name, and the result of `require(name)`. It is read-only, and all scripts share it. */
export interface Module {
  readonly name: string;
  readonly members: readonly Member[];
  /** @internal The table in the VM. */
  readonly table: () => TValue;
}

/**
 * @param members functions by `fn`, `plain` and `many`; an object that has some among its fields is a table of the
 * module; anything else is a constant: plain data, tables of it read-only, or an instance of a class that is a handle.
 * @throws TypeError for a name that is empty, and for a constant that is not plain data.
 */
export function defineModule<C>(name: string, members: Readonly<Record<string, HostFunction<C> | unknown>>): Module {
  words(name, "name");
  mapping(members, "members");
  const described: Member[] = [];
  const table = tableCell(makeTable(members, "", name, described));
  return { name, members: described, table: () => table };
}

/**
 * The same module, which can be called as one of its functions is: `inspect(value)`.
 * @param name of that function
 */
export function callable(module: Module, name: string): Module {
  const { value } = rawField(module.table().value as LuaTable, name)!;
  const call: LuaCFunction = (L) => {
    // The table itself comes first, and is not the function's business.
    L.top--;
    for (let i = L.ci.funcOff + 1; i < L.top; i++) L.stack[i]!.setfrom(L.stack[i + 1]!);
    return (value as LuaCFunction)(L);
  };
  (module.table().value as LuaTable).metatable = frozenTable({ __call: newCell(LIGHT_C_FUNCTION, call) });
  return module;
}

type Members = Readonly<Record<string, unknown>>;

/** @param path of the table in the module, with its dot: `random.` */
function makeTable(members: Members, path: string, module: string, described: Member[]): LuaTable {
  const fields: Record<string, TValue> = {};
  for (const [key, value] of Object.entries(members)) {
    const name = path + key;
    if (isHostFunction(value)) {
      const impl = value.impl as unknown as Implementation;
      const { params, mode, isMethod = false, callsRun = false, raw } = value;
      const receiver = isMethod ? ({ name: module, as: "module" } as const) : undefined;
      const f = raw?.(key, receiver) ?? hostFunction(key, impl, params, mode, receiver);
      fields[key] = newCell(LIGHT_C_FUNCTION, callsRun ? measuredFirst(f) : f);
      described.push({ name, params, isMethod, callsRun, mode, invoke: invoker(impl, params) });
    } else if (hasFunctions(value)) {
      fields[key] = tableCell(makeTable(value, `${name}.`, module, described));
    } else {
      const constant = constantOf(value, `${module}.${name}`);
      fields[key] = constantCell(constant);
      described.push({ name, constant });
    }
  }
  return frozenTable(fields);
}

const hasFunctions = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !isHandle(value) && Object.values(value).some(isHostFunction);

/** Plain data, or an object that is a handle. */
function constantOf(value: unknown, name: string): Value | object {
  return typeof value === "object" && value !== null && isHandle(value) ? value : (fromJs(value, name) as Value);
}

function constantCell(constant: Value | object): TValue {
  const cell = nilCell();
  fromValue(shared, constant as Value, cell);
  freezeDeep(cell);
  return cell;
}

function freezeDeep(cell: TValue): void {
  if (cell.type !== TABLE) return;
  forEachAfter(freeze(cell.value as LuaTable), 0, (_, value) => freezeDeep(value));
}
