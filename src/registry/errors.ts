/** Every sentence that the registry can say. */

import { MoonkeepError } from "../errors.ts";
import { nearest } from "../value/nearest.ts";
import { formatSize } from "../value/size.ts";
import type { Bytes } from "../value/value.ts";
import { formatPlace, formatProblem, type Place, type Problem, quote } from "./problem.ts";
import { Scalar } from "./tree.ts";

/** A registry that can't be used. Kind INVALID; its message lists every problem, one a line. */
export class RegistryError extends MoonkeepError {
  override readonly name: string = "RegistryError";
  /** By file, then from top to bottom. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super("INVALID", problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

// Files

export const nothingThere = (): string => "there is no such file or folder";
export const notAFile = (): string => "this is neither a file nor a folder";
export const noYamlInFolder = (): string => "there is no .yaml or .yml file in this folder";
export const linkLeadsNowhere = (): string => "this link leads nowhere";
export const leadsOutside = (): string => "this leads outside the registry's folder";
export const emptyFile = (): string => `the file is empty; ${registryFile}`;
export const notText = (): string => "this is not a text file; a registry is YAML in UTF-8";
export const notUtf8 = (): string => "this is not UTF-8; save the file in that encoding";
export const fileTooLarge = (most: Bytes): string => `the file is larger than ${formatSize(most)}`;
export const tooManyParts = (most: number): string =>
  `the file has more than ${most} tokens; split it into several files`;

/** A failure of the file system in words. What Node says would show absolute paths. */
export function cantRead(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return nothingThere();
    case "EACCES":
    case "EPERM":
      return "can't be read: permission denied";
    case "ELOOP":
      return "can't be read: its links lead in a circle";
    case "ENAMETOOLONG":
      return "can't be read: the name is too long";
    default:
      return `can't be read${code === undefined ? "" : `: ${code}`}`;
  }
}

// YAML

const LONGEST_REMARK = 200;

/** What the parser says, on one line and in lower case like everything else. */
export function notYaml(remark: string): string {
  const line = remark.split("\n", 1)[0]!.slice(0, LONGEST_REMARK);
  return `not valid YAML: ${line.slice(0, 1).toLowerCase()}${line.slice(1)}`;
}
export const moreSyntaxErrors = (count: number): string => `not valid YAML in ${count} more places`;
export const placeholderNotQuoted = (placeholder: string): string =>
  `YAML reads this placeholder as a mapping; quote it: "${placeholder.replace(/}?$/, "}")}"`;
export const unknownTag = (tag: string): string => `unknown tag ${quote(tag)}; a registry has no tags of its own`;
export const yamlVersion = (version: string): string => `YAML ${version} is not supported; supported: 1.2`;
export const severalDocuments = (): string =>
  "a second document; a registry file holds one, so move this to its own file";
export const nestedTooDeep = (most: number): string => `nested deeper than ${most} levels`;
export const duplicateKey = (key: string, first: Place): string =>
  `${quote(key)} is already given at ${formatPlace(first)}`;
export const keyNotText = (): string => "a key must be a string";
export const mergeKey = (): string => "merge keys (<<) are not supported; write the fields out";
export const noSuchAnchor = (name: string): string => `there is no anchor &${name} above`;
export const aliasOfItself = (name: string): string => `*${name} is used inside its own anchor`;
export const aliasBomb = (most: number): string => `the aliases of this file repeat more than ${most} values`;
export const notFinite = (written: string): string => `${written} is not a number that a registry can hold`;
export const tooManyDigits = (written: string): string =>
  `${written} has more digits than a number keeps; put it in quotes if it is a name`;

// The environment

export const variableNotSet = (name: string): string =>
  `the environment variable ${name} is not set; set it, or give a default: \${env:${name}|...}`;
export const variableNotAskedFor = (name: string): string =>
  `a plugin has to ask for the environment variable ${name} in its manifest, under env`;
export const malformedPlaceholder = (): string =>
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
  "a placeholder is written ${env:NAME} or ${env:NAME|default}; $${env: stands for the text itself";
export const nameFromEnvironment = (): string =>
  "a name shows in messages, so it can't come from the environment; write it out";

// The form of a file

const registryFile = 'a registry file has `version: "1.0"`, a `namespace`, and `entries`';

export const notARegistry = (value: unknown): string => `${registryFile}; this is ${got(value)}`;
export const bothForms = (): string => "a file holds either `entries`, or the one entry's fields at its top level";
export const unsupportedVersion = (value: unknown, supported: string): string =>
  `version ${got(value)} is not supported; supported: ${quote(supported)}`;
