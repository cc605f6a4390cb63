/** Calls from state to state: plain data crosses as it is, and the answer is a value, or `nil, err`. */
import type { Bytes, Value } from "../../value/value.ts";
import { nilCell } from "../vm/table.ts";
import type { LuaState, TValue } from "../vm/types.ts";
import { fromValue } from "./marshal.ts";
import { takeOut } from "./way-out.ts";

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
 * @param memory the limit of the call; undefined: none
 * @throws MoonkeepError as `takeOut`
 */
export function answerOf([first, second]: readonly TValue[], memory: Bytes | undefined): Value | undefined {
  if (first === undefined) return undefined;
  const cells = second === undefined ? [first] : [first, second];
  return takeOut(cells, { from: "function", memory }, () => "result", 1)[0];
}
