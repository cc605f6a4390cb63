import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { amount, limitNames, limitRow, registryName } from "../../src/limits.ts";
import { project } from "../support/cli.ts";

const read = (file: string) => readFileSync(join(project, file), "utf8");

describe("the table of limits in docs/sandbox.md", () => {
  const page = read("docs/sandbox.md").split("| limit | counts | default |\n")[1]!.split("\n\n")[0]!;
  const rows = page
    .split("\n")
    .slice(1)
    .map((line) => line.split("|").map((cell) => cell.trim()));

  it("has every limit, in the order of the code, with its name in a registry", () => {
    const names = limitNames.map((name) =>
      registryName(name) === name ? `\`${name}\`` : `\`${name}\` (\`${registryName(name)}\`)`,
    );
    expect(rows.map(([, name]) => name)).toEqual(names);
  });

  it.each(limitNames.map((name, i) => [name, i] as const))(
    "says of %s what it counts and what holds by default",
    (name, i) => {
      const { counts, unit, default: byDefault } = limitRow(name);
      const [, , said, most] = rows[i]!;
      expect(said).toContain(counts);
      const count = byDefault.toLocaleString("en").replaceAll(",", " ");
      const shown = unit === "duration" ? `${byDefault / 1000} s` : unit === "size" ? amount(byDefault) : count;
      expect(most!.startsWith(byDefault === 0 ? "none" : shown)).toBe(true);
    },
  );
});

it("docs/operations.md names each limit that can end a run", () => {
  const ends = limitNames.flatMap((name) => limitRow(name).error?.name ?? []);
  const line = /^\| `moonkeep_limits_hit_total`.*$/m.exec(read("docs/operations.md"))![0];
  expect(
    [...line.matchAll(/`(\w+)`/g)]
      .slice(1)
      .map(([, name]) => name)
      .sort(),
  ).toEqual(ends.sort());
});
