/** Channels of the script in this thread that the host puts values into (feeds.ts). */

import { Channel } from "../lua/run/channel.ts";
import type { Give } from "../lua/run/feeds.ts";
import type { State } from "../lua/run/state.ts";
import { notALuaType } from "./errors.ts";
import type { FromThread, ToFeed } from "./messages.ts";
import { BadMessage, isPacked, unpack, unpackTable, type Wire } from "./wire.ts";

interface Fed {
  readonly number: number;
  readonly channel: Channel;
  /** How many came, and of how many the host knows that they were taken. */
  given: number;
  told: number;
  give: Give;
  end(): void;
}

export class FedChannels {
  readonly #state: State;
  readonly #post: (message: FromThread) => void;
  readonly #channels = new Map<number, Channel>();
  readonly #fed = new Map<number, Fed>();
  /** Of which something was taken that the host does not know of yet. */
  readonly #due = new Set<Fed>();

  constructor(state: State, post: (message: FromThread) => void) {
    this.#state = state;
    this.#post = post;
  }

  channel(number: number): Channel {
    return this.#channels.get(number)!;
  }

  take(message: ToFeed): void {
    const [what, number, more] = message;
    if (what === "feed") {
      if (this.#state.execution !== undefined) this.#open(number, more); // else the call that asked for it has ended
      return;
    }
    const fed = this.#fed.get(number);
    if (fed === undefined) return; // the call has ended, and the host did not know yet
    if (what === "give") this.#give(fed, more);
    else {
      if (more) fed.channel.close();
      fed.end();
    }
  }

  #open(number: number, capacity: number): void {
    const channel = new Channel(capacity);
    const fed: Fed = { number, channel, given: 0, told: 0, give: () => false, end() {} };
    this.#channels.set(number, channel);
    this.#fed.set(number, fed);
    channel.onTaken = () => this.#taken(fed);
    fed.end = this.#state.feed(channel, undefined, (give) => {
      fed.give = give;
      return () => {
        channel.onTaken = undefined;
        this.#fed.delete(number);
        this.#due.delete(fed);
      };
    });
  }

  #give(fed: Fed, wire: Wire): void {
    fed.given++;
    const { thread } = this.#state;
    fed.give(() => (isPacked(wire) ? unpackTable(thread, wire.packed) : unpack(thread, wire, noSpecial)));
    this.#later(fed); // somebody may have waited for it
  }

  /** The host may tell what is lost only if it knows soon; it knows before it is asked, or when the script waits. */
  #taken(fed: Fed): void {
    if (untold(fed) >= fed.channel.capacity / 4) this.#tell(fed);
    else this.#later(fed);
  }

  #later(fed: Fed): void {
    if (this.#due.size === 0) queueMicrotask(() => this.flush());
    this.#due.add(fed);
  }

  /** Tells the host what was taken. */
  flush(): void {
    for (const fed of this.#due) this.#tell(fed);
    this.#due.clear();
  }

  #tell(fed: Fed): void {
    const taken = untold(fed);
    if (taken <= 0) return;
    fed.told += taken;
    this.#post(["took", fed.number, taken]);
  }
}

/** What the script itself sent into the channel may lie in it as well. */
const untold = ({ given, told, channel }: Fed): number => given - channel.length - told;

const noSpecial = (): never => {
  throw new BadMessage(notALuaType);
};
