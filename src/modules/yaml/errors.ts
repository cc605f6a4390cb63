/** What `yaml.decode` says of a text, without its place. */
import type { Sentences } from "../../yaml/compose.ts";

const LONGEST_REMARK = 200;

export const sentences: Sentences = {
  tooManyParts: (most) => `more than ${most} words and signs`,
  nestedTooDeep: (most) => `nested deeper than ${most} levels`,
  notYaml: (remark) => `not valid YAML: ${remark.split("\n", 1)[0]!.slice(0, LONGEST_REMARK)}`,
  moreSyntaxErrors: (count) => `not valid YAML in ${count} more places`,
  unknownTag: (tag) => `unknown tag ${JSON.stringify(tag)}`,
  yamlVersion: (version) => `YAML ${version} is not supported; supported: 1.2`,
  severalDocuments: () => "a second document; one text holds one",
};
