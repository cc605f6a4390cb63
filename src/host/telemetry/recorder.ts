/**
 * What is told of the course of things: to the metrics, to the spans, and to `node:diagnostics_channel`. One for each
 * host, made with it, and handed to those who know what happened. Where nobody listens, it costs a look at a field.
 */
import { channel } from "node:diagnostics_channel";
import { LimitError, MoonkeepError } from "../../errors.ts";
import type { OpenEntry, Permission } from "../../modules/call.ts";
import type { Store } from "../../stores/store.ts";
import type { Eventually } from "../../value/eventually.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { Denial } from "../denials.ts";
import type { LogRecord } from "../log.ts";
import type { Isolation } from "../run-options.ts";
import { Metrics } from "./metrics.ts";
import { spanning, TracedStore } from "./traced-store.ts";
import type { Span, Tracing } from "./tracing.ts";

/** How a run ended. */
export type Outcome = "ok" | "error" | "limit" | "canceled";

/** What `moonkeep:run.start` has for those who listen. */
export interface RunStarted {
  readonly id: number;
  /** The script's name, or the function's id. */
  readonly source: string;
  readonly isolation: Isolation;
}

/** What `moonkeep:run.end` has. */
export interface RunEnded extends RunStarted {
  /** Who it acted as. */
  readonly actor: string | undefined;
  readonly outcome: Outcome;
  readonly milliseconds: Milliseconds;
  readonly error: unknown;
}

/** Is told of what happens in one host, in the act. */
export interface Watcher {
  denied(denial: Denial): void;
  logged(record: LogRecord): void;
  ended(run: RunEnded): void;
}

const started = channel("moonkeep:run.start");
const ended = channel("moonkeep:run.end");
/** Has a Denial. */
const denied = channel("moonkeep:denial");

export class Recorder {
  readonly metrics: Metrics | undefined;
  /** Those who look at the host at this moment. */
  readonly watchers: Set<Watcher> = new Set();
  readonly #tracing: Tracing | undefined;

  constructor(counts: boolean, tracing: Tracing | undefined) {
    this.metrics = counts ? new Metrics() : undefined;
    this.#tracing = tracing;
  }

  runBegan(run: RunStarted): Span | undefined {
    if (started.hasSubscribers) {
      const { id, source, isolation } = run;
      started.publish({ id, source, isolation } satisfies RunStarted);
    }
    const { id, source, isolation } = run;
    return this.#tracing?.begin("run", source, { "moonkeep.run": id, "moonkeep.isolation": isolation }, undefined);
  }

  /** @param error what it failed with; undefined: it went well */
  runEnded(run: Omit<RunEnded, "outcome" | "error">, span: Span | undefined, error: unknown): void {
    if (this.metrics !== undefined) {
      this.metrics.run(run.isolation, outcomeOf(error), run.milliseconds);
      if (error instanceof LimitError) this.metrics.limits.add([error.limit]);
    }
    span?.end(error);
    if (ended.hasSubscribers || this.watchers.size > 0) {
      const { id, source, isolation, actor, milliseconds } = run;
      const told: RunEnded = { id, source, isolation, actor, milliseconds, outcome: outcomeOf(error), error };
      ended.publish(told);
      for (const watcher of this.watchers) watcher.ended(told);
    }
  }

  /** A run has its thread. */
  queued(milliseconds: Milliseconds): void {
    this.metrics?.queue.add(milliseconds);
  }

  /** A call of a function by a run. @param work is given the span of the call */
  call<T>(id: string, parent: Span | undefined, work: (span: Span | undefined) => Eventually<T>): Eventually<T> {
    if (this.metrics === undefined && this.#tracing === undefined) return work(undefined);
    const span = this.#tracing?.begin("call", id, {}, parent);
    const counts = this.metrics?.calls;
    return spanning(
      {
        end(error) {
          counts?.add([outcomeOf(error)]);
          span?.end(error);
        },
      },
      () => work(span),
    );
  }

  /** An entry in the hands of a run: what is done in a store is counted, and is spans of the run. */
  entry(entry: OpenEntry | undefined, span: Span | undefined): OpenEntry | undefined {
    if (entry === undefined || (this.metrics === undefined && this.#tracing === undefined)) return entry;
    if (!entry.kind.startsWith("store.")) return entry;
    const metered = this.metrics?.store(entry.id, entry.value as Store, true);
    if (this.#tracing === undefined) {
      return { ...entry, value: metered, tally: metered?.tally, uncounted: entry.value as Store };
    }
    const store = metered ?? (entry.value as Store);
    return { ...entry, value: new TracedStore(entry.id, store, this.#tracing, span) };
  }

  /** The same in the hands of the application. */
  store(id: string, store: Store): Store {
    return this.metrics?.store(id, store, false) ?? store;
  }

  /** A permission that is asked for an action, which is counted where it allows something. */
  permission(permission: Permission, action: string): Permission {
    return this.metrics === undefined || isKeyAction(action) ? permission : this.metrics.counted(permission);
  }

  /** @param denial made where anybody wants it */
  denied(denial: () => Denial): void {
    this.metrics?.decisions.add(["deny"]);
    if (denied.hasSubscribers) denied.publish(denial());
    for (const watcher of this.watchers) watcher.denied(denial());
  }

  logged(record: LogRecord): void {
    for (const watcher of this.watchers) watcher.logged(record);
  }

  reloaded(outcome: "ok" | "error"): void {
    this.metrics?.reloads.add([outcome]);
  }

  quotaExceeded(quota: string): void {
    this.metrics?.quotas.add([quota]);
  }
}

/** Operations on keys are counted where they are done: whoever got there was allowed to. */
const isKeyAction = (action: string) => action.startsWith("store.key.") && action !== "store.key.list";

export function outcomeOf(error: unknown): Outcome {
  if (error === undefined) return "ok";
  if (error instanceof LimitError) return "limit";
  return error instanceof MoonkeepError && error.kind === "CANCELED" ? "canceled" : "error";
}
