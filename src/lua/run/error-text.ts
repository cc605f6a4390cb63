/** What an error object says of itself: the text that its `__tostring` gives, where a script leaves one to the host. */
import { MAX_MESSAGE_BYTES } from "../../limits.ts";
import { ByteString } from "../../value/value.ts";
import { callk } from "../core/call.ts";
import { metafield } from "../core/metatables.ts";
import { push } from "../core/stack.ts";
import { newCell } from "../vm/table.ts";
import {
  type Continuation,
  LIGHT_C_FUNCTION,
  type LuaState,
  NIL,
  STRING,
  SUSPENDED,
  TABLE,
  type TValue,
} from "../vm/types.ts";

const TOSTRING = ByteString.fromAscii("__tostring");

/** Whether it is a table that says how it is shown. */
export const hasText = (L: LuaState, { type, value }: TValue): boolean =>
  type === TABLE && metafield(L, type, value, TOSTRING).type !== NIL;

const given: Continuation = () => 1;

/** A function of the state that gives the text of its argument, by the argument's own `__tostring`. */
export const textFunction: TValue = newCell(LIGHT_C_FUNCTION, (L: LuaState) => {
  const { type, value } = L.stack[L.ci.funcOff + 1]!;
  const method = metafield(L, type, value, TOSTRING);
  const at = L.top;
  push(L, method.type, method.value);
  push(L, type, value);
  return callk(L, at, 1, undefined, given) ? 1 : SUSPENDED;
});

/** The text that `textFunction` gave; undefined when it is not one. */
export function givenText([cell]: readonly TValue[]): string | undefined {
  if (cell?.type !== STRING) return undefined;
  const text = cell.value as ByteString;
  if (text.length <= MAX_MESSAGE_BYTES) return text.toString();
  return `${new ByteString(text.bytes.subarray(0, MAX_MESSAGE_BYTES))}…`;
}
