/**
 * Channels of a run in a thread that the host puts values into. What was sent and not yet taken is on its way or waits
 * in the thread's channel; there is never more of it than the channel has room for, nor more bytes than the run may have
 * in memory. The thread says what was taken.
 */

import { MAX_FEEDS } from "../limits.ts";
import type { Channel } from "../lua/run/channel.ts";
import { FEED, type Give, type StartFeed, tooManyFeeds } from "../lua/run/feeds.ts";
import { type Bytes, sizeOf, type Table } from "../value/value.ts";
import { tooManyTaken, unknownChannel } from "./errors.ts";
import type { ToFeed } from "./messages.ts";
import { BadMessage, type Wire } from "./wire.ts";

export interface FeedsOptions {
  /** The most that may be on its way; undefined: no limit. */
  readonly memory: Bytes | undefined;
  tell(message: ToFeed): void;
  pack(value: Table): Wire;
  /** Counts what one takes in the host. @throws Stopped */
  count(bytes: Bytes): void;
}

interface Feed {
  /** The sizes of what was sent and is not taken, oldest first. */
  readonly waiting: Bytes[];
  end(): void;
}

/**
 * Of the memory limit, what may wait in a thread before more is lost. It is over the limit, by which the thread ends the
 * script when it looks; and its account is not to the byte that of the host.
 */
const TOO_MUCH = 1.25;

export class ThreadFeeds {
  readonly #options: FeedsOptions;
  /** Those that have ended as well: the script may ask for its channel again. */
  readonly #numbers = new Map<Channel, number>();
  readonly #feeds = new Map<number, Feed>();
  #bytes = 0;

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** The number by which the thread knows a channel. */
  numberOf(channel: Channel): number | undefined {
    return this.#numbers.get(channel);
  }

  /** @throws MoonkeepError UNAVAILABLE when there are too many */
  open(channel: Channel, start: StartFeed): () => void {
    const { tell, count } = this.#options;
    if (this.#feeds.size >= MAX_FEEDS) throw tooManyFeeds();
    count(FEED);
    const number = this.#numbers.size + 1;
    this.#numbers.set(channel, number);
    let stop = () => {};
    const feed: Feed = {
      waiting: [],
      end: () => {
        if (!this.#feeds.delete(number)) return;
        stop();
        this.#taken(feed, feed.waiting.length);
        tell(["unfeed", number, channel.isClosed]);
      },
    };
    this.#feeds.set(number, feed);
    tell(["feed", number, channel.capacity]);
    stop = start((make) => this.#give(number, feed, channel.capacity, make));
    return feed.end;
  }

  #give(number: number, { waiting }: Feed, capacity: number, make: Parameters<Give>[0]): boolean {
    const { memory = Number.POSITIVE_INFINITY, tell, pack } = this.#options;
    if (!this.#feeds.has(number) || waiting.length >= capacity) return false;
    if (this.#bytes > TOO_MUCH * memory) return false;
    const value = make() as Table;
    const size = sizeOf(value);
    this.#bytes += size;
    waiting.push(size);
    tell(["give", number, pack(value)]);
    return true;
  }

  #taken({ waiting }: Feed, count: number): void {
    for (const size of waiting.splice(0, count)) this.#bytes -= size;
  }

  /** The thread says that so many were taken. @throws BadMessage */
  took(number: unknown, count: unknown): void {
    const isKnown = Number.isInteger(number) && (number as number) >= 1 && (number as number) <= this.#numbers.size;
    if (!isKnown) throw new BadMessage(unknownChannel);
    const feed = this.#feeds.get(number as number);
    if (feed === undefined) return; // it has ended, and the thread did not know yet
    const most = feed.waiting.length;
    if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > most) {
      throw new BadMessage(tooManyTaken);
    }
    this.#taken(feed, count as number);
  }

  /** The call has ended, and all of them with it. */
  end(): void {
    for (const feed of this.#feeds.values()) feed.end();
  }
}
