import type { TValue } from "./cell.ts";

/** Whoever objects are made for: a thread, of which they need no more than this. */
export interface Owner {
  readonly l_G: {
    /** The next number of an object, by which `tostring` tells it from others; also how many were made. */
    id_counter: number;
  };
  readonly stack: TValue[];
}
