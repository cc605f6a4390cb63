/**
 * Reads what a thread says, and takes it apart: each kind of message has so many parts of such types, and nothing beside
 * them. What nobody reads would be copied into the host all the same, once more with each message, and kept alive by
 * what is read. So a thread that sends anything else is ended for it, whatever it is: a part too many, a field that
 * there is not, a list with fields of its own, a few bytes of a large buffer.
 *
 * Lists are copied where they are read. A list of the thread's own may have a `slice` or a `constructor` that it sent.
 */
import { type Limits, limitNames } from "../limits.ts";
import type { Bytes } from "../value/value.ts";
import { type ErrorWire, MOST_CONTEXT, MOST_FRAMES } from "./error-wire.ts";
import {
  badInstructionCount,
  beyondMemory,
  integerTooLong,
  malformedError,
  malformedLimits,
  malformedMessage,
  malformedQuestion,
  malformedResults,
  malformedStack,
  malformedTable,
  malformedValue,
  notALuaType,
  outputBeyondMemory,
  outputNotBytes,
  packedNotBytes,
  questionWithoutNumber,
  tooManyAtOnce,
  unknownMessage,
} from "./errors.ts";
import { type FromThread, LONGEST_PLACE, type Question } from "./messages.ts";
import { BadMessage, DEEPEST, MOST_IN_A_MESSAGE, type Wire } from "./wire.ts";

/** The longest name of a module or a function that is believed. */
const LONGEST_NAME = 1000;
/** The longest that is believed of why a thread broke. */
const LONGEST_REASON = 1000;
/** Of all lists of a message together: a key and a value for each part, and what begins each table. */
const MOST_PLACES = 4 * MOST_IN_A_MESSAGE;

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param message what arrived
 * @param memory what the script may have; a message has no more bytes
 * @throws BadMessage
 */
export function readMessage(message: unknown, memory: Bytes = Number.POSITIVE_INFINITY): FromThread {
  return new Reader(memory).message(message);
}

class Reader {
  readonly #memory: Bytes;
  #places = MOST_PLACES;
  #bytes: Bytes = 0;
  /** What tables and errors became: they may be there again, and tables within themselves. */
  #known: Map<unknown, unknown> | undefined;

  constructor(memory: Bytes) {
    this.#memory = memory;
  }

  message(message: unknown): FromThread {
    const parts = this.#list(message, malformedMessage);
    const [what, first, second, third] = parts;
    const only = (count: number) => {
      if (parts.length !== count) throw new BadMessage(malformedMessage);
    };
    switch (what) {
      case "ask":
        only(3);
        if (!Number.isSafeInteger(first)) throw new BadMessage(questionWithoutNumber);
        return [what, first as number, this.#question(second)];
      case "remains":
        only(2);
        return [what, readLimits(first)];
      case "print":
        only(2);
        return [what, this.#plainBytes(first, outputNotBytes, outputBeyondMemory)];
      case "took":
        only(3);
        return [what, first as number, second as number]; // which is compared with what was given
      case "done":
        only(3);
        return [what, this.#values(first, malformedResults), readUsed(second)];
      case "failed":
        only(4);
        if (typeof third !== "boolean") throw new BadMessage(malformedMessage);
        return [what, this.#error(first) as unknown as ErrorWire, readUsed(second), third];
      case "broke":
        only(2);
        return [what, this.#text(first, malformedMessage).slice(0, LONGEST_REASON)];
      case "ended":
        only(1);
        return [what];
      default:
        throw new BadMessage(unknownMessage);
    }
  }

  #question(wire: unknown): Question {
    const question = fields(wire, isOfQuestion, malformedQuestion);
    const { target, member, args, where } = question;
    const isShaped =
      (typeof target === "number" || isShort(target, LONGEST_NAME)) &&
      (member === undefined || isShort(member, LONGEST_NAME)) &&
      (where === undefined || isShort(where, LONGEST_PLACE));
    if (!isShaped) throw new BadMessage(malformedQuestion);
    const values = this.#values(args, malformedQuestion);
    if (member === undefined && values.length > 0) throw new BadMessage(malformedQuestion);
    return { ...question, args: values } as unknown as Question;
  }

  #values(wire: unknown, wrong: string): Wire[] {
    const values = this.#list(wire, wrong, MOST_IN_A_MESSAGE);
    for (let i = 0; i < values.length; i++) values[i] = this.#value(values[i], 0);
    return values as Wire[];
  }

  #value(wire: unknown, depth: number): unknown {
    switch (typeof wire) {
      case "undefined":
      case "boolean":
      case "number":
        return wire;
      case "string":
        return this.#text(wire, malformedValue);
      case "bigint":
        if (BigInt.asIntN(64, wire) !== wire) throw new BadMessage(integerTooLong);
        return wire;
      case "object":
        if (wire !== null) return Array.isArray(wire) ? this.#table(wire, depth) : this.#special(wire);
    }
    throw new BadMessage(notALuaType);
  }

  #table(wire: readonly unknown[], depth: number): unknown[] {
    const known = this.#known?.get(wire);
    if (known !== undefined) return known as unknown[];
    if (depth > DEEPEST) throw new BadMessage(malformedTable);
    const list = this.#list(wire, malformedTable);
    this.#remember(wire, list);
    for (let i = 0; i < list.length; i++) list[i] = this.#value(list[i], depth + 1);
    return list;
  }

  /** An object costs the message a few bytes where it is there again, so it is not read again. */
  #remember(wire: unknown, as: unknown): void {
    this.#known ??= new Map();
    this.#known.set(wire, as);
  }

