/** The standard input and output of a script, which its `io` reads and writes. */

import { MoonkeepError } from "../errors.ts";
import type { ReadKind, Streams } from "../modules/io.ts";
import { ByteString, type Bytes } from "../value/value.ts";
import { inputTooLong } from "./errors.ts";
import type { IoOptions } from "./run-options.ts";

const LINE_FEED = 0x0a;
/** No number is longer, as in Lua's own reader. */
const LONGEST_NUMBER = 200;

export interface StreamOptions extends IoOptions {
  readonly print: (bytes: Uint8Array) => void;
  /** The longest text that the script may be given. */
  readonly longest: Bytes | undefined;
}

export class StandardStreams implements Streams {
  readonly #options: StreamOptions;
  #input: AsyncIterator<Uint8Array | string> | undefined;
  /** What was read and not yet taken. */
  #rest: Uint8Array = new Uint8Array();
  #atEnd = false;
  /** Readers take their turn: two coroutines may read. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  write(to: "output" | "error", bytes: Uint8Array): void {
    const { print, error = print } = this.#options;
    (to === "error" ? error : print)(bytes);
  }

  read(what: ReadKind, count: number): Promise<ByteString | undefined> {
    const turn = this.#last.then(() => this.#read(what, count));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #read(what: ReadKind, count: number): Promise<ByteString | undefined> {
    switch (what) {
      case "l":
      case "L":
        return this.#line(what === "L");
      case "a":
        while (await this.#more());
        return this.#take(this.#rest.length);
      case "n":
        return this.#number();
      case "b":
        while (this.#rest.length < Math.max(count, 1) && (await this.#more()));
        if (this.#rest.length === 0) return undefined;
        return this.#take(Math.min(count, this.#rest.length));
    }
  }

  async #line(withEnd: boolean): Promise<ByteString | undefined> {
    let from = 0;
    for (;;) {
      const end = this.#rest.indexOf(LINE_FEED, from);
      if (end >= 0) {
        const line = this.#take(end + 1);
        return withEnd ? line : new ByteString(line.bytes.subarray(0, end));
      }
      from = this.#rest.length;
      if (await this.#more()) continue;
      return from === 0 ? undefined : this.#take(from);
    }
  }

  /** The text of what may be a number; undefined where none can be. */
  async #number(): Promise<ByteString | undefined> {
    for (;;) {
      const text = Buffer.from(this.#rest).toString("latin1");
      const [space = ""] = /^\s*/.exec(text) ?? [];
      const [number = ""] = /^[-+]?[0-9a-fA-FxXpP.]*(?:(?<=[eEpP])[-+][0-9]*)?/.exec(text.slice(space.length)) ?? [];
      const isCut = space.length + number.length === text.length && number.length < LONGEST_NUMBER;
      if (isCut && (await this.#more())) continue;
      this.#take(space.length);
      const taken = this.#take(Math.min(number.length, LONGEST_NUMBER));
      return taken.length === 0 ? undefined : taken;
    }
  }

  #take(length: number): ByteString {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.subarray(length);
    return new ByteString(taken);
  }

  /** Reads on. @returns false at the end */
  async #more(): Promise<boolean> {
    if (this.#atEnd) return false;
    const { input, longest = Number.POSITIVE_INFINITY } = this.#options;
    this.#input ??= input?.[Symbol.asyncIterator]();
    const next = await this.#input?.next();
    if (next === undefined || next.done === true) {
      this.#atEnd = true;
      return false;
    }
    const part = typeof next.value === "string" ? Buffer.from(next.value) : next.value;
    if (this.#rest.length + part.length > longest) {
      throw new MoonkeepError("RESOURCE_EXHAUSTED", inputTooLong);
    }
    this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    return true;
  }

  /** Lets go of the input. */
  async close(): Promise<void> {
    await this.#input?.return?.();
  }
}
