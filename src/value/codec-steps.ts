/** Reads a value from bytes step by step, so that whoever reads many parts can do something else in between. */
import { MAX_DEPTH } from "../limits.ts";
import { addKey, EncodingProblem, expectEnd, Place, readHead, readKey, readPart } from "./codec-reader.ts";
import { notATable, tablesTooDeep } from "./errors.ts";
import { Packed } from "./packed.ts";
import { noItems, Table, type TableKey, type Value } from "./value.ts";

/** So many parts of a table are read in a step. */
const PARTS_A_STEP = 2000;

/** Reads a table at once, whose strings are to take little memory. @throws EncodingProblem */
export function decodeLarge(bytes: Uint8Array): Packed {
  const steps = decodeInSteps(bytes, MAX_DEPTH, Number.POSITIVE_INFINITY);
  return steps.next().value as Packed; // there is one step
}

/** A table of which not all was read. */
class Unfinished {
  // As long as they will be: lists that grow leave their shorter selves behind.
  readonly items: Value[];
  readonly keys: TableKey[];
  readonly values: Value[];
  readonly #seen: Set<string | number | bigint | boolean> | undefined;
  #items = 0;
  #fields = 0;

  constructor(itemCount: number, fieldCount: number) {
    this.items = new Array(itemCount);
    this.keys = new Array(fieldCount);
    this.values = new Array(fieldCount);
    this.#seen = fieldCount > 0 ? new Set() : undefined;
  }

  get isWhole(): boolean {
    return this.#items === this.items.length && this.#fields === this.values.length;
  }

  /** What stands before the next value: nothing, or its key. */
  begin(): void {
    if (this.#items < this.items.length) return;
    const key = readKey(this.items.length);
    addKey(this.#seen!, key);
    this.keys[this.#fields] = key;
  }

  add(value: Value): void {
    if (this.#items < this.items.length) this.items[this.#items++] = value;
    else this.values[this.#fields++] = value;
  }

  table(): Table {
    return new Table(this.items.length === 0 ? noItems : this.items, this.keys, this.values);
  }
}

/**
 * Reads a table, as `decode` does, of which the bytes are kept. Yields after each step how many parts it had.
 * @param deepest how deep tables may be nested
 * @param atOnce parts of a step
 * @throws EncodingProblem when they are not a table
 */
export function* decodeInSteps(bytes: Uint8Array, deepest: number, atOnce = PARTS_A_STEP): Generator<number, Packed> {
  const place = new Place(bytes);
  const open: Unfinished[] = [];
  for (;;) {
    const read = place.readFrom(() => readStep(open, deepest, atOnce));
    if (read instanceof Table) return new Packed(read, bytes, place.parts);
    yield read;
  }
}

/**
 * @param open the tables that are not whole yet, each inside the one before it
 * @returns the outermost table when it is whole, otherwise how many parts were read
 */
function readStep(open: Unfinished[], deepest: number, atOnce: number): Table | number {
  let parts = 0;
  do {
    open.at(-1)?.begin();
    const head = readHead(open.length);
    if (head !== undefined) {
      if (open.length >= deepest) throw new EncodingProblem(tablesTooDeep(deepest), 0);
      open.push(new Unfinished(...head));
    } else if (open.length === 0) throw new EncodingProblem(notATable, 0);
    else open.at(-1)!.add(readPart());
    while (open.at(-1)!.isWhole) {
      const table = open.pop()!.table();
      const around = open.at(-1);
      if (around === undefined) {
        expectEnd();
        return table;
      }
      if (table.size > 0) parts++; // the size is added up now, while that of what is in it is known
      around.add(table);
    }
  } while (++parts < atOnce);
  return parts;
}
