import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { project } from "../support/cli.ts";

const run = promisify(execFile);
const cwd = mkdtempSync(join(tmpdir(), "moonkeep-bundle-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

writeFileSync(
  join(cwd, "registry.yaml"),
  'version: "1.0"\nnamespace: app\nentries: [{name: host, kind: host.config}]\n',
);

/** A program that runs a script, brings a function out of it, and serves the page of the host. */
const program = `import { Host } from ${JSON.stringify(join(project, "dist/index.js"))};
(async () => {
  const host = await Host.open(${JSON.stringify(join(cwd, "registry.yaml"))});
  const { value } = await host.run("local n = ... return function(m) return ('%d'):format(m * 7) end");
  console.log(await value(6));
  value.release();
  const { url } = await host.inspect();
  console.log((await fetch(url)).status);
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

const common = (format: "esm" | "cjs", banner: string, define: Record<string, string>): BuildOptions => ({
  bundle: true,
  platform: "node",
  format,
  target: "node20",
  banner: { js: banner },
  define,
  external: ["pino", "@photostructure/sqlite", "ioredis", "pg", "re2js", "semver"],
  logLevel: "silent",
});

/** A program that runs a script in a thread, whose script lies beside it. */
const threaded = `import { Host } from ${JSON.stringify(join(project, "dist/index.js"))};
const [file] = process.argv.slice(2);
(async () => {
  const workers = file === undefined ? {} : { script: file };
  await using host = await Host.open(undefined, { isolation: "worker", workers });
  console.log((await host.run("return require('json').encode({...})", { args: [6, 7] })).value);
})().catch((e) => console.log(e.kind, e.message));`;

it.each(["esm", "cjs"] as const)(
  "threads run from an embedder's bundle in %s, once it says where their script is",
  async (format) => {
    const { banner, define } = formats[format];
    const out = join(cwd, `threads-${format}`);
    await build({
      stdin: { contents: threaded, resolveDir: project, sourcefile: "app.js" },
      outfile: join(out, "app.js"),
      ...common(format, banner, define),
    });
    await build({
      entryPoints: { thread: join(project, "dist/worker/thread.js") },
      outdir: out,
      ...common(format, banner, define),
    });
    writeFileSync(join(out, "package.json"), JSON.stringify({ type: format === "esm" ? "module" : "commonjs" }));
    const { stdout } = await run(process.execPath, ["app.js", "thread.js"], { cwd: out });
    expect(stdout).toBe("[6,7]\n");
    const without = await run(process.execPath, ["app.js"], { cwd: out });
    expect(without.stdout).toMatch(
      /^INVALID threads can't start: there is no .*thread\.cjs\. A bundle needs .*"moonkeep\/thread"/,
    );
  },
);

it("the package has the script of threads as an entry", () => {
  const { exports } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(exports["./thread"].default).toBe("./dist/worker/thread.js");
});

it.each(["esm", "cjs"] as const)(
  "moonkeep runs from an embedder's bundle in %s, away from its packages",
  async (format) => {
    const { name, banner, define } = formats[format];
    await build({
      stdin: { contents: program, resolveDir: project },
      outfile: join(cwd, name),
      ...common(format, banner, define),
    });
    const { stdout } = await run(process.execPath, [name], { cwd });
    expect(stdout).toBe("42\n200\n");
  },
);
