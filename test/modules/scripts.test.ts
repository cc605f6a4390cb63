/**
 * The tests of what `require` loads are Lua scripts, one for each function: each runs in a fresh host where everything
 * is allowed, and fails when it raises.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";

const folder = join(import.meta.dirname, "scripts");
const prelude = readFileSync(join(import.meta.dirname, "../support/script.lua"), "utf8")
  .replace(/^--.*$/gm, "")
  .replace(/\s*\n\s*/g, " ");

const entries = [memory("cache"), ...everythingAllowed];
const context = { request_id: "r-1", user: { name: "alice", roles: ["dev"] } };

describe.each(readdirSync(folder).sort())("%s", (module) => {
  const files = readdirSync(join(folder, module)).sort();
  it.each(files)("%s", async (file) => {
    await using host = await ScriptHost.open(entries);
    const source = readFileSync(join(folder, module, file), "utf8");
    await host.host.run(`${prelude} ${source}`, { name: `${module}/${file}`, context, timeout: "10s" });
  });
});
