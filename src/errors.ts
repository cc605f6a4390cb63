import type { InspectOptions, inspect } from "node:util";
import { type Limit, limitErrors } from "./limits.ts";

/**
 * The kinds that a script can tell apart, in the spec's order. `value` is what the Lua constant holds;
 * `retryable` whether the same call may succeed later, unchanged (undefined: it can't be known).
 */
export const kinds = {
  NOT_FOUND: { value: "NotFound", retryable: false },
  ALREADY_EXISTS: { value: "AlreadyExists", retryable: false },
  INVALID: { value: "Invalid", retryable: false },
  PERMISSION_DENIED: { value: "PermissionDenied", retryable: false },
  UNAVAILABLE: { value: "Unavailable", retryable: true },
  INTERNAL: { value: "Internal", retryable: false },
  CANCELED: { value: "Canceled", retryable: false },
  CONFLICT: { value: "Conflict", retryable: true },
  TIMEOUT: { value: "Timeout", retryable: true },
  RATE_LIMITED: { value: "RateLimited", retryable: true },
  RESOURCE_EXHAUSTED: { value: "ResourceExhausted", retryable: false },
  UNKNOWN: { value: "", retryable: undefined },
} as const satisfies Record<string, { value: string; retryable: boolean | undefined }>;

/** The name of a kind, as `errors.NOT_FOUND` names it in Lua. */
export type Kind = keyof typeof kinds;

const byValue = new Map<string, Kind>();
for (const name of Object.keys(kinds) as Kind[]) byValue.set(kinds[name].value, name);

/** The kind that a text names, by its constant's value ("NotFound") or its name ("NOT_FOUND"). */
export function kindNamed(text: string): Kind | undefined {
  return byValue.get(text) ?? (Object.hasOwn(kinds, text) ? (text as Kind) : undefined);
}

/** One level of a Lua call stack. `line` is absent where the level is not Lua code. */
export interface Frame {
  readonly source: string;
  readonly line?: number;
  readonly name?: string;
}

/** How to find the frames of a stack, which most often nobody asks for. */
export interface LazyStack {
  (): readonly Frame[];
  /** How many frames it keeps. */
  readonly depth: number;
}

export interface ErrorOptions {
  /** Overrides what the kind says. */
  readonly retryable?: boolean | undefined;
  /** Plain data that says more: the action that was denied, the limit that was hit. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** What led here; shown to the embedder only, never to a script. */
  readonly cause?: unknown;
  /** What was being done, outermost first. */
  readonly context?: readonly string[] | undefined;
}

/**
 * An error that was made of another one, without the method that made it in its JavaScript stack: until a stack is read,
 * V8 keeps the `this` of each call in it, and so a chain of errors would never be garbage.
 */
function detached<E extends Error>(error: E, method: (...args: never) => unknown): E {
  Error.captureStackTrace(error, method);
  return error;
}

/**
 * What a caller handles: every failure that moonkeep reports, in Lua and in JavaScript, is one.
 * A caller's mistake against the JavaScript API is a TypeError or RangeError instead.
 */
export class MoonkeepError extends Error {
  override readonly name: string = "MoonkeepError";
  /** One of `kinds`, or a script's own word, kept as it was given. */
  readonly kind: Kind | (string & {});
  readonly retryable: boolean | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** What was being done when it happened, outermost first; layers add to it (`wrapped`). */
  readonly context: readonly string[];
  #stack: readonly Frame[] | LazyStack = [];

  constructor(kind: Kind | (string & {}), message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryable =
      "retryable" in options
        ? options.retryable
        : Object.hasOwn(kinds, kind)
          ? kinds[kind as Kind].retryable
          : undefined;
    this.details = options.details;
    this.context = options.context ?? [];
  }

  /** The message behind its context: `loading the cart: key not found`. */
  get text(): string {
    return [...this.context, this.message].join(": ");
  }

