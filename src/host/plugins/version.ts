import { readFileSync } from "node:fs";

/** This moonkeep's version, which is that of what it offers to plugins. */
export function hostVersion(): string {
  return (JSON.parse(readFileSync(packageFile(), "utf8")) as { readonly version: string }).version;
}

/** From src/ and dist/ it lies as far up as their folders say; from the bundle, two up. */
function packageFile(): URL {
  const up = /\/(src|dist)\/host\/plugins\//.test(import.meta.url) ? "../../../package.json" : "../../package.json";
  return new URL(up, import.meta.url);
}
