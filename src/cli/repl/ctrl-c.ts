/**
 * Ctrl-C while a script computes. No event of the process is heard then, and V8 could only end what runs wherever it is,
 * in the middle of a store's write too. So a thread of its own reads the terminal meanwhile, as long as that takes: for
 * Ctrl-C it sets a flag at which the script looks between its instructions, and what else is typed comes back.
 */
import { Worker } from "node:worker_threads";

/** What the two threads share: whether a script computes, and whether it is to end. */
const COMPUTES = 0;
const ENDS = 1;

/** How long a script computes before somebody listens. */
const PATIENCE_MS = 60;

const listener = `
const { parentPort, workerData: { shared, patience } } = require("node:worker_threads");
const { ReadStream } = require("node:tty");
const flags = new Int32Array(shared);
function listen() {
  const terminal = new ReadStream(0);
  terminal.on("error", () => {});
  terminal.on("data", (bytes) => {
    const at = bytes.lastIndexOf(3);
    if (at >= 0) {
      Atomics.store(flags, ${ENDS}, 1);
      parentPort.postMessage({ interrupted: true });
    }
    const rest = bytes.subarray(at + 1);
    if (rest.length > 0) parentPort.postMessage({ typed: new Uint8Array(rest) });
  });
  const looking = setInterval(() => {
    if (Atomics.load(flags, ${COMPUTES}) !== 0) return;
    clearInterval(looking);
    terminal.destroy();
    parentPort.postMessage({ stopped: true });
    wait();
  }, 5);
}
function wait() {
  Atomics.wait(flags, ${COMPUTES}, 0);
  setTimeout(() => (Atomics.load(flags, ${COMPUTES}) === 0 ? wait() : listen()), patience);
}
wait();
`;

export class CtrlC {
  readonly #flags = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #controller = new AbortController();

  /** @param typed gets what was typed while a script computed, as the terminal gave it: Ctrl-D is a byte of it, say */
  constructor(typed: (keys: Buffer) => void) {
    this.#worker = new Worker(listener, {
      eval: true,
      name: "moonkeep prompt",
      workerData: { shared: this.#flags.buffer, patience: PATIENCE_MS },
      stdin: false,
    });
    this.#worker.on("message", (message: { readonly typed?: Uint8Array; readonly interrupted?: boolean }) => {
      if (message.interrupted === true) this.#controller.abort();
      if (message.typed !== undefined) typed(Buffer.from(message.typed));
    });
    this.#worker.on("error", () => {}); // then nobody listens, and limits are what ends a script
    this.#worker.unref();
  }

  /** A script begins: what ends it while it waits, and while it computes. */
  begin(): { readonly signal: AbortSignal; readonly interrupt: () => boolean } {
    const flags = this.#flags;
    this.#controller = new AbortController();
    Atomics.store(flags, ENDS, 0);
    Atomics.store(flags, COMPUTES, 1);
    Atomics.notify(flags, COMPUTES);
    return { signal: this.#controller.signal, interrupt: () => Atomics.load(flags, ENDS) === 1 };
  }

  /** It has ended. */
  end(): void {
    Atomics.store(this.#flags, COMPUTES, 0);
  }

  async close(): Promise<void> {
    this.end();
    await this.#worker.terminate();
  }
}
