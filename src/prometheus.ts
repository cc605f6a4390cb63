/**
 * The metrics of a host for prom-client:
 *
 * ```ts
 * import { Registry } from "prom-client";
 * import { collectMetrics } from "moonkeep/prometheus";
 *
 * const host = await Host.open("registry.yaml", { metrics: true });
 * const registry = new Registry();
 * collectMetrics(host, registry);
 * response.end(await registry.metrics());
 * ```
 */
import type { Host } from "./host/host.ts";
import type { HistogramSample, Labels, Metric, MetricName } from "./host/telemetry/catalog.ts";

/** What of a `Registry` of prom-client is used. */
export interface PrometheusRegistry {
  // biome-ignore lint/suspicious/noExplicitAny: what prom-client takes is its own Metric, which this stands for
  registerMetric(metric: any): void;
}

interface Value {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/**
 * Registers every metric of a host, under the names that `host.metrics()` has. They are read whenever somebody asks the
 * registry; a host that is closed shows what it came to. Two hosts go into two registries, with default labels that
 * tell them apart.
 * @throws TypeError for a host that was not opened with `metrics: true`; what prom-client throws for a name that is taken
 */
export function collectMetrics(host: Host, registry: PrometheusRegistry): void {
  for (const [name, { type, help }] of Object.entries(host.metrics())) {
    registry.registerMetric(new HostMetric(host, name as MetricName, type, help));
  }
}

/** One metric, as prom-client asks for it. */
class HostMetric {
  /** prom-client takes the ending off a counter's name for OpenMetrics. */
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator = "sum";
  readonly #host: Host;
  readonly #metric: MetricName;

  constructor(host: Host, name: MetricName, type: string, help: string) {
    this.#host = host;
    this.#metric = name;
    this.name = name;
    this.type = type;
    this.help = help;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: valuesOf(this.#metric, this.#host.metrics()[this.#metric]) };
  }

  /** What a host has counted stays. */
  reset(): void {}
}

function valuesOf(name: MetricName, metric: Metric): readonly Value[] {
  if (metric.type !== "histogram") return metric.samples;
  return metric.samples.flatMap((sample) => bucketsOf(name, sample));
}

function bucketsOf(name: MetricName, { labels, count, sum, buckets }: HistogramSample): readonly Value[] {
  const value = (ending: string, n: number, more: Readonly<Record<string, string | number>> = {}): Value => ({
    labels: { ...more, ...(labels satisfies Labels) },
    value: n,
    metricName: `${name}_${ending}`,
  });
  return [
    ...buckets.map((bucket) => value("bucket", bucket.count, { le: bucket.le })),
    value("bucket", count, { le: "+Inf" }),
    value("sum", sum),
    value("count", count),
  ];
}
