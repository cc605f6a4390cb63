/**
 * V8 makes a list that is full half as long again, and sixteen places more. While it copies, it has the old one as well
 * as the new one, and afterwards the old one lies there until garbage is collected. For a list of millions that is more
 * than its items are counted as, so it is counted before it happens.
 */

import { discarded } from "../../value/bytes.ts";
import type { Bytes } from "../../value/value.ts";
import { borrow } from "../meter/meter.ts";

/** Whoever adds to a list calls `growing` each time that it has a multiple of so many places. */
export const LOOK = 1024;
/** What V8 takes for a place. */
const PLACE: Bytes = 8;
/** What is borrowed of the old list's size: with the new one's room, most of it is within what the items count as. */
export const BORROWED = 5 / 8;

/** How many places V8 gives, one growth after the other, to a list that began with one. */
const rooms: number[] = [1];
for (let room = 1; room < 2 ** 31; ) {
  room = room + 1 + ((room + 1) >>> 1) + 16;
  rooms.push(room);
}

/** How many places the list has that V8 makes longer while it grows to `to` places; 0 where it makes none longer. */
export function grownBetween(from: number, to: number): number {
  let low = 0;
  let high = rooms.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rooms[middle]! < from) low = middle + 1;
    else high = middle;
  }
  const room = rooms[low] ?? 0;
  return room < to ? room : 0;
}

/**
 * Before a list gets its next `LOOK` places.
 * @param lists how many lists of this length grow together
 * @throws Stopped when there is no room for it
 */
export function growing(length: number, lists: number): void {
  const room = grownBetween(length, length + LOOK);
  if (room === 0) return;
  borrow(BORROWED * PLACE * room);
  discarded(PLACE * room * lists);
}
