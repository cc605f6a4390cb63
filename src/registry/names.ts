const segment = "[A-Za-z_][A-Za-z0-9_-]*";
const dotted = new RegExp(`^${segment}(?:\\.${segment})*$`);

/** Whether a text can be a namespace, or an entry's name: letters, digits, `_` and `-`, in parts joined by dots. */
export function isName(text: string): boolean {
  return dotted.test(text);
}

/** Whether a text has the form `namespace:name`. */
export function isId(text: string): boolean {
  const colon = text.indexOf(":");
  return colon > 0 && isName(text.slice(0, colon)) && isName(text.slice(colon + 1));
}

/** Whether it names all kinds that begin alike: `store.*`. */
export const isKindPattern = (kind: string): boolean => kind.endsWith(".*");

/** Whether a kind is the one that a pattern names; `store.*` names all kinds that begin with `store.`. */
export function kindMatches(kind: string, pattern: string): boolean {
  return isKindPattern(pattern) ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}
