import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { kinds } from "../../src/errors.ts";

it("docs/errors.md has every kind, with its value and whether it is retryable", () => {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\| `"(\w*)"` +\| `"(\w+)"` +\| (\w+) +\|/gm)].map((row) => row.slice(1));
  const words = new Map<boolean | undefined, string>([
    [true, "yes"],
    [false, "no"],
    [undefined, "unknown"],
  ]);
  expect(rows).toEqual(
    Object.entries(kinds).map(([name, { value, retryable }]) => [name, value, name, words.get(retryable)]),
  );
});
