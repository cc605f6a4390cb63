import { Channel } from "../../lua/run/channel.ts";
import { monotonicClock } from "../../value/clock.ts";
import type { LocalCall } from "../call.ts";
import { Alarm } from "./alarm.ts";
import { type Duration, MILLISECOND } from "./duration.ts";
import { periodTooShort } from "./errors.ts";
import { now } from "./instant.ts";

/**
 * Puts the time into a channel, again and again. A tick that nobody has taken is the only one that waits: those that
 * come meanwhile are dropped, and so are those that come too late. It ends with the call that started it.
 */
export class Ticker {
  readonly channel: Channel = new Channel(1);
  #end: (() => void) | undefined;

  /** @throws MoonkeepError INVALID for a period below a millisecond; UNAVAILABLE when there are too many */
  constructor(call: LocalCall, period: Duration) {
    if (period.nanoseconds < MILLISECOND) throw periodTooShort(period.toString());
    this.#end = call.feed(this.channel, this, (give) => {
      const alarm = new Alarm();
      everyPeriod(alarm, period.nanoseconds / MILLISECOND, () => give(now));
      return () => {
        alarm.clear();
        this.#end = undefined;
      };
    });
  }

  /** No more ticks, not even one that was not taken yet. @returns whether it was ticking */
  stop(): boolean {
    const wasTicking = this.#end !== undefined;
    this.#end?.();
    this.channel.clear();
    return wasTicking;
  }
}

/** By the clock, so that being late once does not make all that follow late. */
function everyPeriod(alarm: Alarm, period: number, tick: () => void): void {
  let next = monotonicClock.now() + period;
  const wait = () => alarm.set(Math.max(1, Math.ceil(next - monotonicClock.now())), due);
  const due = () => {
    next += period * Math.max(1, Math.ceil((monotonicClock.now() - next) / period));
    wait();
    tick();
  };
  wait();
}
