/**
 * An error on its way through compiled code to the protected call that catches it: every function answers at once that it
 * has failed. To throw a value and to catch it takes V8 as long as some hundred instructions.
 */
import { FAILED, R } from "../vm/direct.ts";
import { NIL } from "../vm/types.ts";
import type { LuaError } from "./errors.ts";

let raised: LuaError | undefined;

/** @returns what a function answers that has failed */
export function answerError(error: LuaError): null {
  raised = error;
  R.type = FAILED;
  R.count = 0;
  return null;
}

/** Whether what was called last has answered that it has failed. */
export const hasFailed = (): boolean => R.type === FAILED;

/** The error that it has failed with; whoever takes it catches it, or throws it. */
export function takeError(): LuaError {
  const error = raised!;
  raised = undefined;
  R.type = NIL;
  return error;
}
