/**
 * How many instructions a pattern may compile to, told from its text: `(?:.{990}x){1000}` is short, and parsing it alone
 * takes a second. Never less than what RE2JS makes of it; a little more where that is simpler to tell.
 */

/** Literal text, which counts by its characters. */
const quoted = /\\Q(.*?)(?:\\E|$)/sy;
const repetition = /\{(\d+)(?:,(\d*))?\}/y;
/** What is nothing, and may come between a part and its repetition: `a(?i){2}` is `aa`. */
const nothing = /\(\?[\w-]*\)|\\Q\\E/y;
/** An escape, a class in brackets, any other character. */
const atom = /\\(?:[pPx]\{[^}]*\}|[pP]?.)|\[\^?\]?(?:\[:\^?\w+:\]|\\(?:[pPx]\{[^}]*\}|[pP]?.)|[^\]\\])*\]|./suy;

/** The begin of a group, and whether it captures. */
const open = /\((\?(?:P?<\w*>|[\w-]*:))?/y;
/** A group that captures around nothing: its begin, its end, and the nothing. */
const EMPTY = 3;

export function patternSize(pattern: string): number {
  /** Of the groups around, up to where the next one begins. */
  const outer: number[] = [];
  /** Of the group, without the part that an operator after it would repeat. */
  let group: number = EMPTY;
  let last = 0;
  const read = (what: RegExp, at: number) => {
    what.lastIndex = at;
    return what.exec(pattern);
  };
  for (let at = 0; at < pattern.length; ) {
    const skipped = read(nothing, at);
    if (skipped !== null) {
      at += skipped[0].length;
      continue;
    }
    const counted = read(repetition, at);
    const literal = counted === null ? read(quoted, at) : null;
    const opened = read(open, at);
    const [found, ...parts] = counted ?? literal ?? opened ?? read(atom, at)!;
    at += found.length;
    if (counted !== null) last = (last + 1) * Math.max(1, Number(parts[0]), Number(parts[1] ?? 0));
    else if ("*+?".includes(found)) last += 2;
    else if (found === ")" && outer.length > 0) {
      last += group;
      group = outer.pop()!;
    } else {
      group += last;
      last = literal !== null ? parts[0]!.length : found === "|" ? 2 : 1;
      if (opened !== null) {
        outer.push(group);
        group = parts[0]?.endsWith(":") === true ? 1 : EMPTY;
        last = 0;
      }
    }
  }
  return outer.reduce((total, size) => total + size, group + last);
}
