import type { Milliseconds } from "../../value/value.ts";
import type { HistogramSample, Labels, NumberSample } from "./catalog.ts";

/** A number for each set of labels. Which sets there can be is bounded by whoever counts. */
export class Counter {
  readonly #names: readonly string[];
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** @param labels in the order of their names */
  add(labels: readonly string[], by = 1): void {
    const key = labels.join("\0");
    const known = this.#values.get(key);
    if (known !== undefined) known.value += by;
    else this.#values.set(key, { labels: labelled(this.#names, labels), value: by });
  }

  get samples(): readonly NumberSample[] {
    return [...this.#values.values()].map(({ labels, value }) => ({ labels, value }));
  }
}

/** The upper ends of a histogram's buckets, in seconds: from what memory takes to the longest run. */
const ENDS = [
  0.000001, 0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;

class Buckets {
  count = 0;
  sum = 0;
  readonly #counts = new Array<number>(ENDS.length).fill(0);

  add(milliseconds: Milliseconds): void {
    const seconds = milliseconds / 1000;
    this.count++;
    this.sum += seconds;
    let i = 0;
    while (i < ENDS.length && seconds > ENDS[i]!) i++;
    if (i < ENDS.length) this.#counts[i]!++;
  }

  sample(labels: Labels): HistogramSample {
    let count = 0;
    const buckets = ENDS.map((le, i) => ({ le, count: (count += this.#counts[i]!) }));
    return { labels, count: this.count, sum: this.sum, buckets };
  }
}

/** Times, by one label or none. */
export class Histogram {
  readonly #names: readonly string[];
  readonly #buckets = new Map<string, Buckets>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Where the times of one label go. */
  of(label = ""): { add(milliseconds: Milliseconds): void } {
    let buckets = this.#buckets.get(label);
    if (buckets === undefined) {
      buckets = new Buckets();
      this.#buckets.set(label, buckets);
    }
    return buckets;
  }

  get samples(): readonly HistogramSample[] {
    return [...this.#buckets].map(([label, buckets]) => buckets.sample(labelled(this.#names, [label])));
  }
}

const labelled = (names: readonly string[], values: readonly string[]): Labels =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]));
