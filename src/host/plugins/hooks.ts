/**
 * The hooks of the application: it says what happened, and whoever subscribed hears of it, one after the other. One that
 * fails is reported, and the next one is called all the same.
 */
import { MoonkeepError } from "../../errors.ts";
import { contextOf } from "../../modules/context.ts";
import { fromJs } from "../../value/js.ts";
import { toJsInTurns } from "../../value/js-steps.ts";
import type { Milliseconds, Value } from "../../value/value.ts";
import type { LogSink } from "../log.ts";
import { readEmitOptions, readText } from "../options.ts";
import { hookFailed, suspended } from "./errors.ts";
import type { Plugin } from "./plugin.ts";

export interface EmitOptions {
  /**
   * The most that each subscriber may take, in milliseconds or as a duration; a subscription may say less. Left out: what
   * the subscription says, else 1 s.
   */
  readonly timeout?: Milliseconds | string | undefined;
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
  options: HookCall,
) => Promise<Value | undefined>;

interface HookCall extends Omit<EmitOptions, "timeout"> {
  readonly timeout: Milliseconds;
}

/** As `HookCall`, before it is known who is told. */
interface Telling extends Omit<EmitOptions, "timeout"> {
  readonly timeout: Milliseconds | undefined;
}

const TIMEOUT: Milliseconds = 1000;

/** A manifest is the plugin's word: it can shorten what the application allows, and not extend it. */
const timeOf = (own: Milliseconds | undefined, most: Milliseconds | undefined): Milliseconds =>
  Math.min(own ?? most ?? TIMEOUT, most ?? Number.POSITIVE_INFINITY);

type Outcome = Pick<HookReport, "ok" | "value" | "error">;

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
   * @returns what came of each. It never rejects because of a plugin, whatever that does or answers.
   * @throws TypeError for a payload or a context that is not plain data; RangeError for a timeout that is not above zero
   */
  async emit(name: string, payload?: unknown, options?: EmitOptions): Promise<readonly HookReport[]> {
    const { timeout, context, signal } = readEmitOptions(options);
    readText(name, "name");
    const value = fromJs(payload, "payload");
    contextOf(context); // a mistake of the caller's is said before anyone is called
    const subscribers = this.#subscribers(name);
    // Another version of a plugin may come while others are told; those that are told now are told by this one.
    const ends = subscribers.map(({ plugin }) => plugin.edition.hold());
    try {
      const reports: HookReport[] = [];
      for (const subscriber of subscribers) {
        if (signal?.aborted) break;
        reports.push(await this.#tell(subscriber, value, { context, signal, timeout }));
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

  async #tell(subscriber: Subscriber, value: Value | undefined, options: Telling): Promise<HookReport> {
    const { plugin, id } = subscriber;
    const start = performance.now();
    const outcome = await this.#outcome(subscriber, value, options);
    return { plugin: plugin.name, function: id, ...outcome, milliseconds: performance.now() - start };
  }

  /** What came of calling one subscriber. An answer that can't be handed to the application is a failure like any other. */
  async #outcome(
    { plugin, id, timeout: own }: Subscriber,
    value: Value | undefined,
    options: Telling,
  ): Promise<Outcome> {
    const { breaker, name, cooldown } = plugin;
    if (!breaker.tries()) return { ok: false, error: suspended(name, cooldown) };
    try {
      const timeout = timeOf(own, options.timeout);
      const answer = await toJsInTurns(await this.#call(plugin, id, [value], { ...options, timeout }));
      breaker.succeeded();
      return { ok: true, value: answer };
    } catch (e) {
      const error = e instanceof MoonkeepError ? e : hookFailed(id, e);
      if (!options.signal?.aborted) breaker.failed();
      this.#note(plugin, id, error);
      return { ok: false, error };
    }
  }

  #note({ name, authority, breaker }: Plugin, id: string, { kind, text }: MoonkeepError): void {
    const fields = { plugin: name, function: id, kind, suspended: breaker.isOpen };
    const message = `${id} failed: ${text}`;
    try {
      this.#log({ level: "warn", name: "plugins", message, fields, time: new Date(), actor: authority.actor?.id });
    } catch {
      // The log can't take what the plugin failed with. The report has it, and the next plugin is told all the same.
    }
  }
}
