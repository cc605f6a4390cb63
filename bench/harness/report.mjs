/** Results as JSON for programs, as Markdown and as pictures for people. */
import { mkdirSync, writeFileSync } from "node:fs";
import { peer } from "../peers.mjs";

const results = new URL("../results/", import.meta.url);

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

/** A median, how far the middle half spreads around it, and how it relates to the reference. */
function cell(figure, unit, reference) {
  if (figure === undefined) return "";
  const spread = Math.round(((figure.high - figure.low) / 2 / figure.median || 0) * 100);
  const ratio =
    reference === undefined || reference === figure
      ? ""
      : ` (${Number((figure.median / reference.median).toPrecision(2))})`;
  return `${amount(figure.median, unit)} ±${spread}%${ratio}`;
}

export function markdownTable({ title, unit, columns, rows, reference = "moonkeep" }) {
  const lines = [
    `### ${title}`,
    "",
    `| | ${columns.map((column) => column.title).join(" | ")} |`,
    `|---|${columns.map(() => "---:|").join("")}`,
    ...rows.map(
      ({ name, cells }) =>
        `| ${name} | ${columns.map((column) => cell(cells[column.name], unit, cells[reference])).join(" | ")} |`,
    ),
  ];
  return lines.join("\n");
}

export function describeGoal({ goal, got, most = false, limit }) {
  const met = most ? got <= limit : got >= limit;
  return `- ${goal}: ${Number(got.toPrecision(3))} (${most ? "at most" : "at least"} ${limit}): ${met ? "met" : "**not met**"}`;
}

function markdown(name, { title, tables, goals, notes }, machine) {
  const parts = [
    `# ${title}`,
    `${machine.cpu}, ${machine.memory}; ${machine.system}; Node.js ${machine.node}; ${machine.date}. Made by \`npm run bench -- ${name}\`.`,
    "Median, half of the width in which the middle half of all runs lies, and in brackets the ratio to the reference: less is faster.",
    ...tables.map(markdownTable),
  ];
  if (goals.length > 0) parts.push("### What we want of ourselves", goals.map(describeGoal).join("\n"));
  if (notes.length > 0) parts.push("### Notes", notes.map((note) => `- ${note}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** A picture of a table: a bar for each engine, a panel for each case. */
async function picture({ title, unit, columns, rows }) {
  const vega = await peer("vega");
  const vegaLite = await peer("vega-lite");
  const titleOf = Object.fromEntries(columns.map((column) => [column.name, column.title]));
  const data = rows.flatMap(({ name, cells }) =>
    Object.entries(cells).map(([engine, { median }]) => ({ case: name, engine: titleOf[engine], value: median })),
  );
  // A bar needs a place to begin: on a logarithmic scale there is no zero.
  const start = 10 ** Math.floor(Math.log10(Math.min(...data.map(({ value }) => value).filter((value) => value > 0))));
  const spec = {
    background: "white",
    title,
    data: { values: data },
    mark: "bar",
    encoding: {
      row: {
        field: "case",
        title: null,
        sort: rows.map(({ name }) => name),
        header: { labelAngle: 0, labelAlign: "left" },
      },
      y: {
        field: "engine",
        type: "nominal",
        title: null,
        sort: columns.map((column) => column.title),
        axis: { labelLimit: 260 },
      },
      x: {
        field: "value",
        type: "quantitative",
        title: `${unit}, logarithmic: shorter is better`,
        scale: { type: "log", domainMin: start },
        stack: null,
      },
      x2: { datum: start },
      color: { condition: { test: "indexof(datum.engine, 'moonkeep') === 0", value: "#2a6f97" }, value: "#b8c4cc" },
    },
  };
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** Writes `results/<name>.json`, `.md` and a picture of each table. */
export async function write(name, result, machine) {
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify({ machine, ...result }, null, 1)}\n`);
  const pictures = [];
  for (const [i, table] of result.tables.entries()) {
    const file = result.tables.length === 1 ? `${name}.svg` : `${name}-${i + 1}.svg`;
    writeFileSync(new URL(file, results), await picture(table));
    pictures.push(`![${table.title}](${file})`);
  }
  writeFileSync(new URL(`${name}.md`, results), `${markdown(name, result, machine)}\n${pictures.join("\n\n")}\n`);
}
