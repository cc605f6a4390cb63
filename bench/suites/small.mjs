/**
 * What do single things cost that scripts do all the time: calls that may fail, coroutines, formats, metamethods?
 * Eighteen programs of a few milliseconds, and four of what scripts do now and then, next to lua5.3; limits on.
 */
import { readdirSync, readFileSync } from "node:fs";
import { available, engines } from "../engines/index.mjs";
import { inRounds } from "../harness/rounds.mjs";
import { geometricMean, summary } from "../harness/statistics.mjs";

export const title = "Small programs";

/** Seconds of the processor. V8 compiles beside the script, and that takes long where many want the processor. */
const WARM = 1.5;

export async function run({ quick }) {
  const names = available(["moonkeep", "lua"]);
  const tables = [];
  const ratios = [];
  for (const [name, of] of [
    ["small", "Eighteen small programs"],
    ["rare", "Now and then"],
  ]) {
    const rows = [];
    const folder = new URL(`../programs/${name}/`, import.meta.url);
    for (const file of readdirSync(folder).sort()) {
      rows.push(await measure(file, readFileSync(new URL(file, folder), "utf8"), names, quick));
    }
    tables.push({
      title: `${of}: time for one run`,
      unit: "ns",
      reference: "lua",
      columns: names.map((name) => ({ name, title: name === "lua" ? "lua5.3" : name })),
      rows,
    });
    if (names.includes("lua")) ratios.push(rows.map(({ cells }) => cells.moonkeep.median / cells.lua.median));
  }
  const goals = [];
  if (ratios.length > 0) {
    const [eighteen] = ratios;
    goals.push(
      { goal: "the eighteen, to lua5.3: geometric mean", got: geometricMean(eighteen), most: true, limit: 1.3 },
      { goal: "the worst of them", got: Math.max(...eighteen), most: true, limit: 4 },
    );
  }
  const notes = [
    "moonkeep runs with its default limits. Each engine runs in a process of its own for each program.",
    "Times are those of the processor, as lua5.3 has no other clock; those of moonkeep have all threads of its process in them, garbage collection and V8's compiler among them.",
  ];
  return { tables, goals, notes };
}

async function measure(file, source, names, quick) {
  const figures = {};
  let expected;
  for (const name of names) {
    const code = inRounds(source, quick ? 20 : 50, quick ? 0.5 : WARM);
    const [result, list] = (await engines[name].run({ code, clock: "processor" })).trim().split("\n");
    expected ??= result;
    if (result !== expected) throw new Error(`${file}: ${name} computes ${result}, others ${expected}`);
    figures[name] = list.split(",").map(Number);
  }
  const cells = Object.fromEntries(Object.entries(figures).map(([name, list]) => [name, summary(list)]));
  const name = file.replace(".lua", "");
  if (names.includes("lua")) console.log(`${name.padEnd(14)} ${(cells.moonkeep.median / cells.lua.median).toFixed(2)}`);
  return { name, cells };
}
