/**
 * The name that somebody most likely meant.
 *
 * The measure is the optimal string alignment distance (Damerau-Levenshtein without repeated edits of one place): an
 * insertion, a deletion, a changed letter and two swapped neighbours cost one each, since these are the slips of a
 * hand on a keyboard. Capitals cost nothing. A suggestion that is wrong is worse than none, so a name counts as close
 * only within a third of its length, and within three edits however long it is: `cach` means `cache`, `no` does not
 * mean `on`. Names whose lengths alone are too far apart are passed over without being compared, and so are
 * very long ones, which keeps a look-up cheap whatever text it is given.
 */

const MOST_EDITS = 3;
/** Characters; the comparison costs the product of both lengths. */
const LONGEST_NAME = 120;

/**
 * The candidate closest to `name`, the first of equals; undefined when none is close.
 * @param accepts whether a candidate may be told; asked only of those that are close
 */
export function nearest(
  name: string,
  candidates: Iterable<string>,
  accepts: (candidate: string) => boolean = always,
): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const most = Math.min(closeEnough(name, candidate), fewest - 1);
    if (most < 0 || candidate.length > LONGEST_NAME || Math.abs(candidate.length - name.length) > most) continue;
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits > most || !accepts(candidate)) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

const always = () => true;

/** How many edits two names may be apart. */
function closeEnough(a: string, b: string): number {
  return Math.min(MOST_EDITS, Math.floor(Math.max(a.length, b.length) / 3));
}

/** Three rows of the usual table are enough: a swap looks back two. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? before[j - 2]! + 1
          : Number.POSITIVE_INFINITY;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, changed, swapped));
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
