/** How far a long task is, on one line of a terminal; nothing where nobody watches. */
import { count } from "./output.ts";

/** What of a stream is needed: the standard error, or what a test looks at. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Milliseconds between two pictures: people see no more. */
const FRAME = 100;
const BAR = 30;

export class Progress {
  readonly #screen: Screen;
  readonly #total: number | undefined;
  readonly #now: () => number;
  readonly #start: number;
  readonly #first: number;
  readonly #visible: boolean;
  #drawn = Number.NEGATIVE_INFINITY;

  /**
   * @param total how many there are, or how long it is in another measure; undefined where nobody knows
   * @param first how many were done before
   */
  constructor(total: number | undefined, first = 0, screen: Screen = process.stderr, now = () => performance.now()) {
    this.#screen = screen;
    this.#total = total;
    this.#first = first;
    this.#now = now;
    this.#start = now();
    this.#visible = isWatched(screen);
  }

  /**
   * @param done how many are done, those before included
   * @param reached how far that is, in the measure of the total
   */
  update(done: number, reached = done): void {
    if (!this.#visible) return;
    const now = this.#now();
    if (now - this.#drawn < FRAME) return;
    this.#drawn = now;
    this.#screen.write(`\r\x1b[K${this.#picture(done, reached, now)}`);
  }

  /** Wipes the line. */
  end(): void {
    if (this.#visible && this.#drawn !== Number.NEGATIVE_INFINITY) this.#screen.write("\r\x1b[K");
  }

  #picture(done: number, reached: number, now: number): string {
    const seconds = (now - this.#start) / 1000;
    const rate = seconds > 0 ? `, ${Math.round((done - this.#first) / seconds)} a second` : "";
    const text = `${count(done, "entry", "entries")}${rate}`;
    if (this.#total === undefined || this.#total === 0) return text;
    const share = Math.min(1, reached / this.#total);
    const filled = Math.round(share * BAR);
    const bar = `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %  `;
    return (bar + text).slice(0, Math.max(1, (this.#screen.columns ?? 80) - 1));
  }
}

/** Whether somebody watches: a terminal that can wipe a line. */
export const isWatched = (screen: Screen): boolean => screen.isTTY === true && process.env.TERM !== "dumb";
