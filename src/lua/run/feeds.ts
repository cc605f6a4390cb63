/**
 * What puts values into channels of a state from outside: timers, subscriptions. A script that waits with a time limit
 * makes a timer each time and forgets it, so those whose channel nothing in the script can reach any more are ended
 * when there are many, or when the script is measured.
 */

import { MoonkeepError } from "../../errors.ts";
import { MAX_FEEDS } from "../../limits.ts";
import { type Bytes, sizeOf, Table } from "../../value/value.ts";
import { writeResult } from "../boundary/results.ts";
import type { Fed } from "../limits/roots.ts";
import { allocate, chargeTo } from "../meter/meter.ts";
import { Stopped } from "../meter/stopped.ts";
import { nilCell } from "../vm/table.ts";
import type { LuaState, TValue } from "../vm/types.ts";
import type { Channel } from "./channel.ts";
import { feedLimit } from "./errors.ts";
import type { Execution } from "./execution.ts";

/** About what one takes, with its timer and its channel. */
export const FEED: Bytes = 2000;
/** Below this many it is not worth looking for those that nothing can reach. */
const FEW = 1000;
/** So many more may be made until a script that can't be looked at right now is paused for it. */
const ROOM = 100;

/**
 * Puts what `make` returns into the channel: plain data, a handle, or a cell.
 * @returns whether there was room for it; `make` is not called where there was none
 */
export type Give = (make: () => unknown) => boolean;

/** Begins to put values into a channel. @returns what ends that */
export type StartFeed = (give: Give) => () => void;

interface Feed {
  readonly channel: Channel;
  /** What gives the channel to the script; undefined: it is not in this state, and the feed ends with the call. */
  readonly owner: object | undefined;
  end(): void;
}

export class Feeds implements Fed {
  readonly #L: LuaState;
  readonly #feeds = new Set<Feed>();
  /** The script may not have got it yet. */
  #latest: Feed | undefined;
  #sweepAt = FEW;

  constructor(L: LuaState) {
    this.#L = L;
  }

  get bytes(): Bytes {
    return FEED * this.#feeds.size;
  }

  /**
   * Begins one, which ends with the call, when the script can't reach the channel any more, or when what this returns is
   * called. While it goes on, a coroutine that waits for the channel does not wait in vain. What is given counts for the
   * call that gets it.
   * @param owner the handle that gives the script the channel; undefined: it is not in this state
   * @throws MoonkeepError UNAVAILABLE when there are too many
   */
  begin(execution: Execution, channel: Channel, owner: object | undefined, start: StartFeed): () => void {
    let stop = () => {};
    const feed: Feed = {
      channel,
      owner,
      end: () => {
        if (!this.#feeds.delete(feed)) return;
        stop();
        forget();
        noMore();
      },
    };
    this.#add(feed, execution);
    const noMore = execution.expect();
    const forget = execution.atEnd(feed.end);
    stop = start((make) => this.#give(execution, channel, make));
    return feed.end;
  }

  #add(feed: Feed, execution: Execution): void {
    allocate(FEED);
    if (this.#feeds.size >= this.#sweepAt) execution.budget.lookSoon(); // which calls `keepReached`
    if (this.#feeds.size >= MAX_FEEDS) throw tooManyFeeds();
    this.#feeds.add(feed);
    this.#latest = feed;
  }

  #give(execution: Execution, channel: Channel, make: Parameters<Give>[0]): boolean {
    if (!channel.hasRoom) return false;
    const before = chargeTo(execution.budget);
    try {
      const given = make();
      if (given instanceof Table) allocate(sizeOf(given));
      const cell = nilCell();
      writeResult(this.#L, given, cell);
      return channel.trySend(cell);
    } catch (e) {
      if (!(e instanceof Stopped) || execution.isRunning) throw e;
      execution.abandon(e.reason);
      return false;
    } finally {
      chargeTo(before);
    }
  }

  *keepReached(isReached: (object: object) => boolean): Iterable<TValue> {
    for (const feed of this.#feeds) {
      const { owner, channel } = feed;
      if (owner === undefined || feed === this.#latest || isReached(owner) || isReached(channel)) {
        yield* channel.values();
      } else feed.end();
    }
    this.#sweepAt = Math.min(MAX_FEEDS - ROOM, Math.max(FEW, 2 * this.#feeds.size));
  }
}

export const tooManyFeeds = (): MoonkeepError =>
  new MoonkeepError("UNAVAILABLE", feedLimit(MAX_FEEDS), {
    retryable: false,
  });
