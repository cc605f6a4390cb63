/** Packages that moonkeep is measured against: installed into this folder when a benchmark first needs one. */
import { execFileSync } from "node:child_process";

const here = new URL(".", import.meta.url);

/** Imports a package of bench/package.json. */
export async function peer(name) {
  try {
    return await import(name);
  } catch (e) {
    if (e.code !== "ERR_MODULE_NOT_FOUND") throw e;
    console.log(`installing ${name} into bench/ ...`);
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: here, stdio: "ignore" });
    return import(name);
  }
}
