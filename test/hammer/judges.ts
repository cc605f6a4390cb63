/** What must be true of what the processes have written down. Each judge throws what is not. */
import { check, type Model, type Operation } from "../linearizability/checker.ts";
import { counter, lock, register } from "../linearizability/models.ts";
import { type Asked, byKey, type Written } from "./record.ts";

const SECOND = 1_000_000;
/** How long whoever computes keeps the others waiting when it is gone: src/stores/fetch.ts. */
const LEASE = 5 * SECOND;

/** What the clock of a backend may be ahead of this one: it shows whole milliseconds, and may be slewed meanwhile. */
const TICK = 0.002;
const DRIFT = 1.001;

/** How much was judged. */
export type Judged = Readonly<Record<string, number>>;

/** Every key of registers and counters was, all the time, one. */
export function judgeKeys({ asked }: Written): Judged {
  const registers = [...byKey(asked, "register:")].map(([key, all]) => judge(register, key, all));
  const counters = [...byKey(asked, "counter:")].map(([key, all]) => judge(counter, key, all));
  const all = [...registers, ...counters];
  return { keys: all.length, calls: sum(all.map(({ calls }) => calls)), open: sum(all.map(({ open }) => open)) };
}

// biome-ignore lint/suspicious/noExplicitAny: what was written down is what the model checks
function judge(model: Model<any, any, any>, key: string, all: readonly Asked[]): { calls: number; open: number } {
  const history: Operation[] = all.filter(({ refused, answer }) => refused === undefined && answer !== "beaten");
  const verdict = check(model, history);
  if (!verdict.linearizable) {
    const { done, state, stuck } = verdict;
    const shown = [...done.slice(-12), ...stuck].map((one) => JSON.stringify(one));
    throw new Error(`${key} is not linearizable: after ${done.length} calls, in state ${state}:\n${shown.join("\n")}`);
  }
  return { calls: history.length, open: history.filter(({ to }) => to === undefined).length };
}

/** A counter is what was added, and may be what was perhaps added. */
export function judgeTotal({ asked }: Written, total: unknown): Judged {
  const all = asked.filter(({ key, refused }) => key === "total" && refused === undefined);
  const certain = all.filter(({ to }) => to !== undefined);
  const least = certain.length;
  const most = all.length;
  if (typeof total !== "number" || total < least || total > most) {
    throw new Error(`${least} were added, and perhaps ${most - least} more, and the counter says ${total}`);
  }
  const answers = new Set(certain.map(({ answer }) => answer));
  if (answers.size !== least) throw new Error(`${least - answers.size} increments had the answer of another one`);
  return { added: least, perhaps: most - least };
}

/** Never more were let through than the limit in a time, and what may come at once. */
export function judgeRate({ asked }: Written, key: string, { limit, per, burst }: Rate): Judged {
  const allowed = asked.filter((one) => one.key === key && one.answer === true).sort((a, b) => a.from - b.from);
  const atMost = (some: readonly Asked[]) => {
    const time = (Math.max(...some.map(({ to }) => to!)) - some[0]!.from) / SECOND;
    const most = burst + (limit * (time * DRIFT + TICK)) / per;
    if (some.length > most + 1e-6) throw new Error(`${key}: ${some.length} in ${time} s, and ${most} are allowed`);
  };
  for (let i = 0; i < allowed.length; i += 20) {
    const end = allowed[i]!.from + SECOND;
    atMost(allowed.slice(i, i + 2 * (burst + limit)).filter(({ to }, n) => n === 0 || to! <= end));
  }
  for (let i = 0; i < allowed.length; i += 10_000) atMost(allowed.slice(i, i + 10_000));
  return { [key]: allowed.length };
}

export interface Rate {
  readonly limit: number;
  readonly per: number;
  /** The most beyond what the time allows. */
  readonly burst: number;
}

/**
 * Each lock had one holder at a time, with a number that grew. A hold may have ended by itself when its ttl was over, at
 * the earliest: it is renewed, and how long is not known here. One that was taken and whose answer was lost could only
 * keep others from holding it.
 */
export function judgeLocks({ asked }: Written): Judged {
  let holds = 0;
  for (const [key, all] of byKey(asked, "lock:")) {
    const history = all.flatMap((one): Asked[] => {
      const { process, call, answer, refused, from } = one;
      // What was not given up was lost, or is lost with its ttl.
      if (call.f === "release") return answer === false || refused !== undefined ? [] : [one];
      if (answer === undefined) return [];
      holds++;
      const until = from + (call.ttl as number) * SECOND;
      return [one, { process, key, call: { f: "expire", hold: call.hold }, from: until }];
    });
    judge(lock, key, history);
  }
  return { holds };
}

/**
 * What only the holder of a lock adds to is exact, as far as no holder was kept for longer than its lock may last, and
 * each knows whether it has written.
 * @param sums what is there at the end
 */
export function judgeSections({ asked }: Written, sums: ReadonlyMap<string, unknown>): Judged {
  let exact = 0;
  let added = 0;
  for (const [key, all] of byKey(asked, "sum:")) {
    const writes = all.filter(({ call, refused }) => call.f === "add" && refused === undefined);
    const holds = new Map(asked.filter(({ call }) => call.f === "acquire").map((one) => [one.call.hold, one] as const));
    const isSound = writes.every(({ call, to }) => {
      const { from, call: acquire } = holds.get(call.hold)!;
      return to !== undefined && to < from + (acquire.ttl as number) * SECOND;
    });
    if (!isSound) continue;
    exact++;
    added += writes.length;
    const kept = sums.get(key) ?? 0;
    if (kept !== writes.length)
      throw new Error(`${key}: holders of its lock have added ${writes.length}, it is ${kept}`);
  }
  return { sections: exact, inside: added };
}

/** A value was computed by one at a time, and by nobody any more once it was there. */
export function judgeFetches({ asked, notes }: Written): Judged {
  const starts = new Map(notes.flatMap(({ making, at }) => (making === undefined ? [] : [[making, at] as const])));
  const ends = new Map(notes.flatMap(({ made, at }) => (made === undefined ? [] : [[made, at] as const])));
  let computed = 0;
  let given = 0;
  for (const [key, all] of byKey(asked, "fetch:")) {
    const makers = all
      .filter(({ call }) => starts.has(call.fetch as string))
      .map((one) => ({ ...one, fetch: one.call.fetch as string, at: starts.get(one.call.fetch as string)! }))
      .sort((a, b) => a.at - b.at);
    for (const [i, one] of makers.entries()) {
      const lease = one.from + LEASE; // it is held until then at least
      const end = ends.get(one.fetch) ?? Number.POSITIVE_INFINITY;
      const kept = one.answer === one.fetch && one.to! < lease ? one.to! : Number.POSITIVE_INFINITY;
      for (const next of makers.slice(i + 1)) {
        if (next.at < Math.min(end, lease))
          throw new Error(`${key}: ${next.fetch} and ${one.fetch} computed it at once`);
        if (next.at > kept && next.at < next.from + LEASE)
          throw new Error(`${key}: ${next.fetch} computed what ${one.fetch} had computed`);
      }
    }
    for (const { answer, process } of all.filter((one) => one.answer !== undefined)) {
      if (!makers.some(({ fetch }) => fetch === answer)) throw new Error(`${key}: ${process} was given ${answer}`);
      given++;
    }
    computed += makers.length;
  }
  return { computed, given };
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
