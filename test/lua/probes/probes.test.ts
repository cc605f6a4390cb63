import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { result } from "../../support/lua.ts";

/** What the reference implementation prints, written down, so that it need not be there. */
const probes = readFileSync(join(import.meta.dirname, "probes.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t") as [code: string, expected: string]);

const show = String.raw`local code = ...
local function show(...)
  local r = {}
  for i = 1, select("#", ...) do r[i] = tostring((select(i, ...))) end
  return (table.concat(r, " ; "):gsub("[^ -~]", function(c) return ("\\x%02x"):format(c:byte()) end))
end
return select(2, pcall(function() return show(assert(load("return " .. code, "=p"))()) end))`;

test("there are several hundred probes", () => {
  expect(probes.length).toBeGreaterThan(300);
});

test.each(probes)("%s is what lua5.3 makes of it", (code, expected) => {
  expect(result(show, code)).toBe(expected);
});
