/** Functions of the library that compiled code does in place, where what is called is that very function. */
import type { Operand } from "./emitter.ts";
import { T_INTEGER } from "./types.ts";

export interface Intrinsic {
  readonly value: string;
  readonly tag: string;
  /** Whether all arguments have to be numbers that JavaScript has exactly. */
  readonly takesNumbers: boolean;
}

/** What a call of one comes to; undefined where it isn't done in place. The value is worked out before the tag. */
export function intrinsic(name: string, args: readonly Operand[]): Intrinsic | undefined {
  const [a, b] = args;
  if (a === undefined || args.length > 2) return undefined;
  return b === undefined ? ofOne(name, a) : ofTwo(name, a, b);
}

const float = (value: string): Intrinsic => ({ value, tag: "3", takesNumbers: true });

function ofOne(name: string, a: Operand): Intrinsic | undefined {
  switch (name) {
    case "floor":
    case "ceil":
      if (a.types === T_INTEGER) return { value: a.v, tag: "19", takesNumbers: true };
      return { value: `${name === "floor" ? "floorOf" : "ceilingOf"}(${a.v})`, tag: "R.type", takesNumbers: true };
    case "abs":
      return { value: `Math.abs(${a.v})`, tag: a.t, takesNumbers: true };
    case "sqrt":
      return float(`Math.sqrt(${a.v})`);
    case "type":
      return { value: `typeNameOf(${a.t})`, tag: "20", takesNumbers: false };
    default:
      return undefined;
  }
}

function ofTwo(name: string, a: Operand, b: Operand): Intrinsic | undefined {
  // Of two that are equal, the first one is answered, whatever its type.
  if (name === "max")
    return { value: `${a.v}<${b.v}?${b.v}:${a.v}`, tag: `${a.v}<${b.v}?${b.t}:${a.t}`, takesNumbers: true };
  if (name === "min")
    return { value: `${b.v}<${a.v}?${b.v}:${a.v}`, tag: `${b.v}<${a.v}?${b.t}:${a.t}`, takesNumbers: true };
  return undefined;
}
