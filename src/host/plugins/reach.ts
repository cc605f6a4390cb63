/**
 * What the entries of a plugin reach outside the host. To be granted a kind is not to be granted the paths, servers and
 * variables that an entry of it names: files lie in the plugin's data folder, and everything else is asked for in the
 * manifest, by its name. docs/plugins.md says the same.
 */
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import type { Environment } from "../../registry/env.ts";
import { isInside } from "../../registry/files.ts";
import type { Entry, Reach } from "../../registry/kind.ts";
import type { Problem } from "../../registry/problem.ts";
import type { Registry } from "../../registry/registry.ts";
import { makeFolder } from "../../value/folders.ts";
import { reachOf } from "../open.ts";
import { fileOutside, linkOutside, relativeOutside, serverNotAskedFor, serverUnnamed } from "./errors.ts";
import type { Manifest } from "./manifest.ts";

/** What an entry names and its manifest does not ask for. @param env the variables that the plugin is granted */
export function problemsOfReach(entry: Entry, manifest: Manifest, registry: Registry, env: Environment): Problem[] {
  return reachOf(entry).flatMap((reach) => {
    const message = messageAbout(reach, manifest, isGivenBy(env, entry, reach));
    return message === undefined ? [] : [registry.problem(entry, [reach.field], message)];
  });
}

/** Who grants a variable grants what it names, where that is the whole of a field. */
function isGivenBy(env: Environment, entry: Entry, { field }: Reach): boolean {
  const said = (entry.config as Readonly<Record<string, unknown>>)[field];
  return field !== "host" && typeof said === "string" && said !== "" && Object.values(env).includes(said);
}

function messageAbout(reach: Reach, { files, servers }: Manifest, isGiven: boolean): string | undefined {
  if ("server" in reach) {
    if (reach.server === undefined) return isGiven ? undefined : serverUnnamed();
    return isGiven || servers.includes(reach.server) ? undefined : serverNotAskedFor();
  }
  const { file } = reach;
  if (!isAbsolute(file)) return leadsOut(file) ? relativeOutside(file) : undefined;
  return isGiven || files.includes(resolve(file)) ? undefined : fileOutside();
}

const leadsOut = (file: string) => normalize(file).split(sep)[0] === "..";

/** What SQLite keeps beside a database while it works. */
const companions = ["", "-wal", "-shm", "-journal"];

/**
 * An entry whose file, when it is the plugin's own, lies in its data folder; the folder is made when it is not there.
 * @throws MoonkeepError PERMISSION_DENIED for a link that leads out of it
 */
export function inDataFolder(entry: Entry, folder: string): Entry {
  const [own] = reachOf(entry).flatMap((reach) => ("file" in reach && !isAbsolute(reach.file) ? [reach] : []));
  if (own === undefined) return entry;
  makeFolder(folder);
  const path = resolve(folder, own.file);
  const real = realpathSync(folder);
  const within = realPath(dirname(path));
  if (!isInside(within, real)) throw linkOutside(entry.id, own.file);
  makeFolder(within);
  const file = join(within, basename(path));
  for (const companion of companions) {
    if (isLink(file + companion) && !isInside(realPath(file + companion), real)) throw linkOutside(entry.id, own.file);
  }
  return { ...entry, config: { ...(entry.config as object), [own.field]: file } };
}

/** An entry of which a cluster is asked, which may lead to other nodes: only to those that are granted by name. */
export function withinServers(entry: Entry, { servers }: Manifest): Entry {
  return entry.kind === "db.redis" ? { ...entry, config: { ...(entry.config as object), servers } } : entry;
}

/** Where a path leads, with every link on the way followed; what is not there yet is where it would be. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (e) {
    // A link to what is not there would be followed by who makes it: it counts as leading anywhere.
    if ((e as NodeJS.ErrnoException).code !== "ENOENT" || isLink(path)) return resolve("/");
    return join(realPath(dirname(path)), relative(dirname(path), path));
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