  /** Exactly one of those. */
  #special(wire: object, isKnown: (name: string) => boolean = isOfSpecial): unknown {
    const special = fields(wire, isKnown, malformedValue);
    const [name, ...others] = Object.keys(special);
    if (name === undefined || others.length > 0) throw new BadMessage(malformedValue);
    const value = special[name];
    switch (name) {
      case "packed":
        return { packed: this.#plainBytes(value, packedNotBytes) };
      case "error":
        return { error: this.#error(value) };
      case "handle":
        return { handle: { id: readNumber(fields(value, isOfHandle, malformedValue).id) } };
      case "huge":
        if (value !== true) throw new BadMessage(malformedValue);
        return wire;
      default:
        readNumber(value);
        return wire;
    }
  }

  #error(wire: unknown): Fields {
    const known = this.#known?.get(wire);
    if (known !== undefined) return known as Fields;
    const error = fields(wire, isOfError, malformedError);
    const { kind, message, retryable, context, details, frames, limit, exit, origin } = error;
    this.#text(kind, malformedError);
    this.#text(message, malformedError);
    const isShaped =
      (retryable === undefined || typeof retryable === "boolean") && isNumberOrNone(exit) && isNumberOrNone(origin);
    if (!isShaped) throw new BadMessage(malformedError);
    const texts = this.#list(context, malformedError, MOST_CONTEXT);
    for (const text of texts) this.#text(text, malformedError);
    const as = {
      ...error,
      context: texts,
      ...(details === undefined ? {} : { details: this.#details(details, 0) }),
      ...(frames === undefined ? {} : { frames: this.#list(frames, malformedStack, MOST_FRAMES).map(this.#frame) }),
      ...(limit === undefined ? {} : { limit: this.#limit(limit) }),
    };
    this.#remember(wire, as);
    return as;
  }

  /** Plain data, so there is no error within it; nor a table that is there again, which would be copied each time. */
  #details(wire: unknown, depth: number): unknown {
    if (typeof wire !== "object" || wire === null) return this.#value(wire, depth);
    if (!Array.isArray(wire)) return this.#special(wire, isOfDetails);
    if (depth > DEEPEST) throw new BadMessage(malformedTable);
    const list = this.#list(wire, malformedTable);
    if (list.length === 0) throw new BadMessage(malformedTable); // or it has been read
    for (let i = 0; i < list.length; i++) list[i] = this.#details(list[i], depth + 1);
    return list;
  }

  readonly #frame = (wire: unknown): Fields => {
    const frame = fields(wire, isOfFrame, malformedStack);
    const { source, line, name } = frame;
    this.#text(source, malformedStack);
    if (name !== undefined) this.#text(name, malformedStack);
    if (!isNumberOrNone(line)) throw new BadMessage(malformedStack);
    return frame;
  };

  #limit(wire: unknown): unknown[] {
    const limit = this.#list(wire, malformedError, 2);
    this.#text(limit[0], malformedError);
    readNumber(limit[1]);
    return limit;
  }

  /** A copy of a list that is nothing but a list. What there is of it more than its places is all that is left then. */
  #list(wire: unknown, wrong: string, most: number = MOST_PLACES): unknown[] {
    if (!Array.isArray(wire) || wire.length > most) throw new BadMessage(wrong);
    const { length } = wire;
    this.#places -= length;
    if (this.#places < 0) throw new BadMessage(tooManyAtOnce);
    const list: unknown[] = new Array(length);
    for (let i = 0; i < length; i++) list[i] = wire[i];
    wire.length = 0;
    if (Object.keys(wire).length > 0) throw new BadMessage(wrong);
    return list;
  }

  #text(wire: unknown, wrong: string): string {
    if (typeof wire !== "string") throw new BadMessage(wrong);
    this.#add(wire.length, beyondMemory);
    return wire;
  }

  /** Memory that the thread could go on writing to is not bytes of a value, and no more is kept than what is read. */
  #plainBytes(wire: unknown, wrong: string, tooMany: string = beyondMemory): Uint8Array {
    const isPlain =
      wire instanceof Uint8Array &&
      wire.buffer instanceof ArrayBuffer &&
      wire.buffer.byteLength === wire.length &&
      (wire.buffer as { readonly resizable?: boolean }).resizable !== true;
    if (!isPlain) throw new BadMessage(wrong);
    this.#add(wire.length, tooMany);
    return wire;
  }

  #add(bytes: Bytes, tooMany: string): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#memory) throw new BadMessage(tooMany);
  }
}

