import { callback, flag, mapping, type Readers, readOptions, words } from "../../value/options.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { toText } from "../core/concat.ts";
import { objectTypeName } from "../core/errors.ts";
import { shared } from "../core/shared.ts";
import { push } from "../core/stack.ts";
import { concat, handle, reserveString } from "../meter/meter.ts";
import { fail } from "../vm/direct.ts";
import { appendField, booleanCell, freeze, newCell, newTable, rawField, tableCell, textCell } from "../vm/table.ts";
import { LIGHT_C_FUNCTION, type LuaState, STRING, type TValue, type Udata, USERDATA } from "../vm/types.ts";
import type { Param } from "./arg.ts";
import { badSelf, cantConcatenate, noClassMethod, noMethodToCall } from "./errors.ts";
import { type HostFunction, hostFunction, type Implementation, invoker } from "./function.ts";
import { type HandleType, registerHandle, textOf } from "./handle-type.ts";
import type { ReleasedAtEnd } from "./kept-handles.ts";
import { measuredFirst } from "./measured.ts";
import type { Member } from "./module.ts";
import { raiseError } from "./results.ts";

/** A class whose instances scripts can hold. */
export type Class<T> = abstract new (...args: never[]) => T;

/**
 * The parameters of a method, one for each of its arguments and of the same type. An argument that may be left out has
 * one that `optional` makes.
 */
export type ParamsFor<Arguments extends readonly unknown[]> = {
  readonly [I in keyof Arguments]-?: Param<Arguments[I]>;
};

export type MethodOf<T, K extends keyof T> = T[K] extends (...args: infer A) => unknown ? ParamsFor<A> : never;

/** The methods that scripts can call. Others can't be reached. */
export type Methods<T> = { readonly [K in keyof T]?: MethodOf<T, K> };

export interface HandleOptions<T> {
  /** Additional methods, made with `fn` and `plain`; they get the object as their first argument. */
  readonly functions?: Readonly<Record<string, HostFunction<T>>>;
  /** What `tostring` and `..` show. Default: the handle's name. */
  readonly tostring?: (object: T) => string;
  /** Called if the script ends while it still holds the handle, unless `isReleased` returns true. */
  readonly release?: (object: T) => void;
  readonly isReleased?: (object: T) => boolean;
  /** Whether the same object is always the same userdata, so that scripts can compare it with `==`. Default: false. */
  readonly isOne?: boolean;
  /** The value that you get if a script returns the handle; undefined if it can't be returned. Default: it can't. */
  readonly outside?: (object: T) => unknown;
  /**
   * How many bytes the object keeps of what a script gave it, for the script's memory limit. Default: 0. Of a handle with
   * `release` it must stay the same.
   */
  readonly bytes?: (object: T) => Bytes;
  /** @internal Methods for those that call back (steps.ts), and for nobody else. */
  readonly inner?: Readonly<Record<string, HostFunction<T>>>;
  /** The method that a call of the handle itself calls, as for an iterator in a loop. Default: none. */
  readonly call?: string;
  /** @internal The values of the script that it keeps, for the same limit. */
  readonly holds?: (object: T) => Iterable<TValue>;
}

const handleOptions = {
  functions: mapping,
  inner: mapping,
  tostring: callback,
  release: callback,
  isReleased: callback,
  isOne: flag,
  outside: callback,
  bytes: callback,
  call: words,
  holds: callback,
} satisfies Readers<HandleOptions<object>>;

/** A handle's name and its methods with their parameters, for documentation. */
export interface HandleDescription {
  readonly name: string;
  readonly members: readonly Member[];
}

/**
 * Makes instances of a class into handles: userdata with these methods, whose metatable is locked and whose inside no
 * script can reach. From then on every instance that a host function returns arrives in Lua as one.
 * @throws TypeError for a method that the class has not, and for options that there are not
 */
