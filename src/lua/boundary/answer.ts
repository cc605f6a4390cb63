/** Calls from state to state: plain data crosses as it is, and the answer is a value, or `nil, err`. */
import { MoonkeepError } from "../../errors.ts";
import { toJs } from "../../value/js.ts";
import { jsonText } from "../../value/json.ts";
import type { Value } from "../../value/value.ts";
import { nilCell } from "../vm/table.ts";
import { type LuaState, NIL, type TValue } from "../vm/types.ts";
import { errorOf } from "./handle-type.ts";
import { fromValue, Refused, toValue } from "./marshal.ts";

/** Values as cells of a state. */
export function valueCells(L: LuaState, values: readonly (Value | undefined)[]): TValue[] {
  return values.map((value) => {
    const cell = nilCell();
    fromValue(L, value, cell);
    return cell;
  });
}

/**
 * What a function answered: its first result.
 * @throws MoonkeepError the error of `nil, err`; INVALID for what can't leave the function, with its place
 */
export function answerOf([first, second]: readonly TValue[]): Value | undefined {
  if (first === undefined) return undefined;
  if (first.type === NIL && second !== undefined && second.type !== NIL) throw failureOf(second);
  return leaving(first, "result");
}

function failureOf(cell: TValue): MoonkeepError {
  const known = errorOf(cell);
  if (known !== undefined) return known;
  const said = toJs(leaving(cell, "error"));
  return new MoonkeepError("UNKNOWN", typeof said === "string" ? said : jsonText(said));
}

function leaving(cell: TValue, name: string): Value | undefined {
  try {
    return toValue(cell);
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    throw new MoonkeepError("INVALID", `${e.place(name)}: ${e.what} can't leave the function`);
  }
}
