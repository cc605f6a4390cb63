import { handle } from "../../meter/meter.ts";

/**
 * Search for plain text. Node's own search is fast, but for parts of more than 250 bytes it can take time that grows
 * with the product of both lengths ("aaa…" in search of "a…ab" and the like), in native code that nothing interrupts:
 * megabytes keep the process for hours. So only the head of a part is searched for natively, in pieces that take well
 * under a millisecond, and what follows is compared where the head is found; both are counted.
 */
const HEAD = 32;
const PIECE = 64 * 1024;
/** What a native call costs, in bytes that could be searched instead. */
const OVERHEAD = 2000;

const { indexOf } = Buffer.prototype;

/** The first place of some bytes in others; -1 where there is none. */
export function findBytes(bytes: Uint8Array, part: Uint8Array): number {
  const head = part.subarray(0, HEAD);
  const last = bytes.length - part.length;
  let uncounted = 0;
  for (let from = 0; from <= last; ) {
    const end = Math.min(from + PIECE, last + 1);
    // A head that begins before `end` may reach past it.
    const found = head.length === 0 ? 0 : (indexOf.call(bytes.subarray(from, end + head.length - 1), head) as number);
    const next = found === -1 ? end : from + found + 1;
    uncounted += next - from + OVERHEAD;
    if (uncounted > PIECE || found === -1) {
      handle(uncounted);
      uncounted = 0;
    }
    if (found !== -1 && sameRange(bytes, from + found, 0, part.length, part)) return from + found;
    from = next;
  }
  return -1;
}

/** Whether `length` bytes at `at` are those at `other` of the same bytes, or of others. */
export function sameRange(bytes: Uint8Array, at: number, other: number, length: number, others = bytes): boolean {
  if (length > HEAD) {
    handle(length);
    return Buffer.compare(bytes.subarray(at, at + length), others.subarray(other, other + length)) === 0;
  }
  for (let i = 0; i < length; i++) if (bytes[at + i] !== others[other + i]) return false;
  return true;
}
