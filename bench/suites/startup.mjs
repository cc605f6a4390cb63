/** How long until Lua runs: in a new process, in a new state, and when everything is warm? What does a state weigh? */
import { execFileSync } from "node:child_process";
import { available, engines } from "../engines/index.mjs";
import { summary } from "../harness/statistics.mjs";

export const title = "Startup";

const root = new URL("../../", import.meta.url).pathname;
const child = new URL("./startup-child.mjs", import.meta.url).pathname;

/** Wall time of a process, in milliseconds, and at last the middle of several. */
function wall(command, args) {
  const from = performance.now();
  execFileSync(command, args, { stdio: "ignore", cwd: root });
  return performance.now() - from;
}

const processes = {
  node: { title: "node -e 0", command: [process.execPath, "-e", "0"] },
  moonkeep: { title: "moonkeep run -e", command: [process.execPath, "bin/moonkeep.js", "run", "-e", "return 1"] },
  wasmoon: { title: "wasmoon", command: [process.execPath, child, "wasmoon", "once"] },
  quickjs: { title: "quickjs-emscripten", command: [process.execPath, child, "quickjs", "once"] },
  isolate: { title: "isolated-vm", command: [process.execPath, "--no-node-snapshot", child, "isolate", "once"] },
  lua: { title: "lua5.3", command: ["lua5.3", "-e", "return 1"] },
};

const embedded = {
  moonkeep: "moonkeep",
  wasmoon: "wasmoon",
  quickjs: "quickjs-emscripten",
  isolate: "isolated-vm",
};

export async function run({ quick }) {
  const rounds = quick ? 3 : 11;
  const names = Object.keys(processes).filter((name) => name !== "lua" || available(["lua"]).length > 0);
  const starts = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const [command, ...args] = processes[name].command;
      const took = wall(command, args);
      if (round >= 0) starts[name].push(took);
    }
  }
  const inside = {};
  for (let pass = 0; pass < (quick ? 1 : 3); pass++) {
    for (const name of Object.keys(embedded)) {
      const flags = ["--expose-gc", ...(name === "isolate" ? ["--no-node-snapshot"] : [])];
      const text = execFileSync(process.execPath, [...flags, child, name, "measure"], { encoding: "utf8" });
      for (const [row, figure] of Object.entries(JSON.parse(text))) {
        inside[row] ??= {};
        inside[row][name] = [...(inside[row][name] ?? []), figure];
      }
    }
  }
  const columns = names.map((name) => ({ name, title: processes[name].title }));
  const cells = (row) => Object.fromEntries(Object.entries(row).map(([name, list]) => [name, summary(list)]));
  const rows = (wanted) =>
    wanted.filter((name) => name in inside).map((name) => ({ name, cells: cells(inside[name]) }));
  const insideColumns = Object.entries(embedded).map(([name, title]) => ({ name, title }));
  const process_ = { name: "a process that runs one line", cells: cells(starts) };
  return {
    tables: [
      { title: "A process, wall time", unit: "ms", columns, rows: [process_], reference: "node" },
      {
        title: "In a warm process",
        unit: "us",
        columns: insideColumns,
        rows: rows(["a fresh state that runs one line", "a call of a function that is there"]),
      },
      {
        title: "Memory of a state that is kept",
        unit: "bytes",
        columns: insideColumns,
        rows: rows(["memory of a state"]),
      },
    ],
    goals: [
      {
        goal: "`moonkeep run` of one line in terms of `node -e 0`",
        got: process_.cells.moonkeep.median / process_.cells.node.median,
        most: true,
        limit: 2.2,
      },
      {
        goal: "microseconds for a fresh state",
        got: summary(inside["a fresh state that runs one line"].moonkeep).median,
        most: true,
        limit: 60,
      },
    ],
    notes: [
      "moonkeep runs with its default limits. No other engine here has one.",
      "quickjs-emscripten and isolated-vm run JavaScript: they are here as sandboxes that one could use instead.",
    ],
    versions: { moonkeep: engines.moonkeep.version() },
  };
}
