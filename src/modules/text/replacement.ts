/** What stands for a match: text with `$1`, `${1}`, `$name`, `${name}` for groups, and `$$` for a dollar, as in Go. */
import type { ByteString, Bytes } from "../../value/value.ts";
import type { Bounds, Engine } from "./engine.ts";

/** Text as it is, or the number of a group. */
type Part = Uint8Array | number;

export function compileReplacement(template: ByteString, { names, groups }: Engine): readonly Part[] {
  const parts: Part[] = [];
  const text = (from: Bytes, to: Bytes) => {
    if (to > from) parts.push(template.bytes.subarray(from, to));
  };
  let end = 0;
  for (const reference of template.binary.matchAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g)) {
    const [all, dollar, bare, braced] = reference;
    text(end, reference.index + (dollar === undefined ? 0 : 1));
    end = reference.index + all.length;
    const name = bare ?? braced;
    if (name === undefined) continue;
    const group = /^\d+$/.test(name) ? Number(name) : Object.hasOwn(names, name) ? names[name]! : -1;
    if (group >= 0 && group <= groups) parts.push(group); // there is none: it stands for nothing
  }
  text(end, template.length);
  return parts;
}

export function addReplacement(
  parts: readonly Part[],
  text: Uint8Array,
  bounds: Bounds,
  add: (bytes: Uint8Array) => void,
): void {
  for (const part of parts) {
    if (typeof part !== "number") add(part);
    else if (bounds[2 * part]! >= 0) add(text.subarray(bounds[2 * part], bounds[2 * part + 1]));
  }
}
