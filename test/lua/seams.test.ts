import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { files } from "../../src/lua/fengari/files.generated.ts";
import { seams } from "../../src/lua/fengari/seams.ts";

const libraries = [
  ..."lbaselib lcorolib lmathlib lstrlib ltablib lutf8lib loslib liolib loadlib ldblib linit".split(" "),
  "fengarilib",
];

test.each(libraries)("%s is left out", (name) => {
  expect(seams[`${name}.js`]?.use).toBe("none");
});

test("the build has the files that are used as they are, and no other", () => {
  const used = Object.keys(seams).filter((name) => seams[name]!.use === "as it is");
  expect(Object.keys(files).sort()).toEqual(used.sort());
});

test("functions of the library ask for nothing of Fengari's but its compiler", () => {
  const folder = join(import.meta.dirname, "../../src/lua/library");
  const imported = readdirSync(folder).flatMap((file) => [
    ...readFileSync(join(folder, file), "utf8").matchAll(/from "\.\.\/fengari\/(.*)"/g),
  ]);
  expect([...new Set(imported.map(([, file]) => file))]).toEqual(["parser.ts"]);
});
