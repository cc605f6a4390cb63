import type { MoonkeepError } from "../errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { errorLine, errorText } from "./output.ts";

/** So many are told of one by one. */
const MOST_TOLD = 20;

/** Entries that can't be read: each is told of, the others are given all the same, and the command then ends with 1. */
export class Complaints {
  #count = 0;

  readonly add = (error: MoonkeepError): void => {
    this.#count++;
    if (this.#count <= MOST_TOLD) errorLine(errorText(error.text));
    else if (this.#count === MOST_TOLD + 1) errorLine("error: there are more values that can't be read");
  };

  get code(): ExitCode {
    return this.#count === 0 ? exit.done : exit.failed;
  }
}