export const notAName = (what: string, example: string, value: unknown): string =>
  `expected ${what}: letters, digits, _ and -, in parts joined by dots, such as ${example}; got ${got(value)}`;
export const duplicateId = (id: string, first: Place): string =>
  `${quote(id)} is already the id of the entry at ${formatPlace(first)}`;
export const onlyOne = (kind: string, first: Place): string =>
  `a registry has only one ${kind}, and it is at ${formatPlace(first)}`;
export const unknownKind = (kind: string, kinds: readonly string[]): string =>
  `unknown kind ${quote(kind)}${meant(kind, kinds)}`;

// Fields

export const expected = (what: string, value: unknown): string => `expected ${what}, got ${got(value)}`;
export const mappingWith = (names: string): string => `a mapping with ${names}`;
export const entryForm = "an entry: a mapping with name and kind";
export const missingField = (key: string): string => `the field ${quote(key)} is missing`;
export const unknownField = (key: string, fields: readonly string[]): string =>
  `unknown field ${quote(key)}${meant(key, fields)}`;
export const notOneOf = (words: readonly string[], value: unknown): string => {
  const word = value instanceof Scalar && !value.isSecret ? value.value : undefined;
  const close = typeof word === "string" ? didYouMean(word, words) : "";
  return `expected ${orList(words)}, got ${got(value)}${close}`;
};
export const emptyText = (): string => "expected a string that is not empty";
export const refused = (secrets: readonly string[]): string =>
  `not valid with ${valueFrom(secrets)}, which is not shown here`;

// Kinds, which JavaScript defines

export const fieldTaken = (kind: string, field: string): string =>
  `kind ${kind}: every entry already has the field "${field}"; choose another name for it`;
export const duplicateKind = (kind: string): string => `two kinds have the name ${kind}`;

// Names that only the whole registry can prove right

export const noSuchEntry = (at: Scalar, id: string, close: string | undefined): string =>
  at.isSecret
    ? `there is no entry with the id from ${variables(at.secrets)}`
    : `there is no entry ${quote(id)}${suggest(close)}`;
export const noSuchSymbol = (at: Scalar, symbol: string, id: string, close: string | undefined): string =>
  at.isSecret
    ? `there is no ${symbol} with the name from ${variables(at.secrets)}`
    : `there is no ${symbol} ${quote(id)}${suggest(close)}`;
export const wrongKind = (at: Scalar, id: string, kind: string, kinds: readonly string[]): string =>
  `expected an entry of kind ${orList(kinds)}; ${at.isSecret ? `the one from ${variables(at.secrets)}` : quote(id)} is a ${kind}`;

// Files that a field names

export const notBesideFile = (): string =>
  'a file is named relative to this one, without a leading "/" or drive: file://scripts/main.lua';
export const noSuchFile = (value: unknown, close: string | undefined): string =>
  `there is no file ${got(value)}${close === undefined ? "" : `; did you mean ${quote(`file://${close}`)}?`}`;
export const fileLeadsOutside = (value: unknown): string => `${got(value)} leads outside the registry's folder`;
export const notARegularFile = (value: unknown): string => `${got(value)} is not a regular file`;
export const cantReadFile = (value: unknown, error: unknown): string => `${got(value)} ${cantRead(error)}`;
export const namedFileTooLarge = (value: unknown, most: Bytes): string =>
  `${got(value)} is larger than ${formatSize(most)}`;
export const textsTooLarge = (most: Bytes): string =>
  `all code together is larger than ${formatSize(most)}; if that is meant, whoever loads it has to allow more (codeBytes)`;
export const tooManyEntries = (most: number, given: number): string =>
  `there can be at most ${most} entries, got ${given}`;
export const fileNeedsRegistry = (): string => "a file:// text can only be read from a registry file";

/** What a value is, in words. The value of an environment variable is never shown. */
export function got(value: unknown): string {
  if (value instanceof Scalar) return value.isSecret ? valueFrom(value.secrets) : got(value.value);
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : String(value);
}

const valueFrom = (secrets: readonly string[]): string => `the value of ${variables(secrets)}`;

function variables(names: readonly string[]): string {
  return names.map((name) => `\${env:${name}}`).join(" and ");
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The nearest name as a question, else all of them. */
function meant(name: string, names: readonly string[]): string {
  return didYouMean(name, names) || (names.length === 0 ? "" : `; known: ${names.join(", ")}`);
}

const didYouMean = (name: string, names: readonly string[]): string => suggest(nearest(name, names));

/** The end of a sentence that says what was likely meant, if anything was. */
export function suggest(close: string | undefined): string {
  return close === undefined ? "" : `; did you mean ${quote(close)}?`;
}
