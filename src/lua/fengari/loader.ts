/** Loads Fengari's files, each once and when it is asked for, with ours in place of those that the table says so of. */

import { MeteredBytes } from "../meter/meter.ts";
import { luaconf, lualib } from "./conf.ts";
import { ldebug } from "./debug.ts";
import { fileNotUsed } from "./errors.ts";
import { ldo, lvm } from "./execution.ts";
import { files } from "./files.generated.ts";
import { lfunc, lstate, lstring, ltable, ltm } from "./objects.ts";
import { CountedProto } from "./proto.ts";
import { lobject } from "./values.ts";

/** What stands for a file. */
const ours: Readonly<Record<string, object>> = {
  "luaconf.js": luaconf,
  "lualib.js": lualib,
  "ldebug.js": ldebug,
  "ldo.js": ldo,
  "lfunc.js": { ...lfunc, Proto: CountedProto },
  "lobject.js": lobject,
  "lstate.js": lstate,
  "lstring.js": lstring,
  "ltable.js": ltable,
  "ltm.js": ltm,
  "lvm.js": lvm,
  "ldump.js": {},
};

/** What the files ask Node for: functions that nobody calls here, and the name of a symbol. */
const outside: Readonly<Record<string, unknown>> = {
  fs: {},
  util: { inspect: { custom: Symbol.for("nodejs.util.inspect.custom") } },
};

const modules = new Map<string, { exports: unknown }>(
  Object.entries(ours).map(([name, exports]) => [name, { exports }]),
);
const prepared = new Map<string, (exports: never) => void>();

/** `prepare` gets what a file exports when that is loaded, before anybody else does. */
export function prepareFile<T>(name: string, prepare: (exports: T) => void): void {
  prepared.set(name, prepare);
}

/** What a file exports, by its name in the table (seams.ts). */
export function file<T>(name: string): T {
  const known = modules.get(name);
  if (known !== undefined) return known.exports as T;
  const run = files[name];
  if (run === undefined) throw new Error(fileNotUsed(name));
  const module: { exports: unknown } = { exports: {} };
  modules.set(name, module); // before it runs: these files require each other in circles
  run(module.exports as object, module, required, MeteredBytes);
  prepared.get(name)?.(module.exports as never);
  return module.exports as T;
}

/** `./lapi.js`, `fengari`, `fs` */
function required(id: string): unknown {
  if (id.startsWith("./")) return file(id.slice(2));
  return id === "fengari" ? file("fengari.js") : outside[id];
}
