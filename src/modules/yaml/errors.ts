/** What `yaml.decode` says of a text, without its place. */
import type { Sentences } from "../../yaml/compose.ts";

const LONGEST_REMARK = 200;

export const sentences: Sentences = {
  tooManyParts: (most) => `more than ${most} tokens`,
  nestedTooDeep: (most) => `nested deeper than ${most} levels`,
  notYaml: (remark) => `not valid YAML: ${remark.split("\n", 1)[0]!.slice(0, LONGEST_REMARK)}`,
  moreSyntaxErrors: (count) => `not valid YAML in ${count} more places`,
  unknownTag: (tag) => `unknown tag ${JSON.stringify(tag)}`,
  yamlVersion: (version) => `YAML ${version} is not supported; supported: 1.2`,
  severalDocuments: () => "a second document; only one is allowed",
};

export const atLine = (length: number, what: number, message: string): string =>
  `line ${length}, column ${what}: ${message}`;

export const noSuchAnchor = (name: string): string => `there is no anchor &${name} above`;

export const numberTooLarge = (text: string): string => `${text} is too large for a number`;

export const badKey = "a key must be a string, a number or a boolean";

export const duplicateKey = (name: string): string => `${name} is given twice`;

export const yamlTooLong = (most: number, given: number): string =>
  `data: expected at most ${most} bytes of YAML, got ${given}`;

export const notUtf8 = "data: expected UTF-8, got other bytes";

export const emptyYaml = "data: expected YAML, got an empty string";

export const bytesNoYaml = (place: string): string => `${place}: a string of bytes that are not UTF-8 has no YAML form`;

export const dataNotTable = (type: string): string => `data: expected a table, got ${type}`;

export const noYaml = (place: string, what: string): string => `${place}: ${what} has no YAML form`;
