/**
 * Writes src/lua/fengari/files.generated.ts: the files of Fengari and of fengari-interop that moonkeep uses
 * (src/lua/fengari/seams.ts), each as a function and letter by letter as it was published. So nothing of them is looked
 * for or read at start, a bundler takes them with the rest, and nothing else loads or changes what moonkeep uses.
 *
 *     node tools/fengari.mjs      before a build, a check or a test; it does nothing where nothing has changed
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const seams = readFileSync(new URL("../src/lua/fengari/seams.ts", import.meta.url), "utf8");
const target = new URL("../src/lua/fengari/files.generated.ts", import.meta.url);

/** The files that are used as they are: those that the table says so of. */
const used = [...seams.matchAll(/^ {2}"?([\w./-]+\.js)"?: asItIs\(/gm)].map(([, name]) => name);
if (used.length === 0) throw new Error("src/lua/fengari/seams.ts names no file that is used as it is");

const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));
const packages = ["fengari", "fengari-interop"];

function sourceOf(name) {
  const [folder, file] = name.startsWith("fengari-interop/")
    ? [folderOf("fengari-interop"), name.slice("fengari-interop/".length)]
    : [folderOf("fengari"), name];
  return readFileSync(join(folder, "src", file), "utf8");
}

const licences = packages.map((name) => {
  const { version } = JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(folderOf(name), "LICENSE"), "utf8").trim()}`;
});

const functions = used.map((name) => {
  const source = sourceOf(name).replace(/^#!.*/, "");
  return `${JSON.stringify(name)}: function (exports: any, module: any, require: any, Uint8Array: any) {\n${source}\n},`;
});

const text = `// @ts-nocheck: other people's code, written by tools/fengari.mjs
/*! @license
${licences.join("\n\n----\n\n").replaceAll("*/", "* /")}
*/

type File = (exports: object, module: { exports: unknown }, require: (id: string) => unknown, bytes: unknown) => void;

export const files: Readonly<Record<string, File>> = {
${functions.join("\n")}
};
`;

if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
