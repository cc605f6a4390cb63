/** Which lines have run, as a table for people, and as lcov for what reads that. */
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { CoveredFile } from "../../host/testing/test-file.ts";
import { cantWrite } from "../errors.ts";
import { type Output, oneLine } from "../output.ts";
import { ENDING } from "./files.ts";

export type CoverageForm = "text" | "lcov";

export interface CoverageWanted {
  /** Left out: text. */
  readonly forms: readonly CoverageForm[] | undefined;
  readonly folder: string | undefined;
  /** The tests that ran, which are not counted, whatever their names. */
  readonly tests: readonly string[];
}

/** @throws UsageError for a folder that can't be written */
export function tellCoverage(
  all: readonly CoveredFile[],
  { forms = ["text"], folder = "coverage", tests }: CoverageWanted,
  out: Output,
): void {
  const left = new Set(tests.map((file) => realpathSync(file)));
  const files = all.filter(({ path }) => !path.endsWith(ENDING) && !left.has(path)).map(countedOf);
  if (forms.includes("text")) out.line(`\n${asText(files)}`);
  if (forms.includes("lcov")) writeTo(folder, "lcov.info", asLcov(files));
}

function writeTo(folder: string, name: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  } catch (e) {
    throw cantWrite(oneLine(join(folder, name)), e);
  }
}

interface Counted {
  readonly name: string;
  readonly lines: CoveredFile["lines"];
  readonly total: number;
  readonly ran: number;
}

function countedOf({ path, lines }: CoveredFile): Counted {
  const below = relative(realpathSync("."), path);
  const name = below.startsWith("..") ? resolve(path) : below;
  return {
    name: name.replaceAll(sep, "/"),
    lines,
    total: lines.length,
    ran: lines.filter(({ hasRun }) => hasRun).length,
  };
}

function asText(files: readonly Counted[]): string {
  if (files.length === 0) return "no Lua files were loaded but the tests";
  const all = { name: "all", lines: [], total: sum(files, "total"), ran: sum(files, "ran") };
  const rows = [...files, all].map((file) => [
    oneLine(file.name),
    `${file.ran}/${file.total}`,
    percent(file),
    notRun(file.lines),
  ]);
  const table = [["file", "lines", "%", "not run"], ...rows];
  const widths = [0, 1, 2].map((i) => Math.max(...table.map((row) => row[i]!.length)));
  return table
    .map(([name, lines, share, rest]) =>
      `${name!.padEnd(widths[0]!)}  ${lines!.padStart(widths[1]!)}  ${share!.padStart(widths[2]!)}  ${rest}`.trimEnd(),
    )
    .join("\n");
}

const sum = (files: readonly Counted[], field: "total" | "ran"): number =>
  files.reduce((total, file) => total + file[field], 0);

/** Rounded down, so that 100 is all of it. */
const percent = ({ total, ran }: Counted): string => String(total === 0 ? 100 : Math.floor((ran / total) * 100));

/** `3, 7-9`: lines without code between two that have not run are taken with them. */
function notRun(lines: CoveredFile["lines"]): string {
  const ranges: [number, number][] = [];
  let isOpen = false;
  for (const { line, hasRun } of lines) {
    if (!hasRun && isOpen) ranges.at(-1)![1] = line;
    else if (!hasRun) ranges.push([line, line]);
    isOpen = !hasRun;
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}

/** As genhtml, editors and services read it. A line has run once, or not at all. */
function asLcov(files: readonly Counted[]): string {
  return files
    .map(({ name, lines, total, ran }) => {
      const data = lines.map(({ line, hasRun }) => `DA:${line},${hasRun ? 1 : 0}\n`).join("");
      return `TN:\nSF:${name}\n${data}LF:${total}\nLH:${ran}\nend_of_record\n`;
    })
    .join("");
}
