/**
 * The files beside a script: `require("lib.text")` is `lib/text.lua` or `lib/text/init.lua` under the script's own root.
 * Nothing outside the root is read or told of, wherever links lead.
 */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";
import { MoonkeepError } from "../errors.ts";
import { MAX_SCRIPT_BYTES } from "../limits.ts";
import type { Finder, Found, Missing } from "../lua/run/loads.ts";
import { isInside } from "../registry/files.ts";
import { nearest } from "../value/nearest.ts";
import { leadsOutside, noModuleName, notAFile, unreadable } from "./errors.ts";
import { scriptSource } from "./source.ts";

/** The longest name that is looked for, in bytes. */
const LONGEST_NAME = 200;

export interface NeighboursOptions {
  /** The folder that holds all of them. */
  readonly root: string;
  /** How errors name that folder: the folder part of the script's own name, such as `lib`, or the empty text. */
  readonly shown: string;
  /** Told of each file that is read, by its path. */
  readonly fileRead?: ((path: string) => void) | undefined;
}

export class Neighbours implements Finder {
  readonly #options: NeighboursOptions;
  #root: Promise<string> | undefined;

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  async find(name: string): Promise<Found> {
    if (!isModuleName(name)) return { tried: [], reason: noModuleName };
    const base = name.replaceAll(".", "/");
    const candidates = [`${base}.lua`, `${base}/init.lua`];
    try {
      this.#root ??= realpath(this.#options.root);
      const root = await this.#root;
      for (const candidate of candidates) {
        const found = await this.#look(root, candidate);
        if (found !== undefined) return found;
      }
      return { tried: candidates.map((one) => this.#shown(one)), near: await this.#nearest(root, name) };
    } catch (e) {
      return { tried: [], reason: unreadable(this.#shown(candidates[0]!), (e as NodeJS.ErrnoException).code) };
    }
  }

  /** Undefined where there is nothing. */
  async #look(root: string, candidate: string): Promise<Found | undefined> {
    const file = this.#shown(candidate);
    const refused = (reason: string): Missing => ({ tried: [], reason });
    let path: string;
    try {
      path = await realpath(join(root, candidate));
    } catch (e) {
      if (isAbsent(e)) return undefined;
      throw e;
    }
    if (!isInside(path, root)) return refused(leadsOutside(file));
    const about = await stat(path);
    if (!about.isFile()) return refused(notAFile(file));
    if (about.size > MAX_SCRIPT_BYTES) return refused(`${file} is larger than ${MAX_SCRIPT_BYTES / 1024 / 1024} MiB`);
    this.#options.fileRead?.(path);
    try {
      return { source: scriptSource(await readFile(path), file), file, path };
    } catch (e) {
      if (e instanceof MoonkeepError) return refused(e.message);
      throw e;
    }
  }

  #shown(candidate: string): string {
    return posix.join(this.#options.shown.replaceAll(sep, "/"), candidate);
  }

  /** The name of a file in the same folder. */
  async #nearest(root: string, name: string): Promise<string | undefined> {
    const folder = name.includes(".") ? name.slice(0, name.lastIndexOf(".") + 1) : "";
    try {
      const path = await realpath(join(root, folder.replaceAll(".", "/")));
      if (path !== root && !isInside(path, root)) return undefined;
      const names = (await readdir(path)).flatMap((file) =>
        file.endsWith(".lua") ? [folder + file.slice(0, -4)] : [],
      );
      return nearest(name, names.filter(isModuleName));
    } catch {
      return undefined; // there is no such folder, or nobody may look into it
    }
  }
}

const isModuleName = (name: string): boolean => name.length <= LONGEST_NAME && /^[\w-]+(\.[\w-]+)*$/.test(name);

const absent = new Set(["ENOENT", "ENOTDIR"]);
const isAbsent = (e: unknown): boolean => absent.has((e as NodeJS.ErrnoException).code ?? "");

/** The files beside a file, as errors name that. */
export const neighboursOf = (path: string, name: string): Neighbours =>
  new Neighbours({ root: dirname(path), shown: folderOf(name) });

/** The folder part of a name; the empty text where there is none. */
export const folderOf = (name: string): string => (/[/\\]/.test(name) ? dirname(name) : "");
