/** What does moonkeep cost, or win, where Lua computes? With its default limits on. */
import { readdirSync, readFileSync } from "node:fs";
import { available, engines } from "../engines/index.mjs";
import { inRounds } from "../harness/rounds.mjs";
import { geometricMean, summary } from "../harness/statistics.mjs";

export const title = "Lua that computes";

const folder = new URL("../programs/", import.meta.url);

const titleOf = (name) => ({ fengari: "plain Fengari", lua: "lua5.3" })[name] ?? name;

export async function run({ quick }) {
  const names = available(["moonkeep", "fengari", "wasmoon", "lua", "luajit"]);
  const passes = quick ? 1 : 3;
  const rows = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".lua"))
    .sort()) {
    const source = readFileSync(new URL(file, folder), "utf8");
    const figures = {};
    let expected;
    for (let pass = 0; pass < passes; pass++) {
      for (const name of names) {
        const [result, list] = (await engines[name].run({ code: inRounds(source, quick ? 2 : 7, quick ? 0.3 : 1.5) }))
          .trim()
          .split("\n");
        expected ??= result;
        if (result !== expected) throw new Error(`${file}: ${name} computes ${result}, others ${expected}`);
        figures[name] = [...(figures[name] ?? []), ...list.split(",").map(Number)];
      }
    }
    rows.push({
      name: file.replace(".lua", ""),
      cells: Object.fromEntries(Object.entries(figures).map(([name, list]) => [name, summary(list)])),
    });
  }
  const toFengari = rows.map(({ cells }) => cells.fengari.median / cells.moonkeep.median);
  const comparedTo = (peer, limit) => {
    if (!names.includes(peer)) return [];
    const got = geometricMean(rows.map(({ cells }) => cells.moonkeep.median / cells[peer].median));
    return [{ goal: `the eight, to ${titleOf(peer)}: geometric mean`, got, most: true, limit }];
  };
  return {
    tables: [
      {
        title: "Time for one run of each program",
        unit: "ns",
        columns: names.map((name) => ({ name, title: titleOf(name) })),
        rows,
      },
    ],
    goals: [
      { goal: "nothing lost to plain Fengari, limits on: the worst program", got: Math.min(...toFengari), limit: 1 },
      {
        goal: "keys made of text, next to plain Fengari",
        got: toFengari[rows.findIndex(({ name }) => name === "table-keys")],
        limit: 1,
      },
      ...comparedTo("wasmoon", 0.33),
      ...comparedTo("lua", 0.6),
    ],
    notes: ["moonkeep runs with its default limits on time, memory, strings and coroutines."],
  };
}
