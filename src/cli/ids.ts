/** Ids as people type them. */
import type { Registry } from "../registry/registry.ts";
import { meant } from "./errors.ts";
import { errorLine } from "./output.ts";

/** The id that a word stands for: itself, or, where it has no namespace, the only id with this name, which is said. */
export function idOf(word: string, ids: Iterable<string>): string {
  if (word === "" || word.includes(":")) return word;
  const [only, ...others] = new Set([...ids].filter((id) => id.slice(id.indexOf(":") + 1) === word));
  if (only === undefined || others.length > 0) return word;
  errorLine(meant(word, only));
  return only;
}

/** @param kind of the entries, such as `store.*` */
export const idsOf = (registry: Registry, kind: string): string[] => registry.find({ kind }).map(({ id }) => id);

/** The policy groups that there are. */
export const groupsOf = (registry: Registry): string[] =>
  registry.find({ kind: "security.*" }).flatMap(({ config }) => (config as { groups?: string[] }).groups ?? []);
