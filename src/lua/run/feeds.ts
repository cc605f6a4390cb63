/**
 * What puts values into channels of a state from outside: timers, subscriptions. A script that waits with a time limit
 * makes a timer each time and forgets it, so those whose channel nothing in the script can reach any more are ended
 * when there are many, or when the script is measured.
 */

import { MoonkeepError } from "../../errors.ts";
import { MAX_FEEDS } from "../../limits.ts";
import type { Bytes } from "../../value/value.ts";
import type { Fed } from "../limits/roots.ts";
import { allocate } from "../meter/meter.ts";
import type { TValue } from "../vm/types.ts";
import type { Channel } from "./channel.ts";
import { feedLimit } from "./errors.ts";

/** About what one takes, with its timer and its channel. */
export const FEED: Bytes = 2000;
/** Below this many it is not worth looking for those that nothing can reach. */
const FEW = 1000;

/**
 * Puts what `make` returns into the channel: plain data, a handle, or a cell.
 * @returns whether there was room for it; `make` is not called where there was none
 */
export type Give = (make: () => unknown) => boolean;

/** Begins to put values into a channel. @returns what ends that */
export type StartFeed = (give: Give) => () => void;

export interface Feed {
  readonly channel: Channel;
  /** What gives the channel to the script; undefined: it is not in this state, and the feed ends with the call. */
  readonly owner: object | undefined;
  end(): void;
}

export class Feeds implements Fed {
  readonly #feeds = new Set<Feed>();
  /** The script may not have got it yet. */
  #latest: Feed | undefined;
  #sweepAt = FEW;

  get bytes(): Bytes {
    return FEED * this.#feeds.size;
  }

  /** @param sweep has `keepReached` called. @throws MoonkeepError UNAVAILABLE when there are too many */
  add(feed: Feed, sweep: () => void): void {
    allocate(FEED);
    if (this.#feeds.size >= this.#sweepAt) {
      sweep();
      this.#sweepAt = Math.min(MAX_FEEDS, Math.max(FEW, 2 * this.#feeds.size));
    }
    if (this.#feeds.size >= MAX_FEEDS) throw tooManyFeeds();
    this.#feeds.add(feed);
    this.#latest = feed;
  }

  delete(feed: Feed): boolean {
    return this.#feeds.delete(feed);
  }

  *keepReached(isReached: (object: object) => boolean): Iterable<TValue> {
    for (const feed of this.#feeds) {
      const { owner, channel } = feed;
      if (owner === undefined || feed === this.#latest || isReached(owner) || isReached(channel)) {
        yield* channel.values();
      } else feed.end();
    }
  }
}

export const tooManyFeeds = (): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", feedLimit(MAX_FEEDS), {
    retryable: false,
  });