const named = (...names: string[]) => {
  const all = new Set(names);
  return (name: string) => all.has(name);
};
const isOfQuestion = named("target", "member", "args", "where");
const isOfSpecial = named("float", "handle", "error", "function", "other", "huge", "packed");
const isOfDetails = named("float");
const isOfHandle = named("id");
const isOfError = named(...["kind", "message", "retryable", "context", "details", "frames", "limit", "exit", "origin"]);
const isOfFrame = named("source", "line", "name");
const isLimit = named(...limitNames);

/** An object that has no other fields. */
function fields(wire: unknown, isKnown: (name: string) => boolean, wrong: string): Fields {
  const isObject = typeof wire === "object" && wire !== null && Object.getPrototypeOf(wire) === Object.prototype;
  if (!isObject || !Object.keys(wire).every(isKnown)) throw new BadMessage(wrong);
  return wire as Fields;
}

const isShort = (text: unknown, most: number): boolean => typeof text === "string" && text.length <= most;

const isNumberOrNone = (wire: unknown): boolean => wire === undefined || typeof wire === "number";

function readNumber(wire: unknown): number {
  if (typeof wire !== "number") throw new BadMessage(malformedValue);
  return wire;
}

function readUsed(used: unknown): number {
  if (typeof used === "number" && used >= 0 && used < Number.POSITIVE_INFINITY) return used;
  throw new BadMessage(badInstructionCount);
}

/** It may say too much, and whoever is called would then get its own limits anyway. */
function readLimits(wire: unknown): Limits {
  const given = fields(wire, isLimit, malformedLimits);
  for (const amount of Object.values(given)) {
    if (!isNumberOrNone(amount) || Number.isNaN(amount)) throw new BadMessage(malformedLimits);
  }
  return given as Limits;
}
