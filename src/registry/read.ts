/** Files to drafts: everything about a registry that does not depend on its kinds. */

import { dirname, resolve } from "node:path";
import type { Bytes } from "../value/value.ts";
import { buildTree } from "./build.ts";
import type { Variables } from "./env.ts";
import { type Draft, readEnvelope } from "./envelope.ts";
import * as errors from "./errors.ts";
import { aboutFile, findFiles, readRegistryFile, shownPath } from "./files.ts";
import type { Mention } from "./mention.ts";
import { parse } from "./parse.ts";
import type { Problem } from "./problem.ts";
import { Room, Source } from "./source.ts";
import { Scalar, type Tree } from "./tree.ts";

/** All that the files of a registry say. */
export interface Reading {
  readonly root: string;
  readonly files: readonly string[];
  readonly drafts: readonly Draft[];
  /** Whether every file could be read to the end, so that no id can be missing. */
  readonly complete: boolean;
  /** What the entries mention: filled while they are checked. */
  mentions(): readonly Mention[];
}

export interface ReadOptions extends Variables {
  readonly cwd: string;
  /** How much text its entries may hold, all together. Default: no limit but that of each file. */
  readonly codeBytes?: Bytes | undefined;
}

/** Reads a registry's files, and reports what is wrong with them; undefined when there is no such file or folder. */
export function readRegistry(path: string, options: ReadOptions, problems: Problem[]): Reading | undefined {
  const found = findFiles(path, options.cwd, problems);
  if (found === undefined) return undefined;
  let complete = problems.length === 0;
  const sources: Source[] = [];
  const drafts: Draft[] = [];
  const room = new Room(options.codeBytes);
  for (const file of found.files) {
    const source = openSource(file, found.realRoot, options.cwd, problems, room);
    const tree = source && readEntries(source, options, problems);
    const envelope = tree && readEnvelope(tree, source, problems);
    if (source !== undefined) sources.push(source);
    for (const draft of envelope?.drafts ?? []) drafts.push(draft);
    complete &&= envelope?.complete ?? false;
  }
  const { root, files } = found;
  return { root, files, drafts, complete, mentions: () => sources.flatMap((source) => source.mentions) };
}

/** One file that is not a registry, as a tree; undefined when it can't be read, which is then reported. */
export function readAlone(
  path: string,
  { cwd, ...variables }: ReadOptions,
  problems: Problem[],
): { readonly source: Source; readonly tree: Tree } | undefined {
  const file = resolve(cwd, path);
  const source = openSource(file, dirname(file), cwd, problems);
  const tree = source && readTree(source, variables, problems);
  return tree && { source, tree };
}

function openSource(file: string, realRoot: string, cwd: string, problems: Problem[], room?: Room): Source | undefined {
  const read = readRegistryFile(file);
  if ("text" in read) return new Source(file, shownPath(file, cwd), realRoot, read.text, room);
  problems.push(aboutFile(file, cwd, read.message));
  return undefined;
}

function readTree(source: Source, variables: Variables, problems: Problem[]): Tree | undefined {
  const document = parse(source, problems);
  return document && buildTree(document, source, variables, problems);
}

/** The tree of a registry file, in which something has to be. */
function readEntries(source: Source, variables: Variables, problems: Problem[]): Tree | undefined {
  const tree = readTree(source, variables, problems);
  if (!(tree instanceof Scalar && tree.written === "")) return tree;
  problems.push(source.problem(0, [], errors.emptyFile()));
  return undefined;
}
