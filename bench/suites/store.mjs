/** How fast is store work from Lua, next to everything that one could use instead? */
import { available, engines } from "../engines/index.mjs";
import { javascript } from "../engines/javascript.mjs";
import { summary } from "../harness/statistics.mjs";

export const title = "Store work from Lua";

/**
 * Each engine runs this often, in turn with the others; a run gives so many figures for each case, of `least` seconds at
 * least, once it is warm.
 */
const effort = {
  quick: { passes: 1, rounds: 3, least: 0.02, warm: 0.2 },
  full: { passes: 3, rounds: 5, least: 0.05, warm: 0.6 },
};

const values = {
  text: '("x"):rep(100)',
  table: '{ name = "alice", role = "admin", roles = { 1, 2, 3, 4, 5 }, n = 7 }',
};
const MIX = { get: 16, set: 3, delete: 1 };

/** A chunk that measures each case and answers with `case=ns,ns,…` lines. */
function chunk(spelling, { keys, value, cases, rounds, least, warm }) {
  const { read, set, setTtl, has, delete: remove } = spelling;
  const loop = (body) => `function(count)
    local j = 0
    for i = 1, count do
      j = j + 1
      if j > n then j = 1 end
      ${body}
    end
  end`;
  const programs = {
    get: loop(`${read("K[j]")} if v then found = found + 1 end`),
    set: loop(set("K[j]", "V")),
    "set with ttl": loop(setTtl("K[j]", "V")),
    has: loop(`if ${has("K[j]")} then found = found + 1 end`),
    "session mix": `function(count)
    local j = 0
    for i = 1, count do
      j = j + 7
      if j > n then j = j - n end
      local op = i % ${MIX.get + MIX.set + MIX.delete}
      if op < ${MIX.get} then ${read("K[j]")} if v then found = found + 1 end
      elseif op < ${MIX.get + MIX.set} then ${setTtl("K[j]", "V")}
      else ${remove("K[j]")} end
    end
  end`,
  };
  return `
local n, rounds, least, warm = ${keys}, ${rounds}, ${least}, ${warm}
local K, V, out, found = {}, ${value}, {}, 0
for i = 1, n do K[i] = "user:" .. (i * 7919) % n end
local function fill() for i = 1, n do ${set("K[i]", "V")} end end
local function report(name, figures) out[#out + 1] = name .. "=" .. table.concat(figures, ",") end
local function warmUp(f)
  local count, start = 500, now()
  repeat
    local from = now()
    f(count)
    local spent = now() - from
    if spent < least then count = count * 2 end
  until spent >= least and now() - start >= warm
  return count
end
local function measure(name, f)
  local count, figures = warmUp(f), {}
  for round = 1, rounds do
    local from = now()
    f(count)
    figures[round] = string.format("%.3f", (now() - from) / count * 1e9)
  end
  report(name, figures)
end
fill()
local programs = {
${cases
  .filter((name) => name in programs)
  .map((name) => `{ "${name}", ${programs[name]} },`)
  .join("\n")}
}
-- All of them first: what compiles the engine's code while it runs has then seen all that is to come.
for _, program in ipairs(programs) do warmUp(program[2]) fill() end
for _, program in ipairs(programs) do measure(program[1], program[2]) fill() end
${
  cases.includes("delete")
    ? `local figures, start, round = {}, now(), 0
repeat
  local spent, count = 0, 0
  repeat
    local from = now()
    for i = 1, n do ${remove("K[i]")} end
    spent, count = spent + now() - from, count + n
    fill()
  until spent >= least
  if now() - start >= warm then
    round = round + 1
    figures[round] = string.format("%.3f", spent / count * 1e9)
  end
until round == rounds
report("delete", figures)`
    : ""
}
return table.concat(out, "\\n")`;
}

const parse = (text) =>
  Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split("="))
      .map(([name, figures]) => [name, figures.split(",").map(Number)]),
  );

