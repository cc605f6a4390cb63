/** Results as JSON for programs, as Markdown and as pictures for people. */
import { mkdirSync, writeFileSync } from "node:fs";
import { picture } from "./picture.mjs";
import { amount } from "./units.mjs";

const results = new URL("../results/", import.meta.url);

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
