/** What does expiry cost a million keys? */
import { execFileSync } from "node:child_process";
import { summary } from "../harness/statistics.mjs";

export const title = "Expiry of a million keys";

const child = new URL("./expiry-child.mjs", import.meta.url).pathname;
const measure = (store, keys) =>
  JSON.parse(
    execFileSync(process.execPath, ["--expose-gc", "--max-old-space-size=8192", child, store, String(keys)], {
      encoding: "utf8",
    }),
  );

export async function run({ quick }) {
  const keys = quick ? 100_000 : 1_000_000;
  const stores = { moonkeep: "moonkeep, store.memory", lru: "lru-cache", "node-cache": "node-cache" };
  const figures = {};
  for (let pass = 0; pass < (quick ? 1 : 3); pass++) {
    for (const name of Object.keys(stores)) {
      for (const [row, value] of Object.entries(measure(name, keys))) {
        figures[row] ??= {};
        figures[row][name] = [...(figures[row][name] ?? []), value];
      }
    }
  }
  const columns = Object.entries(stores).map(([name, title]) => ({ name, title }));
  const table = (title, unit, names) => ({
    title,
    unit,
    columns,
    rows: names
      .filter((name) => name in figures)
      .map((name) => ({
        name,
        cells: Object.fromEntries(Object.entries(figures[name]).map(([store, list]) => [store, summary(list)])),
      })),
  });
  return {
    tables: [
      table(`Writes, ${keys.toLocaleString("en")} keys`, "ns", ["set", "set with a random ttl"]),
      table("The longest pause while half of them expire", "ms", ["longest pause of cleaning up"]),
      table("Memory for a key with its ttl, the key's own text included", "bytes", ["memory per key"]),
    ],
    goals: [],
    notes: ["From JavaScript: what a store costs by itself. Values are one text of 100 bytes, shared."],
  };
}
