/**
 * A state that stays open: what one piece of code sets, the next one finds. For prompts and notebooks.
 *
 * ```ts
 * const session = host.session({ actor: "alice" });
 * await session.run("n = 20");
 * const { value } = await session.run("return n + 1");
 * session.close();
 * ```
 */
import type { MoonkeepError } from "../errors.ts";
import { Budget } from "../lua/limits/budget.ts";
import { Chunk } from "../lua/run/chunk.ts";
import type { Library } from "../lua/run/loads.ts";

export type { Name } from "../lua/run/names.ts";

import type { Name } from "../lua/run/names.ts";
import { KeptFunctions, toCells } from "../lua/run/outside.ts";
import { presenterOf, type Results, readResults } from "../lua/run/results.ts";
import { State } from "../lua/run/state.ts";
import { globals } from "../modules/index.ts";
import { ioModule } from "../modules/io.ts";
import type { Policy } from "../security/policy.ts";
import { toText } from "../value/bytes.ts";
import { runCanceled, sessionClosed } from "./errors.ts";
import { readSessionRunOptions } from "./options.ts";
import { argTable, exitOf } from "./run.ts";
import { RunCall } from "./run-call.ts";
import type { RunContext } from "./run-context.ts";
import type { CallOptions, RunOptions, RunResult } from "./run-options.ts";
import type { About, ActiveRun } from "./runs.ts";
import { checkSource, scriptSource } from "./source.ts";

/** Who runs things in a session, under which limits; and where its files are, as for `host.run`. */
export interface SessionOptions extends CallOptions, Pick<RunOptions, "root" | "fileRead" | "io"> {
  /** @internal What `require` loads beside the libraries of the registry. */
  readonly libraries?: ReadonlyMap<string, Library> | undefined;
}

/** The new actor of the session. */
export interface ActingAs extends Pick<SessionOptions, "actor" | "groups"> {
  /** Policies in force in addition to those of the registry. */
  readonly also?: readonly Policy[] | undefined;
}

export interface SessionRunOptions {
  /** The name of the code in errors and tracebacks. Default: `session`. */
  readonly name?: string | undefined;
  /** Arguments of the code, in `...` and in the global `arg`, as in `host.run`. Left out: `arg` stays what it is. */
  readonly args?: readonly unknown[] | undefined;
  /** The form of the results, as in `host.run`. */
  readonly results?: Results | undefined;
  /** Ends code that waits; it rejects with CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Called about 50 000 times a second while code computes; true ends the code with CANCELED, and the session continues. */
  readonly interrupt?: (() => boolean) | undefined;
  /** As of `host.run`: the event loop turns while code computes, and `signal` ends it. */
  readonly interruptible?: boolean | undefined;
}

/** Runs in the thread of whoever calls, whatever the registry says of isolation. Its limits hold for each run. */
export class Session {
  readonly #lend: (acting?: ActingAs) => Lent;
  #lent: Lent;
  #state: State;
  #functions: KeptFunctions;
  #restarts = 0;
  #closed = false;

  /** @internal Made by `host.session`. */
  constructor(lend: (acting?: ActingAs) => Lent) {
    this.#lend = lend;
    this.#lent = lend();
    [this.#state, this.#functions] = open(this.#lent.run);
  }

  /**
   * Runs a piece of code. Its globals stay, and its locals end with it, as at any prompt of Lua.
   * @throws as `host.run` does. After a limit on memory the state is of no use: the session begins anew, without its
   * globals, and `restarts` counts that.
   */
  async run(source: string | Uint8Array, options?: SessionRunOptions): Promise<RunResult> {
    checkSource(source);
    const read = readSessionRunOptions(options);
    const { name = "session", args, results: wanted, signal, interrupt, interruptible } = read;
    if (this.#closed) throw sessionClosed();
    if (signal?.aborted) throw runCanceled(signal);
    const present = presenterOf(readResults(wanted));
    const state = this.#state;
    return this.#lent.during({ source: name, isolation: "shared", signal }, async (run) => {
      const limits = { ...this.#lent.run.limits, signal: run, interrupt, interruptible };
      const budget = new Budget(limits, undefined, { interrupt, interruptible });
      try {
        const main = state.load(scriptSource(source, name), `@${name}`, budget);
        if (args !== undefined) state.setGlobal("arg", argTable(name, args));
        const results = await state.run(main, toCells(state.thread, args ?? [], "args"), limits, budget);
        const shown = present ? await state.run(present, results, limits, budget) : results;
        return state.handOver(budget, () => this.#functions.outside.outcome(shown));
      } catch (e) {
        return exitOf(e);
      } finally {
        // One that ends after the session has begun again has no part in it.
        if (state === this.#state && state.broken !== undefined && !this.#closed) this.#begin();
      }
    });
  }

  /** How often the session had to start again without its globals. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Whether code is whole. Nothing is run.
   * @returns undefined for code that parses; true for a beginning that more lines could complete; else what is wrong
   */
  check(source: string | Uint8Array, name = "session"): true | MoonkeepError | undefined {
    try {
      Chunk.compile(scriptSource(source, name), `@${name}`);
      return undefined;
    } catch (e) {
      const error = e as MoonkeepError;
      if (error.kind !== "INVALID") throw e;
      return /near <eof>$/.test(error.text) && !isOpenText(error.text, source) ? true : error;
    }
  }

  /** The names of what is at a path from the globals on, for completion. Nothing is called. */
  names(path: readonly string[] = []): readonly Name[] {
    return this.#state.names(path);
  }

  /** The modules that code may load by `require`, as far as the policies agree. */
  get modules(): readonly string[] {
    return [...this.#lent.run.modules.keys()].sort();
  }

  /**
   * What the host has now in the place of what it had when the session began: after `host.reload()`.
   * @param acting @internal who acts from now on; left out: whoever the options of the session say
   */
  renew(acting?: ActingAs): void {
    if (this.#closed) throw sessionClosed();
    const before = this.#lent;
    this.#lent = this.#lend(acting);
    (this.#state.call as RunCall).renew(this.#lent.run);
    before.end();
  }

  #begin(): void {
    this.#restarts++;
    this.#state.close();
    [this.#state, this.#functions] = open(this.#lent.run);
  }

  /** Releases everything that the session holds. It can be called several times. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state.close();
    this.#lent.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A string in quotes ends on its line, unless that ends in a backslash or `\z`. */
const isOpenText = (message: string, source: string | Uint8Array): boolean =>
  /unfinished string near/.test(message) && !/\\z?\s*$/.test(typeof source === "string" ? source : toText(source));

/** What the host lends, and how to give it back. */
export interface Lent {
  readonly run: RunContext;
  readonly end: () => void;
  /** Makes a run of what the session is asked to do. */
  readonly during: <T>(about: About, call: (run: ActiveRun) => Promise<T>) => Promise<T>;
}

function open(run: RunContext): [State, KeptFunctions] {
  const { modules, imports, finder, compatible, print, compile, limits, again, streams } = run;
  const call = new RunCall(run);
  const state = new State({
    modules,
    imports,
    finder,
    compatible,
    globals,
    io: streams && ioModule,
    call,
    print,
    compile,
    outlivesEnds: true,
  });
  call.caller = state;
  return [state, new KeptFunctions(state, limits, again)];
}
