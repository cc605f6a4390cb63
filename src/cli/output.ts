/** Everything that moonkeep writes: the output of scripts, results, and errors as people see them. */
import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { MoonkeepError } from "../errors.ts";
import { formatPath, type Path } from "../registry/problem.ts";
import { jsonText } from "../value/json.ts";
import { oneLine, printable, printableJson } from "../value/printable.ts";
import { cantShow, cantWrite, nobodyReads } from "./output-errors.ts";

/** The reader is gone (`| head`), and whatever prints without end is to end. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** What was to be written could not be: the disk is full, say. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

const FLUSH_AT = 16 * 1024;
/** What is written within so many milliseconds of each other goes out together; what stands alone goes out at once. */
const TOGETHER_MS = 50;
const wake = new Int32Array(new SharedArrayBuffer(4));

const names = { 1: "the standard output", 2: "the standard error" } as const;

/** A reader that has taken nothing for so long is not reading. */
const STALLED_MS = 500;

/** Writes all of it, however slowly the other side reads. @throws ReaderGone, OutputError */
function writeAll(fd: 1 | 2, bytes: Uint8Array): void {
  const to = patientPipe(fd);
  let took = performance.now();
  let restore: (() => void) | undefined;
  try {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(to, bytes, at);
        took = performance.now();
      } catch (e) {
        const { code } = e as NodeJS.ErrnoException;
        if (code === "EPIPE") throw new ReaderGone(nobodyReads);
        if (code !== "EAGAIN") throw new OutputError(cantWrite(names[fd], code));
        if (restore === undefined && performance.now() - took > STALLED_MS) restore = endBySignals();
        Atomics.wait(wake, 0, 0, 1);
      }
    }
  } finally {
    restore?.();
  }
}

const pipes: Partial<Record<1 | 2, number>> = {};

/**
 * A full pipe keeps the thread within the operating system until somebody reads, and no signal is heard. Linux opens a
 * pipe again by its name in /proc; that one says that it is full, and we wait ourselves.
 */
function patientPipe(fd: 1 | 2): number {
  let pipe = pipes[fd];
  if (pipe === undefined) {
    pipe = fd;
    try {
      if (fstatSync(fd).isFIFO()) pipe = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // not there, or not allowed: the first one does
    }
    pipes[fd] = pipe;
  }
  return pipe;
}

/** While nobody reads, no event is heard: signals end the process as they do by default. @returns what undoes it */
function endBySignals(): () => void {
  const before = (["SIGINT", "SIGTERM"] as const).map((name) => ({ name, listeners: process.rawListeners(name) }));
  for (const { name } of before) process.removeAllListeners(name);
  return () => {
    for (const { name, listeners } of before) for (const one of listeners) process.on(name, one as () => void);
  };
}

/**
 * The output of a command. To a terminal, line by line; elsewhere, in blocks, and whenever the event loop turns: when a
 * script waits or ends, and every tenth of a second while it computes. When the reader is gone, the rest is dropped, so
 * that the command ends with what it comes to, whoever reads; what a script prints ends the script then.
 */
export class Output {
  readonly #fd: 1 | 2;
  readonly #immediate: boolean;
  #blocks: Uint8Array[] = [];
  #size = 0;
  #scheduled = false;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;
  #isUnread = false;

  constructor(fd: 1 | 2, immediate: boolean) {
    this.#fd = fd;
    this.#immediate = immediate;
  }

  /** Whether the reader is gone. */
  get isUnread(): boolean {
    return this.#isUnread;
  }

  /** What a script prints: there may be no end of it. @throws ReaderGone, OutputError */
  readonly print = (bytes: Uint8Array): void => {
    this.write(bytes);
    if (this.#isUnread) throw new ReaderGone(nobodyReads);
  };

  /** @throws OutputError */
  readonly write = (bytes: Uint8Array): void => {
    if (this.#isUnread) return;
    this.#blocks.push(bytes);
    this.#size += bytes.length;
    const now = performance.now();
    const isAlone = now - this.#writtenAt > TOGETHER_MS;
    this.#writtenAt = now;
    if (this.#immediate || isAlone || this.#size >= FLUSH_AT) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        try {
          this.flush();
        } catch (e) {
          this.#failure = e; // nobody is there to hear it; whoever writes next is
        }
      });
    }
  };

  line(text: string): void {
    this.write(Buffer.from(`${text}\n`));
  }

  /** A JSON document; nothing in its texts reaches a terminal as it is. */
  json(data: unknown, indent?: number): void {
    this.line(printableJson(jsonText(data, indent)));
  }

  /** @throws OutputError */
  flush(): void {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#size = 0;
    if (this.#failure !== undefined) throw this.#failure;
    if (blocks.length === 0) return;
    try {
      writeAll(this.#fd, Buffer.concat(blocks));
    } catch (e) {
      if (!(e instanceof ReaderGone)) throw e;
      this.#isUnread = true;
    }
  }
}

/** The process's own streams, for `io` of a script: nothing is read until it asks. */
export const standardStreams = {
  input: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array> },
  error: (bytes: Uint8Array) => writeAll(2, bytes),
};

