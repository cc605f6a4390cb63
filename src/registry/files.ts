/** The file system as a registry sees it: which files there are, and the text of one. */

import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { decodeUtf8 } from "../value/bytes.ts";
import type { Bytes } from "../value/value.ts";
import * as errors from "./errors.ts";
import type { Problem } from "./problem.ts";

/** A registry is written by people; what is larger is something else. */
export const MAX_FILE_SIZE: Bytes = 4 * 1024 ** 2;

const yamlName = /\.ya?ml$/;
/** Expectations of the policies (`moonkeep policy test`), which people keep next to their registry. */
const testName = /\.test\.ya?ml$/;
/** A folder with this is somebody else's: a plugin, with a registry of its own. */
const PLUGIN = "plugin.yaml";
const BYTE_ORDER_MARK = "\ufeff";

/** The files of a registry, absolute and in order, and the folder that none of them may lead out of. */
export interface Found {
  readonly root: string;
  readonly realRoot: string;
  readonly files: readonly string[];
}

/** Finds the files of a registry: the one given, or all YAML below the folder given; undefined when there is neither. */
export function findFiles(path: string, cwd: string, problems: Problem[]): Found | undefined {
  const absolute = resolve(cwd, path);
  try {
    const stats = statSync(absolute);
    if (stats.isFile()) return alone(absolute);
    if (stats.isDirectory()) return below(absolute, cwd, problems);
    problems.push(aboutFile(absolute, cwd, errors.notAFile()));
  } catch (error) {
    problems.push(aboutFile(absolute, cwd, errors.cantRead(error)));
  }
  return undefined;
}

function alone(file: string): Found {
  const root = dirname(file);
  return { root, realRoot: realpathSync(root), files: [file] };
}

function below(root: string, cwd: string, problems: Problem[]): Found {
  const realRoot = realpathSync(root);
  return { root, realRoot, files: filesBelow(root, realRoot, cwd, problems) };
}

/**
 * All YAML files below a folder, in order. Links to folders are not followed, so that no circle of them can hold the
 * search; a link to a file is read when it stays inside, once however many lead to it.
 */
function filesBelow(root: string, realRoot: string, cwd: string, problems: Problem[]): readonly string[] {
  const files: string[] = [];
  const links: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const contents = contentsOf(folder, cwd, problems);
    if (folder !== root && contents.some(({ name }) => name === PLUGIN)) continue;
    for (const item of contents) {
      const path = join(folder, item.name);
      if (item.isDirectory()) {
        if (!item.name.startsWith(".") && item.name !== "node_modules") folders.push(path);
      } else if (yamlName.test(item.name) && !testName.test(item.name))
        (item.isSymbolicLink() ? links : files).push(path);
    }
  }
  files.push(...linkedFiles(links.sort(), files, realRoot, cwd, problems));
  if (files.length === 0 && problems.length === 0) problems.push(aboutFile(root, cwd, errors.noYamlInFolder()));
  return files.sort();
}

function contentsOf(folder: string, cwd: string, problems: Problem[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    problems.push(aboutFile(folder, cwd, errors.cantRead(error)));
    return [];
  }
}

/** The links that lead to files of their own inside the folder. */
function linkedFiles(
  links: readonly string[],
  files: readonly string[],
  realRoot: string,
  cwd: string,
  problems: Problem[],
): readonly string[] {
  if (links.length === 0) return [];
  const seen = new Set(files.map(realPathOf));
  return links.filter((link) => {
    try {
      const target = realpathSync(link);
      if (statSync(target).isDirectory() || seen.has(target)) return false;
      seen.add(target);
      if (isInside(target, realRoot)) return true;
      problems.push(aboutFile(link, cwd, errors.leadsOutside()));
    } catch {
      problems.push(aboutFile(link, cwd, errors.linkLeadsNowhere()));
    }
    return false;
  });
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // Gone since it was found; reading it will say so.
  }
}

/** The text of a registry file without its byte order mark, or what keeps it from being one. */
export function readRegistryFile(path: string): { readonly text: string } | { readonly message: string } {
  try {
    const stats: Stats = statSync(path);
    if (!stats.isFile()) return { message: errors.notAFile() };
    if (stats.size > MAX_FILE_SIZE) return { message: errors.fileTooLarge(MAX_FILE_SIZE) };
    return asText(readFileSync(path));
  } catch (error) {
    return { message: errors.cantRead(error) };
  }
}

function asText(bytes: Uint8Array): { readonly text: string } | { readonly message: string } {
  if (bytes.includes(0)) return { message: errors.notText() };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { message: errors.notUtf8() };
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

export function aboutFile(path: string, cwd: string, message: string): Problem {
  return { file: shownPath(path, cwd), path: "", message };
}

/** A path as people see it: relative when it is below where they are. */
export function shownPath(path: string, cwd: string): string {
  return path !== cwd && isInside(path, cwd) ? relative(cwd, path) : path;
}

/** Whether a path is a folder or lies below it; both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
