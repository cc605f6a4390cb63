/** What is said of a list of numbers: its middle, and how far it spreads. */

export const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** The geometric mean: that of ratios. */
export const geometricMean = (list) => Math.exp(list.reduce((sum, value) => sum + Math.log(value), 0) / list.length);

/** The middle half of a list: what lies between its quartiles. */
export function quartiles(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return [sorted[Math.floor((sorted.length - 1) / 4)], sorted[Math.ceil(((sorted.length - 1) * 3) / 4)]];
}

/** Median and quartiles of what was measured. */
export function summary(list) {
  const [low, high] = quartiles(list);
  return { median: median(list), low, high, runs: list.length };
}
