/** Text that a module puts together for a script, out of many small pieces. */

import { discarded, inOnePiece, isAscii } from "../../value/bytes.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { allocate, makeUnseen, newString, work } from "./meter.ts";

/** Characters that are reserved, and become one piece, at a time. */
const STEP = 4096;
const CHARACTERS_A_STEP = 8;
/** Shorter texts are not worth a look at the account. */
const LONG: Bytes = 64 * 1024;

/**
 * V8 keeps a sum of strings as a tree of its parts, ten to twenty times as large as text of small pieces: here a page
 * of it at most, since each full page becomes one string.
 */
export class Text {
  #pages = "";
  #page = "";
  #room = 0;
  #reserved = 0;

  add(text: string): void {
    this.#page += text;
    const more = this.#page.length - this.#room;
    if (more <= 0) return;
    this.#reserved += more + STEP;
    newString(this.#reserved);
    makeUnseen(more + STEP);
    work((more + STEP) / CHARACTERS_A_STEP);
    this.#pages += inOnePiece(this.#page);
    this.#page = "";
    this.#room = STEP;
  }

  toString(): string {
    return this.#pages + this.#page;
  }

  /** As the bytes that the script gets. */
  toBytes(): ByteString {
    const text = this.toString();
    if (text.length > LONG) {
      allocate(text.length); // the pages become one, which counts when it is the script's
      discarded(2 * text.length);
    }
    return isAscii(text) ? ByteString.fromAscii(text) : ByteString.fromText(text);
  }
}
