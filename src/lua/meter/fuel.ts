/** A thread, as far as its work is counted. */
export interface Fueled {
  readonly l_G: {
    /** Instructions until the budget is asked again. */
    fuel: number;
    /** Asks the budget for more, or ends the script. */
    readonly refuel: (L: never) => void;
  };
}

/**
 * Counts work that a library function does within one instruction of the VM, as that many instructions.
 * @throws Stopped when a limit is hit
 */
export function burn(L: Fueled, steps: number): void {
  const g = L.l_G;
  g.fuel -= Math.ceil(steps); // whole, so that V8 keeps the count that every instruction lowers as a small integer
  if (g.fuel < 0) g.refuel(L as never);
}
