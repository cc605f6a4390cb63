/** What language servers for Lua read: the stubs of the modules, and those of an embedder's own, made from what they declare. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Member, Module } from "../lua/boundary/module.ts";
import { makeFolder } from "../value/folders.ts";
import { ByteString, Float, isWhole, Table } from "../value/value.ts";
import { readText, readTypesOptions } from "./options.ts";

export interface TypesOptions {
  /** Modules of your own, as `Host.open` has them. */
  readonly modules?: readonly Module[] | undefined;
}

export interface WrittenTypes {
  /** The folder of the stubs, below the one that was asked for. */
  readonly folder: string;
  /** How many there are. */
  readonly stubs: number;
  /** Whether a `.luarc.json` was written; false where there is one already. */
  readonly settings: boolean;
}

/** Where the stubs go in a project. */
export const STUBS = ".moonkeep/types";
const SETTINGS = ".luarc.json";

const packaged = (path: string) => fileURLToPath(new URL(`../../lua/${path}`, import.meta.url));

/**
 * Writes the stubs of every module into `.moonkeep/types` below a folder, in the place of those of another version, and
 * a `.luarc.json` that names them where there is none: as `moonkeep types` does, with modules of your own.
 * @throws TypeError for options that make no sense; an Error for a folder that can't be written
 */
export function writeTypes(folder: string, options?: TypesOptions): WrittenTypes {
  const root = readText(folder, "folder");
  const { modules = [] } = readTypesOptions(options);
  const at = join(root, STUBS);
  makeFolder(at);
  const files = new Set([...readdirSync(packaged("library")), "test.lua"]);
  for (const file of files)
    writeFileSync(join(at, file), readFileSync(packaged(file === "test.lua" ? `testing/${file}` : `library/${file}`)));
  for (const module of modules) {
    const file = fileOf(module.name);
    files.add(file);
    makeFolder(dirname(join(at, file)));
    writeFileSync(join(at, file), stubOf(module));
  }
  return { folder: STUBS, stubs: files.size, settings: writeSettings(root) };
}

function writeSettings(root: string): boolean {
  if (existsSync(join(root, SETTINGS))) return false;
  const settings = { "runtime.version": "Lua 5.3", "workspace.library": [STUBS], "workspace.checkThirdParty": false };
  writeFileSync(join(root, SETTINGS), `${JSON.stringify(settings, null, 2)}\n`, { flag: "wx" });
  return true;
}

/** The stub itself says which module it is of: its file may have another name. */
const fileOf = (name: string): string => `${name.replace(/[^\w-]/g, "_")}.lua`;

/** A module's stub, as far as its declarations say: names, parameters, how functions answer, types of constants. */
export function stubOf({ name, members }: Module): string {
  const parts = [`---@meta ${name.replace(/\s/g, "_")}\n\n---@class ${className(name)}\nlocal module = {}\n`];
  const tables = new Set<string>();
  for (const member of members) {
    const path = member.name.split(".");
    for (let depth = 1; depth < path.length; depth++) {
      const table = fieldAt(path.slice(0, depth));
      if (!tables.has(table)) parts.push(`${table} = {}\n`);
      tables.add(table);
    }
    parts.push(member.params === undefined ? constantStub(member, path) : functionStub(member, path));
  }
  return `${[...parts, "return module"].join("\n")}\n`;
}

const className = (name: string): string => name.replace(/[^\w.]/g, "_");

const reserved = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);
const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text) && !reserved.has(text);

const fieldAt = (path: readonly string[]): string =>
  path.reduce((table, key) => (isName(key) ? `${table}.${key}` : `${table}[${JSON.stringify(key)}]`), "module");

function functionStub({ params = [], mode, isMethod }: Member, path: readonly string[]): string {
  const names = params.map(({ name }, i) => (name === "..." || isName(name) ? name : `arg${i + 1}`));
  const lines = params.map(({ type, optional }, i) => {
    const mark = optional && names[i] !== "..." ? "?" : "";
    return `---@param ${names[i]}${mark} ${type}`;
  });
  if (mode === "many") lines.push("---@return any ...");
  else lines.push("---@return any value");
  if (mode === "result") lines.push("---@return error? err");
  const given = isMethod === true ? ["self", ...names] : names;
  return `${lines.join("\n")}\n${fieldAt(path)} = function(${given.join(", ")}) end\n`;
}

function constantStub({ constant }: Member, path: readonly string[]): string {
  const type = typeOf(constant);
  const value = type === "table" ? "{}" : "nil";
  return `---@type ${type}\n${fieldAt(path)} = ${value}\n`;
}

function typeOf(constant: unknown): string {
  if (constant instanceof ByteString) return "string";
  if (constant instanceof Float) return "number";
  if (typeof constant === "boolean") return "boolean";
  if (typeof constant === "bigint") return "integer";
  if (typeof constant === "number") return isWhole(constant) ? "integer" : "number";
  return constant instanceof Table ? "table" : "any";
}
