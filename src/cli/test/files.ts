/** Which files are tests: those that are named, and `*_test.lua` in folders. */
import { statSync } from "node:fs";
import { testName } from "../../host/testing/test-name.ts";
import { cantRead, cantReadTests, noTests, notAFolder } from "../errors.ts";
import { filesBelow } from "../files-below.ts";
import { oneLine } from "../output.ts";

/** @throws UsageError when there is no such folder */
export function checkFolder(path: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (e) {
    throw cantRead(oneLine(path), e);
  }
  if (!isFolder) throw notAFolder(oneLine(path));
}

/** @throws UsageError for a path that can't be read, and when there are none */
export function testFiles(paths: readonly string[]): readonly string[] {
  const found = (paths.length === 0 ? ["."] : paths).flatMap(filesAt);
  if (found.length === 0) throw noTests(paths.map(oneLine));
  return [...new Set(found)];
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch (e) {
    throw cantReadTests(oneLine(path), e);
  }
  return filesBelow(path, testName);
}
