import type { LuaState } from "../vm/types.ts";

/**
 * Counts work that a library function does within one instruction of the VM, as that many instructions.
 * @throws Stopped when a limit is hit
 */
export function burn(L: LuaState, steps: number): void {
  const g = L.l_G;
  g.fuel -= Math.ceil(steps); // whole, so that V8 keeps the count that every instruction lowers as a small integer
  if (g.fuel < 0) g.refuel(L);
}
