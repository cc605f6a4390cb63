import type { Results } from "../lua/run/results.ts";
import type { AuthorityOptions } from "./authorities.ts";
import type { Denials } from "./denials.ts";
import type { LimitOptions } from "./limit-options.ts";
import type { PermissionTrace } from "./trace.ts";

/**
 * Where a script runs: `shared` is the thread of the caller; `worker` is a thread of its own, which can be killed and
 * shares no memory with the host. docs/sandbox.md explains which to choose.
 */
export type Isolation = "shared" | "worker";

/** How a script or a function runs. */
export interface CallOptions extends AuthorityOptions, LimitOptions {
  /** Default: the registry's, otherwise the host's, otherwise `shared`. */
  readonly isolation?: Isolation | undefined;
  /** Values that the script reads with `require("ctx")`: plain data by name. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Ends a script that waits; in a thread, also one that computes. The run rejects with CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Where `print` writes. Default: the host's. */
  readonly print?: ((line: Uint8Array) => void) | undefined;
  /** Records everything that the script asks for, and allows it. Only for scripts that you trust: no policy is enforced. */
  readonly trace?: PermissionTrace | undefined;
  /** Records what the policies deny, even if the script handles the error. */
  readonly denials?: Denials | undefined;
  /**
   * The event loop turns ten times a second while the script computes in the host's thread: signals of the process and
   * timers are heard, and `signal` ends a script that computes, too.
   */
  readonly interruptible?: boolean | undefined;
}

/** The standard streams of a script. Its output goes where `print` writes. */
export interface IoOptions {
  /** The input of `io.read` and `io.lines`, such as `process.stdin`; it is read when the script asks. Default: empty. */
  readonly input?: AsyncIterable<Uint8Array | string> | undefined;
  /** Where `io.stderr` writes, a `Buffer` at a time. Default: where `print` writes. */
  readonly error?: ((bytes: Uint8Array) => void) | undefined;
}

export interface RunOptions extends CallOptions {
  /** The name of the script in errors and tracebacks. Default: `script`. */
  readonly name?: string | undefined;
  /**
   * The folder in which `require` finds the script's own files: `require("lib.text")` is `lib/text.lua` or
   * `lib/text/init.lua` there; nothing outside is read. Default: there are no such files.
   */
  readonly root?: string | undefined;
  /** Called with the path of each file that `require` reads. */
  readonly fileRead?: ((path: string) => void) | undefined;
  /** Gives the script the global `io` with these streams. Default: the script has no `io`. */
  readonly io?: IoOptions | undefined;
  /** The arguments of the script: `...` and `arg`. */
  readonly args?: readonly unknown[] | undefined;
  /**
   * The form of the results. `values`, the default: JavaScript values; a result that can't be converted, such as a
   * coroutine or a table that contains itself, is an error. `shown`: strings, as `print` writes them. `plain`: as
   * `values`, but with `{ $lua: "function" }` in place of functions and of anything that can't be converted.
   * `inspected`: strings, as `require("inspect")` shows them, including nils at the end.
   */
  readonly results?: Results | undefined;
}

export interface RunResult {
  /** The script's first result. */
  readonly value: unknown;
  /** All of its results. */
  readonly values: readonly unknown[];
  /** The code, if the script ended itself with `os.exit` (default 0). There are no results then. */
  readonly exit?: number;
}
