/**
 * The formats of values as bytes; docs/encoding.md says them in full. A byte says what follows, so that small
 * things take one byte:
 *
 * | byte | what | followed by |
 * |---|---|---|
 * | 00–7f | the integers 0 to 127 | |
 * | 80–bf | a string of 0 to 63 bytes | the bytes |
 * | c0–cf | a table of 0 to 15 items, and no fields | the items |
 * | d1–df | a table of 1 to 15 fields, and no items | key, value, key, value … |
 * | e0, e1 | false, true | |
 * | e2, e3, e4 | an integer of 8, 16, 32 bits | two's complement, the highest byte first |
 * | e5 | a float of 32 bits, when that is exact | IEEE 754, the highest byte first |
 * | e6 | any other float | IEEE 754 in 64 bits |
 * | e7 | a longer string | its length, its bytes |
 * | e8 | any other table | the number of items, of fields, the items, the fields |
 * | e9 | an integer of 64 bits, in the second format only | two's complement, the highest byte first |
 * | f0–ff | the integers -16 to -1 | |
 *
 * Lengths and numbers of parts are in groups of seven bits, the lowest first, with 80 added to all but the last. There
 * is one way to write each value, the shortest: a reader takes no other. The second format is for what the first can't
 * hold: a value with an integer of more than 32 bits in it.
 */

/** The first byte of a value in this format. No UTF-8 text, and so no JSON, and no MessagePack begins with it. */
export const FORMAT_1 = 0xc1;
/** Nor do they begin with this one and go on: for MessagePack it is a whole value. */
export const FORMAT_2 = 0xc0;

export const SHORT_STRING = 0x80;
export const ITEMS = 0xc0;
export const FIELDS = 0xd0;
export const FALSE = 0xe0;
export const TRUE = 0xe1;
export const INTEGER_8 = 0xe2;
export const INTEGER_16 = 0xe3;
export const INTEGER_32 = 0xe4;
export const FLOAT_32 = 0xe5;
export const FLOAT_64 = 0xe6;
export const LONG_STRING = 0xe7;
export const ANY_TABLE = 0xe8;
export const INTEGER_64 = 0xe9;
export const NEGATIVE = 0xf0;

/** The longest string with its length in the first byte. */
export const MOST_SHORT = 0x3f;
/** The most items or fields with their number in the first byte. */
export const MOST_PARTS = 0x0f;
/** Not a number, of which there are many bit patterns; this one is written. */
export const NAN_32 = 0x7fc00000;
