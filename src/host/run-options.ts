import type { Results } from "../lua/run/results.ts";
import type { AuthorityOptions } from "./authorities.ts";
import type { Denials } from "./denials.ts";
import type { LimitOptions } from "./limit-options.ts";
import type { PermissionTrace } from "./trace.ts";

/**
 * Where a script runs: `shared`, in the thread of whoever calls, at once; or `worker`, in a thread of its own, which
 * can be killed and shares no memory with the host. docs/sandbox.md says which to choose.
 */
export type Isolation = "shared" | "worker";

/** How a script or a function runs. */
export interface CallOptions extends AuthorityOptions, LimitOptions {
  /** Default: as the registry says, or else the host, or else `shared`. */
  readonly isolation?: Isolation | undefined;
  /** Values that the script reads by `require("ctx")`: plain data, by name. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Ends a script that waits, and in a thread one that computes, too; the run rejects with CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Where `print` writes. Default: the host's. */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Notes everything that the script asks for, and allows it. For scripts that you trust: no policy is enforced. */
  readonly trace?: PermissionTrace | undefined;
  /** Notes what the policies deny, whatever the script makes of it. */
  readonly denials?: Denials | undefined;
  /** Ctrl-C ends a script that computes, instead of the process: the run rejects with CANCELED. */
  readonly interruptible?: boolean | undefined;
}

/** The standard streams of a script. Its output goes where `print` writes. */
export interface IoOptions {
  /** What `io.read` and `io.lines` read, such as `process.stdin`; it is read when the script asks. Default: it is at its end. */
  readonly input?: AsyncIterable<Uint8Array | string> | undefined;
  /** Where `io.stderr` writes. Default: where `print` does. */
  readonly error?: ((bytes: Uint8Array) => void) | undefined;
}

export interface RunOptions extends CallOptions {
  /** How errors and tracebacks name the script. Default: `script`. */
  readonly name?: string | undefined;
  /**
   * The folder in which `require` finds the script's own files: `require("lib.text")` is `lib/text.lua` or
   * `lib/text/init.lua` there, and nothing outside it. Default: none are found.
   */
  readonly root?: string | undefined;
  /** Told of each file that `require` reads, by its path. */
  readonly fileRead?: ((path: string) => void) | undefined;
  /** Gives the script the global `io`, on a standard input and output of yours. Default: there is none. */
  readonly io?: IoOptions | undefined;
  /** What the script gets as `...` and in `arg`. */
  readonly args?: readonly unknown[] | undefined;
  /**
   * What becomes of the results. `values`, the default: values as JavaScript has them; what can't leave a script, such
   * as a coroutine or a table that contains itself, is an error. `shown`: texts, as `print` writes them. `plain`: as
   * `values`, and in the place of what can't leave, and of functions, `{ $lua: "function" }`. `inspected`: texts, as
   * `require("inspect")` gives them, nils at the end included.
   */
  readonly results?: Results | undefined;
}

export interface RunResult {
  /** The script's first result. */
  readonly value: unknown;
  /** All of its results. */
  readonly values: readonly unknown[];
  /** Given when the script ended itself, by `os.exit`: the code, 0 where it said none. It has no results then. */
  readonly exit?: number;
}
