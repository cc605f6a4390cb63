/**
 * Values of a Lua state as messages between threads carry them: what `structuredClone` copies fast. Both sides use the
 * same two functions. A large table goes as bytes, which are copied at once, and which the host reads in steps. What is packed keeps its shape, tables that are shared or contain themselves included, so that
 * whoever reads it on the other side finds what he would have found in the state, and says the same of what is wrong.
 *
 * The host unpacks what a thread sent, and takes nothing for granted: a script may have got hold of the thread.
 */

import { MAX_DEPTH } from "../limits.ts";
import { tooManyParts } from "../lua/boundary/errors.ts";
import { handleTypeOf } from "../lua/boundary/handle-type.ts";
import { buildTable, fromValue, Refused, toValue } from "../lua/boundary/marshal.ts";
import { shared } from "../lua/core/shared.ts";
import { allocate, allSeen, STRING as STRING_RECORD, work } from "../lua/meter/meter.ts";
import { fromBigInt, type Int64, tagOf, toBigInt } from "../lua/vm/int64.ts";
import { forEachAfter, get, getInteger, LuaTable, set, takeItems } from "../lua/vm/lua-table.ts";
import { newCell, newTable, nilCell } from "../lua/vm/table.ts";
import { moreOf } from "../lua/vm/table-layout.ts";
import {
  BOOLEAN,
  baseType,
  FLOAT,
  INT64,
  INTEGER,
  LIGHT_C_FUNCTION,
  LIGHTUSERDATA,
  type LuaState,
  NIL,
  STRING,
  TABLE,
  THREAD,
  type TValue,
  USERDATA,
} from "../lua/vm/types.ts";
import { type Binary, fromBinary, toBinary } from "../value/bytes.ts";
import { encode } from "../value/codec.ts";
import { decodeLarge } from "../value/codec-steps.ts";
import { MAX_PARTS } from "../value/js.ts";
import { isLarge, Packed } from "../value/packed.ts";
import { ByteString, type Bytes, isWhole, type Table, type Value } from "../value/value.ts";
import type { ErrorWire } from "./error-wire.ts";
import {
  impossibleKey,
  integerTooLong,
  malformedTable,
  nilInTable,
  notALuaType,
  stringNotBytes,
  tableTooLarge,
  tooManyAtOnce,
  tooManyTogether,
  tooManyWithOthers,
  unknownValueType,
} from "./errors.ts";

/**
 * nil, boolean and number are themselves, an integer beyond 2^53 a bigint; a string is its bytes, a character each; a table is a list: how many items
 * it has, the items, then keys and values in turn.
 */
export type Wire = undefined | boolean | number | bigint | string | Wire[] | Special;

/** What has no form of its own: exactly one of these. */
export interface Special {
  /** A float that looks like an integer. */
  readonly float?: number;
  readonly handle?: HandleWire;
  readonly error?: ErrorWire;
  /** A channel of the thread's that the host puts values into, by its number in the run. */
  readonly channel?: number;
  /** A Lua function that can be called from the other side, by its number. */
  readonly function?: number;
  /** What does not cross, by the tag of its type; it is there to be refused. */
  readonly other?: number;
  /** A table of more parts than any value may have; it is there to be refused. */
  readonly huge?: true;
  /** A large table of plain data, as bytes (value/codec.ts): only a value by itself, never a part of one. */
  readonly packed?: Uint8Array;
}

/** A handle: an object of the host, by its number in the run. */
export interface HandleWire {
  readonly id: number;
  /** The number of its type, which the thread was told of. */
  readonly type?: number;
  /** How much it keeps of what the script gave it. */
  readonly bytes?: Bytes;
}

/** Finds the form of a userdata or a function, and adds what it says to the freight; undefined where it does not cross. */
export type PackSpecial = (cell: TValue, freight: Freight | undefined) => Special | undefined;
/** The cell of a handle, an error or a function. @throws BadMessage where there is no such thing */
export type UnpackSpecial = (special: Special) => TValue;

/** A message that no thread of ours sends. */
export class BadMessage extends Error {
  override readonly name = "BadMessage";
}

/** No value may nest so deeply, not even in the list of a script's arguments: whoever reads it refuses it before. */
export const DEEPEST = MAX_DEPTH + 2;

// ---- from cells ----

/**
 * How many bytes one message may still carry: its strings, and a little for each part of a table. A message holds a
 * string as often as a value does, where the state has it once: without a limit, a small table of one long string makes
 * a message that no memory holds. Whoever packs counts, and so does the host where it unpacks.
 */
export class Freight {
  /** Values, and parts of those that go part by part: the other side takes them in one step. */
  parts = 0;
  #left: Bytes;
  readonly #full: () => never;

