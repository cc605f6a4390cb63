/**
 * What stands in a thread for the modules and handles of the host: the same names, whose functions ask the host. They
 * are made as an embedder's own are, so scripts find them alike down to the messages.
 */

import { type Arg, rest } from "../lua/boundary/arg.ts";
import type { HostFunction } from "../lua/boundary/function.ts";
import { defineHandle } from "../lua/boundary/handle.ts";
import { toValue } from "../lua/boundary/marshal.ts";
import { callsRun, defineModule, fn, type Module, many, method, plain } from "../lua/boundary/module.ts";
import { type Asker, steppedFunction, stepsOf } from "../lua/boundary/steps.ts";
import { shared } from "../lua/core/shared.ts";
import { anything } from "../modules/params.ts";
import type { Bytes } from "../value/value.ts";
import { constantNotPlain } from "./errors.ts";
import type { ConstantHandle, HandleShape, MemberShape, ModuleShape } from "./shapes.ts";
import { unpack } from "./wire.ts";

/** Whom functions ask: the line to the host. */
export interface Asked {
  /** @returns what the function returned, as cells. @throws what it threw */
  call(target: string | number, member: string, args: readonly Arg[]): readonly unknown[];
  /** What `tostring` shows of a handle. */
  show(handle: number): string;
}

/** A handle of the host. */
export class RemoteHandle {
  readonly id: number;
  readonly bytes: Bytes;
  constructor(id: number, bytes: Bytes) {
    this.id = id;
    this.bytes = bytes;
  }
}

export type RemoteClass = new (id: number, bytes: Bytes) => RemoteHandle;

/** @param constants those of all modules: where a handle stands in it gives its number */
export function mirrorModule(
  { name, members }: ModuleShape,
  constants: readonly ConstantHandle[],
  host: Asked,
): Module {
  const idOf = (member: string) => -constants.findIndex((one) => one.module === name && one.member === member) - 1;
  return defineModule(
    name,
    nested(
      members.map((shape) => {
        const { name: member, handle } = shape;
        if (handle !== undefined) return [member, new (mirrorHandle(handle, true, host))(idOf(member), 0)];
        return [member, mirrorMember(shape, (args) => host.call(name, member, args))];
      }),
    ),
  );
}

/**
 * The class of a type of handles.
 * @param isOne for a constant: the same userdata each time
 */
export function mirrorHandle({ name, members, shows, call }: HandleShape, isOne: boolean, host: Asked): RemoteClass {
  const asker: Asker = (handle, method, args) => host.call((handle as RemoteHandle).id, method, args);
  const of = class extends RemoteHandle {};
  const functions = members.map((shape) => {
    const steps = stepsOf(name, shape.name);
    const mirrored = mirrorMember(shape, (args, handle) =>
      host.call(handle.id, shape.name, args),
    ) as HostFunction<never>;
    if (steps === undefined) return [shape.name, mirrored];
    const make: HostFunction<never>["raw"] = (method, receiver) =>
      steppedFunction(method, receiver!, mirrored.params.length, steps, asker);
    return [shape.name, { ...mirrored, raw: make }];
  });
  defineHandle<RemoteHandle>(
    name,
    of,
    {},
    {
      functions: Object.fromEntries(functions) as Readonly<Record<string, HostFunction<RemoteHandle>>>,
      isOne,
      bytes: (handle) => handle.bytes,
      ...(call === undefined ? {} : { call }),
      ...(shows ? { tostring: (handle: RemoteHandle) => host.show(handle.id) } : {}),
    },
  );
  return of;
}

/** `random.bytes` is the field `bytes` of the table `random`. */
function nested(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null);
  for (const [path, value] of members) {
    const names = path.split(".");
    const last = names.pop()!;
    let table = root;
    for (const name of names) table = (table[name] ??= Object.create(null)) as Record<string, unknown>;
    table[last] = value;
  }
  return root;
}

function mirrorMember(
  { mode, params = [], rest: takesRest, isMethod, callsRun: doesCall, constant }: MemberShape,
  call: (args: readonly Arg[], self: RemoteHandle) => readonly unknown[],
): unknown {
  if (mode === undefined) return toValue(unpack(shared, constant, noSpecial));
  const declared = params.map((name, i) => {
    const param = anything(name);
    return takesRest && i === params.length - 1 ? rest(param) : param;
  });
  const all = (self: RemoteHandle, ...args: unknown[]) => call((takesRest ? args.flat() : args) as Arg[], self);
  const one = (...args: Parameters<typeof all>) => all(...args)[0];
  const as = mode === "many" ? many(declared, all as never) : (mode === "plain" ? plain : fn)(declared, one as never);
  const f = doesCall ? callsRun(as) : as;
  return isMethod ? method(f) : f;
}

const noSpecial = (): never => {
  throw new TypeError(constantNotPlain);
};
