import { Channel } from "../../lua/run/channel.ts";
import type { LocalCall } from "../call.ts";
import { Alarm } from "./alarm.ts";
import { type Duration, millisecondsOf } from "./duration.ts";
import { now } from "./instant.ts";

/** Puts the time into a channel, once. It ends with the call that started it. */
export class Timer {
  readonly channel: Channel = new Channel(1);
  readonly #call: LocalCall;
  #end: (() => void) | undefined;

  /** @throws MoonkeepError UNAVAILABLE when there are too many */
  constructor(call: LocalCall, span: Duration) {
    this.#call = call;
    this.#start(span);
  }

  #start(span: Duration): void {
    this.#end = this.#call.feed(this.channel, this, (give) => {
      const alarm = new Alarm();
      alarm.set(millisecondsOf(span), () => {
        give(now);
        this.#end?.();
      });
      return () => {
        alarm.clear();
        this.#end = undefined;
      };
    });
  }

  /**
   * From here on nobody gets its time.
   * @returns whether somebody would have, or could: it was running, or its time was not taken yet
   */
  stop(): boolean {
    const wasLive = this.#end !== undefined || this.channel.length > 0;
    this.#end?.();
    this.channel.clear();
    return wasLive;
  }

  /** Stops it, and starts it again. @returns as `stop` */
  reset(span: Duration): boolean {
    const wasLive = this.stop();
    this.#start(span);
    return wasLive;
  }
}
