import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { ScriptHost } from "../support/host.ts";
import { later } from "../support/later.ts";

/** Each script says in its first line which limits may stop it; `none`: it ends with an ordinary error. */
const folder = join(import.meta.dirname, "scripts");
const scripts = readdirSync(folder).map((file) => {
  const source = readFileSync(join(folder, file), "utf8");
  const limits = source.slice(3, source.indexOf("\n")).split(",");
  return { name: file.replace(".lua", ""), source, limits };
});

/** Long enough for what has to fill the memory first, and short for what only ends by time. */
const limitsFor = (expected: readonly string[]) => ({
  timeout: expected[0] === "time" ? 300 : 20_000,
  memory: "32MiB",
  coroutines: 1000,
});

async function failureOf(source: string, limits: object): Promise<unknown> {
  await using host = await Host.open(undefined, { modules: [later], print() {} });
  return host.run(source, limits).then(
    () => "it ended well",
    (error: unknown) => error,
  );
}

describe("a hostile script, in this thread", () => {
  it.each(scripts)("$name is stopped by $limits", async ({ source, limits: expected }) => {
    const error = await failureOf(source, limitsFor(expected));
    expect(error).toBeInstanceOf(MoonkeepError);
    expect(expected).toContain(error instanceof LimitError ? error.limit : "none");
  });

  // What runs after a wait runs without a watchdog: the clock is looked at by count alone.
  it.each(scripts)("$name is stopped by $limits after it has waited, too", async ({ source, limits: expected }) => {
    const waited = `require("later").get(1) ${source}`;
    const error = await failureOf(waited, limitsFor(expected));
    expect(error).toBeInstanceOf(MoonkeepError);
    expect(expected).toContain(error instanceof LimitError ? error.limit : "none");
  });

  const endless = scripts.filter(({ limits: [limit] }) => limit === "time");
  // What Lua code runs is counted one by one, and what the library does by its size.
  it.each(endless)("$name is stopped by the instruction limit too", async ({ source, limits: expected }) => {
    const error = await failureOf(source, { timeout: 0, instructions: 300_000 });
    expect(["instructions", ...expected.filter((limit) => limit !== "time")]).toContain(
      error instanceof LimitError ? error.limit : "none",
    );
  });

  // V8 does not watch the application's own functions: their limits have to hold without it.
  it.each(scripts)("$name is stopped as a function of a registry, too", async ({ source, limits: expected }) => {
    const entry = { name: "f", kind: "function.lua", source: `return function()\n${source}\nend` };
    await using app = await ScriptHost.open([entry]);
    const error = await app.host.call("app:f", [], limitsFor(expected)).then(
      () => "it ended well",
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(MoonkeepError);
    expect(expected).toContain(error instanceof LimitError ? error.limit : "none");
  });

  it("says where it was stopped", async () => {
    const error = (await failureOf(
      "local t = {}\nfor i = 1, 1e9 do\n  t[i] = i\nend",
      limitsFor(["memory"]),
    )) as LimitError;
    expect(error.luaStack[0]).toMatchObject({ source: "script", line: 3 });
    expect(error).toMatchObject({ kind: "RATE_LIMITED", retryable: false, value: 32 * 2 ** 20 });
    expect(error.message).toBe("the script was stopped: it uses more than its memory limit of 32 MiB");
  });
});

describe("a process with a small heap", () => {
  it("outlives every script that wants memory, one after the other", async () => {
    const program = `
      import { readFileSync, readdirSync } from "node:fs";
      import { Host } from "./dist/index.js";
      const host = await Host.open(undefined, { print() {} });
      const folder = "test/escape/scripts/";
      for (const file of readdirSync(folder)) {
        const source = readFileSync(folder + file, "utf8");
        if (!/^-- (memory|stringLength|coroutines)/.test(source)) continue;
        await host.run(source, { memory: "64MiB" }).catch((e) => console.log(file, e.limit));
      }
      console.log("alive");`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--max-old-space-size=400", "--input-type=module", "-e", program],
      { cwd: join(import.meta.dirname, "../..") },
    );
    expect(stdout.trim().split("\n").at(-1)).toBe("alive");
  }, 60_000);
});
