/**
 * Search for plain text. JavaScript's own search is fast, but for long parts it can take time that grows with the
 * product of both lengths ("aaa…" in search of "a…ab" and the like), in native code that nothing interrupts: megabytes
 * keep the process for hours. So only the head of a part is searched for natively, in pieces that take well under a
 * millisecond, and what follows is compared where the head is found; both are counted.
 */
import { handle } from "../meter/meter.ts";

const HEAD = 32;
const PIECE = 64 * 1024;
/** What a native call costs, in bytes that could be searched instead. */
const OVERHEAD = 200;

/** The first place of some text in another, from a place on; -1 where there is none. */
export function findText(text: string, part: string, start: number): number {
  if (part.length <= HEAD && text.length - start <= PIECE) {
    handle(text.length - start);
    return text.indexOf(part, start);
  }
  const head = part.slice(0, HEAD);
  const last = text.length - part.length;
  let uncounted = 0;
  for (let from = start; from <= last; ) {
    const end = Math.min(from + PIECE, last + 1);
    // A head that begins before `end` may reach past it.
    const found = text.slice(from, end + head.length - 1).indexOf(head);
    const next = found === -1 ? end : from + found + 1;
    uncounted += next - from + OVERHEAD;
    if (uncounted > PIECE || found === -1) {
      handle(uncounted);
      uncounted = 0;
    }
    if (found !== -1 && continues(text, from + found, part)) return from + found;
    from = next;
  }
  return -1;
}

/** Whether a part whose head is here is here as a whole. */
function continues(text: string, at: number, part: string): boolean {
  if (part.length <= HEAD) return true;
  handle(part.length);
  return text.startsWith(part, at);
}