/** Says something on standard error, where somebody reads that. @throws OutputError */
export function errorLine(text: string): void {
  say(`${text}\n`);
}

/** The same, without an end of the line. */
export function say(text: string): void {
  try {
    writeAll(2, Buffer.from(text));
  } catch (e) {
    if (!(e instanceof ReaderGone)) throw e;
  }
}

export { oneLine, printable };

/** "1 entry", "2 entries". */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

type Style = (text: string) => string;
export interface Styles {
  readonly good: Style;
  readonly bad: Style;
  readonly dim: Style;
}

/** Colours where that output (1 or 2) is a terminal and nobody minds (https://no-color.org). */
export async function stylesOf(fd: 1 | 2): Promise<Styles> {
  const same: Style = (text) => text;
  const { isTTY } = fd === 1 ? process.stdout : process.stderr;
  const wanted = isTTY && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  if (!wanted) return { good: same, bad: same, dim: same };
  const { default: pc } = await import("picocolors");
  const { green, red, dim } = pc.createColors(true);
  return { good: green, bad: red, dim };
}

/** The lines after the first, moved in, so that none of them can pass for a line of ours. */
const indented = (text: string) => text.replaceAll("\n", "\n  ");

/** The line of an error whose text has something from elsewhere in it. */
export const errorText = (text: string): string => `error: ${indented(printable(text))}`;

/** In a traceback each line after the first is a frame, and begins with a tab. */
const framed = (traceback: string) => traceback.replace(/\n(?!\t)/g, "\\n");

/**
 * An error as a person reads it: what, its details, and where in Lua.
 * @param sourceOf the line of source that a message is about, as source-line.ts shows it
 */
export function describeError(
  error: MoonkeepError,
  { bad, dim }: Styles,
  sourceOf: (message: string) => string | undefined = () => undefined,
): string {
  const kind = error.kind === "UNKNOWN" ? "" : ` ${error.kind}`;
  const lines = [`${bad(`error${oneLine(kind)}:`)} ${indented(printable(error.text))}`];
  const line = sourceOf(error.text);
  if (line !== undefined) lines.push(printable(line));
  for (const [name, value] of Object.entries(error.details ?? {})) {
    if (value === undefined || (name === "allow" && error.kind === "PERMISSION_DENIED")) continue;
    const shown = typeof value === "string" ? value : JSON.stringify(toJson(value));
    lines.push(dim(`  ${oneLine(name)}: ${oneLine(shown)}`));
  }
  if (error.cause instanceof Error) lines.push(dim(`  cause: ${oneLine(error.cause.message)}`));
  if (error.traceback !== "") lines.push(dim(framed(printable(error.traceback))));
  return lines.join("\n");
}

/** An error as a program reads it. */
export function errorToJson(error: MoonkeepError): unknown {
  const { kind, text, retryable, details, luaStack } = error;
  return {
    kind,
    message: text,
    retryable: retryable ?? null,
    ...(details === undefined ? {} : { details: toJson(details) }),
    traceback: luaStack,
  };
}

/**
 * A script's result as JSON has it. What JSON has no word for: bytes become `{"$base64": …}`, a Map a list of pairs
 * `{"$map": [[key, value]]}`, and numbers that are not finite `{"$float": "inf"}`: the notation of docs/encoding.md.
 * @param path how to call the value in an error; left out: what can't be shown is null
 * @throws MoonkeepError INVALID for a function or a handle, with its place
 */
export function toJson(value: unknown, path?: Path): unknown {
  if (value === undefined) return null;
  if (typeof value === "bigint") return { $integer: String(value) };
  if (typeof value === "number" && !Number.isFinite(value))
    return { $float: Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf" };
  if (typeof value === "function") return path && notShown(path, "a function");
  if (value instanceof MoonkeepError) return errorToJson(value);
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString("base64") };
  const part = (key: unknown, item: unknown) =>
    toJson(item, path && [...path, typeof key === "number" ? key : String(key)]);
  if (value instanceof Map) return { $map: [...value].map(([k, v]) => [toJson(k), part(k, v)]) };
  if (Array.isArray(value)) return value.map((item, i) => part(i + 1, item));
  if (typeof value === "object" && value !== null) {
    if (Object.getPrototypeOf(value) !== Object.prototype) return path && notShown(path, "a handle");
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, part(k, v)]));
  }
  return value;
}

function notShown(path: Path, what: string): never {
  throw new MoonkeepError("INVALID", cantShow(formatPath(path), what));
}

/** A script's result as a person reads it: text as it is, nil as Lua writes it, everything else as JSON. */
export function showResult(value: unknown, path: Path): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value === undefined) return "nil";
  return printableJson(JSON.stringify(toJson(value, path), null, 2));
}
