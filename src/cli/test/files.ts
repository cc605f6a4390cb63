/** Which files are tests: those that are named, and `*_test.lua` in folders. */
import { statSync } from "node:fs";
import { noTests } from "../errors.ts";
import { filesBelow, reading } from "../files-below.ts";
import { oneLine } from "../output.ts";

/** How the names of tests end. */
export const ENDING = "_test.lua";

const isTest = /_test\.lua$/;

/** @throws UsageError for a path that can't be read, and when there are none */
export function testFiles(paths: readonly string[]): readonly string[] {
  const found = (paths.length === 0 ? ["."] : paths).flatMap(filesAt);
  if (found.length === 0) throw noTests(paths.map(oneLine));
  return [...new Set(found)];
}

const filesAt = (path: string): string[] =>
  reading(path, () => statSync(path)).isDirectory() ? filesBelow(path, isTest) : [path];
