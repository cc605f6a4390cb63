/**
 * Where compiled code is left: for the interpreter, since something unusual has come up, or since what it called is
 * suspended. Places that are left to are numbered within a region of the code, and each region has one piece of code
 * that hands its registers over: code at each place would make functions too large for V8 to optimize.
 */

/** The interpreter goes on at the instruction, which has done nothing yet. */
export const AGAIN = 0;
/** The same, where that is not a sign that something is unusual: a loop or a function ends. */
export const ON = 1;
/** The interpreter goes on after the call, whose results are in R, any number of them; the first is in its register. */
export const OPEN = 2;
/** What was called is suspended, and the frames are made; or it has failed. */
export const SUSPEND = 3;
/** The script is to be suspended before the instruction, for its memory to be looked at. */
export const PAUSE = 4;

export type ExitKind = typeof AGAIN | typeof ON | typeof OPEN | typeof SUSPEND | typeof PAUSE;

/** A place where code is left, while code is written. */
export interface Place {
  readonly kind: ExitKind;
  readonly pc: number;
  /** What has to be handed over. */
  readonly registers: readonly number[];
  /** The tag of each, where it is known; -1 where it is a variable, -2 where the register is a cell. */
  readonly tags: readonly number[];
}

/** The same, as it is used: where the tag and the value of each register are among what is handed over. */
export interface Exit {
  readonly kind: ExitKind;
  readonly pc: number;
  readonly registers: readonly number[];
  /** The tag, or minus 2 minus the index of it, or -1 for a cell. */
  readonly tags: readonly number[];
  readonly values: readonly number[];
}

/** The places of a region, and what all of them together need. */
export class Region {
  /** The block that it begins with. */
  readonly start: number;
  readonly #places: Place[] = [];

  constructor(start: number) {
    this.start = start;
  }

  get isLeft(): boolean {
    return this.#places.length > 0;
  }

  /** @returns its number */
  add(place: Place): number {
    return this.#places.push(place) - 1;
  }

  /** The registers that any of its places needs. */
  registers(): readonly number[] {
    return [...new Set(this.#places.flatMap(({ registers }) => registers))].sort((a, b) => a - b);
  }

  /** What is handed over: a register's cell, its value, or its tag. */
  handedOver(): readonly Handed[] {
    const variable = new Set<number>();
    const cells = new Set<number>();
    for (const { registers, tags } of this.#places) {
      registers.forEach((r, i) => {
        if (tags[i] === -1) variable.add(r);
        if (tags[i] === -2) cells.add(r);
      });
    }
    return this.registers().flatMap((register): Handed[] => {
      if (cells.has(register)) return [{ register, part: "cell" }];
      const value: Handed = { register, part: "value" };
      return variable.has(register) ? [{ register, part: "tag" }, value] : [value];
    });
  }

  exits(): readonly Exit[] {
    const handed = this.handedOver();
    const find = (register: number, part: Handed["part"]) =>
      handed.findIndex((each) => each.register === register && each.part === part);
    return this.#places.map(({ kind, pc, registers, tags }) => ({
      kind,
      pc,
      registers,
      tags: registers.map((r, i) => (tags[i] === -2 ? -1 : tags[i] === -1 ? -2 - find(r, "tag") : tags[i]!)),
      values: registers.map((r, i) => find(r, tags[i] === -2 ? "cell" : "value")),
    }));
  }
}

export interface Handed {
  readonly register: number;
  readonly part: "cell" | "value" | "tag";
}
