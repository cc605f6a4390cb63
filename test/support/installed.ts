/** The package as people install it: packed, and installed into an empty project, once for all tests of a run. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { inject } from "vitest";
import { project } from "./cli.ts";

const run = promisify(execFile);

export interface Installed {
  /** The project that it is installed into. */
  readonly folder: string;
  /** What `npm pack` put into the package. */
  readonly files: readonly string[];
}

/** @returns at once when another file of tests has installed it already */
export async function installed(): Promise<Installed> {
  const folder = inject("installFolder");
  const said = join(folder, "packed.json");
  if (isFirst(join(folder, "begun"))) writeFileSync(said, JSON.stringify(await install(folder)));
  while (!existsSync(said)) await sleep(50);
  const result = JSON.parse(readFileSync(said, "utf8"));
  if ("failed" in result) throw new Error(result.failed);
  return { folder, files: result.files };
}

function isFirst(mark: string): boolean {
  try {
    mkdirSync(mark);
    return true;
  } catch {
    return false;
  }
}

async function install(folder: string): Promise<{ files: string[] } | { failed: string }> {
  try {
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const [{ files, filename }] = JSON.parse((await run("npm", pack, { cwd: project })).stdout);
    writeFileSync(join(folder, "package.json"), '{"name": "stranger", "private": true, "type": "module"}');
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`], { cwd: folder });
    return { files: files.map(({ path }: { path: string }) => path) };
  } catch (e) {
    return { failed: String(e) };
  }
}
