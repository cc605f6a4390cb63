import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LimitError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { ScriptHost } from "../support/host.ts";
import { later } from "../support/later.ts";

/**
 * The attacks on time, where V8 does not watch: after a wait, in the application's own functions, and under a limit of
 * instructions alone. Whatever goes on within one call of a library has to be counted there.
 */
const folder = join(import.meta.dirname, "scripts");
const attacks = readdirSync(folder)
  .map((file) => ({ name: file.replace(".lua", ""), source: readFileSync(join(folder, file), "utf8") }))
  .filter(
    ({ source }) =>
      /^-- expect: limit time(?!.*coroutines)/m.test(source) &&
      !/events\.subscribe|require\("store"\)|^-- with:/m.test(source),
  );

const limits = { timeout: 150, memory: "32MiB", coroutines: 1000 };

const ending = (run: Promise<unknown>) =>
  run.then(
    () => "it ended well",
    (e: unknown) => (e instanceof LimitError ? e.limit : String(e)),
  );

describe("an attack on time", () => {
  it.each(attacks)("$name is stopped after it has waited", async ({ source }) => {
    await using host = await Host.open(undefined, { modules: [later], print() {} });
    const waited = `require("later").get(1) ${source.slice(source.indexOf("\n"))}`;
    expect(await ending(host.run(waited, limits))).toMatch(/^(time|memory|stringLength)$|overflow|too many/);
  });

  it.each(attacks)("$name is stopped as a function of a registry", async ({ source }) => {
    const modules = [...source.matchAll(/require\("(\w+)"\)/g)].map(([, name]) => name);
    const entry = { name: "f", kind: "function.lua", source: `return function()\n${source}\nend`, modules };
    await using app = await ScriptHost.open([entry]);
    expect(await ending(app.host.call("app:f", [], limits))).toMatch(/^(time|memory|stringLength)$|overflow|too many/);
  });

  it.each(attacks)("$name is stopped by the instruction limit alone", async ({ source }) => {
    await using host = await Host.open(undefined, { print() {} });
    const counted = { timeout: 0, instructions: 300_000, memory: "64MiB" };
    expect(await ending(host.run(source, counted))).toMatch(/^(instructions|memory|stringLength)$|overflow|too many/);
  });
});
