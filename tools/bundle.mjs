/**
 * Bundles the command line and the entry of threads with what they use into a few files under dist/bin: `moonkeep run`
 * of one line spends most of its time on loading, and a hundred small files take twice as long to load as three.
 * Fengari stays outside: it is loaded file by file, to be mended (src/lua/fengari.ts).
 */
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist/bin", { recursive: true, force: true }); // parts of an earlier build have other names

await build({
  entryPoints: ["src/cli/main.ts", "src/worker/thread.ts"],
  entryNames: "[name]",
  outdir: "dist/bin",
  bundle: true,
  // Names stay, for stack traces; the rest need not be read again at each start.
  minifyWhitespace: true,
  minifySyntax: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["fengari", "fengari-interop", "pino", "re2js", "@photostructure/sqlite"],
  // CommonJS packages in the bundle ask for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
  },
  logLevel: "warning",
});
