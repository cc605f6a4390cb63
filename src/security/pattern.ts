/**
 * Wildcards of actions and resources: `*` matches any run of characters, everything else is literal. What is matched is
 * always plain text: a star in it is a star.
 */

/** Whether a text matches. */
export type Matches = (text: string) => boolean;

/**
 * Compiled once. Each literal part is looked for as early as it can be, after the part before it; the first match of a
 * part never needs to be taken back, so the whole is linear in the text.
 */
export function compileWildcard(pattern: string): Matches {
  const parts = pattern.split("*");
  if (parts.length === 1) return (text) => text === pattern;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const middle = parts.slice(1, -1).filter((part) => part !== "");
  if (middle.length === 0 && last === "") return first === "" ? () => true : (text) => text.startsWith(first);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    const end = text.length - last.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** One of several patterns. */
export function compileWildcards(patterns: readonly string[]): Matches {
  const compiled = patterns.map(compileWildcard);
  const [only] = compiled;
  return compiled.length === 1 ? only! : (text) => compiled.some((matches) => matches(text));
}
