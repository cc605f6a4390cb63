import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { project } from "../support/cli.ts";

const run = promisify(execFile);
const cwd = mkdtempSync(join(tmpdir(), "moonkeep-bundle-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

writeFileSync(
  join(cwd, "registry.yaml"),
  'version: "1.0"\nnamespace: app\nentries: [{name: host, kind: host.config}]\n',
);

/** A program that runs a script, and brings a function out of it. */
const program = `import { Host } from ${JSON.stringify(join(project, "dist/index.js"))};
(async () => {
  const host = await Host.open(${JSON.stringify(join(cwd, "registry.yaml"))});
  const { value } = await host.run("local n = ... return function(m) return ('%d'):format(m * 7) end");
  console.log(await value(6));
  value.release();
  await host.close();
})();`;

/** What an embedder says to esbuild, where Node's own globals differ from what the code was written for. */
const formats = {
  esm: {
    name: "app.mjs",
    banner: 'import { createRequire as own } from "node:module"; const require = own(import.meta.url);',
    define: {},
  },
  cjs: {
    name: "app.cjs",
    banner: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;',
    define: { "import.meta.url": "ownUrl" },
  },
} as const;

it.each(["esm", "cjs"] as const)(
  "moonkeep runs from an embedder's bundle in %s, away from its packages",
  async (format) => {
    const { name, banner, define } = formats[format];
    await build({
      stdin: { contents: program, resolveDir: project },
      bundle: true,
      platform: "node",
      format,
      outfile: join(cwd, name),
      banner: { js: banner },
      define,
      external: ["pino", "@photostructure/sqlite", "ioredis", "pg", "re2js", "semver"],
      logLevel: "silent",
    });
    const { stdout } = await run(process.execPath, [name], { cwd });
    expect(stdout).toBe("42\n");
  },
);
