/** How modules and handles are described to a thread, which makes its own after them (mirror.ts). */
import type { Mode } from "../lua/boundary/function.ts";
import { type HandleType, handleTypeOf, isHandle } from "../lua/boundary/handle-type.ts";
import { fromValue } from "../lua/boundary/marshal.ts";
import type { Member, Module } from "../lua/boundary/module.ts";
import { shared } from "../lua/core/shared.ts";
import { nilCell } from "../lua/vm/table.ts";
import type { Value } from "../value/value.ts";
import { packParts, type Wire } from "./wire.ts";

export interface ModuleShape {
  readonly name: string;
  readonly members: readonly MemberShape[];
}

/** A function, a constant of plain data, or a constant that is a handle. */
export interface MemberShape {
  /** With the tables that it is in: `random.bytes`. */
  readonly name: string;
  /** How a function answers. */
  readonly mode?: Mode;
  /** The names of a function's parameters. */
  readonly params?: readonly string[];
  /** Whether the last of them takes all arguments that are left. */
  readonly rest?: boolean;
  /** Whether it is called with a colon on the module's table. */
  readonly isMethod?: boolean;
  /** Whether it has a run called. */
  readonly callsRun?: boolean;
  readonly constant?: Wire;
  readonly handle?: HandleShape;
}

export interface HandleShape extends ModuleShape {
  /** Whether the host says what `tostring` shows. */
  readonly shows: boolean;
  /** The method that a call of the handle itself is. */
  readonly call?: string;
}

export const describeModule = ({ name, members }: Module): ModuleShape => ({
  name,
  members: members.map(describeMember),
});

export const describeHandle = ({ name, members, tostring, call }: HandleType): HandleShape => ({
  name,
  members: members.map(describeMember),
  shows: tostring !== undefined,
  ...(call === undefined ? {} : { call }),
});

function describeMember({
  name,
  params = [],
  mode,
  isMethod = false,
  callsRun = false,
  constant,
}: Member): MemberShape {
  if (mode !== undefined) {
    const rest = params.at(-1)?.rest === true;
    return { name, mode, params: params.map((param) => param.name), rest, isMethod, callsRun };
  }
  if (isHandleConstant(constant)) return { name, handle: describeHandle(handleTypeOf(constant)!) };
  const cell = nilCell();
  fromValue(shared, constant as Value | undefined, cell);
  return { name, constant: packParts(cell) };
}

const isHandleConstant = (constant: unknown): constant is object =>
  typeof constant === "object" && constant !== null && isHandle(constant);

/** A handle that is a constant of a module: there is one, and every run has it. */
export interface ConstantHandle {
  readonly module: string;
  readonly member: string;
}

/**
 * The handles that are constants of modules. Each has a number below zero, which it is known by in every thread, and
 * on both sides there is an object for it.
 */
export class ConstantHandles {
  readonly list: readonly ConstantHandle[];
  readonly #objects: readonly object[];

  /** @param list as the other side has them; left out: those of the modules, in their order */
  constructor(modules: ReadonlyMap<string, Module>, list?: readonly ConstantHandle[]) {
    this.list =
      list ??
      [...modules.values()].flatMap(({ name: module, members }) =>
        members.flatMap(({ name: member, constant }) => (isHandleConstant(constant) ? [{ module, member }] : [])),
      );
    this.#objects = this.list.map(
      ({ module, member }) => modules.get(module)!.members.find(({ name }) => name === member)!.constant as object,
    );
  }

  /** The module and the object of a number. */
  get(id: number): { readonly module: string; readonly object: object } | undefined {
    const known = this.list[-id - 1];
    return known && { module: known.module, object: this.#objects[-id - 1]! };
  }

  idOf(object: unknown): number | undefined {
    const at = this.#objects.indexOf(object as object);
    return at === -1 ? undefined : -at - 1;
  }
}
