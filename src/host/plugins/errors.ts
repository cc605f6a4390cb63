/** Every sentence that is said of plugins. */
import { MoonkeepError } from "../../errors.ts";
import type { Milliseconds } from "../../value/value.ts";

export const notGranted = (name: string, missing: readonly string[]): MoonkeepError =>
  new MoonkeepError(
    "PERMISSION_DENIED",
    `plugin ${name} asks for things that it is not granted: ${missing.join("; ")}`,
    {
      details: { plugin: name, missing },
    },
  );

export const alreadyLoaded = (name: string): MoonkeepError =>
  new MoonkeepError("ALREADY_EXISTS", `plugin ${name} is loaded already; reload it to get another version`);

export const namespaceTaken = (name: string, id: string): MoonkeepError =>
  new MoonkeepError("ALREADY_EXISTS", `plugin ${name} can't be loaded: ${id} of the registry is in its namespace`);

export const notLoaded = (name: string, close: string | undefined): MoonkeepError =>
  new MoonkeepError(
    "NOT_FOUND",
    `there is no plugin "${name}"${close === undefined ? "" : `; did you mean "${close}"?`}`,
  );

export const nameChanged = (name: string, now: string): MoonkeepError =>
  new MoonkeepError("INVALID", `plugin ${name} calls itself ${now} now; unload it, and load it under that name`);

export const suspended = (name: string, cooldown: Milliseconds): MoonkeepError =>
  new MoonkeepError(
    "UNAVAILABLE",
    `plugin ${name} is suspended after repeated failures; it is tried again every ${cooldown / 1000}s`,
  );

export const relativeOutside = (file: string): string =>
  `${JSON.stringify(file)} leads out of the plugin's data folder; to use a file outside, give its absolute path, and ask for it in the manifest, under files`;

export const fileOutside = (): string =>
  "a plugin has to ask for files outside its data folder in its manifest, under files";

export const serverNotAskedFor = (): string => "a plugin has to ask for the server in its manifest, under servers";

export const serverUnnamed = (): string => "a plugin can reach only servers that it can name in its manifest, by host";

export const linkOutside = (id: string, file: string): MoonkeepError =>
  new MoonkeepError(
    "PERMISSION_DENIED",
    `${id} can't be opened: ${file} leads out of the plugin's data folder by a link`,
  );

/** For what is not an error of moonkeep's: an answer that can't be converted, say. */
export const hookFailed = (id: string, cause: unknown): MoonkeepError =>
  new MoonkeepError("INTERNAL", `${id} failed, or its result could not be read`, { cause });

export const notAVersion = (given: string): string => `expected a version such as 1.2.0, got ${given}`;

export const notAVersionRange = (given: string): string => `expected a range of versions such as ^0.2, got ${given}`;

export const wrongHostVersion = (range: string, version: string): string =>
  `the plugin works with moonkeep ${range}, but this is ${version}`;

export const notAbsolute = (given: string): string => `expected an absolute path, got ${given}`;

export const serverForm = (form: string): string => `expected a server such as ${form}`;

export const passwordInManifest = "a manifest must not contain a password; leave it out";

export const notAVariable = (given: string): string => `expected the name of a variable, got ${given}`;

export const foreignNamespace = (plugin: string, own: string, namespace: string): string =>
  `the entries of plugin ${plugin} must be in the namespace ${own}, not ${namespace}`;

export const actorsInPlugin = (plugin: string): string =>
  `only the application decides who acts under which policies, so plugin ${plugin} can't have this entry`;

export const tooMany = (what: string, most: number, given: number): string =>
  `a plugin can have at most ${most} ${what}, got ${given}`;

export const tooManyPermissions = (most: number, given: number): string =>
  `a plugin can ask for at most ${most} permissions, where each action on each resource is one; got ${given}`;

export const tooLongToAsk = (most: number): string => `an action and a resource can have at most ${most} characters`;

export const kindNotAskedFor = (kind: string): string =>
  `a plugin has to ask for entries of kind ${kind} in its manifest, under kinds`;

export const moduleNotAskedFor = (module: string): string =>
  `a plugin has to ask for the application's module ${module} in its manifest, under modules`;

export const securityInPlugin = "a plugin's functions act as the plugin, with what it is granted; leave security out";
