import type { Permission } from "../../modules/call.ts";
import type { Store } from "../../stores/store.ts";
import type { Milliseconds } from "../../value/value.ts";
import type { Isolation } from "../run-options.ts";
import {
  catalog,
  type Labels,
  type Metric,
  type MetricName,
  type MetricsSnapshot,
  type NumberSample,
} from "./catalog.ts";
import { Counter, Histogram } from "./counters.ts";
import { MeteredStore, StoreCounts } from "./metered-store.ts";
import { operations } from "./observed-store.ts";

/** What is not counted as it happens, but looked at when somebody asks. */
export interface Gauges {
  readonly active: readonly { readonly isolation: Isolation }[];
  readonly threads: {
    readonly running: number;
    readonly kept: number;
    readonly idle: number;
    readonly waiting: number;
  };
  readonly lost: number;
  readonly memories: readonly MemoryGauges[];
  readonly plugins: readonly { readonly name: string; readonly suspended: boolean }[];
}

/** Of a memory store. */
export interface MemoryGauges {
  readonly store: string;
  readonly entries: number;
  /** Undefined where they are not counted. */
  readonly bytes: number | undefined;
  readonly evicted: number;
  readonly expired: number;
}

const counter = (name: MetricName) => new Counter(catalog[name].labels);

/** What a host counts. Labels are fixed words, and ids of entries and plugins: nothing that a script chooses. */
export class Metrics {
  readonly queue: { add(milliseconds: Milliseconds): void };
  readonly calls: Counter = counter("moonkeep_calls_total");
  readonly limits: Counter = counter("moonkeep_limits_hit_total");
  readonly decisions: Counter = counter("moonkeep_decisions_total");
  readonly quotas: Counter = counter("moonkeep_quota_exceeded_total");
  readonly reloads: Counter = counter("moonkeep_reloads_total");
  readonly #runs: Counter = counter("moonkeep_runs_total");
  readonly #durations = new Histogram(catalog.moonkeep_run_duration_seconds.labels);
  readonly #queue = new Histogram(catalog.moonkeep_run_queue_seconds.labels);
  readonly #storeDurations = new Histogram(catalog.moonkeep_store_operation_duration_seconds.labels);
  readonly #stores = new Map<string, StoreCounts>();
  readonly #metered = { ofScripts: new WeakMap<Store, MeteredStore>(), ofTheHost: new WeakMap<Store, MeteredStore>() };
  /** What scripts were allowed to do with keys. */
  readonly #allowed = { operations: 0 };

  constructor() {
    this.queue = this.#queue.of();
  }

  run(isolation: Isolation, outcome: string, milliseconds: Milliseconds): void {
    this.#runs.add([isolation, outcome]);
    this.#durations.of(isolation).add(milliseconds);
  }

  /** The same store, counted. */
  store(id: string, store: Store, byScripts: boolean): MeteredStore {
    const known = byScripts ? this.#metered.ofScripts : this.#metered.ofTheHost;
    let metered = known.get(store);
    if (metered === undefined) {
      metered = new MeteredStore(store, this.#countsOf(id, store), byScripts ? this.#allowed : undefined);
      known.set(store, metered);
    }
    return metered;
  }

  #countsOf(id: string, { traits: { backend } }: Store): StoreCounts {
    let counts = this.#stores.get(id);
    if (counts === undefined || counts.backend !== backend) {
      counts = new StoreCounts(backend, this.#storeDurations.of(backend));
      this.#stores.set(id, counts);
    }
    return counts;
  }

  /** The same permission, whose answers count. */
  counted(permission: Permission): Permission {
    const note = (allows: boolean): boolean => {
      if (allows) this.decisions.add(["allow"]);
      return allows;
    };
    return {
      settled: permission.settled === false ? false : undefined,
      allows: (attributes) => note(permission.allows(attributes)),
      allowsKey: (key) => note(permission.allowsKey(key)),
    };
  }

  snapshot(gauges: Gauges): MetricsSnapshot {
    const { active, threads, memories } = gauges;
    const ofStores = (of: (counts: StoreCounts, store: string) => readonly NumberSample[]) =>
      [...this.#stores].flatMap(([store, counts]) => of(counts, store));
    const isolations: readonly Isolation[] = ["shared", "worker"];
    const numbers: { readonly [Name in MetricName]?: readonly NumberSample[] } = {
      moonkeep_runs_total: this.#runs.samples,
      moonkeep_runs_active: isolations.map((isolation) =>
        sample({ isolation }, active.filter((run) => run.isolation === isolation).length),
      ),
      moonkeep_runs_waiting: [sample({}, threads.waiting)],
      moonkeep_calls_total: this.calls.samples,
      moonkeep_limits_hit_total: this.limits.samples,
      moonkeep_threads: (["running", "kept", "idle"] as const).map((state) => sample({ state }, threads[state])),
      moonkeep_store_operations_total: ofStores((counts, store) =>
        operations.map((operation) => sample({ store, backend: counts.backend, operation }, counts.of(operation))),
      ),
      moonkeep_store_errors_total: ofStores(({ errors }, store) =>
        [...errors].map(([kind, n]) => sample({ store, kind }, n)),
      ),
      moonkeep_store_evictions_total: memories.map(({ store, evicted }) => sample({ store }, evicted)),
      moonkeep_store_expired_total: memories.map(({ store, expired }) => sample({ store }, expired)),
      moonkeep_store_entries: memories.map(({ store, entries }) => sample({ store }, entries)),
      moonkeep_store_bytes: memories.flatMap(({ store, bytes }) =>
        bytes === undefined ? [] : [sample({ store }, bytes)],
      ),
      moonkeep_events_lost_total: [sample({}, gauges.lost)],
      moonkeep_decisions_total: this.#decided(),
      moonkeep_quota_exceeded_total: this.quotas.samples,
      moonkeep_reloads_total: this.reloads.samples,
      moonkeep_plugin_suspended: gauges.plugins.map(({ name, suspended }) =>
        sample({ plugin: name }, suspended ? 1 : 0),
      ),
    };
    const histograms: { readonly [Name in MetricName]?: Histogram } = {
      moonkeep_run_duration_seconds: this.#durations,
      moonkeep_run_queue_seconds: this.#queue,
      moonkeep_store_operation_duration_seconds: this.#storeDurations,
    };
    const metricOf = (name: MetricName): Metric => {
      const { type, help } = catalog[name];
      return type === "histogram"
        ? { type, help, samples: histograms[name]!.samples }
        : { type, help, samples: numbers[name]! };
    };
    const names = Object.keys(catalog) as MetricName[];
    return Object.fromEntries(names.map((name) => [name, metricOf(name)])) as MetricsSnapshot;
  }

  #decided(): readonly NumberSample[] {
    const tallied = [...this.#stores.values()].reduce((sum, { tally }) => sum + tally.gets, 0);
    const counted = (decision: string) =>
      this.decisions.samples.find(({ labels }) => labels.decision === decision)?.value ?? 0;
    return [
      sample({ decision: "allow" }, counted("allow") + this.#allowed.operations + tallied),
      sample({ decision: "deny" }, counted("deny")),
    ];
  }
}

const sample = (labels: Labels, value: number): NumberSample => ({ labels, value });
