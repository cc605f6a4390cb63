/** Amounts as people read them. */

const units = {
  ns: [
    ["s", 1e9],
    ["ms", 1e6],
    ["µs", 1e3],
    ["ns", 1],
  ],
  us: [
    ["s", 1e6],
    ["ms", 1e3],
    ["µs", 1],
  ],
  ms: [
    ["s", 1e3],
    ["ms", 1],
    ["µs", 1e-3],
  ],
  bytes: [
    ["MB", 1e6],
    ["kB", 1e3],
    ["B", 1],
  ],
};

/** Three digits, with the unit in which they read best. */
export function amount(value, unit) {
  const [name, size] = units[unit].find(([, least]) => value >= least) ?? units[unit].at(-1);
  return `${Number((value / size).toPrecision(3))} ${name}`;
}
