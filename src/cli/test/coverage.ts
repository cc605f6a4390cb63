/** Which lines have run, as a table for people, and as lcov for what reads that. */
import { realpathSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { CoveredFile } from "../../host/testing/test-file.ts";
import { testName } from "../../host/testing/test-name.ts";
import { makeFolder } from "../../value/folders.ts";
import { cantWrite } from "../errors.ts";
import { type Output, oneLine } from "../output.ts";

export type CoverageForm = "text" | "lcov";

/** The options of `moonkeep test` about it, as commander reads them. */
export interface CoverageFlags {
  readonly coverage?: boolean;
  readonly coverageReporter?: readonly CoverageForm[];
  readonly coverageDir?: string;
}

export interface CoverageWanted {
  readonly forms: readonly CoverageForm[];
  readonly folder: string;
}

/** Undefined where nobody asks for it. Who names a folder wants what is written there. */
export function coverageWanted({
  coverage,
  coverageReporter: forms,
  coverageDir: folder,
}: CoverageFlags): CoverageWanted | undefined {
  if (coverage !== true && forms === undefined && folder === undefined) return undefined;
  return { forms: forms ?? (folder === undefined ? ["text"] : ["text", "lcov"]), folder: folder ?? "coverage" };
}

const LCOV = "lcov.info";

/** Before the tests run, which may take long. @throws UsageError for a folder that can't be made */
export function prepareCoverage({ forms, folder }: CoverageWanted): void {
  if (forms.includes("lcov")) writing(join(folder, LCOV), () => makeFolder(folder));
}

/**
 * @param tests those that ran, which are not counted, whatever their names
 * @throws UsageError for a file that can't be written
 */
export function tellCoverage(
  all: readonly CoveredFile[],
  { forms, folder }: CoverageWanted,
  tests: readonly string[],
  out: Output,
): void {
  const left = new Set(tests.map((file) => realpathSync(file)));
  const files = all.filter(({ path }) => !testName.test(path) && !left.has(path)).map(countedOf);
  if (forms.includes("text")) out.line(`\n${asText(files)}`);
  if (!forms.includes("lcov")) return;
  const file = join(folder, LCOV);
  writing(file, () => writeFileSync(file, asLcov(files)));
}

function writing(file: string, write: () => void): void {
  try {
    write();
  } catch (e) {
    throw cantWrite(oneLine(file), e);
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
