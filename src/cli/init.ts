/** `moonkeep init`: what a first script, a first function or a first plugin needs, each file with a word on it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { registrySchema } from "../host/registry-schema.ts";
import { makeFolder } from "../value/folders.ts";
import { cantWrite } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output, oneLine } from "./output.ts";
import { folderWord } from "./shell-word.ts";

/** What to type next with each template, and what it does. Their files are in lua/templates. */
const templates = {
  script: [
    ["npx moonkeep run hello.lua", "run the script"],
    ["npx moonkeep check", "check the registry"],
    ["npx moonkeep test", "run the tests"],
    ["npx moonkeep policy test access.test.yaml", "check what the policies allow"],
  ],
  functions: [
    [`npx moonkeep call app:greet '"Ada"'`, "call the function"],
    ["node app.mjs", "call it from Node.js"],
    ["npx moonkeep test", "run the tests"],
    ["npx moonkeep policy test access.test.yaml", "check what the policies allow"],
  ],
  plugin: [
    ["npx moonkeep plugin inspect .", "check the plugin, and see what it asks for"],
    ["npx moonkeep test", "run the tests"],
  ],
} as const satisfies Record<string, readonly (readonly [command: string, does: string])[]>;

export type TemplateName = keyof typeof templates;

/** What the plugin of the template is called. */
const PLUGIN = "greeter";

const packaged = (path: string) => fileURLToPath(new URL(`../../lua/${path}`, import.meta.url));

/** Writes the files of a template that are not there yet. @throws UsageError when the folder can't be written */
export function init(folder: string, name: TemplateName): ExitCode {
  const root = resolve(folder);
  const out = new Output(1, false);
  for (const [path, text] of filesOf(name, root)) {
    const isNew = write(join(root, path), text);
    out.line(`${isNew ? "wrote" : "left as it is:"} ${oneLine(join(relative("", root), path))}`);
  }
  const into = root === process.cwd() ? [] : [[`cd ${folderWord(folder)}`, "go there"] as const];
  out.line("\nNext:");
  const steps = [...into, ...templates[name]];
  const width = Math.max(...steps.map(([command]) => command.length));
  for (const [command, does] of steps) out.line(`  ${command.padEnd(width)}  # ${does}`);
  out.flush();
  return exit.done;
}

/** The name and the text of each file, in order. */
function filesOf(name: TemplateName, root: string): (readonly [path: string, text: string])[] {
  const folder = packaged(`templates/${name}`);
  const texts = readdirSync(folder)
    .sort()
    .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);
  const named =
    name === "plugin" ? texts.map(([file, text]) => [file, text.replaceAll(PLUGIN, pluginName(root))] as const) : texts;
  const schema = schemaOf(root);
  const all = named.map(([file, text]) => [file, file === "registry.yaml" ? schema.line + text : text] as const);
  return [...all, [".luarc.json", luarc(root)], ...schema.files];
}

/**
 * What tells an editor (yaml-language-server) what a registry may say: a first line that names the schema of the package,
 * or of a file of its own where the package lies elsewhere.
 */
function schemaOf(root: string): { readonly line: string; readonly files: (readonly [string, string])[] } {
  const packed = relative(root, fileURLToPath(new URL("../registry.schema.json", import.meta.url)));
  const isInside = !packed.startsWith("..") && !isAbsolute(packed);
  const path = isInside ? packed.replaceAll(sep, "/") : ".moonkeep/registry.schema.json";
  const line = `# yaml-language-server: $schema=./${path}\n`;
  return { line, files: isInside ? [] : [[path, `${JSON.stringify(registrySchema(), null, 2)}\n`]] };
}

/** @returns whether the file was not there */
function write(path: string, text: string): boolean {
  try {
    makeFolder(dirname(relative("", path)));
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "EEXIST" && existsSync(path)) return false;
    throw cantWrite(oneLine(relative("", path)), e);
  }
}

/** A language server (LuaLS) finds what `require("store")` has in the stubs of the package. */
function luarc(root: string): string {
  const library = ["library", "testing"].map((name) => {
    const stubs = packaged(name);
    const inside = relative(root, stubs);
    return inside.startsWith("..") ? stubs : inside;
  });
  const settings = { "runtime.version": "Lua 5.3", "workspace.library": library, "workspace.checkThirdParty": false };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** The folder's name, where a plugin may be called that. */
function pluginName(root: string): string {
  const name = basename(root).toLowerCase();
  return /^[a-z][a-z0-9_]*$/.test(name) && name !== "plugin" && name !== "app" ? name : PLUGIN;
}
