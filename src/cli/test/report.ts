/** What is told of tests while they run, in the forms that there are. */
import type { MoonkeepError } from "../../errors.ts";
import type { TestOutcome } from "../../host/testing/test-file.ts";
import { describeError, errorToJson, type Output, oneLine, printable, type Styles } from "../output.ts";
import { sourceLine } from "../source-line.ts";

/** A file whose cases have run, or that failed before they could. */
export interface FileOutcome {
  readonly file: string;
  readonly cases: readonly TestOutcome[];
  /** Cases that a filter has left out. */
  readonly left: number;
  readonly failure: MoonkeepError | undefined;
  /** What the file says. */
  readonly source: string;
}

export interface Reporter {
  file(outcome: FileOutcome): void;
  /** After all files. */
  end(milliseconds: number): void;
}

export const reporterNames = ["default", "tap", "junit", "json"] as const;
export type ReporterName = (typeof reporterNames)[number];

const plainStyles: Styles = { good: (text) => text, bad: (text) => text, dim: (text) => text };

const described = (error: MoonkeepError, { file, source }: FileOutcome, styles: Styles = plainStyles): string =>
  describeError(error, styles, (message) => sourceLine(message, file, source));

const indented = (text: string, by: string): string => text.replace(/^/gm, by);

const failed = ({ cases, failure }: FileOutcome): number =>
  cases.filter(({ error }) => error !== undefined).length + (failure === undefined ? 0 : 1);

/** The name of what is told of a file that failed by itself. */
const ITSELF = "(the file itself)";

/** Everything that a file has to tell, as cases. */
const told = ({ cases, failure }: FileOutcome): readonly TestOutcome[] =>
  failure === undefined ? cases : [...cases, { name: ITSELF, line: 1, error: failure, milliseconds: 0 }];

function forPeople(out: Output, styles: Styles): Reporter {
  let [passes, failures, left] = [0, 0, 0];
  return {
    file(outcome) {
      const bad = failed(outcome);
      failures += bad;
      left += outcome.left;
      passes += told(outcome).length - bad;
      out.line(`${bad > 0 ? styles.bad("failed") : styles.good("ok")} ${oneLine(outcome.file)}`);
      for (const { name, error } of told(outcome)) {
        if (error === undefined) out.line(`  ${styles.good("✓")} ${oneLine(name)}`);
        else out.line(`  ${styles.bad("✗")} ${oneLine(name)}\n${indented(described(error, outcome, styles), "    ")}`);
      }
    },
    end() {
      const parts = [`${passes} passed`, ...(failures > 0 ? [`${failures} failed`] : [])];
      if (left > 0) parts.push(`${left} left out`);
      out.line(`\n${failures > 0 ? styles.bad(parts.join(", ")) : styles.good(parts.join(", "))}`);
    },
  };
}

/** TAP 14 (https://testanything.org). */
function asTap(out: Output): Reporter {
  let number = 0;
  out.line("TAP version 14");
  return {
    file(outcome) {
      for (const { name, error } of told(outcome)) {
        const title = `${oneLine(outcome.file)}: ${oneLine(name)}`.replace(/[\\#]/g, "\\$&");
        out.line(`${error === undefined ? "ok" : "not ok"} ${++number} - ${title}`);
        if (error === undefined) continue;
        out.line(`  ---\n  message: |-\n${indented(described(error, outcome), "    ")}\n  ...`);
      }
    },
    end() {
      out.line(`1..${number}`);
    },
  };
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text: string): string =>
  printable(text)
    .replace(/[&<>"]/g, (c) => escapes[c]!)
    .replaceAll("\n", "&#10;");
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

/** As Jenkins, GitLab and others read it. */
function asJunit(out: Output): Reporter {
  const suites: string[] = [];
  let [tests, failures] = [0, 0];
  return {
    file(outcome) {
      const cases = told(outcome);
      const bad = failed(outcome);
      tests += cases.length;
      failures += bad;
      const lines = cases.map(({ name, line, error, milliseconds }) => {
        const head = `    <testcase name="${xml(name)}" classname="${xml(outcome.file)}" file="${xml(outcome.file)}" line="${line}" time="${seconds(milliseconds)}"`;
        if (error === undefined) return `${head}/>`;
        const failure = `<failure message="${xml(error.text)}">${xml(described(error, outcome))}</failure>`;
        return `${head}>\n      ${failure}\n    </testcase>`;
      });
      const time = cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      const head = `  <testsuite name="${xml(outcome.file)}" tests="${cases.length}" failures="${bad}" time="${seconds(time)}">`;
      suites.push([head, ...lines, "  </testsuite>"].join("\n"));
    },
    end(milliseconds) {
      const head = `<testsuites tests="${tests}" failures="${failures}" time="${seconds(milliseconds)}">`;
      out.line(['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, "</testsuites>"].join("\n"));
    },
  };
}

function asJson(out: Output): Reporter {
  const files: unknown[] = [];
  let [passes, failures, left] = [0, 0, 0];
  return {
    file(outcome) {
      const bad = failed(outcome);
      failures += bad;
      left += outcome.left;
      passes += told(outcome).length - bad;
      const cases = outcome.cases.map(({ name, line, error, milliseconds }) => ({
        name,
        line,
        ok: error === undefined,
        milliseconds: Math.round(milliseconds * 1000) / 1000,
        ...(error === undefined ? {} : { error: errorToJson(error) }),
      }));
      const failure = outcome.failure && { error: errorToJson(outcome.failure) };
      files.push({ file: outcome.file, ok: bad === 0, cases, ...failure });
    },
    end() {
      out.json({ ok: failures === 0, passed: passes, failed: failures, left_out: left, files }, 2);
    },
  };
}

export function reporterOf(name: ReporterName, out: Output, styles: Styles): Reporter {
  const reporters = { default: forPeople, tap: asTap, junit: asJunit, json: asJson };
  return reporters[name](out, styles);
}
