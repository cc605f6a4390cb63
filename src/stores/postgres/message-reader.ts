/**
 * How much a server sends: https://www.postgresql.org/docs/current/protocol-message-formats.html. Of each message it
 * reads the type and the length, and passes over the rest.
 */
import type { Bytes } from "../../value/value.ts";
import { answerTooLong, UnreadableAnswer } from "../errors.ts";
import { MOST_VALUE_BYTES } from "../kept-size.ts";

/** A byte for the type, and four for the length, which counts itself. */
const HEADER: Bytes = 5;
const LENGTH: Bytes = 4;

const DATA_ROW = 0x44;
const READY_FOR_QUERY = 0x5a;

/** Only rows are long: a login, errors and descriptions of columns are a few hundred bytes. All of a login has less. */
const MOST_OF_OTHERS: Bytes = 2 ** 16;

/**
 * What the answer to a statement has at most: a value of the largest size as base64, which takes 4/3 of that and the
 * ends of lines. What is read together is less: 2500 values of 4 KiB that are written with four characters a byte.
 */
const MOST_OF_AN_ANSWER: Bytes = 1.5 * MOST_VALUE_BYTES;

/** An answer has 2500 rows at most, and few other messages. What keeps them takes much more than a short one has. */
const MOST_MESSAGES = 10_000;

export class MessageReader {
  /** How many bytes of a message are still to come. */
  #left: Bytes = 0;
  /** A header that came in parts, and how much of it is here. */
  readonly #header = Buffer.alloc(HEADER);
  #begun: Bytes = 0;
  /** What has come since the server was last ready for a statement. */
  #sum: Bytes = 0;
  #messages = 0;
  #most: Bytes = MOST_OF_OTHERS;

  /** @throws UnreadableAnswer */
  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, bytes.length - at);
        at += passed;
        this.#left -= passed;
      } else if (this.#begun === 0 && bytes.length - at >= HEADER) {
        this.#begin(bytes, at);
        at += HEADER;
      } else {
        this.#header[this.#begun++] = bytes[at++]!;
        if (this.#begun < HEADER) continue;
        this.#begun = 0;
        this.#begin(this.#header, 0);
      }
    }
  }

  #begin(bytes: Buffer, at: number): void {
    const type = bytes[at]!;
    const length = bytes.readUInt32BE(at + 1);
    if (length < LENGTH) throw new UnreadableAnswer();
    this.#left = length - LENGTH;
    this.#sum += length;
    this.#messages++;
    const isLong = length > MOST_OF_OTHERS && type !== DATA_ROW;
    if (isLong || this.#sum > this.#most || this.#messages > MOST_MESSAGES) throw answerTooLong();
    if (type !== READY_FOR_QUERY) return;
    this.#sum = 0;
    this.#messages = 0;
    this.#most = MOST_OF_AN_ANSWER;
  }
}
