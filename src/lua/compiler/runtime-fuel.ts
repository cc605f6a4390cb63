/** Fuel that is used up, in compiled code. */
import { makeFrames } from "../core/compiled-frames.ts";
import { pauseWanted } from "../core/pause.ts";
import { type CallInfo, CIST_FUEL, type LuaState } from "../vm/thread.ts";
import { suspended } from "./runtime-frames.ts";

/**
 * Asks the budget for more, before an instruction.
 * @param at where messages say that it is
 * @returns whether the script is suspended: its frames are made, and their registers are to be written
 */
export function refuel(L: LuaState, ci: CallInfo, pc: number, at: number): boolean {
  L.ci = ci;
  ci.l_savedpc = at + 1;
  if (!pauseWanted(L)) return false;
  if (ci.cl !== null) makeFrames(L, ci);
  ci.l_savedpc = pc;
  ci.callstatus |= CIST_FUEL;
  L.top = ci.top;
  suspended();
  return true;
}
