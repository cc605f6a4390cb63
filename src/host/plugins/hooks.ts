/**
 * The hooks of the application: it says what happened, and whoever subscribed hears of it, one after the other. One that
 * fails is reported, and the next one is called all the same.
 */
import { MoonkeepError } from "../../errors.ts";
import { fromJs, toJs } from "../../value/js.ts";
import type { Milliseconds, Value } from "../../value/value.ts";
import type { LogSink } from "../run.ts";
import { suspended } from "./errors.ts";
import type { Plugin } from "./plugin.ts";

export interface EmitOptions {
  /** How long each subscriber may take that does not say so itself; in milliseconds. Default: 1 s. */
  readonly timeout?: Milliseconds | undefined;
  /** What goes along with the calls: plain data by name, for `require("ctx")`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Ends what runs, and calls nobody after it. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of telling one subscriber. */
export interface HookReport {
  readonly plugin: string;
  /** The id of the function. */
  readonly function: string;
  readonly ok: boolean;
  /** What the function answered. */
  readonly value?: unknown;
  /** Why it failed; UNAVAILABLE when it was not called, because the plugin is suspended. */
  readonly error?: MoonkeepError;
  readonly milliseconds: Milliseconds;
}

/** Calls a plugin's function, and says how it ended. */
export type CallPlugin = (
  plugin: Plugin,
  id: string,
  args: readonly (Value | undefined)[],
  options: EmitOptions & { readonly timeout: Milliseconds },
) => Promise<Value | undefined>;

const TIMEOUT: Milliseconds = 1000;

interface Subscriber {
  readonly plugin: Plugin;
  readonly id: string;
  readonly priority: number;
  readonly timeout: Milliseconds | undefined;
}

export class Hooks {
  readonly #plugins: () => readonly Plugin[];
  readonly #call: CallPlugin;
  readonly #log: LogSink;

  /** @param log hears of each failure */
  constructor(plugins: () => readonly Plugin[], call: CallPlugin, log: LogSink) {
    this.#plugins = plugins;
    this.#call = call;
    this.#log = log;
  }

  /**
   * Tells everyone who subscribed to a hook, by priority and then in the order in which the plugins were loaded.
   * @param payload plain data, of which each gets a copy
   * @returns what came of each; it rejects for none of them
   * @throws TypeError for what is no plain data; RangeError for a timeout that is none
   */
  async emit(name: string, payload?: unknown, options: EmitOptions = {}): Promise<readonly HookReport[]> {
    const { timeout = TIMEOUT, signal } = options;
    if (!(timeout > 0)) throw new RangeError(`timeout: expected milliseconds above zero, got ${timeout}`);
    const value = fromJs(payload, "payload");
    const subscribers = this.#subscribers(name);
    // Another version of a plugin may come while others are told; those that are told now are told by this one.
    const ends = subscribers.map(({ plugin }) => plugin.edition.hold());
    try {
      const reports: HookReport[] = [];
      for (const subscriber of subscribers) {
        if (signal?.aborted) break;
        reports.push(await this.#tell(subscriber, value, { ...options, timeout }));
      }
      return reports;
    } finally {
      for (const end of ends) end();
    }
  }

  #subscribers(name: string): readonly Subscriber[] {
    return this.#plugins()
      .flatMap((plugin) =>
        plugin.source.hooks
          .filter(({ on }) => on === name)
          .map(({ id, priority, timeout }) => ({ plugin, id, priority, timeout })),
      )
      .sort((a, b) => a.priority - b.priority);
  }

  async #tell(
    { plugin, id, timeout }: Subscriber,
    value: Value | undefined,
    options: EmitOptions & { readonly timeout: Milliseconds },
  ): Promise<HookReport> {
    const { breaker, name } = plugin;
    const start = performance.now();
    const report = (outcome: Pick<HookReport, "ok" | "value" | "error">): HookReport => ({
      plugin: name,
      function: id,
      ...outcome,
      milliseconds: performance.now() - start,
    });
    if (!breaker.tries()) return report({ ok: false, error: suspended(name, plugin.cooldown) });
    try {
      const answer = await this.#call(plugin, id, [value], {
        ...options,
        timeout: timeout ?? options.timeout,
      });
      breaker.succeeded();
      return report({ ok: true, value: toJs(answer) });
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      if (!options.signal?.aborted) breaker.failed();
      this.#note(plugin, id, e);
      return report({ ok: false, error: e });
    }
  }

  #note({ name, authority, breaker }: Plugin, id: string, { kind, text }: MoonkeepError): void {
    const fields = { plugin: name, function: id, kind, suspended: breaker.isOpen };
    const message = `${id} failed: ${text}`;
    this.#log({ level: "warn", name: "plugins", message, fields, time: new Date(), actor: authority.actor?.id });
  }
}
