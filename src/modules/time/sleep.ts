import type { ReleasedAtEnd } from "../../lua/kept-handles.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { Call } from "../call.ts";

/** What Node's timers count in one go. */
const MOST: Milliseconds = 2 ** 31 - 1;

/** A script that waits for nothing but time. Its timer ends with the script, and does not keep the process then. */
class Sleep {
  #timer: NodeJS.Timeout | undefined;

  wait(time: Milliseconds, done: () => void): void {
    const now = Math.min(time, MOST);
    this.#timer = setTimeout(() => (time > now ? this.wait(time - now, done) : this.#end(done)), now);
  }

  get isOver(): boolean {
    return this.#timer === undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #end(done: () => void): void {
    this.#timer = undefined;
    done();
  }
}

const ended: ReleasedAtEnd = {
  release: (sleep) => (sleep as Sleep).stop(),
  isReleased: (sleep) => (sleep as Sleep).isOver,
};

/** @param call undefined in a thread of its own, which ends with the script */
export function sleep(call: Call | undefined, time: Milliseconds): Promise<void> {
  const one = new Sleep();
  call?.keep(one, ended);
  return new Promise((resolve) => one.wait(time, () => resolve()));
}
