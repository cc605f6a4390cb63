/** Errors on their way between threads. */

import { ExitError, type Frame, LimitError, MoonkeepError } from "../errors.ts";
import { type Limit, limitErrors } from "../limits.ts";
import { fromValue, Refused, toValue } from "../lua/boundary/marshal.ts";
import { shared } from "../lua/core/shared.ts";
import { allocate, work } from "../lua/meter/meter.ts";
import { nilCell } from "../lua/vm/table.ts";
import type { TValue } from "../lua/vm/types.ts";
import { fromJs, toJs } from "../value/js.ts";
import type { Value } from "../value/value.ts";
import { detailsNotPlain, malformedError, malformedStack, unknownLimit } from "./errors.ts";
import { BadMessage, type Freight, MOST_IN_ONE_STEP, packParts, unpack, type Wire } from "./wire.ts";

export interface ErrorWire {
  readonly kind: string;
  readonly message: string;
  readonly retryable: boolean | undefined;
  readonly context: readonly string[];
  readonly details?: Wire;
  readonly frames?: readonly Frame[];
  /** Of a LimitError: its limit and the value. */
  readonly limit?: readonly [Limit, number];
  /** The code of a script that ended itself. */
  readonly exit?: number;
  /** The number by which the host remembers what the error came from. */
  readonly origin?: number | undefined;
}

/** Stands in a thread for a JavaScript error of the host, which no script and no thread sees. */
export class Origin extends Error {
  override readonly name = "Origin";
  readonly id: number;
  constructor(id: number) {
    super("an error of the host");
    this.id = id;
  }
}

/** The longest that is believed of what a thread says. */
export const MOST_FRAMES = 64;
export const MOST_CONTEXT = 1000;

/**
 * @param freight what the message that it is a part of may still carry: an error that stands in it a thousand times is
 *   there a thousand times
 */
export function packError(error: MoonkeepError, freight?: Freight, origin?: number): ErrorWire {
  const { kind, message, retryable, cause } = error;
  const context = error.context.slice(0, MOST_CONTEXT);
  for (const text of [kind, message, ...context]) freight?.add(text.length);
  const details = packDetails(error.details, freight);
  const frames = error.luaStackDepth > 0 ? error.luaStack.slice(0, MOST_FRAMES) : undefined;
  for (const frame of frames ?? []) freight?.add(lengthOf(frame));
  freight?.addParts(partsOf(context, frames));
  return {
    kind,
    message,
    retryable,
    context,
    ...(details === undefined ? {} : { details }),
    ...(frames === undefined ? {} : { frames }),
    ...(error instanceof ExitError ? { exit: error.code } : {}),
    ...(error instanceof LimitError ? { limit: [error.limit, error.value] } : {}),
    origin: cause instanceof Origin ? cause.id : origin,
  };
}

const none = () => undefined;

const lengthOf = ({ source, name }: Frame): number => source.length + (typeof name === "string" ? name.length : 0);

/** Whoever reads an error goes through each of them, as through the parts of a table. */
const partsOf = (context: readonly unknown[], frames: readonly unknown[] = []): number =>
  1 + context.length + frames.length;

/** Details that are not plain data, or have more parts than are read in one step, are left where they are. */
function packDetails(details: MoonkeepError["details"], freight: Freight | undefined): Wire {
  if (details === undefined) return undefined;
  const takeOut = freight?.mark();
  try {
    const cell = nilCell();
    fromValue(shared, fromJs(details, "details", "details"), cell);
    return packParts(cell, none, freight, MOST_IN_ONE_STEP);
  } catch (e) {
    if (freight?.isFull === true) throw e;
    takeOut?.();
    return undefined;
  }
}

/**
 * @param cause what the error came from, for its origin
 * @param freight what the message that it is a part of may still carry
 * @throws BadMessage
 */
export function unpackError(wire: unknown, cause: (origin: number) => unknown, freight?: Freight): MoonkeepError {
  if (typeof wire !== "object" || wire === null) throw new BadMessage(malformedError);
  const { kind, message, retryable, context, details, frames, limit, exit, origin } = wire as Partial<ErrorWire>;
  const isShaped =
    typeof kind === "string" &&
    typeof message === "string" &&
    (retryable === undefined || typeof retryable === "boolean") &&
    isTexts(context);
  if (!isShaped) throw new BadMessage(malformedError);
  const parts = partsOf(context, Array.isArray(frames) ? frames : []);
  freight?.addParts(parts);
  work(parts);
  for (const text of [kind, message, ...context]) {
    freight?.add(text.length);
    allocate(text.length);
  }
  if (Number.isInteger(exit)) return new ExitError(exit!);
  const error =
    limit === undefined
      ? new MoonkeepError(kind, message, {
          retryable,
          context,
          details: unpackDetails(details, freight),
          ...(typeof origin === "number" ? { cause: cause(origin) } : {}),
        })
      : unpackLimit(limit);
  if (frames !== undefined) error.luaStack = unpackFrames(frames, freight);
  return error;
}

function unpackDetails(wire: unknown, freight: Freight | undefined): Readonly<Record<string, unknown>> | undefined {
  if (wire === undefined) return undefined;
  const noSpecial = () => {
    throw new BadMessage(detailsNotPlain);
  };
  const cell = unpack(shared, wire, noSpecial, freight, MOST_IN_ONE_STEP);
  const details = toJs(plainOf(cell));
  return typeof details === "object" ? (details as Record<string, unknown>) : undefined;
}

/** Undefined where it is nested deeper than a value may be here. */
function plainOf(cell: TValue): Value | undefined {
  try {
    return toValue(cell);
  } catch (e) {
    if (e instanceof Refused) return undefined;
    throw e;
  }
}

function unpackLimit(limit: unknown): LimitError {
  const [name, value] = Array.isArray(limit) ? limit : [];
  // A name that is a list would be made a text, which takes for ever where the list holds another one twice, and so on.
  const isKnown = typeof name === "string" && Object.hasOwn(limitErrors, name);
  const isAmount = typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
  if (!isKnown || !isAmount) throw new BadMessage(unknownLimit);
  return new LimitError(name as Limit, value);
}

const isTexts = (list: unknown): list is string[] =>
  Array.isArray(list) && list.length <= MOST_CONTEXT && list.every((text) => typeof text === "string");

function unpackFrames(frames: unknown, freight: Freight | undefined): readonly Frame[] {
  if (!Array.isArray(frames) || frames.length > MOST_FRAMES) throw new BadMessage(malformedStack);
  return frames.map((frame): Frame => {
    const { source, line, name } = (frame ?? {}) as Partial<Frame>;
    if (typeof source !== "string") throw new BadMessage(malformedStack);
    const known: Frame = {
      source,
      ...(typeof line === "number" ? { line } : {}),
      ...(typeof name === "string" ? { name } : {}),
    };
    freight?.add(lengthOf(known));
    allocate(lengthOf(known));
    return known;
  });
}