  /** The same error without its Lua stack: where several are told of one failure, each gets its own. */
  copy(): MoonkeepError {
    const { kind, message, retryable, details, cause, context } = this;
    return detached(new MoonkeepError(kind, message, { retryable, details, cause, context }), this.copy);
  }

  /** The same error, with one more layer of what was being done. */
  wrapped(context: string): MoonkeepError {
    const { kind, message, retryable, details, cause } = this;
    const error = new MoonkeepError(kind, message, { retryable, details, cause, context: [context, ...this.context] });
    error.#stack = this.#stack;
    return detached(error, this.wrapped);
  }

  /** Where in Lua it came from, innermost first; empty when it did not come from a script. */
  get luaStack(): readonly Frame[] {
    if (typeof this.#stack === "function") this.#stack = this.#stack();
    return this.#stack;
  }

  set luaStack(frames: readonly Frame[] | LazyStack) {
    this.#stack = frames;
  }

  /** How many frames the Lua stack has, without working them out. */
  get luaStackDepth(): number {
    return typeof this.#stack === "function" ? this.#stack.depth : this.#stack.length;
  }

  /** The Lua traceback as text, in the form that `lua` prints; empty without a Lua stack. */
  get traceback(): string {
    return this.luaStack.length === 0 ? "" : tracebackText(this.luaStack);
  }
}

/** What something that was thrown says of itself. It may be anything, and what it has for a text may throw as well. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "it says nothing of itself";
  }
}

/** Frames in the form in which `lua` prints them. */
export function tracebackText(frames: readonly Frame[]): string {
  const lines = frames.map(({ source, line, name }) => {
    const place = line === undefined ? source : `${source}:${line}`;
    return `\n\t${place}: in ${name ?? "?"}`;
  });
  return `stack traceback:${lines.join("")}`;
}

/** What `console.log` shows: the message, where in Lua and where in JavaScript it came from, and what else is known. */
function inspected(this: MoonkeepError, depth: number, options: InspectOptions, show: typeof inspect): string {
  const { stack = "", traceback } = this;
  const at = stack.indexOf("\n    at ");
  const [head, calls] = at === -1 ? [stack, ""] : [stack.slice(0, at), stack.slice(at)];
  if (depth < 0) return `[${head}]`;
  const known = Object.entries(this).filter(([name, value]) => name !== "name" && isWorthShowing(value));
  if (this.cause !== undefined) known.push(["cause", this.cause]);
  return `${head}${traceback && `\n${traceback}`}${calls} ${show(Object.fromEntries(known), options)}`;
}

const isWorthShowing = (value: unknown) => value !== undefined && !(Array.isArray(value) && value.length === 0);

Object.defineProperty(MoonkeepError.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspected });

/** A script was ended because it hit a limit. Nothing in the script could catch it. */
export class LimitError extends MoonkeepError {
  override readonly name: string = "LimitError";
  readonly limit: Limit;
  /** What the limit was, in its unit: milliseconds, bytes, or a number of what is counted. */
  readonly value: number;

  /** Kind TIMEOUT when the script ran too long, RESOURCE_EXHAUSTED when it held too much, else RATE_LIMITED. */
  constructor(limit: Limit, value: number) {
    const { kind, says } = limitErrors[limit];
    super(kind, `the script was stopped: ${says(value)}`, {
      retryable: limit === "time",
      details: { limit, value },
    });
    this.limit = limit;
    this.value = value;
  }
}

/** A run was ended from outside: by its AbortSignal, or by Ctrl-C. `cause` is the signal's reason. */
export class CanceledError extends MoonkeepError {
  override readonly name: string = "CanceledError";
  constructor(message: string, cause?: unknown) {
    super("CANCELED", message, { cause });
  }
}

/** @internal A script ended itself, by `os.exit`: nothing in it catches that, and its run is not a failure. */
export class ExitError extends CanceledError {
  override readonly name = "ExitError";
  readonly code: number;
  constructor(code: number) {
    super("the script ended itself by os.exit");
    this.code = code;
  }
}
