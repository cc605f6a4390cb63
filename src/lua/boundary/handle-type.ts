import { MoonkeepError } from "../../errors.ts";
import { text } from "../../value/options.ts";
import type { Bytes } from "../../value/value.ts";
import { stateOf } from "../core/state-of.ts";
import type { Contents } from "../limits/roots.ts";
import { allocate } from "../meter/meter.ts";
import { Udata } from "../vm/closure.ts";
import { newCell } from "../vm/table.ts";
import { type LuaState, type LuaTable, type TValue, USERDATA } from "../vm/types.ts";
import { tostringOf } from "./errors.ts";
import { KEPT, letGo, type ReleasedAtEnd } from "./kept-handles.ts";
import type { Member } from "./member.ts";

/** What the VM needs to know of a class whose instances are handles; `defineHandle` makes it. */
export interface HandleType {
  readonly name: string;
  readonly members: readonly Member[];
  /** Methods that scripts can't reach, for those that call back (steps.ts). */
  readonly inner: readonly Member[];
  /** The method that a call of the handle itself is. */
  readonly call: string | undefined;
  readonly metatable: LuaTable;
  /** Absent where the end of the script changes nothing. */
  readonly atEnd: ReleasedAtEnd | undefined;
  /** Of what is the same userdata each time: which one. */
  readonly userdata: WeakMap<object, Udata> | undefined;
  /** How much the object keeps of what the script gave it. */
  readonly bytes: ((object: object) => Bytes) | undefined;
  /** What an embedder gets for one that leaves a script; absent, or undefined, where it can't leave. */
  readonly outside: ((object: object) => unknown) | undefined;
  /** What `tostring` shows; absent where it is the name. */
  readonly tostring: ((object: object) => string) | undefined;
  /** The values of the script that it keeps. */
  readonly holds: ((object: object) => Iterable<TValue>) | undefined;
}

const types = new WeakMap<object, HandleType>();

export function registerHandle(of: object, type: HandleType): void {
  types.set(of, type);
}

/** The handle type of an object: its class's, or that of the nearest class above it. */
export function handleTypeOf(object: object): HandleType | undefined {
  let prototype = Object.getPrototypeOf(object) as object | null;
  while (prototype !== null) {
    const type = types.get((prototype as { constructor: object }).constructor);
    if (type !== undefined) return type;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return undefined;
}

/** Whether the object can be given to Lua as a handle. */
export const isHandle = (object: object): boolean => handleTypeOf(object) !== undefined;

/** Writes the handle of an object into a cell. Each time it is a userdata of its own, unless its type has but one. */
export function writeHandle(L: LuaState, object: object, cell: TValue): boolean {
  const type = handleTypeOf(object);
  if (type === undefined) return false;
  const known = type.userdata?.get(object);
  if (known !== undefined) {
    cell.type = USERDATA;
    cell.value = known;
    return true;
  }
  if (type.atEnd !== undefined) stateOf(L).keep(object, type.atEnd); // first of all: what follows may end the script
  allocate((type.bytes?.(object) ?? 0) + (type.atEnd === undefined ? 0 : KEPT));
  const userdata = new Udata(L, 0);
  userdata.metatable = type.metatable;
  userdata.data = object;
  type.userdata?.set(object, userdata);
  cell.type = USERDATA;
  cell.value = userdata;
  return true;
}

/** Lists of handles among several results. */
const DEEPEST = 2;

/** Releases the handles in an answer that the script does not get any more, as its end releases those that it has. */
export function releaseAnswer(answer: unknown, depth = 0): void {
  if (Array.isArray(answer)) {
    if (depth < DEEPEST) for (const one of answer) releaseAnswer(one, depth + 1);
    return;
  }
  if (!isObject(answer)) return;
  const atEnd = handleTypeOf(answer)?.atEnd;
  if (atEnd !== undefined && !atEnd.isReleased(answer)) letGo(answer, atEnd);
}

/** What `tostring` shows of a handle's object. @throws TypeError for what is no text; as `tostring` does */
export const textOf = ({ name, tostring }: Pick<HandleType, "name" | "tostring">, object: object): string =>
  tostring === undefined ? name : text(tostring(object), tostringOf(name));

/** The handle of an object whose type has but one, as a script has it. */
export function knownHandle(object: object): TValue[] {
  const userdata = handleTypeOf(object)?.userdata?.get(object);
  return userdata === undefined ? [] : [newCell(USERDATA, userdata)];
}

const isObject = (data: unknown): data is object => typeof data === "object" && data !== null;

/** A frame with its names. */
const FRAME: Bytes = 300;

function sizeOfContents(object: object): Bytes {
  // The stack of an error, until it is asked for, keeps the code of the functions on it; its frames are a few words.
  const frames = object instanceof MoonkeepError ? FRAME * object.luaStack.length : 0;
  const type = handleTypeOf(object);
  if (type?.atEnd !== undefined) return frames; // what it keeps is counted with the kept handles
  return frames + (type?.bytes?.(object) ?? 0);
}

/** What handles' objects keep, for the memory limit. */
export const handleContents: Contents = {
  sizeOf: (data) => (isObject(data) ? sizeOfContents(data) : 0),
  heldBy: (data) => (isObject(data) ? (handleTypeOf(data)?.holds?.(data) ?? []) : []),
};

/** The error behind a userdata, if it is one. */
export function errorOf(cell: TValue): MoonkeepError | undefined {
  const object = cell.type === USERDATA ? (cell.value as Udata).data : undefined;
  return object instanceof MoonkeepError ? object : undefined;
}
