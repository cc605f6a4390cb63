/** The packages that some kinds need, and that may be missing. */
import { createRequire } from "node:module";
import { isBuiltIn } from "../stores/sqlite/library.ts";

export interface PackageState {
  readonly name: string;
  /** The kind that needs it. */
  readonly kind: string;
  readonly installed: boolean;
}

const packages: readonly { readonly kind: string; readonly name: string }[] = [
  { kind: "db.sql.sqlite", name: "@photostructure/sqlite" },
  { kind: "db.sql.postgres", name: "pg" },
  { kind: "db.redis", name: "ioredis" },
];

/** Which of them are installed; less those that Node makes needless. */
export function checkPackages(): readonly PackageState[] {
  const { resolve } = createRequire(import.meta.url);
  return packages
    .filter(({ kind }) => kind !== "db.sql.sqlite" || !isBuiltIn())
    .map((one) => {
      try {
        resolve(one.name);
        return { ...one, installed: true };
      } catch {
        return { ...one, installed: false };
      }
    });
}
