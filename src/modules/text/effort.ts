import { work } from "../../lua/meter/meter.ts";

/** A step is some 15 nanoseconds, which is nearly an instruction of the VM. */
const STEPS_PER_SECOND = 70e6;
const BATCH = 2000;

/**
 * How long a comparison may look for the shortest answer, counted in steps and not by a clock: the same texts have the
 * same answer wherever and whenever they are compared.
 */
export class Effort {
  #left: number;
  #unpaid = 0;

  /** @param seconds on a usual machine; 0: no end */
  constructor(seconds: number) {
    this.#left = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * STEPS_PER_SECOND;
  }

  /** @returns whether there is more. @throws Stopped when a limit is hit */
  spend(steps: number): boolean {
    this.#left -= steps;
    this.#unpaid += steps;
    if (this.#unpaid > BATCH) {
      work(this.#unpaid);
      this.#unpaid = 0;
    }
    return this.#left > 0;
  }
}
