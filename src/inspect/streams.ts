/**
 * Sends what happens to those who look, as server-sent events. The last happenings are kept for who comes later, or
 * again; a reader who is too slow is sent away, and comes again by itself, with the number of what it had last.
 */
import type { ServerResponse } from "node:http";
import type { Happening } from "./api.ts";
import { headers } from "./guard.ts";

/** How many happenings are kept. */
const KEPT = 500;
/** How many bytes may wait for one reader. */
const MOST_WAITING = 1024 * 1024;
/** How many read at a time. */
export const MOST_STREAMS = 16;
/** How often something is sent at least: a reader that is gone without a word is noticed by it. */
const BEAT = 15_000;

interface Kept {
  readonly number: number;
  readonly text: string;
}

export class Streams {
  readonly #readers = new Set<ServerResponse>();
  readonly #kept: Kept[] = [];
  readonly #stop: () => void;
  readonly #beat = setInterval(() => this.#send(":\n\n"), BEAT);
  #last = 0;

  /** @param listen begins to tell, and returns what ends it */
  constructor(listen: (told: (happening: Happening) => void) => () => void) {
    this.#beat.unref();
    this.#stop = listen((happening) => this.#tell(happening));
  }

  /** Whether another one may come. */
  get hasRoom(): boolean {
    return this.#readers.size < MOST_STREAMS;
  }

  /**
   * Answers with the stream, which ends when either side does.
   * @param last the number of what the reader had last
   */
  open(response: ServerResponse, last: number): void {
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    response.on("close", () => this.#readers.delete(response));
    response.on("error", () => {}); // it is gone, and "close" says so
    response.write("retry: 2000\n\n");
    this.#readers.add(response);
    // A number from an earlier server says nothing about ours.
    const missed = last > this.#last ? this.#kept : this.#kept.filter(({ number }) => number > last);
    for (const { text } of missed) this.#write(response, text);
  }

  #tell(happening: Happening): void {
    const number = ++this.#last;
    const text = `id: ${number}\ndata: ${JSON.stringify(happening)}\n\n`;
    if (this.#kept.push({ number, text }) > KEPT) this.#kept.shift();
    this.#send(text);
  }

  #send(text: string): void {
    for (const reader of [...this.#readers]) this.#write(reader, text);
  }

  #write(reader: ServerResponse, text: string): void {
    if (reader.writableLength > MOST_WAITING) {
      this.#readers.delete(reader);
      reader.destroy();
    } else reader.write(text);
  }

  close(): void {
    this.#stop();
    clearInterval(this.#beat);
    for (const reader of this.#readers) reader.destroy();
    this.#readers.clear();
  }
}
