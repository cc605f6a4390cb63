/**
 * Rates by a sliding window: how many were let through in the last `per`, of which the part before this window's begin
 * is taken to have come evenly. An entry holds the numbers of the last window and of this one, and lives until the end of
 * the next: so its ttl says where in the window the time is, by the clock of the store, which all share.
 */
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import { type Bytes, Float, float, type Key, type Milliseconds, noItems, Table, type Value } from "../value/value.ts";
import { attempts, unlessBeaten } from "./attempts.ts";
import { notWindow, unversioned } from "./errors.ts";
import type { RateAnswer } from "./rate.ts";
import type { Entry, Store, Write } from "./store.ts";

export interface WindowRate {
  /** So many in `per`. */
  readonly limit: number;
  readonly per: Milliseconds;
  /** How many this one counts for. */
  readonly cost: number;
  /** The most bytes that are read of what is there. Absent: any value. */
  readonly memory?: Bytes | undefined;
}

/** Sums of floats: what is beyond the limit by less than this is not beyond it. */
const SLACK = 1e-9;

interface Counts {
  readonly last: number;
  readonly now: number;
  /** How long ago this window began. */
  readonly since: Milliseconds;
}

/**
 * Atomic: of those in this process one comes after the other, and others are seen by the version.
 * @param isLive whether whoever asks still waits
 * @throws CONFLICT where others are always first
 */
export function slide(store: Store, key: Key, rate: WindowRate, isLive?: () => boolean): Eventually<RateAnswer> {
  return store.together.turns.take(key, () => attempts(key, () => attempt(store, key, rate), isLive));
}

/** @returns undefined where somebody else was first */
function attempt(store: Store, key: Key, rate: WindowRate): Eventually<RateAnswer | undefined> {
  const found = store.entry(key, rate.memory);
  const left = store.ttl(key);
  return isLater(found) || isLater(left)
    ? Promise.all([found, left]).then(([entry, time]) => decide(store, key, rate, entry, time))
    : decide(store, key, rate, found, left);
}

function decide(
  store: Store,
  key: Key,
  rate: WindowRate,
  entry: Entry | undefined,
  left: Milliseconds | undefined,
): Eventually<RateAnswer | undefined> {
  // It may have expired, or come, between the two questions: then the write finds another version.
  const counts = entry === undefined ? nothing : countsOf(key, entry.value, left ?? 0, rate.per);
  const answer = answerFor(counts, rate);
  if (!answer.allowed) return answer;
  const value = new Table([count(counts.last), count(counts.now + rate.cost)], noItems, noItems);
  const ttl = 2 * rate.per - counts.since;
  const write: Write = { ttl, onlyIf: entry === undefined ? "absent" : { version: entry.version } };
  return andThen(
    unlessBeaten(() => store.put(key, value, write)),
    (written) => {
      if (written !== undefined) return answer;
      if (!store.traits.versioned) throw unversioned("window");
      return undefined;
    },
  );
}

const nothing: Counts = { last: 0, now: 0, since: 0 };

/** @throws INVALID when the value is another one */
function countsOf(key: Key, value: Value, left: Milliseconds, per: Milliseconds): Counts {
  const [last, now] = value instanceof Table ? value.items.map(numberOf) : [];
  if (last === undefined || now === undefined || left === Number.POSITIVE_INFINITY) throw notWindow(key);
  const since = Math.min(Math.max(2 * per - left, 0), 2 * per);
  if (since < per) return { last, now, since };
  return { last: now, now: 0, since: since - per };
}

function answerFor({ last, now, since }: Counts, { limit, per, cost }: WindowRate): RateAnswer {
  const rest = limit - (last * (1 - since / per) + now) - cost;
  if (rest >= -SLACK) return { allowed: true, remaining: Math.floor(rest + SLACK), retryAfter: 0 };
  return { allowed: false, remaining: Math.max(Math.floor(rest + cost + SLACK), 0), retryAfter: retryAfter() };

  /** When the last window weighs little enough, or else this one in the next. */
  function retryAfter(): Milliseconds {
    const room = limit - cost - now;
    if (room >= 0) return Math.max(per * (1 - room / last) - since, 0);
    return per - since + Math.max(per * (1 - Math.max(limit - cost, 0) / now), 0);
  }
}

const count = (n: number): Value => float(n);

const numberOf = (value: Value): number | undefined =>
  value instanceof Float ? value.value : typeof value === "number" ? value : undefined;
