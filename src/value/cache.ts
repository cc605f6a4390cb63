import type { Bytes } from "./value.ts";

/** Beside its key, what an entry takes: the Map's own record, and a little of what is kept. */
const ENTRY: Bytes = 200;

/**
 * What was made of texts, kept for the next time: bounded by how many, and by how many bytes the texts have, since
 * whoever gives the texts may be a stranger. A text that takes a good part of the room by itself is not kept. When there
 * is no room, those go that were kept first.
 */
export class TextCache<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;
  readonly #mostBytes: Bytes;
  readonly #weight: Bytes;
  #bytes: Bytes = 0;

  /** @param options.weight what is kept takes beside its text, for each character of it */
  constructor({ most, bytes, weight = 0 }: { most: number; bytes: Bytes; weight?: Bytes }) {
    this.#most = most;
    this.#mostBytes = bytes;
    this.#weight = weight;
  }

  /** What it holds. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  has(text: string): boolean {
    return this.#kept.has(text);
  }

  get(text: string): T | undefined {
    return this.#kept.get(text);
  }

  set(text: string, value: T): void {
    const size = this.#sizeOf(text);
    if (size > this.#mostBytes / 16 || this.#kept.has(text)) return;
    while (this.#kept.size >= this.#most || this.#bytes + size > this.#mostBytes) this.#dropFirst();
    this.#kept.set(text, value);
    this.#bytes += size;
  }

  #dropFirst(): void {
    const [first] = this.#kept.keys();
    this.#kept.delete(first!);
    this.#bytes -= this.#sizeOf(first!);
  }

  #sizeOf(text: string): Bytes {
    return ENTRY + text.length * (2 + this.#weight);
  }
}
