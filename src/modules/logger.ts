/** `require("logger")`: structured lines for the log of the host. What becomes of them is for the host to say. */

import { MoonkeepError } from "../errors.ts";
import { MAX_LOG_BYTES, MAX_LOG_PARTS, MAX_NAME_BYTES } from "../limits.ts";
import { isNil, type Param, plainToCopyOf, typeOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { defineModule, fn, type Module, method, plain } from "../lua/boundary/module.ts";
import { work } from "../lua/meter/meter.ts";
import { sizeOfPlain, toJs } from "../value/js.ts";
import { type ByteString, type Bytes, sizeOf, Table } from "../value/value.ts";
import type { Call, LogLevel } from "./call.ts";
import { fieldsNotTable, logDenied, loggerNameTooLong, notLoggable, recordTooLarge, tooManyFields } from "./errors.ts";
import { readAll, string, textOf, word } from "./params.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** Plain data by their names. */
interface Fields {
  readonly [name: string]: unknown;
}
const noFields: Fields = {};

/** A logger in the hands of a script: its name, and what it adds to each line. */
class Logger {
  readonly name: string;
  readonly fields: Fields;
  readonly call: Call;
  readonly bytes: number;

  constructor(call: Call, name: string, fields: Fields, bytes: number) {
    this.call = call;
    this.name = name;
    this.fields = fields;
    this.bytes = bytes;
  }

  with(given: Given): Logger {
    const fields = { ...this.fields, ...given.fields };
    const names = Object.keys(fields).length;
    if (names > MAX_LOG_PARTS) throw invalidParts(names);
    const bytes = sizeOfPlain(fields);
    if (bytes > MAX_LOG_BYTES) throw tooLarge(bytes);
    work(bytes / 16);
    return new Logger(this.call, this.name, fields, bytes);
  }

  /** A name below this one's: `http.auth`. */
  named(name: string): Logger {
    const whole = this.name === "" ? name : `${this.name}.${name}`;
    if (whole.length > MAX_NAME_BYTES) {
      throw new MoonkeepError("INVALID", loggerNameTooLong(MAX_NAME_BYTES, whole.length));
    }
    return new Logger(this.call, whole, this.fields, this.bytes);
  }

  write(level: LogLevel, message: ByteString, given: Given): boolean {
    const { call, name } = this;
    const resource = name === "" ? "logger" : name;
    const attributes = { level };
    if (!call.permission("logger.write", resource).allows(attributes)) {
      throw call.denied(logDenied(resource), "logger.write", resource, attributes);
    }
    const bytes = message.length + this.bytes + given.bytes;
    if (bytes > MAX_LOG_BYTES) throw tooLarge(bytes);
    call.allowances.output.spend(bytes);
    work((this.bytes + given.bytes) / 16);
    call.log({ level, name, message: textOf(message), fields: { ...this.fields, ...given.fields } });
    return true;
  }
}

/** Fields as a call gave them. */
interface Given {
  readonly fields: Fields;
  readonly bytes: number;
}

const fields = (optional: boolean): Param<Given> => ({
  name: "fields",
  type: "table",
  optional,
  read(arg) {
    if (isNil(arg) && optional) return { fields: noFields, bytes: 0 };
    if (typeOf(arg) !== "table") throw new MoonkeepError("INVALID", fieldsNotTable(typeOf(arg)));
    try {
      const table = plainToCopyOf(arg) as Table;
      const parts = partsOf(table);
      if (parts > MAX_LOG_PARTS) throw invalidParts(parts);
      readAll(table);
      return { fields: byName(table), bytes: sizeOf(table) };
    } catch (e) {
      throw e instanceof Refused ? new MoonkeepError("INVALID", notLoggable(e.place("fields"), e.what)) : e;
    }
  },
});

/** How many values are in it, those of the tables within it included. */
const partsOf = ({ items, keys, values }: Table): number =>
  [...items, ...values].reduce<number>(
    (sum, part) => sum + (part instanceof Table ? partsOf(part) : 0),
    items.length + keys.length,
  );

const tooLarge = (bytes: Bytes) => new MoonkeepError("INVALID", recordTooLarge(MAX_LOG_BYTES, bytes));
const invalidParts = (parts: number) => new MoonkeepError("INVALID", tooManyFields(MAX_LOG_PARTS, parts));

function byName({ items, keys, values }: Table): Fields {
  const given: [string, unknown][] = items.map((item, i) => [String(i + 1), toJs(item)]);
  keys.forEach((key, i) => {
    given.push([String(key), toJs(values[i]!)]);
  });
  return Object.fromEntries(given); // where `__proto__` is a name like any other
}

const lineParams = [string("message"), fields(true)] as const;

export const loggerHandle: HandleDescription = defineHandle(
  "logger.Logger",
  Logger,
  {},
  {
    functions: {
      ...Object.fromEntries(
        levels.map((level) => [
          level,
          fn(lineParams, (logger: Logger, message, given) => logger.write(level, message, given)),
        ]),
      ),
      with: plain([fields(false)], (logger: Logger, given) => logger.with(given)),
      named: plain([word("name")], (logger: Logger, name) => logger.named(name)),
    },
    tostring: ({ name }) => `logger.Logger{${name}}`,
    bytes: ({ name, bytes }) => 2 * name.length + bytes,
  },
);

const root = (call: Call) => new Logger(call, "", noFields, 0);

export const loggerModule: Module = defineModule("logger", {
  ...Object.fromEntries(
    levels.map((level) => [
      level,
      method(fn(lineParams, (call: Call, message, given) => root(call).write(level, message, given))),
    ]),
  ),
  with: method(plain([fields(false)], (call: Call, given) => root(call).with(given))),
  named: method(plain([word("name")], (call: Call, name) => root(call).named(name))),
});
