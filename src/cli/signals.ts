/**
 * Ctrl-C (SIGINT) and SIGTERM while a command runs something: the first one ends what runs, and the command then ends by
 * itself, with all that was printed; the second one ends the process at once.
 */
import type { Milliseconds } from "../value/value.ts";
import { type ExitCode, exit } from "./exit.ts";

/** What a command that runs scripts waits for a server that does not answer, when it is to end. */
export const PATIENCE: Milliseconds = 2000;

const signals = {
  SIGINT: { code: exit.interrupted, says: "interrupted" },
  SIGTERM: { code: exit.terminated, says: "terminated" },
} as const;

type Name = keyof typeof signals;

export class Signals implements Disposable {
  readonly #abort = new AbortController();
  readonly #patience: Milliseconds | undefined;
  #first: Name | undefined;

  /** @param patience how long the command may take to end after the first one; then the process is ended */
  constructor(patience?: Milliseconds) {
    this.#patience = patience;
    for (const name of Object.keys(signals)) process.on(name, this.#heard);
  }

  readonly #heard = (name: Name): void => {
    if (this.#first !== undefined) process.exit(signals[name].code);
    this.#first = name;
    if (this.#patience !== undefined) setTimeout(() => process.exit(signals[name].code), this.#patience).unref();
    this.#abort.abort();
  };

  /** Aborted by the first of them. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** What the first one means for the command; undefined when there was none. */
  get heard(): { readonly code: ExitCode; readonly says: string } | undefined {
    return this.#first && signals[this.#first];
  }

  /** From now on they do what they do to any process. */
  [Symbol.dispose](): void {
    for (const name of Object.keys(signals)) process.off(name, this.#heard);
  }
}
