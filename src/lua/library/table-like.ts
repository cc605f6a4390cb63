/** Tables with metamethods, and what stands for a table by its metamethods. */

import { ByteString } from "../../value/value.ts";
import { metafield } from "../core/metatables.ts";
import { fail, typeError } from "../vm/direct.ts";
import { type Integer, tagOf } from "../vm/int64.ts";
import { type LuaState, NIL, TABLE } from "../vm/types.ts";
import { toInteger } from "./args.ts";
import { lengthNotInteger } from "./errors.ts";
import { tagAt, valueAt } from "./stack.ts";
import type { Slot, Steps } from "./steps.ts";
import * as steps from "./steps.ts";

export const INDEX: ByteString = ByteString.fromAscii("__index");
export const NEWINDEX: ByteString = ByteString.fromAscii("__newindex");
export const LENGTH: ByteString = ByteString.fromAscii("__len");

/** An argument that is a table, or has these metamethods. */
export function tableLike(L: LuaState, arg: number, ...methods: readonly ByteString[]): Slot {
  const type = tagAt(L, arg);
  const value = valueAt(L, arg);
  if (type === TABLE) return { type, value };
  if (type === undefined || !methods.every((name) => metafield(L, type, value, name).type !== NIL)) {
    typeError(L, arg, "table", type, value);
  }
  return { type: type!, value };
}

export function* lengthOf(L: LuaState, object: Slot): Steps<Integer> {
  const { type, value } = yield* steps.length(object);
  return toInteger(type, value) ?? fail(L, lengthNotInteger);
}

export const integerSlot = (i: Integer): Slot => ({ type: tagOf(i), value: i });
