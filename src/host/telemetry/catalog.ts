/** Every metric of a host: what it counts, in which unit, and by which labels. docs/operations.md has the same list. */

export type MetricType = "counter" | "gauge" | "histogram";

export interface MetricDescription {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
}

const counter = (help: string, ...labels: string[]): MetricDescription => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): MetricDescription => ({ type: "gauge", help, labels });
const histogram = (help: string, ...labels: string[]): MetricDescription => ({ type: "histogram", help, labels });

export const catalog = {
  moonkeep_runs_total: counter("Runs that have ended.", "isolation", "outcome"),
  moonkeep_run_duration_seconds: histogram("From the call of a run to its end, waiting included.", "isolation"),
  moonkeep_run_queue_seconds: histogram("From the call of a run until it has a thread, which may have to start."),
  moonkeep_runs_active: gauge("Runs that go on.", "isolation"),
  moonkeep_runs_waiting: gauge("Runs that wait for a thread."),
  moonkeep_calls_total: counter("Calls of functions by scripts.", "outcome"),
  moonkeep_limits_hit_total: counter("Runs that a limit has ended.", "limit"),
  moonkeep_threads: gauge("Threads that run something, that functions keep, and that are ready.", "state"),
  moonkeep_store_operations_total: counter(
    "Operations of scripts and of the application.",
    "store",
    "backend",
    "operation",
  ),
  moonkeep_store_errors_total: counter("Operations that a store has refused or failed.", "store", "kind"),
  moonkeep_store_operation_duration_seconds: histogram(
    "How long operations take; of those in memory, one of 64 is measured.",
    "backend",
  ),
  moonkeep_store_evictions_total: counter("Entries that a full memory store has dropped.", "store"),
  moonkeep_store_expired_total: counter("Expired entries that a memory store has freed.", "store"),
  moonkeep_store_entries: gauge("Entries in a memory store, expired ones included that were not freed yet.", "store"),
  moonkeep_store_bytes: gauge("About what the entries of a memory store with `max_bytes` take.", "store"),
  moonkeep_events_lost_total: counter("Events that came while a subscription was full."),
  moonkeep_decisions_total: counter("Decisions of the policies that were carried out.", "decision"),
  moonkeep_quota_exceeded_total: counter("Runs and operations that a quota has refused.", "quota"),
  moonkeep_reloads_total: counter("Reloads of the registry.", "outcome"),
  moonkeep_plugin_suspended: gauge("1 while the hooks of a plugin are left out after failures, else 0.", "plugin"),
} as const satisfies Readonly<Record<string, MetricDescription>>;

export type MetricName = keyof typeof catalog;

export type Labels = Readonly<Record<string, string>>;

/** One number of a counter or a gauge. */
export interface NumberSample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a histogram has counted. */
export interface HistogramSample {
  readonly labels: Labels;
  readonly count: number;
  readonly sum: number;
  /** How many were at most so much; infinity is left out, since `count` says it. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

/** A metric as it is now. Its type says which samples it has. */
export type Metric =
  | {
      readonly type: "counter" | "gauge";
      readonly help: string;
      readonly samples: readonly NumberSample[];
    }
  | { readonly type: "histogram"; readonly help: string; readonly samples: readonly HistogramSample[] };

/** Every metric by its name, as Prometheus has them: `_total` counts up, times are in `_seconds`, amounts in `_bytes`. */
export type MetricsSnapshot = { readonly [Name in MetricName]: Metric };
