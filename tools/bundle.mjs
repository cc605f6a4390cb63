/**
 * Bundles the command line and the entry of threads with what they use, a file each, under dist/bin: `moonkeep run` of
 * one line spends most of its time on loading, and a hundred small files take twice as long to load as one.
 * Fengari's files are in it as tools/fengari.mjs has put them together, with their licences.
 *
 * What `moonkeep inspect` and `host.inspect` serve, and the framework that serves it, are a file of their own, which other
 * commands do not read.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, transform } from "esbuild";

rmSync("dist/bin", { recursive: true, force: true }); // parts of an earlier build have other names

/** The same code as what Node would take, but as a module, of which only what is used gets into the bundle. */
const yaml = join(dirname(createRequire(import.meta.url).resolve("yaml/package.json")), "browser/dist/index.js");

/** Other people's code is read at each start, and its names show in no stack trace of ours. */
const shortenPackages = {
  name: "shorten packages",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), {
        minify: true,
        platform: "node",
        target: "node20",
      });
      return { contents: code };
    });
  },
};

const inspectIsApart = {
  name: "inspect is apart",
  setup({ onResolve }) {
    onResolve({ filter: /inspect\/server\.ts$/ }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./inspect.cjs", external: true },
    );
  },
};

const options = {
  bundle: true,
  // Names stay, for stack traces; the rest need not be read again at each start.
  minifyWhitespace: true,
  minifySyntax: true,
  alias: { yaml },
  plugins: [shortenPackages, inspectIsApart],
  platform: "node",
  target: "node20",
  external: ["pino", "re2js", "luaparse", "@photostructure/sqlite", "ioredis", "pg"],
  metafile: true,
  logLevel: "warning",
};

const script = {
  ...options,
  format: "cjs",
  define: { "import.meta.url": "bundleUrl" },
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
};

/** The command is a script, and not a module, since V8 gives its compiled code to scripts alone (src/cli/start.ts). */
const command = await build({
  ...script,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/bin/main.cjs",
  supported: { "dynamic-import": false }, // a script that V8 has kept can't import; what is left outside is CommonJS
});

// The command is read with one byte for each character, which is what V8 reads fastest. esbuild escapes other characters
// in strings, but not in regular expressions. (Licences may have some.)
const commandFile = readFileSync("dist/bin/main.cjs", "utf8");
const { code: withoutLicences } = await transform(commandFile, { legalComments: "none" });
const beyondAscii = /[^\0-\x7f]/.exec(withoutLicences);
if (beyondAscii !== null) {
  throw new Error(`dist/bin/main.cjs: the character ${beyondAscii[0]} needs an escape in the source`);
}

await build({
  ...options,
  entryPoints: ["src/cli/start.ts"],
  outfile: "dist/bin/start.js",
  format: "esm",
});

/**
 * A script as well, since Node.js reads scripts in one step. It reads modules in several, between which a thread can be
 * ended, and then the file stays open.
 */
const thread = await build({ ...script, entryPoints: ["src/worker/thread.ts"], outfile: "dist/bin/thread.cjs" });

const inspect = await build({
  ...options,
  entryPoints: ["src/inspect/server.ts"],
  outfile: "dist/bin/inspect.cjs",
  format: "cjs",
});

// In the place of what tsc has made: it imports packages that the package does not depend on.
for (const file of readdirSync("dist/inspect")) {
  if (!["api.d.ts", "inspected.d.ts"].includes(file)) rmSync(join("dist/inspect", file), { recursive: true });
}
writeFileSync(
  "dist/inspect/server.js",
  'import inspect from "../bin/inspect.cjs"; // bundled once, for the command and for host.inspect\nexport const { serve } = inspect;\n',
);

/** The packages whose code is in the bundle, with the terms that they come under: these go where the code goes. */
const packages = new Set(
  [command, thread, inspect]
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((file) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[0] ?? []),
);

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence text, and can't be bundled`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

const texts = [...packages]
  .sort()
  .map(licenceOf)
  .join(`\n${"-".repeat(80)}\n\n`);
writeFileSync("dist/bin/LICENSES.txt", `What follows is bundled into the files beside this one.\n\n${texts}`);

// For editors, which find it in the package (src/cli/init.ts).
const { registrySchema } = await import("../dist/host/registry-schema.js");
writeFileSync("dist/registry.schema.json", `${JSON.stringify(registrySchema())}\n`);
