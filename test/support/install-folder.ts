/** A folder for test/support/installed.ts, which goes away when all tests have run. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    installFolder: string;
  }
}

export default function setup({ provide }: TestProject): () => void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "moonkeep-package-")));
  provide("installFolder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