  /**
   * @param most undefined: no limit
   * @param full throws what the sender makes of it
   */
  constructor(most: Bytes | undefined, full: (most: Bytes) => never) {
    this.#left = most ?? Number.POSITIVE_INFINITY;
    this.#full = () => full(most!);
  }

  get isFull(): boolean {
    return this.#left < 0;
  }

  /** Before something is added that may not go with it after all. @returns what takes it out again */
  mark(): () => void {
    const { parts } = this;
    const left = this.#left;
    return () => {
      this.parts = parts;
      this.#left = left;
    };
  }

  add(bytes: Bytes): void {
    this.#left -= bytes;
    if (this.#left < 0) this.#full();
  }

  /** Whether it has more parts than one message may have. */
  get isTooMuch(): boolean {
    return this.parts > MOST_IN_A_MESSAGE;
  }

  addParts(count: number): void {
    this.parts += count;
    this.add(PART * count);
  }
}

/** What a part of a table counts for: less than it takes in the state that it comes from. */
const PART: Bytes = 8;

/**
 * Parts of a table from which on it goes as bytes. What is not plain data goes part by part, and the host takes it in one
 * step, so it may have no more than this many.
 */
const LARGE = 2000;
export const MOST_IN_ONE_STEP = 20_000;
/** The same for the arguments of a question, or the results of a call, all together: values, and parts of tables. */
export const MOST_IN_A_MESSAGE = 25_000;

/** @throws MoonkeepError INVALID for a large table that is not plain data */
export function pack(cell: TValue, special: PackSpecial, freight?: Freight): Wire {
  if (cell.type !== TABLE) return packPart(cell, special, freight);
  const takeOut = freight?.mark();
  try {
    return packParts(cell, special, freight, LARGE);
  } catch (e) {
    if (!(e instanceof TooManyParts)) throw e;
  }
  takeOut?.();
  const value = plainData(cell);
  if (value !== undefined) return value === "huge" ? { huge: true } : packTable(value, freight);
  try {
    return packParts(cell, special, freight, MOST_IN_ONE_STEP);
  } catch (e) {
    throw e instanceof TooManyParts ? tooManyWithOthers(MOST_IN_ONE_STEP) : e;
  }
}

/**
 * Arguments of a call, or its results, on their way to the host.
 * @throws MoonkeepError INVALID for more than the host takes in one step
 */
export function packAll(cells: readonly TValue[], special: PackSpecial, freight: Freight): Wire[] {
  return cells.map((cell) => {
    const wire = pack(cell, special, freight);
    if (++freight.parts > MOST_IN_A_MESSAGE) throw tooManyTogether(MOST_IN_A_MESSAGE);
    return wire;
  });
}

/** A value of the host's: the same, without a table of the VM where it is large. */
export function packValue(L: LuaState, value: Value | undefined, freight?: Freight): Wire {
  if (isLarge(value)) return packTable(value, freight);
  const cell = nilCell();
  fromValue(L, value, cell);
  return pack(cell, none, freight);
}

const none = (): undefined => undefined;

export function packTable(table: Table, freight?: Freight): Wire {
  freight?.add(table.size);
  return { packed: exactly(table instanceof Packed ? table.bytes : encode(table)) };
}

/** Bytes without more of their buffer, which would be sent along. */
export const exactly = (bytes: Uint8Array): Uint8Array =>
  bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);

/** Undefined for what is not plain data: whoever reads the parts says why. */
function plainData(cell: TValue): Table | "huge" | undefined {
  try {
    return toValue(cell) as Table;
  } catch (e) {
    if (e instanceof Refused) return e.what === tooManyParts(MAX_PARTS) ? "huge" : undefined;
    throw e;
  }
}

/** The form of a table that is not bytes, however large it is. @throws TooManyParts */
export const packParts = (
  cell: TValue,
  special: PackSpecial = none,
  freight?: Freight,
  most: number = Number.POSITIVE_INFINITY,
): Wire =>
  cell.type === TABLE
    ? new Packer(special, freight, most).table(cell.value as LuaTable, 0)
    : packPart(cell, special, freight);

/** A table has more parts than are wanted. */
class TooManyParts extends Error {
  override readonly name = "TooManyParts";
}

function packPart(cell: TValue, special: PackSpecial, freight: Freight | undefined): Wire {
  switch (cell.type) {
    case NIL:
      return undefined;
    case BOOLEAN:
      return cell.value as boolean;
    case INTEGER:
      return (cell.value as number) + 0; // no integer is minus zero
    case INT64:
      return toBigInt(cell.value as Int64);
    case FLOAT: {
      const n = cell.value as number;
      return isWhole(n) ? { float: n } : n;
    }
    case STRING: {
      const s = cell.value as ByteString;
      freight?.add(s.length);
      return s.hasBinary ? s.binary : toBinary(s.bytes);
    }
    default:
      return special(cell, freight) ?? { other: cell.type };
  }
}

