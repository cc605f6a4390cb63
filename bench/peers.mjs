/** Packages that moonkeep is measured against: installed into this folder when a benchmark first needs one. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const here = new URL(".", import.meta.url);

/** Installs what of bench/package.json is not here. */
export function installPeers() {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", here), "utf8"));
  const missing = Object.keys(dependencies).filter((name) => !existsSync(new URL(`node_modules/${name}`, here)));
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(", ")} into bench/ ...`);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: here, stdio: "ignore" });
}

/** Imports a package of bench/package.json. */
export async function peer(name) {
  if (!existsSync(new URL(`node_modules/${name}`, here))) installPeers();
  return import(name);
}
