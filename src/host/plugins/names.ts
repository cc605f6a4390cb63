/**
 * What plugins may be called. A name is a namespace, a part of an actor (`plugin:greeter`) and a folder, so no two may
 * be the same anywhere, and none may be a word that means something of the application's or of moonkeep's.
 */
import { kinds } from "../../kinds/index.ts";
import { actions } from "../../modules/actions.ts";
import { modules } from "../../modules/index.ts";

const LONGEST = 64;
const shape = /^[a-z][a-z0-9_-]*$/;

const firstWord = (name: string) => name.split(".", 1)[0]!;

const reserved: ReadonlySet<string> = new Set([
  ...["app", "plugin", "plugins", "moonkeep", "host", "system", "lua"],
  ...kinds.map((kind) => firstWord(kind.name)),
  ...Object.keys(actions).map(firstWord),
  ...modules.map((module) => firstWord(module.name)),
]);

/** What is wrong with a name; undefined when a plugin may have it. */
export function nameProblem(name: string): string | undefined {
  if (!shape.test(name) || name.length > LONGEST) {
    const rule = `a small letter, and then small letters, digits, _ and -, at most ${LONGEST}`;
    return `expected ${rule}; got ${JSON.stringify(name.slice(0, LONGEST))}`;
  }
  if (reserved.has(name)) return `"${name}" is a word of moonkeep's own, so no plugin can be called that`;
  return undefined;
}
