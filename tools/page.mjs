/**
 * Writes src/inspect/page.generated.ts: the page of `moonkeep inspect`, made of what lies in page/, as texts by the
 * addresses that it has, with the licence of what is in it; and the version of the package, which it shows.
 *
 *     node tools/page.mjs      before a build, a check or a test; it does nothing where nothing has changed
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { buildSync } from "esbuild";

const target = new URL("../src/inspect/page.generated.ts", import.meta.url);
const root = new URL("..", import.meta.url);
const read = (name) => readFileSync(new URL(name, root), "utf8");

const { outputFiles } = buildSync({
  entryPoints: ["page/main.tsx", "page/style.css"],
  absWorkingDir: root.pathname,
  bundle: true,
  minify: true,
  write: false,
  outdir: "page",
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  tsconfigRaw: { compilerOptions: {} },
  logLevel: "warning",
});
const made = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text;

const preact = `/*! preact ${JSON.parse(read("node_modules/preact/package.json")).version}\n\n${read("node_modules/preact/LICENSE").trim()}\n*/\n`;
const page = {
  "/": { type: "text/html", text: read("page/index.html") },
  "/main.js": { type: "text/javascript", text: preact + made(".js") },
  "/style.css": { type: "text/css", text: made(".css") },
  "/icon.svg": { type: "image/svg+xml", text: read("page/icon.svg") },
};

const text = `// Written by tools/page.mjs
export const version: string = ${JSON.stringify(JSON.parse(read("package.json")).version)};

/** By its path. */
export const page: Readonly<Record<string, { readonly type: string; readonly text: string }>> = ${JSON.stringify(page, null, 2)};
`;
if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
