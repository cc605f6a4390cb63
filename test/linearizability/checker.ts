/**
 * Whether a history of operations that overlapped in time could have been made by one after the other: each at one
 * instant between its call and its answer, and each answer the one that is right at that instant (Herlihy and Wing).
 *
 * The search is that of Wing and Gong: of the operations that may come next, which are those called before any other
 * that is left was answered, take one that the model allows, and go on from there. Lowe's addition keeps it from looking
 * at the same place twice: what is still possible depends on which operations are done and on the state, and not on the
 * order in which they were done.
 *
 * An operation without an answer may have happened at any time after its call, or not at all.
 */

export interface Operation<Call = unknown, Answer = unknown> {
  readonly process: string;
  readonly call: Call;
  /** When it was called, in any unit that all processes share. */
  readonly from: number;
  /** When it was answered; absent: nobody knows whether it happened. */
  readonly to?: number | undefined;
  /** Only where it was answered. */
  readonly answer?: Answer | undefined;
}

export interface Model<State, Call, Answer> {
  readonly start: State;
  /**
   * The state after a call, or undefined where that answer can't be given in this state.
   * @param answer absent: it is not known, and a call that would change nothing then needs no place in the order
   */
  step(state: State, call: Call, answer: Answer | undefined): State | undefined;
  /** The same text for the same state. */
  nameOf(state: State): string;
}

export type Verdict<Call, Answer> =
  | { readonly linearizable: true; readonly looks: number }
  | {
      readonly linearizable: false;
      readonly looks: number;
      /** The longest order that was found. */
      readonly done: readonly Operation<Call, Answer>[];
      /** Its state, by name. */
      readonly state: string;
      /** One of these had to come next, and none could. */
      readonly stuck: readonly Operation<Call, Answer>[];
    };

/** A search that takes more is given up: its history tells nothing. */
const MOST_LOOKS = 3_000_000;

/** How far a search has come. */
interface Place<State> {
  /** All operations before this one are done, of those that were answered. */
  readonly first: number;
  /** Those after it that are done, in order. */
  readonly ahead: readonly number[];
  /** Those without an answer that are taken to be done, in order. */
  readonly assumed: readonly number[];
  readonly state: State;
  readonly count: number;
  readonly last: number;
  readonly before: Place<State> | undefined;
}

/** @throws RangeError when it takes too long to tell */
export function check<State, Call, Answer>(
  model: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
): Verdict<Call, Answer> {
  const inOrder = [...history].sort((a, b) => a.from - b.from);
  const answered = inOrder.filter(({ to }) => to !== undefined);
  const open = inOrder.filter(({ to }) => to === undefined);
  const all = [...answered, ...open];
  const start: Place<State> = {
    ...{ first: 0, ahead: [], assumed: [], state: model.start, count: 0, last: -1, before: undefined },
  };
  const left = [start];
  const seen = new Set<string>();
  let furthest = start;
  let looks = 0;
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    if (place.first === answered.length) return { linearizable: true, looks };
    if (++looks > MOST_LOOKS) throw new RangeError(`it can't be told after ${looks} looks at ${all.length} operations`);
    if (place.count > furthest.count) furthest = place;
    for (const i of nextOf(place, answered, open)) {
      const { call, answer } = all[i]!;
      const state = model.step(place.state, call, answer);
      if (state === undefined) continue;
      const next = after(place, i, answered.length, state);
      const name = `${next.first} ${next.ahead} ${next.assumed} ${model.nameOf(state)}`;
      if (seen.has(name)) continue;
      seen.add(name);
      left.push(next);
    }
  }
  const done: Operation<Call, Answer>[] = [];
  for (let at: Place<State> | undefined = furthest; at !== undefined && at.last >= 0; at = at.before) {
    done.unshift(all[at.last]!);
  }
  const stuck = nextOf(furthest, answered, open).map((i) => all[i]!);
  return { linearizable: false, looks, done, state: model.nameOf(furthest.state), stuck };
}

/** Which may come next: nothing that is left was answered before they were called. The likeliest is the last. */
function nextOf(
  { first, ahead, assumed }: Place<unknown>,
  answered: readonly Operation[],
  open: readonly Operation[],
): number[] {
  let end = Number.POSITIVE_INFINITY;
  const certain: number[] = [];
  for (let i = first; i < answered.length && answered[i]!.from <= end; i++) {
    if (ahead.includes(i)) continue;
    certain.push(i);
    end = Math.min(end, answered[i]!.to!);
  }
  const perhaps: number[] = [];
  for (let i = 0; i < open.length && open[i]!.from <= end; i++) {
    if (!assumed.includes(answered.length + i)) perhaps.push(answered.length + i);
  }
  return [...perhaps, ...certain.sort((a, b) => answered[b]!.to! - answered[a]!.to!)];
}

function after<State>(place: Place<State>, i: number, certain: number, state: State): Place<State> {
  const more = { state, count: place.count + 1, last: i, before: place };
  const insert = (list: readonly number[]) => [...list, i].sort((a, b) => a - b);
  if (i >= certain) return { ...place, ...more, assumed: insert(place.assumed) };
  let { first } = place;
  const ahead = insert(place.ahead);
  while (ahead[0] === first) {
    ahead.shift();
    first++;
  }
  return { ...place, ...more, first, ahead };
}
