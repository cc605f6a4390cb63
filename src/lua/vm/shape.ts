import { fromBinary, toBinary } from "../../value/bytes.ts";
import { ByteString, type Bytes, type TableKey } from "../../value/value.ts";
import { allocate } from "../meter/meter.ts";

/** Text keys of a table that has its fields in a list; one with more, or with other keys, has them in a Map. */
const MOST_KEYS = 64;
export const LONGEST_KEY: Bytes = 64;
/** Of a record that was not made by a script. */
const MOST_KEYS_OF_OTHERS = 16;
/** Shapes that follow one. A table that is a dictionary has some key that no other has: it gets no shape for long. */
const MOST_CHILDREN = 64;
/** All that is known; then it is forgotten, since keys are what scripts make them. No more than 3 KB each. */
const MOST_SHAPES = 4096;
/** What V8 takes for a shape with a key that is its own, and for each of its keys once more, with a Map of many. */
const RECORD: Bytes = 600;
const PLACE: Bytes = 8;
const PLACE_IN_MAP: Bytes = 40;
/** So many keys are gone through faster than they are looked up. */
const FEW = 8;

/**
 * The text keys of a table, in the order in which they came. Tables that got the same keys in the same order have the
 * same shape, so where a key of theirs is has to be found out once. Shapes are shared by all states and never change;
 * all come from `noKeys`, by adding one key after the other.
 *
 * The idea is that of the "maps" of Self: Chambers, Ungar and Lee, An Efficient Implementation of SELF, OOPSLA 1989.
 */
export class Shape {
  /** How many keys there are. */
  readonly length: number;
  readonly #parent: Shape | undefined;
  readonly #last: ByteString | undefined;
  #children: Map<string, Shape> | undefined = undefined;
  #keys: readonly ByteString[] | undefined = undefined;
  /** Whether `of` finds it by its list. */
  #isKnown = false;
  #slots: Map<string, number> | undefined = undefined;
  /** Which metamethods are known not to be among the keys, a bit each (core/metatables.ts). */
  absent = 0;

  private constructor(parent?: Shape, last?: ByteString) {
    this.length = parent === undefined ? 0 : parent.length + 1;
    this.#parent = parent;
    this.#last = last;
  }

  /** Names that are looked up by these very strings, and so are the keys of all shapes that have them. */
  static share(names: readonly ByteString[]): void {
    for (const name of names) Shape.#shared.set(name.binary, name);
  }
  static readonly #shared = new Map<string, ByteString>();

  /** A string of its own: the script's may be a part of a long one, which it would keep. */
  static #own(key: ByteString): ByteString {
    return Shape.#shared.get(key.binary) ?? ByteString.fromBinary(toBinary(fromBinary(key.binary)));
  }

  static readonly noKeys = new Shape();
  /** Of tables that have no fields, and get none. */
  static readonly dictionary = new Shape();
  static #known = 0;

  /** The shape of a record with these keys; undefined where it would be a dictionary. */
  static of(keys: readonly TableKey[]): Shape | undefined {
    if (keys === Shape.#keysAskedFor) return Shape.#asked;
    let shape = Shape.#byKeys.get(keys);
    if (shape === undefined) {
      if (keys.length > MOST_KEYS_OF_OTHERS) return undefined;
      shape = Shape.noKeys;
      for (let i = 0; i < keys.length && shape !== undefined; i++) {
        const key = keys[i]!;
        shape = key instanceof ByteString ? shape.with(key) : undefined;
      }
    } else {
      Shape.#keysAskedFor = keys;
      Shape.#asked = shape;
    }
    return shape;
  }
  static readonly #byKeys = new WeakMap<readonly TableKey[], Shape>();
  static #keysAskedFor: readonly TableKey[] | undefined = undefined;
  static #asked: Shape | undefined = undefined;

  /** The shape that this one adds a key to. */
  get parent(): Shape | undefined {
    return this.#parent;
  }

  /** What it takes beside its parent. Shapes that were forgotten live on in tables, and are theirs alone. */
  get bytes(): Bytes {
    const { length } = this;
    return length === 0 ? 0 : RECORD + (length > FEW ? PLACE + PLACE_IN_MAP : PLACE) * length;
  }

  /** The same list each time. */
  get keys(): readonly ByteString[] {
    if (!this.#isKnown) {
      this.#isKnown = true;
      Shape.#byKeys.set(this.#names(), this);
    }
    return this.#names();
  }

  /** The place of a key among the keys, or -1. */
  slotOf(key: ByteString): number {
    const { length } = this;
    if (length === 0 || key.length > LONGEST_KEY) return -1;
    if (length > FEW) return this.#places().get(key.binary) ?? -1;
    const keys = this.#names();
    for (let i = 0; i < length; i++) {
      const known = keys[i]!;
      if (known === key || (known.length === key.length && known.binary === key.binary)) return i;
    }
    return -1;
  }

  #names(): readonly ByteString[] {
    if (this.#keys === undefined) {
      const keys: ByteString[] = [];
      for (let shape: Shape = this; shape.#parent !== undefined; shape = shape.#parent) keys.push(shape.#last!);
      this.#keys = keys.reverse();
    }
    return this.#keys;
  }

  #places(): Map<string, number> {
    this.#slots ??= new Map(this.#names().map((key, i) => [key.binary, i]));
    return this.#slots;
  }

  /** The shape with one key more, which is none of these yet; undefined where there is none. */
  with(key: ByteString): Shape | undefined {
    if (this.length >= MOST_KEYS || key.length > LONGEST_KEY) return undefined;
    const known = this.#children?.get(key.binary);
    if (known !== undefined) return known;
    if (this.#children !== undefined && this.#children.size >= MOST_CHILDREN) return undefined;
    if (Shape.#known++ >= MOST_SHAPES) {
      Shape.#known = 1;
      Shape.noKeys.#children = undefined;
    }
    const child = new Shape(this, Shape.#own(key));
    allocate(child.bytes);
    const { binary } = child.#last!;
    this.#children ??= new Map();
    this.#children.set(binary, child);
    return child;
  }
}
