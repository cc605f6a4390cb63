/** What the Markdown pages of this project have in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "./cli.ts";

export interface Block {
  /** The page, from the folder of the project. */
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

const FENCE = /^( *)```(\w*)\n(.*?)^ *```$/gms;

/** Every page that people read. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" });
  return [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    ...docs.filter((f) => f.endsWith(".md")).map((f) => `docs/${f}`),
  ];
}

export const readPage = (page: string): string => readFileSync(join(project, page), "utf8");

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const text = readPage(page);
  return [...text.matchAll(FENCE)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[2]!,
    code: match[3]!,
  }));
}

/** The file that a block is, where its first line is a comment that names one. */
export const fileNamed = ({ code }: Block): string | undefined => /^(?:--|#|\/\/) ([\w./-]+\.\w+)\n/.exec(code)?.[1];

/** What a page writes in code within its sentences. */
export const inlineCode = (page: string): readonly string[] =>
  [
    ...readPage(page)
      .replace(FENCE, "")
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code]) => code!);
