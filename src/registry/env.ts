/** The variables that `${env:NAME}` is filled from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the placeholders of a file are filled from, and which variables it may name. */
export interface Variables {
  readonly env: Environment;
  /** Left out: any. For a file of somebody else's, which has to ask for them. */
  readonly namable?: ReadonlySet<string> | undefined;
}

/** A text with its placeholders filled. */
export interface Filled {
  readonly text: string;
  /** The variables whose values are in the text; it is not for showing when there are any. */
  readonly secrets: readonly string[];
  /** Every variable that the text names. */
  readonly names: readonly string[];
  /** The variables that are not set and have no default. */
  readonly missing: readonly string[];
  /** Whether a placeholder is not written as `${env:NAME}` or `${env:NAME|default}`. */
  readonly malformed: boolean;
}

const placeholder = /\$\$\{env:|\$\{env:(?:([A-Za-z_][A-Za-z0-9_]*)(?:\|([^}]*))?\})?/g;

/**
 * Fills `${env:NAME}` and `${env:NAME|default}`; `$${env:` stands for the literal text. A variable that is set to the
 * empty text is set. @returns undefined when there is no placeholder in the text.
 */
export function fill(text: string, env: Environment): Filled | undefined {
  if (!text.includes("${env:")) return undefined;
  const secrets = new Set<string>();
  const names = new Set<string>();
  const missing = new Set<string>();
  let malformed = false;
  const filled = text.replace(placeholder, (match, name: string | undefined, instead: string | undefined) => {
    if (match.startsWith("$$")) return match.slice(1);
    if (name === undefined) {
      malformed = true;
      return "";
    }
    names.add(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) secrets.add(name);
    else if (instead === undefined) missing.add(name);
    return value ?? instead ?? "";
  });
  return { text: filled, secrets: [...secrets], names: [...names], missing: [...missing], malformed };
}
