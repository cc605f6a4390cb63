/** Starts the command, which is one file (tools/bundle.mjs), with the code that V8 made of it at an earlier start. */
import { readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { CodeCache } from "./code-cache.ts";

interface Command {
  main(words: readonly string[]): Promise<number>;
}

/**
 * Runs the command to its end.
 * @returns its exit code
 */
export async function start(words: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL("../bin/main.cjs", import.meta.url));
  const cache = process.env.NODE_DISABLE_COMPILE_CACHE === undefined ? new CodeCache(file) : undefined;
  const kept = cache?.read();
  const script = new Script(module.wrap(readFileSync(file, "latin1")), {
    filename: file,
    cachedData: kept,
  });
  const loaded = { exports: {} as Command };
  script.runInThisContext()(loaded.exports, createRequire(file), loaded, file, dirname(file));
  const code = await loaded.exports.main(words);
  // What a run has used is worth keeping: that is what most starts are for.
  if ((kept === undefined || script.cachedDataRejected === true) && hasRun(words))
    cache?.write(script.createCachedData());
  return code;
}

const hasRun = ([first]: readonly string[]): boolean =>
  first !== undefined && (first === "run" || first === "call" || first.endsWith(".lua"));
