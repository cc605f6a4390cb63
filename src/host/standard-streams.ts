/** The standard input and output of a script, which its `io` reads and writes. */

import { setImmediate } from "node:timers/promises";
import { MoonkeepError } from "../errors.ts";
import type { ReadKind, Streams } from "../modules/io.ts";
import { toBuffers } from "../value/bytes.ts";
import { ByteString, type Bytes, type Milliseconds } from "../value/value.ts";
import { inputNotClosed, inputTooLong } from "./errors.ts";
import type { IoOptions } from "./run-options.ts";

const LINE_FEED = 0x0a;
/** No number is longer, as in Lua's own reader. */
const LONGEST_NUMBER = 200;

/** What Lua takes for space before a number. */
const spaces = new Set([..." \t\n\v\f\r"].map((space) => space.charCodeAt(0)));
/** Parts that are smaller are joined as they come: there may be a million of them. */
const SMALL: Bytes = 2 ** 16;
/** So long parts are read that are ready at once, until timers and whatever else waits have their turn. */
const SLICE: Milliseconds = 5;

export interface StreamOptions extends IoOptions {
  /** It gets buffers: whoever makes this sees to that. */
  readonly print: (bytes: Uint8Array) => void;
  /** The longest text that the script may be given. */
  readonly longest: Bytes | undefined;
}

export class StandardStreams implements Streams {
  readonly #options: StreamOptions;
  readonly #error: (bytes: Uint8Array) => void;
  #input: AsyncIterator<Uint8Array | string> | undefined;
  /** What was read and not yet taken, in parts: they are joined once, when they are taken. */
  readonly #parts: Uint8Array[] = [];
  #length: Bytes = 0;
  #atEnd = false;
  #uncounted: Bytes = 0;
  /** When everything else had its turn. */
  #turned: Milliseconds = 0;
  /** Readers take their turn: two coroutines may read. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#error = options.error === undefined ? options.print : toBuffers(options.error);
  }

  write(to: "output" | "error", bytes: Uint8Array): void {
    (to === "error" ? this.#error : this.#options.print)(bytes);
  }

  read(what: ReadKind, count: number): Promise<ByteString | undefined> {
    const turn = this.#last.then(() => this.#read(what, count));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** What was read since it was asked last, for whoever counts it. */
  takeCount(): Bytes {
    const count = this.#uncounted;
    this.#uncounted = 0;
    return count;
  }

  async #read(what: ReadKind, count: number): Promise<ByteString | undefined> {
    switch (what) {
      case "l":
      case "L":
        return this.#line(what === "L");
      case "a":
        while (await this.#more());
        return this.#take(this.#length);
      case "n":
        return this.#number();
      case "b":
        while (this.#length < Math.max(count, 1) && (await this.#more()));
        if (this.#length === 0) return undefined;
        return this.#take(Math.min(Math.max(count, 0), this.#length));
    }
  }

  async #line(withEnd: boolean): Promise<ByteString | undefined> {
    let from = 0;
    for (;;) {
      const end = this.#lineEnd(from);
      if (end >= 0) {
        const line = this.#take(end + 1);
        return withEnd ? line : new ByteString(line.bytes.subarray(0, end));
      }
      from = this.#length;
      if (await this.#more()) continue;
      return from === 0 ? undefined : this.#take(from);
    }
  }

  /** Where the first line feed is, from there on; -1 where there is none. */
  #lineEnd(from: Bytes): number {
    let start = 0;
    for (const part of this.#parts) {
      const at = from < start + part.length ? part.indexOf(LINE_FEED, Math.max(0, from - start)) : -1;
      if (at >= 0) return start + at;
      start += part.length;
    }
    return -1;
  }

  /** The text of what may be a number; undefined where none can be. */
  async #number(): Promise<ByteString | undefined> {
    do this.#skipSpaces();
    while (this.#length === 0 && (await this.#more()));
    for (;;) {
      const text = this.#begin(LONGEST_NUMBER);
      const [number = ""] = /^[-+]?[0-9a-fA-FxXpP.]*(?:(?<=[eEpP])[-+][0-9]*)?/.exec(text) ?? [];
      const isCut = number.length === this.#length && number.length < LONGEST_NUMBER;
      if (isCut && (await this.#more())) continue;
      return number === "" ? undefined : this.#take(number.length);
    }
  }

  #skipSpaces(): void {
    for (let [part] = this.#parts; part !== undefined; [part] = this.#parts) {
      const end = part.findIndex((byte) => !spaces.has(byte));
      this.#take(end === -1 ? part.length : end);
      if (end >= 0) return;
    }
  }

  /** The first bytes of what is there, one character each. */
  #begin(length: Bytes): string {
    let text = "";
    for (const part of this.#parts) {
      if (text.length === length) break;
      text += Buffer.from(part.subarray(0, length - text.length)).toString("latin1");
    }
    return text;
  }

  #take(length: Bytes): ByteString {
    const taken = new Uint8Array(length);
    let at = 0;
    let used = 0;
    while (at < length) {
      const part = this.#parts[used]!;
      const piece = part.subarray(0, length - at);
      taken.set(piece, at);
      at += piece.length;
      if (piece.length === part.length) used++;
      else this.#parts[used] = part.subarray(piece.length);
    }
    this.#parts.splice(0, used);
    this.#length -= length;
    return new ByteString(taken);
  }

  /** Reads on. @returns false at the end */
  async #more(): Promise<boolean> {
    for (;;) {
      await this.#letOthers();
      if (this.#atEnd) return false;
      const { input, longest = Number.POSITIVE_INFINITY } = this.#options;
      this.#input ??= input?.[Symbol.asyncIterator]();
      const next = await this.#input?.next();
      if (next === undefined || next.done === true) {
        this.#atEnd = true;
        return false;
      }
      const part = typeof next.value === "string" ? Buffer.from(next.value) : next.value;
      if (this.#length + part.length > longest) {
        throw new MoonkeepError("RESOURCE_EXHAUSTED", inputTooLong);
      }
      if (part.length === 0) continue;
      this.#keep(part);
      return true;
    }
  }

  /** An input that is always ready must keep nobody else waiting, nor the time limit of the script. */
  async #letOthers(): Promise<void> {
    if (performance.now() - this.#turned < SLICE) return;
    await setImmediate();
    this.#turned = performance.now();
  }

  /** Small parts become larger ones, by joining those of about one size: each byte is copied a few times for that. */
  #keep(part: Uint8Array): void {
    this.#length += part.length;
    this.#uncounted += part.length;
    let last = part;
    for (let before = this.#parts.at(-1); before !== undefined; before = this.#parts.at(-1)) {
      if (last.length >= SMALL || before.length > last.length) break;
      this.#parts.pop();
      last = Buffer.concat([before, last]);
    }
    this.#parts.push(last);
  }

  /** Lets go of the input: who still reads is at its end. Nobody waits for an input to end, so where it fails is a warning. */
  close(): void {
    this.#atEnd = true;
    void this.#end().catch((e: unknown) => process.emitWarning(inputNotClosed(e)));
  }

  async #end(): Promise<void> {
    await this.#input?.return?.();
  }
}