class Packer {
  readonly #special: PackSpecial;
  readonly #freight: Freight | undefined;
  readonly #most: number;
  readonly #seen = new Map<LuaTable, Seen<Wire>>();
  /** Of what was met again, as many as the first time: whoever reads the value copies it as often. */
  #parts = 0;

  constructor(special: PackSpecial, freight: Freight | undefined, most: number) {
    this.#special = special;
    this.#freight = freight;
    this.#most = most;
  }

  #cell(cell: TValue, depth: number): Wire {
    return cell.type === TABLE ? this.table(cell.value as LuaTable, depth) : this.#part(cell);
  }

  #part(cell: TValue): Wire {
    return packPart(cell, this.#special, this.#freight);
  }

  /** In the order in which a value is read (lua/marshal.ts): what is refused first is met first. */
  table(t: LuaTable, depth: number): Wire {
    const known = this.#seen.get(t);
    const parts = known === undefined ? t.size : known.parts;
    this.#parts += parts;
    if (this.#parts > MAX_PARTS) return { huge: true };
    if (this.#parts > this.#most) throw new TooManyParts();
    this.#freight?.addParts(parts);
    if (known !== undefined) return known.as;
    work(1 + t.size);
    const before = this.#parts - t.size;
    const wire: Wire[] = [0];
    const seen: Seen<Wire> = { as: wire, parts: 0 };
    this.#seen.set(t, seen);
    if (depth >= DEEPEST) return wire; // nobody looks into it
    this.#fill(wire, t, depth);
    seen.parts = this.#parts - before;
    return wire;
  }

  #fill(wire: Wire[], t: LuaTable, depth: number): void {
    let count = 0;
    for (let item = getInteger(t, 1); item.type !== NIL; item = getInteger(t, count + 1)) {
      count++;
      wire.push(this.#cell(item, depth + 1));
    }
    wire[0] = count;
    if (count === t.size) return;
    forEachAfter(t, count, (key, value) => {
      wire.push(baseType(key) < TABLE ? this.#part(key) : { other: key.type });
      wire.push(this.#cell(value, depth + 1));
    });
  }
}

/** What a table became, and how many parts it has with all that is in it; none while it is gone through. */
interface Seen<T> {
  readonly as: T;
  parts: number;
}

// ---- to cells ----

/**
 * @param L the state that new tables belong to
 * @param freight what the message that it is a part of may still carry
 * @param most parts that a table may have
 * @throws BadMessage
 */
export function unpack(
  L: LuaState,
  wire: unknown,
  special: UnpackSpecial,
  freight?: Freight,
  most: number = MAX_PARTS,
): TValue {
  if (!Array.isArray(wire)) return unpackPart(wire, special, freight);
  return new Unpacker(L, special, freight, most).table(wire, 0);
}

/** A table that came as bytes, in the thread that asked for it or is given it. */
export function unpackTable(L: LuaState, bytes: Uint8Array): TValue {
  const cell = newCell(TABLE, buildTable(L, decodeLarge(bytes)));
  allSeen();
  return cell;
}

/** Whether it is a table that came as bytes, and is to be read in steps before it is unpacked. */
export const isPacked = (wire: unknown): wire is Special & { readonly packed: Uint8Array } =>
  typeof wire === "object" && wire !== null && !Array.isArray(wire) && (wire as Special).packed !== undefined;

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is meant
const notLatin1 = /[^\x00-\xff]/;

/** A short string stays what it came as: bytes of its own would take more time and memory than the string. */
const KEPT_AS_TEXT: Bytes = 256;

export function unpackString(wire: string): ByteString {
  if (notLatin1.test(wire)) throw new BadMessage(stringNotBytes);
  allocate(STRING_RECORD + wire.length);
  return new ByteString(wire.length <= KEPT_AS_TEXT ? (wire as Binary) : fromBinary(wire as Binary));
}

/** Each of them, as a thread sends them; a list with holes has nil there. */
export function unpackAll(L: LuaState, wires: readonly unknown[], special: UnpackSpecial, freight: Freight): TValue[] {
  const cells: TValue[] = [];
  for (let i = 0; i < wires.length; i++) {
    cells.push(unpack(L, wires[i], special, freight, MOST_IN_ONE_STEP));
    if (++freight.parts > MOST_IN_A_MESSAGE) throw new BadMessage(tooManyAtOnce);
  }
  return cells;
}

function unpackPart(wire: unknown, special: UnpackSpecial, freight: Freight | undefined): TValue {
  switch (typeof wire) {
    case "undefined":
      return nilCell();
    case "boolean":
      return newCell(BOOLEAN, wire);
    case "number":
      return newCell(isWhole(wire) ? INTEGER : FLOAT, wire);
    case "bigint": {
      const i = fromBigInt(wire);
      if (i === undefined) throw new BadMessage(integerTooLong);
      return newCell(tagOf(i), i);
    }
    case "string":
      freight?.add(wire.length);
      return newCell(STRING, unpackString(wire));
  }
  if (typeof wire !== "object" || wire === null) throw new BadMessage(notALuaType);
  if (wire instanceof Packed) {
    freight?.add(wire.size);
    return newCell(TABLE, wire); // which every reader of arguments and results knows
  }
  const { float, other, huge } = wire as Special;
  if (typeof float === "number") return newCell(FLOAT, float);
  if (huge === true) return newCell(TABLE, hugeTable);
  if (other !== undefined) return foreigner(other);
  return special(wire);
}

/** Only its size counts: what reads it as a value refuses it for that, and looks no further. */
const hugeTable = new LuaTable(shared);
moreOf(hugeTable).holes = -(MAX_PARTS + 1);

/** What stands for a function, a coroutine or a userdata that did not cross. */
function foreigner(type: unknown): TValue {
  switch (typeof type === "number" ? type & 0x0f : undefined) {
    case LIGHT_C_FUNCTION & 0x0f:
      return newCell(LIGHT_C_FUNCTION, () => 0);
    case THREAD:
      return newCell(THREAD, {});
    case TABLE: // only as a key
      return newCell(TABLE, new LuaTable(shared));
    case LIGHTUSERDATA:
    case USERDATA:
      return newCell(USERDATA, { data: undefined });
    default:
      throw new BadMessage(unknownValueType);
  }
}

class Unpacker {
  readonly #L: LuaState;
  readonly #special: UnpackSpecial;
  readonly #freight: Freight | undefined;
  readonly #most: number;
  readonly #seen = new Map<unknown, Seen<LuaTable>>();
  #parts = 0;

  constructor(L: LuaState, special: UnpackSpecial, freight: Freight | undefined, most: number) {
    this.#L = L;
    this.#special = special;
    this.#freight = freight;
    this.#most = most;
  }

  table(wire: readonly unknown[], depth: number): TValue {
    const known = this.#seen.get(wire);
    if (known !== undefined) {
      this.#count(known.parts);
      return newCell(TABLE, known.as);
    }
    const [given] = wire;
    const count = Number.isSafeInteger(given) ? (given as number) : -1;
    const rest = wire.length - 1 - count;
    if (count < 0 || rest < 0 || rest % 2 !== 0 || depth > DEEPEST) throw new BadMessage(malformedTable);
    const before = this.#parts;
    this.#count(count + rest / 2);
    allocate(TABLE_BYTES * wire.length);
    const t = newTable(this.#L);
    const seen: Seen<LuaTable> = { as: t, parts: 0 };
    this.#seen.set(wire, seen);
    const items: unknown[] = [];
    const tags: number[] = [];
    for (let i = 1; i <= count; i++) {
      const { type, value } = this.#entry(wire[i], depth);
      items.push(value);
      tags.push(type);
    }
    takeItems(t, items, tags);
    for (let i = count + 1; i < wire.length; i += 2) {
      const key = unpackPart(wire[i], noSpecialKey, this.#freight);
      if (key.type === NIL || Number.isNaN(key.value) || get(t, key).type !== NIL) {
        throw new BadMessage(impossibleKey);
      }
      set(this.#L, t, key, this.#entry(wire[i + 1], depth));
    }
    seen.parts = this.#parts - before;
    return newCell(TABLE, t);
  }

  /** Of a table that is there again, too: it is copied once more where the value is read. */
  #count(parts: number): void {
    this.#freight?.addParts(parts);
    this.#parts += parts;
    if (this.#parts > this.#most) throw new BadMessage(tableTooLarge);
  }

  #entry(wire: unknown, depth: number): TValue {
    if (wire === undefined) throw new BadMessage(nilInTable);
    return Array.isArray(wire) ? this.table(wire, depth + 1) : unpackPart(wire, this.#special, this.#freight);
  }
}

/** About what an entry takes (lua/measure.ts), for the memory limit of the state that it is made in. */
const TABLE_BYTES: Bytes = 100;

const noSpecialKey = (): never => {
  throw new BadMessage(impossibleKey);
};

/** How much a handle's object keeps of what the script gave it. */
export const bytesOf = (object: object): Bytes => handleTypeOf(object)?.bytes?.(object) ?? 0;
