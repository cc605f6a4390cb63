/**
 * What a thread sends, as the host takes it: one message after the other, with turns of the event loop in between, and
 * nothing more once it is closed. A thread that a script has taken over may have put gigabytes on the way. What was
 * never taken is never copied into the host: it is freed with the port.
 */
import type { MessagePort } from "node:worker_threads";
import type { Milliseconds } from "../value/value.ts";

/** So long messages are taken, until timers and whatever else waits in the host have their turn. */
const SLICE: Milliseconds = 5;

export class Intake {
  readonly #port: MessagePort;
  readonly #take: (message: unknown) => void;
  /** When the event loop had its last turn for certain. */
  #turned: Milliseconds = performance.now();
  #isOpen = true;
  #isWanted = false;

  /** @param take gets each message; it does not throw */
  constructor(port: MessagePort, take: (message: unknown) => void) {
    this.#port = port;
    this.#take = take;
    this.#listen();
  }

  /** Keeps the process alive. */
  ref(): void {
    this.#isWanted = true;
    if (this.#isOpen) this.#port.ref();
  }

  unref(): void {
    this.#isWanted = false;
    if (this.#isOpen) this.#port.unref();
  }

  /** Takes nothing more, not even what has arrived. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#port.off("message", this.#arrived); // which stops it at once; closed alone, it would empty itself first
    this.#port.close();
  }

  #listen(): void {
    this.#port.on("message", this.#arrived);
    if (!this.#isWanted) this.#port.unref(); // a port that somebody listens to keeps the process alive
  }

  readonly #arrived = (message: unknown): void => {
    this.#take(message);
    if (!this.#isOpen || performance.now() - this.#turned < SLICE) return;
    this.#port.off("message", this.#arrived);
    setImmediate(() => {
      this.#turned = performance.now();
      if (this.#isOpen) this.#listen();
    });
  };
}