export function defineHandle<T extends object>(
  name: string,
  of: Class<T>,
  methods: Methods<T>,
  options: HandleOptions<T> = {},
): HandleDescription {
  words(name, "name");
  callback(of, "class");
  const read = readOptions(options, handleOptions, "defineHandle") as HandleOptions<T>;
  const {
    functions = {},
    inner = {},
    tostring,
    release,
    isReleased = () => false,
    isOne = false,
    outside,
    bytes,
    call,
    holds,
  } = read;
  const table = newTable(shared);
  const metatable = newTable(shared);
  const members: Member[] = [];
  for (const [method, params] of Object.entries(methods) as [keyof T & string, readonly Param<unknown>[]][]) {
    const impl = of.prototype[method] as Implementation;
    if (typeof impl !== "function") throw new TypeError(noClassMethod(name, method));
    const f = hostFunction(method, impl, params, "result", { name, of, metatable, as: "this" });
    appendField(table, method, newCell(LIGHT_C_FUNCTION, f));
    members.push({ name: method, params, mode: "result", invoke: invoker(impl, params, true) });
  }
  for (const [method, declared] of Object.entries(functions)) {
    const { params, mode, callsRun = false, raw } = declared;
    const impl = declared.impl as unknown as Implementation;
    const self = { name, of, metatable, as: "argument" } as const;
    const f = raw?.(method, self) ?? hostFunction(method, impl, params, mode, self);
    appendField(table, method, newCell(LIGHT_C_FUNCTION, callsRun ? measuredFirst(f) : f));
    members.push({ name: method, params, callsRun, mode, invoke: invoker(impl, params) });
  }
  const index = tableCell(freeze(table));
  appendField(metatable, "__index", index);
  appendField(metatable, "__name", textCell(name));
  appendField(metatable, "__metatable", booleanCell(false));
  const shown = { name, tostring: tostring as HandleType["tostring"] };
  const show: Show = (L, cell) => {
    const object = cell?.type === USERDATA ? (cell.value as Udata).data : undefined;
    if (!(object instanceof of)) return undefined;
    try {
      return Buffer.from(textOf(shown, object));
    } catch (e) {
      raiseError(L, e);
    }
  };
  appendField(
    metatable,
    "__tostring",
    newCell(LIGHT_C_FUNCTION, (L: LuaState) => showHandle(L, show, name)),
  );
  if (tostring !== undefined) {
    appendField(
      metatable,
      "__concat",
      newCell(LIGHT_C_FUNCTION, (L: LuaState) => joinShown(L, show)),
    );
  }
  if (call !== undefined) {
    const called = rawField(table, call);
    if (called === undefined) throw new TypeError(noMethodToCall(name, call));
    appendField(metatable, "__call", newCell(called.type, called.value));
  }
  freeze(metatable, index);
  registerHandle(of, {
    metatable,
    atEnd: release && ({ release, isReleased, bytes: bytes ?? (() => 0) } as ReleasedAtEnd),
    userdata: isOne ? new WeakMap() : undefined,
    bytes: bytes as ((object: object) => Bytes) | undefined,
    outside: outside as ((object: object) => unknown) | undefined,
    ...shown,
    members,
    inner: Object.entries(inner).map(([method, { params, mode, impl }]) => ({
      name: method,
      params,
      mode,
      invoke: invoker(impl as unknown as Implementation, params),
    })),
    call,
    holds: holds as ((object: object) => Iterable<TValue>) | undefined,
  });
  return { name, members };
}

type Show = (L: LuaState, cell: TValue | undefined) => Uint8Array | undefined;

function pushShown(L: LuaState, bytes: Uint8Array): number {
  reserveString(bytes.length);
  handle(bytes.length);
  push(L, STRING, new ByteString(bytes));
  return 1;
}

function showHandle(L: LuaState, show: Show, name: string): number {
  return pushShown(L, show(L, argument(L, 1)) ?? fail(L, badSelf(name)));
}

const argument = (L: LuaState, n: number): TValue | undefined =>
  L.ci.funcOff + n < L.top ? L.stack[L.ci.funcOff + n] : undefined;

/** What `..` shows of an operand: handles as `tostring` does, strings and numbers as always. */
function operandOf(L: LuaState, show: Show, n: number): Uint8Array {
  const operand = argument(L, n);
  const shown = show(L, operand);
  if (shown !== undefined) return shown;
  const copy = newCell(operand!.type, operand!.value);
  if (!toText(copy)) fail(L, cantConcatenate(objectTypeName(copy)));
  return (copy.value as ByteString).bytes;
}

const joinShown = (L: LuaState, show: Show): number =>
  pushShown(L, concat([operandOf(L, show, 1), operandOf(L, show, 2)]));
