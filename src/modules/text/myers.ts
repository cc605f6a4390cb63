/**
 * The shortest way from one sequence to another: Myers' algorithm ("An O(ND) Difference Algorithm and Its Variations",
 * 1986) in the form that needs memory for a line only. It goes from both ends at once, a number of changes further each
 * round, until the two meet; then the same before and behind the place where they met. The time is the length times the
 * number of changes, that is, the square of the length for texts that have nothing in common: the effort bounds it, and
 * what is left when it is spent counts as one change.
 */
import { allocate } from "../../lua/meter/meter.ts";
import type { Bytes } from "../../value/value.ts";
import type { Effort } from "./effort.ts";
import { Held } from "./held.ts";
import type { Symbols } from "./symbols.ts";

/** What is at `a0` up to `a1` in the first became what is at `b0` up to `b1` in the second. */
export interface Change {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/** Steps that are counted at once. */
const BATCH = 500;

/** Where the ways from both ends meet: equal from (x, y) to (u, v). */
type Meeting = readonly [x: number, y: number, u: number, v: number];

/** The changes, in order; what is between two of them is equal. */
export function changesBetween(a: Symbols, b: Symbols, effort: Effort, within?: Change): Change[] {
  const changes: Change[] = [];
  compare(a, b, within ?? { a0: 0, a1: a.length, b0: 0, b1: b.length }, effort, changes, new Held());
  return changes;
}

function compare(a: Symbols, b: Symbols, range: Change, effort: Effort, changes: Change[], held: Held): void {
  let { a0, a1, b0, b1 } = range;
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
    a0++;
    b0++;
  }
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
    a1--;
    b1--;
  }
  if (a0 === a1 && b0 === b1) return;
  const more = effort.spend(1 + range.a1 - range.a0 - (a1 - a0));
  const meeting = more && a0 < a1 && b0 < b1 ? meet(a.subarray(a0, a1), b.subarray(b0, b1), effort) : undefined;
  if (meeting === undefined) {
    add(changes, { a0, a1, b0, b1 }, held);
    return;
  }
  const [x, y, u, v] = meeting;
  compare(a, b, { a0, a1: a0 + x, b0, b1: b0 + y }, effort, changes, held);
  compare(a, b, { a0: a0 + u, a1, b0: b0 + v, b1 }, effort, changes, held);
}

/** What a change takes. */
const CHANGE: Bytes = 100;

/** One that begins where the last one ends is a part of it. */
function add(changes: Change[], change: Change, held: Held): void {
  held.add(CHANGE);
  const last = changes.at(-1);
  if (last === undefined || last.a1 < change.a0 || last.b1 < change.b0) changes.push(change);
  else changes[changes.length - 1] = { ...change, a0: last.a0, b0: last.b0 };
}

/** @returns undefined when the effort is spent */
function meet(a: Symbols, b: Symbols, effort: Effort): Meeting | undefined {
  const [n, m] = [a.length, b.length];
  const difference = n - m;
  const isOdd = difference % 2 !== 0;
  const size = n + m + 3;
  allocate(8 * size);
  if (!effort.spend(size / 8)) return undefined;
  // How far each diagonal got, from the beginning and from the end; diagonal k is at k + m + 1.
  const forward = new Int32Array(size);
  const backward = new Int32Array(size);
  const zero = m + 1;
  let steps = 0;
  for (let changes = 0; ; changes++) {
    const least = -(changes - 2 * Math.max(0, changes - m));
    const most = changes - 2 * Math.max(0, changes - n);
    for (const isForward of [true, false]) {
      const [own, other] = isForward ? [forward, backward] : [backward, forward];
      const reach = isForward ? changes - 1 : changes;
      for (let k = least; k <= most; k += 2) {
        const down = k === -changes || (k !== changes && own[zero + k - 1]! < own[zero + k + 1]!);
        const start = down ? own[zero + k + 1]! : own[zero + k - 1]! + 1;
        let x = start;
        let y = start - k;
        if (isForward) {
          while (x < n && y < m && a[x] === b[y]) {
            x++;
            y++;
          }
        } else {
          while (x < n && y < m && a[n - 1 - x] === b[m - 1 - y]) {
            x++;
            y++;
          }
        }
        own[zero + k] = x;
        steps += 1 + x - start;
        if (steps > BATCH) {
          if (!effort.spend(steps)) return undefined;
          steps = 0;
        }
        const opposite = difference - k;
        if (isOdd === isForward && Math.abs(opposite) <= reach && x + other[zero + opposite]! >= n) {
          return isForward ? [start, start - k, x, y] : [n - x, m - y, n - start, m - start + k];
        }
      }
    }
  }
}
