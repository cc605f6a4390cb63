/**
 * YAML text to a tree with places, for registries and for scripts. The lexer, the parser and the composer of `yaml`.
 *
 * They are driven one word at a time, because a text can be made to hurt whoever reads it. Deep nesting overflows the
 * composer's stack, and where a regular expression is compiled there first, V8 ends the process; a few megabytes of
 * brackets fill the heap before a tree exists. So the words are counted, and the depth of the parser's own stack
 * is looked at after each, and reading stops before either matters. What follows is linear in the length of the text:
 * double keys and anchors are looked up here, since the composer's own check compares each key with every other.
 */

import { Composer, type CST, type Document, Lexer, Parser, type YAMLError } from "yaml";

/** Levels of mappings and lists; the deepest text that makes sense has about ten. */
export const MAX_DEPTH = 64;
/** Words, signs and stretches of white space in one file: a second of work, and about 15 000 entries of a registry. */
const MAX_PARTS = 500_000;
/** Whoever broke one bracket has a hundred errors; the first are enough to find it. */
const MAX_SYNTAX_PROBLEMS = 20;

/** What the parser adds to its stack besides the collections: the document and the scalar at hand. */
const STACK_BESIDES_NESTING = 2;

/** What is wrong with a text, and where. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** How whoever asks for a tree says what is wrong. */
export interface Sentences {
  tooManyParts(most: number): string;
  nestedTooDeep(most: number): string;
  notYaml(remark: string): string;
  moreSyntaxErrors(count: number): string;
  unknownTag(tag: string): string;
  yamlVersion(version: string): string;
  severalDocuments(): string;
}

export interface Composed {
  readonly document: Document | undefined;
  readonly faults: readonly Fault[];
}

/**
 * The one document of a text, and what is wrong with it.
 * @param read called for each word or sign before it is parsed; what it throws ends the reading
 */
export function compose(text: string, errors: Sentences, read: () => void = () => {}): Composed {
  const limits: Fault[] = [];
  // Double keys, merge keys and tags are judged with the tree at hand; what is asked for here is the bare YAML 1.2.
  const composer = new Composer({ schema: "core", merge: false, resolveKnownTags: false, uniqueKeys: false });
  let document: Document | undefined;
  for (const next of composer.compose(tokens(text, limits, errors, read), true, text.length)) {
    if (document !== undefined) {
      limits.push({ offset: next.contents?.range?.[0] ?? next.range[0], message: errors.severalDocuments() });
      break;
    }
    document = next;
  }
  return { document, faults: [...(document === undefined ? [] : syntaxFaults(document, text, errors)), ...limits] };
}

/** The tokens of a text, until it goes over a limit; a document that is cut off is never composed. */
function* tokens(text: string, limits: Fault[], errors: Sentences, read: () => void): Generator<CST.Token> {
  const parser = new Parser();
  let parts = 0;
  for (const part of new Lexer().lex(text)) {
    read();
    yield* parser.next(part);
    const message = ++parts > MAX_PARTS ? errors.tooManyParts(MAX_PARTS) : tooDeep(parser, errors);
    if (message === undefined) continue;
    limits.push({ offset: Math.min(parser.offset, text.length), message });
    return;
  }
  yield* parser.end();
}

function tooDeep(parser: Parser, errors: Sentences): string | undefined {
  return parser.stack.length > MAX_DEPTH + STACK_BESIDES_NESTING ? errors.nestedTooDeep(MAX_DEPTH) : undefined;
}

function syntaxFaults(document: Document, text: string, errors: Sentences): Fault[] {
  const found: YAMLError[] = [...document.errors, ...document.warnings];
  const faults = found.slice(0, MAX_SYNTAX_PROBLEMS).map((error) => toFault(error, text, errors));
  const more = found[MAX_SYNTAX_PROBLEMS];
  if (more !== undefined) {
    faults.push({
      offset: clamp(more.pos[0], text),
      message: errors.moreSyntaxErrors(found.length - MAX_SYNTAX_PROBLEMS),
    });
  }
  const yaml = document.directives?.yaml;
  if (yaml?.explicit && yaml.version !== "1.2") faults.push({ offset: 0, message: errors.yamlVersion(yaml.version) });
  return faults;
}

function toFault({ code, pos, message }: YAMLError, text: string, errors: Sentences): Fault {
  const offset = clamp(pos[0], text);
  if (code === "TAG_RESOLVE_FAILED") return { offset, message: errors.unknownTag(text.slice(offset, pos[1])) };
  return { offset, message: errors.notYaml(message) };
}

function clamp(offset: number, text: string): number {
  return Math.max(0, Math.min(offset, text.length));
}
