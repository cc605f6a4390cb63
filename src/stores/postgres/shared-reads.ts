import { MoonkeepError } from "../../errors.ts";
import type { Key, Milliseconds } from "../../value/value.ts";

/** What reads, one key or several; it has until `end`, in the time of `performance.now()`. */
export interface Reader<T> {
  one(key: Key, end: Milliseconds): Promise<T | undefined>;
  /** What is there, by key. */
  many(keys: readonly Key[], end: Milliseconds): Promise<ReadonlyMap<Key, T>>;
}

interface Waiting<T> {
  readonly key: Key;
  readonly end: Milliseconds;
  resolve(found: T | undefined): void;
  reject(e: unknown): void;
}

/** The most keys that go together, so that no reply is huge. */
const MOST_KEYS = 50;

/**
 * Reads of many scripts over few connections. As long as one is free, a read is sent at once and by itself; those that
 * would wait for one go together when the next is free, which saves the server, and us, a round trip for each. A read
 * sees what was there after it was asked for, as it would by itself.
 */
export class SharedReads<T> {
  readonly #reader: Reader<T>;
  readonly #most: number;
  readonly #timeout: Milliseconds;
  readonly #waiting: Waiting<T>[] = [];
  #underWay = 0;

  /**
   * @param most how many may be under way at once
   * @param timeout how long a read may take, waiting included
   */
  constructor(reader: Reader<T>, most: number, timeout: Milliseconds) {
    this.#reader = reader;
    this.#most = most;
    this.#timeout = timeout;
  }

  /** @throws MoonkeepError; each reader gets one of its own, to which its Lua stack is added */
  read(key: Key): Promise<T | undefined> {
    const end = performance.now() + this.#timeout;
    if (this.#underWay < this.#most) return this.#one(key, end);
    return new Promise((resolve, reject) => this.#waiting.push({ key, end, resolve, reject }));
  }

  async #one(key: Key, end: Milliseconds): Promise<T | undefined> {
    this.#underWay++;
    try {
      return await this.#reader.one(key, end);
    } finally {
      this.#done();
    }
  }

  async #together(reads: readonly Waiting<T>[]): Promise<void> {
    this.#underWay++;
    try {
      const keys = new Set(reads.map(({ key }) => key));
      const found = await this.#reader.many([...keys], reads[0]!.end);
      for (const { key, resolve } of reads) resolve(found.get(key));
    } catch (e) {
      for (const { reject } of reads) reject(e instanceof MoonkeepError ? e.copy() : e);
    } finally {
      this.#done();
    }
  }

  #done(): void {
    this.#underWay--;
    if (this.#waiting.length === 0) return;
    void this.#together(this.#waiting.splice(0, MOST_KEYS));
  }
}