/** Runs the engines in turn, several times, and puts their figures together. */
async function compare(names, job, { passes, ...much }, spellingOf) {
  const figures = new Map();
  for (let pass = 0; pass < passes; pass++) {
    for (const name of names) {
      const spelling = spellingOf(name);
      const outcome =
        name in javascript
          ? await javascript[name].run({ ...job, ...much })
          : parse(
              await engines[name].run({
                code: chunk(spelling, { ...job, ...much }),
                binding: "store",
                large: job.keys > 100_000,
              }),
            );
      for (const [kase, list] of Object.entries(outcome)) {
        const row = figures.get(kase) ?? {};
        row[name] = [...(row[name] ?? []), ...list];
        figures.set(kase, row);
      }
    }
  }
  return [...figures].map(([name, cells]) => ({
    name,
    cells: Object.fromEntries(Object.entries(cells).map(([engine, list]) => [engine, summary(list)])),
  }));
}

const allCases = ["get", "set", "set with ttl", "has", "delete", "session mix"];

export async function run({ quick }) {
  const much = effort[quick ? "quick" : "full"];
  const names = available(Object.keys(engines));
  const peers = [...names, ...Object.keys(javascript)];
  const spelling = (kind) => (name) => engines[name]?.spelling[kind];
  const unit = "ns";

  const text = await compare(
    peers,
    { keys: 10_000, kind: "text", value: values.text, cases: allCases },
    much,
    spelling("text"),
  );
  const table = await compare(
    peers,
    { keys: 10_000, kind: "table", value: values.table, cases: ["get", "set", "session mix"] },
    much,
    spelling("table"),
  );
  const growing = [];
  const sizes = quick ? [1000, 100_000] : [1000, 10_000, 100_000, 1_000_000];
  const scalable = peers.filter((name) => ["moonkeep", "lua", "luajit", "map", "lru"].includes(name));
  for (const keys of sizes) {
    const job = { keys, kind: "text", value: values.text, cases: ["get", "set"] };
    const rows = await compare(scalable, job, { ...much, passes: 1 }, spelling("text"));
    for (const row of rows) growing.push({ ...row, name: `${row.name}, ${keys.toLocaleString("en")} keys` });
  }

  const titles = Object.fromEntries(peers.map((name) => [name, (engines[name] ?? javascript[name]).title]));
  const columns = peers.map((name) => ({ name, title: titles[name] }));
  return {
    tables: [
      { title: "Text of 100 bytes, 10 000 keys", unit, columns, rows: text },
      { title: "Small tables, 10 000 keys", unit, columns, rows: table },
      {
        title: "Text of 100 bytes, by the number of keys",
        unit,
        columns: columns.filter(({ name }) => scalable.includes(name)),
        rows: growing,
      },
    ],
    goals: goals(text, table),
    notes: [
      "moonkeep runs with its default limits and asks a policy before every operation; no other engine does either.",
      "Redis and nginx keep tables as JSON; their figures are from inside, without network.",
      "`map`, `lru-cache` and `keyv` are called from JavaScript, and show what the engines above them could reach.",
    ],
  };
}

/** What the project wants of itself, and what came of it. */
function goals(text, table) {
  const ratio = (rows, name, peer) => {
    const cells = rows.find((row) => row.name === name)?.cells ?? {};
    return cells[peer] === undefined ? undefined : cells[peer].median / cells.moonkeep.median;
  };
  const least = (rows, peer) => Math.min(...rows.map((row) => ratio(rows, row.name, peer) ?? Number.POSITIVE_INFINITY));
  const perSecond = (name) => 1e9 / text.find((row) => row.name === name).cells.moonkeep.median / 1e6;
  return [
    { goal: "20 times wasmoon's documented interface, text", got: least(text, "wasmoon"), most: false, limit: 20 },
    { goal: "12 times wasmoon's documented interface, tables", got: least(table, "wasmoon"), most: false, limit: 12 },
    {
      goal: "ahead of a careful binding on Fengari's public interface",
      got: Math.min(least(text, "careful"), least(table, "careful")),
      most: false,
      limit: 1,
    },
    { goal: "million gets of 100 bytes a second", got: perSecond("get"), most: false, limit: 1.2 },
    { goal: "million sets of 100 bytes a second", got: perSecond("set"), most: false, limit: 0.7 },
    {
      goal: "ahead of Redis EVAL in every row",
      got: Math.min(least(text, "redis"), least(table, "redis")),
      most: false,
      limit: 1,
    },
  ].filter(({ got }) => got !== undefined && Number.isFinite(got));
}
