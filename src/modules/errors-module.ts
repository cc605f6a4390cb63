/** `errors`, a global of every script and also `require("errors")`. */

import { type Frame, kindNamed, kinds, MoonkeepError } from "../errors.ts";
import { type Arg, isNil, objectOf, plainJsOf, stringOf, text, typeOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { defineModule, type Module, plain } from "../lua/boundary/module.ts";
import { FRAME_SNAPSHOT, work } from "../lua/meter/meter.ts";
import { fromJs, sizeOfPlain } from "../value/js.ts";
import type { Bytes, Value } from "../value/value.ts";
import type { Call } from "./call.ts";
import {
  detailsNotTable,
  errorExpected,
  kindNotString,
  messageExpected,
  messageNotString,
  notInError,
  retryableNotBoolean,
  unknownErrorField,
} from "./errors.ts";
import { anything, textOf } from "./params.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

/** What scripts compare with the constants: the constant's value, or the script's own word. */
const kindValue = (kind: string): string =>
  Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds].value : kind;

const asKind = (word: string): string => kindNamed(word) ?? word;

function plainData(arg: Arg, name: string): unknown {
  try {
    return plainJsOf(arg);
  } catch (e) {
    throw e instanceof Refused ? invalid(notInError(e.place(name), e.what)) : e;
  }
}

/** `errors.new(message)`, `errors.new(kind, message)`, or `errors.new{message=, kind=, retryable=, details=}`. */
function create(_: Call, first: Arg, second: Arg): MoonkeepError {
  if (typeOf(first) === "table") return fromTable(plainData(first, "error"));
  const words = [first, second].map((arg, i) => {
    if (isNil(arg) && i === 1) return undefined;
    const word = stringOf(arg);
    if (word === undefined) throw invalid(messageExpected(typeOf(arg)));
    return textOf(word);
  });
  const [kind, message] = words as [string, string | undefined];
  return message === undefined ? new MoonkeepError("UNKNOWN", kind) : new MoonkeepError(asKind(kind), message);
}

/** A table by the names of its fields: what lies at 1 is the field "1". */
function fieldsOf(table: unknown): Record<string, unknown> {
  if (Array.isArray(table)) return Object.fromEntries(table.map((item, i) => [i + 1, item]));
  return table instanceof Map ? Object.fromEntries(table) : (table as Record<string, unknown>);
}

function fromTable(given: unknown): MoonkeepError {
  const { message, kind = "", retryable, details, ...unknown } = fieldsOf(given);
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) {
    throw invalid(unknownErrorField(stray));
  }
  if (typeof message !== "string") throw invalid(messageNotString);
  if (typeof kind !== "string") throw invalid(kindNotString);
  if (retryable !== undefined && typeof retryable !== "boolean") {
    throw invalid(retryableNotBoolean);
  }
  if (details !== undefined && (typeof details !== "object" || details === null)) {
    throw invalid(detailsNotTable);
  }
  return new MoonkeepError(asKind(kind), message, {
    ...(retryable === undefined ? {} : { retryable }),
    details: details as Record<string, unknown> | undefined,
  });
}

function wrap(_: Call, err: Arg, context: string): MoonkeepError {
  const known = objectOf(err);
  if (known instanceof MoonkeepError) {
    work(known.context.length); // all of it is copied
    return known.wrapped(context);
  }
  const message = stringOf(err);
  if (message === undefined) throw invalid(errorExpected(typeOf(err)));
  return new MoonkeepError("UNKNOWN", textOf(message), { context: [context] });
}

function is(_: Call, x: Arg, kind: string): boolean {
  const error = objectOf(x);
  return error instanceof MoonkeepError && kindValue(error.kind) === kindValue(asKind(kind));
}

const describeFrame = ({ source, line, name }: Frame) => ({ source, line, name });

function callStack(_: Call, x: Arg): unknown {
  const error = objectOf(x);
  if (!(error instanceof MoonkeepError)) return undefined;
  return { thread: "main", frames: error.luaStack.map(describeFrame) };
}

/** What `stack()` says: the text, then where it came from. */
const stackOf = (error: MoonkeepError) => [error.text, error.traceback].filter((part) => part !== "").join("\n");

/** Details as a script has them; those that are not plain data stay with the embedder. */
function detailsOf({ details }: MoonkeepError): Value | undefined {
  if (details === undefined || (!(details instanceof Map) && Object.keys(details).length === 0)) return undefined;
  try {
    return fromJs(details, "details", "details");
  } catch (e) {
    if (e instanceof TypeError) return undefined;
    throw e;
  }
}

/** What V8 takes for an error, whose own stack it keeps. */
const RECORD: Bytes = 2000;

/** Errors don't change, so each is weighed once. */
const weighed = new WeakMap<MoonkeepError, Bytes>();

function bytesOf(error: MoonkeepError): Bytes {
  const known =
    weighed.get(error) ??
    RECORD + sizeOfPlain([error.kind, error.text, error.details]) + FRAME_SNAPSHOT * error.luaStackDepth;
  weighed.set(error, known);
  return known;
}

export const errorHandle: HandleDescription = defineHandle(
  "error",
  MoonkeepError,
  {},
  {
    functions: {
      kind: plain([], (error: MoonkeepError) => kindValue(error.kind)),
      message: plain([], (error: MoonkeepError) => error.message),
      retryable: plain([], (error: MoonkeepError) => error.retryable),
      details: plain([], detailsOf),
      stack: plain([], stackOf),
    },
    tostring: (error) => error.text,
    bytes: bytesOf,
  },
);

export const errorsModule: Module = defineModule("errors", {
  ...Object.fromEntries(Object.entries(kinds).map(([name, { value }]) => [name, value])),
  new: plain([anything("kind"), anything("message")], create),
  wrap: plain([anything("err"), text("context")], wrap),
  is: plain([anything("x"), text("kind")], is),
  call_stack: plain([anything("err")], callStack),
});
