/** Metrics as numbers that can be drawn. */
import type { MetricView } from "../../inspect/api.ts";
import type { Labels, Metric, MetricsSnapshot } from "../telemetry/catalog.ts";

/** More series than anybody looks at; a registry of a thousand stores has them. */
const MOST_SAMPLES = 40;

export const metricViews = (snapshot: MetricsSnapshot): readonly MetricView[] =>
  Object.entries(snapshot).map(([name, metric]) => viewOf(name, metric));

function viewOf(name: string, metric: Metric): MetricView {
  const { type, help } = metric;
  const samples =
    metric.type === "histogram"
      ? metric.samples.map(({ labels, count, sum }) => ({ labels: labelText(labels), value: count, sum }))
      : metric.samples.map(({ labels, value }) => ({ labels: labelText(labels), value }));
  return { name, type, help, samples: samples.slice(0, MOST_SAMPLES) };
}

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
