/**
 * What a place in compiled code remembers of the tables that came by: their shapes, which all states share. A place
 * belongs to a function's text, so it must not remember anything of a state but short texts.
 */
import { Affixes, HASHED } from "../../value/key-hash.ts";
import { ByteString } from "../../value/value.ts";
import type { Shape } from "../vm/shape.ts";

/** Where a method is: in the `__index` of the metatable of tables that don't have it themselves. */
export class MethodSite {
  /** Of the object, which has no such field. */
  object: Shape | undefined = undefined;
  /** Of its metatable, and where `__index` is in it. */
  metatable: Shape | undefined = undefined;
  index = 0;
  /** Of the table with the methods, and where the method is in it. */
  shape: Shape | undefined = undefined;
  at = 0;
}

/** Where a field is, in tables of the shape that came last. */
export class FieldSite {
  /** The place that the code is made for: others are not remembered here. Negative: any. */
  readonly place: number;
  shape: Shape | undefined = undefined;
  at = 0;
  /** The shape of tables that have it in another place, and which that is. */
  otherShape: Shape | undefined = undefined;
  otherAt = 0;
  /** The shape that a table gets by the field. */
  next: Shape | undefined = undefined;
  /** That of tables without the field, which get it. */
  before: Shape | undefined = undefined;
  /** The same two, of tables that get it in the place that the code is made for. */
  added: Shape | undefined = undefined;
  without: Shape | undefined = undefined;
  /** Where it is for tables that don't have it themselves. */
  behind: MethodSite | undefined = undefined;

  constructor(place: number) {
    this.place = place;
  }
}

/** A value that no register has. */
const NONE = ByteString.fromAscii("");

/** Strings around a number that come by again and again, as in `"user:" .. n .. ":name"`. */
export class TextSite {
  affixes: Affixes | undefined = undefined;
  /** The operands that are strings; NONE in place of the number. */
  first: ByteString = NONE;
  second: ByteString = NONE;
  third: ByteString = NONE;
  /** How often others may come. */
  #patience = 16;

  /** Remembers strings around a number, which is where `undefined` is. @returns false where it does not */
  learn(first: ByteString | undefined, second: ByteString | undefined, third?: ByteString): boolean {
    const parts = [first, second, third];
    const length = parts.reduce((sum, part) => sum + (part === undefined ? 0 : part.length), 0);
    if (this.#patience === 0 || length > HASHED - MOST_DIGITS) return false;
    this.#patience--;
    for (const part of parts) part?.own();
    const at = parts.indexOf(undefined);
    const text = (list: typeof parts) => list.map((part) => part?.binary ?? "").join("");
    this.affixes = new Affixes(text(parts.slice(0, at)), text(parts.slice(at)));
    this.first = first ?? NONE;
    this.second = second ?? NONE;
    this.third = third ?? NONE;
    return true;
  }
}

/** Of a number of 31 bits. */
const MOST_DIGITS = 10;
