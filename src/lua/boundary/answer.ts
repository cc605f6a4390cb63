/** Calls from state to state: plain data crosses as it is, and the answer is a value, or `nil, err`. */
import { LimitError, MoonkeepError } from "../../errors.ts";
import { type Bytes, sizeOf, type Value } from "../../value/value.ts";
import { messageOf } from "../core/traceback.ts";
import { nilCell } from "../vm/table.ts";
import { type LuaState, NIL, STRING, type TValue } from "../vm/types.ts";
import { errorOf } from "./handle-type.ts";
import { fromValue, Refused, toValue } from "./marshal.ts";
import { shownValue } from "./shown.ts";

/** Values as cells of a state. */
export function valueCells(L: LuaState, values: readonly (Value | undefined)[]): TValue[] {
  return values.map((value) => {
    const cell = nilCell();
    fromValue(L, value, cell);
    return cell;
  });
}

/**
 * What a function answered: its first result. It is made when the call is over, so the call's limit on memory is applied
 * here: a string that stands in a result a thousand times takes its script's memory once, and is copied as often.
 * @param memory the limit of the call; undefined: none
 * @throws MoonkeepError the error of `nil, err`; INVALID for what can't leave the function, with its place; LimitError
 * memory
 */
export function answerOf([first, second]: readonly TValue[], memory: Bytes | undefined): Value | undefined {
  if (first === undefined) return undefined;
  if (first.type === NIL && second !== undefined && second.type !== NIL) throw failureOf(second);
  const value = leaving(first, "result");
  if (memory !== undefined && value !== undefined && sizeOf(value) > memory) throw new LimitError("memory", memory);
  return value;
}

function failureOf(cell: TValue): MoonkeepError {
  const known = errorOf(cell);
  if (known !== undefined) return known;
  const text = cell.type === STRING ? messageOf(cell) : shownValue(cell);
  return new MoonkeepError("UNKNOWN", text);
}

function leaving(cell: TValue, name: string): Value | undefined {
  try {
    return toValue(cell);
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    throw new MoonkeepError("INVALID", `${e.place(name)}: ${e.what} can't leave the function`);
  }
}
