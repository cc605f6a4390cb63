/**
 * The one way out of a state: what a script, a function of the registry, a hook's function or a function that came out
 * returned, and what it failed with. It is made of what lies in the state when the call is over, and the limits of the
 * call hold for it: all results together have as many parts as one value may have, and take no more memory than the
 * call might use. (A string that stands in a result a thousand times takes its script's memory once, and becomes a
 * thousand strings.) The reading is counted, part by part; whoever reads does it at the expense of the call.
 */

import { LimitError, MoonkeepError } from "../../errors.ts";
import { type Bytes, sizeOf, type Value } from "../../value/value.ts";
import { messageOf } from "../core/traceback.ts";
import { handle } from "../meter/meter.ts";
import { NIL, STRING, type TValue } from "../vm/types.ts";
import { cantLeave } from "./errors.ts";
import { errorOf } from "./handle-type.ts";
import { type Foreign, Refused, toNextValue, toValue } from "./marshal.ts";
import { shownValue } from "./shown.ts";

export interface WayOut {
  /** What is left, in an error: `script`, `function`. */
  readonly from: string;
  /** The memory limit of the call; undefined: none. */
  readonly memory: Bytes | undefined;
  /** What stands for a function or a handle outside; left out: none can leave. */
  readonly foreign?: Foreign;
}

/**
 * @param name what to call the value at a place in an error
 * @param count how many of the results are wanted
 * @throws MoonkeepError the error of `nil, err`; INVALID for what can't leave, with its place; LimitError memory
 */
export function takeOut(
  cells: readonly TValue[],
  { from, memory = Number.POSITIVE_INFINITY, foreign }: WayOut,
  name: (i: number) => string,
  count: number = cells.length,
): (Value | undefined)[] {
  const [first, second] = cells;
  if (first?.type === NIL && second !== undefined && second.type !== NIL) throw failureOf(second);
  let bytes = 0;
  return cells.slice(0, count).map((cell, i) => {
    const value = taken(cell, i, from, foreign, name);
    const size = value === undefined ? 0 : sizeOf(value);
    bytes += size;
    if (bytes > memory) throw new LimitError("memory", memory);
    handle(size); // whoever gets it goes through it once more
    return value;
  });
}

function taken(
  cell: TValue,
  i: number,
  from: string,
  foreign: Foreign | undefined,
  name: (i: number) => string,
): Value | undefined {
  try {
    return (i === 0 ? toValue : toNextValue)(cell, foreign);
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    throw new MoonkeepError("INVALID", cantLeave(e.place(name(i)), e.what, from));
  }
}

function failureOf(cell: TValue): MoonkeepError {
  const known = errorOf(cell);
  if (known !== undefined) return known;
  return new MoonkeepError("UNKNOWN", cell.type === STRING ? messageOf(cell) : shownValue(cell));
}
