/** `moonkeep test`: the cases of files `*_test.lua`, each file in a host of its own. */
import { dirname } from "node:path";
import { CanceledError, LimitError, MoonkeepError } from "../../errors.ts";
import type { HostOptions } from "../../host/host.ts";
import { Coverage, TestFile } from "../../host/testing/test-file.ts";
import { Changes } from "../changes.ts";
import { noCases } from "../errors.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { commandLimits } from "../limit-flags.ts";
import { errorLine, Output, printable, stylesOf } from "../output.ts";
import { registryOf } from "../registry-path.ts";
import { readScript, textOf } from "../script-file.ts";
import { scriptLog } from "../script-log.ts";
import { callOptions, checkActor, type SessionFlags } from "../session.ts";
import { PATIENCE, Signals } from "../signals.ts";
import { type CoverageFlags, coverageWanted, prepareCoverage, tellCoverage } from "./coverage.ts";
import { checkFolder, testFiles } from "./files.ts";
import { type FileOutcome, type Reporter, type ReporterName, reporterOf } from "./report.ts";

/** The options of `moonkeep test`, as commander reads them. */
export interface TestFlags extends SessionFlags, CoverageFlags {
  readonly stores: "memory" | "real";
  readonly reporter: ReporterName;
  /** Left out: every case. */
  readonly filter?: string;
  readonly root?: string;
}

export async function test(paths: readonly string[], flags: TestFlags): Promise<ExitCode> {
  checkActor(flags);
  using signals = new Signals(PATIENCE);
  const tests = new Tests(paths, flags, signals);
  if (flags.watch !== true) return await tests.run();
  using changes = new Changes(undefined, signals.signal);
  while (signals.heard === undefined) {
    changes.follow([...tests.touched]);
    const code = await tests.run();
    if (tests.isUnread) return code;
    changes.follow([...tests.touched]);
    await changes.next();
  }
  return signals.heard.code;
}

class Tests {
  /** The files that what they come to depends on. */
  readonly touched = new Set<string>();
  readonly #paths: readonly string[];
  readonly #flags: TestFlags;
  readonly #signals: Signals;
  readonly #host: HostOptions;
  #found: readonly string[] = [];
  #isUnread = false;
  /** How many cases. */
  #ran = 0;

  constructor(paths: readonly string[], flags: TestFlags, signals: Signals) {
    this.#paths = paths;
    this.#flags = flags;
    this.#signals = signals;
    // Where a program reads the report, what the tests print is for people.
    const printed = new Output(flags.reporter === "default" ? 1 : 2, true);
    const { stores, compile, logLevel } = flags;
    this.#host = { print: printed.write, limits: commandLimits, log: scriptLog(logLevel ?? "off"), stores, compile };
  }

  /** Whether nobody reads the report. */
  get isUnread(): boolean {
    return this.#isUnread;
  }

  /** Every file, and then which lines have run, where that is wanted. */
  async run(): Promise<ExitCode> {
    const { reporter } = this.#flags;
    const wanted = coverageWanted(this.#flags);
    if (wanted === undefined) return await this.#files();
    prepareCoverage(wanted);
    using lines = new Coverage();
    const code = await this.#files();
    if (this.#signals.heard !== undefined) return code;
    const out = new Output(reporter === "default" ? 1 : 2, true);
    tellCoverage(lines.files, wanted, this.#found, out);
    out.flush();
    return code;
  }

  async #files(): Promise<ExitCode> {
    const begun = performance.now();
    const { reporter: name } = this.#flags;
    const out = new Output(1, process.stdout.isTTY);
    const reporter = reporterOf(name, out, await stylesOf(1));
    let worst: ExitCode = exit.done;
    this.#ran = 0;
    if (this.#flags.root !== undefined) checkFolder(this.#flags.root);
    this.#found = testFiles(this.#paths);
    for (const file of this.#found) {
      const code = await this.#file(file, reporter);
      out.flush();
      if (code > worst) worst = code;
      const { heard } = this.#signals;
      if (heard === undefined) continue;
      errorLine(heard.says);
      return heard.code;
    }
    reporter.end(performance.now() - begun);
    out.flush();
    this.#isUnread = out.isUnread;
    if (this.#ran > 0 || worst !== exit.done) return worst;
    errorLine(`error: ${noCases(this.#flags.filter)}`);
    return exit.usage;
  }

  /** A registry that is wrong is said at once, and its cases do not run. */
  async #file(file: string, reporter: Reporter): Promise<ExitCode> {
    this.touched.add(file);
    try {
      const outcome = await this.#outcome(file);
      reporter.file(outcome);
      this.#ran += outcome.cases.length;
      const isBad = outcome.failure !== undefined || outcome.cases.some(({ error }) => error !== undefined);
      return isBad ? exit.failed : exit.done;
    } catch (e) {
      if (e instanceof UsageError && this.#flags.watch !== true) throw e;
      if (!(e instanceof MoonkeepError || e instanceof UsageError)) throw e;
      errorLine(printable(e.message));
      return e instanceof UsageError ? exit.usage : exit.registry;
    }
  }

  async #outcome(file: string): Promise<FileOutcome> {
    const { registry = registryOf(file), root = dirname(file), filter } = this.#flags;
    const bytes = readScript(file);
    const cases: FileOutcome["cases"][number][] = [];
    let left = 0;
    await using opened = await TestFile.open({
      registry,
      host: this.#host,
      acting: (host) => callOptions(this.#flags, host),
      name: file,
      root,
      fileRead: (path) => void this.touched.add(path),
      signal: this.#signals.signal,
    });
    for (const path of opened.host.registry.files) this.touched.add(path);
    let failure = await failureOf(() => opened.load(bytes));
    if (this.#isEnd(failure)) failure = undefined;
    for (const [i, { name }] of opened.cases.entries()) {
      if (this.#signals.heard !== undefined || failure instanceof LimitError) break;
      if (filter !== undefined && !name.includes(filter)) left++;
      else {
        const outcome = await opened.run(i);
        if (this.#isEnd(outcome.error)) break; // it has not come to its own end
        cases.push(outcome);
      }
    }
    return { file, cases, left, failure, source: textOf(bytes) };
  }

  /** Whether a signal has ended it. */
  #isEnd(error: MoonkeepError | undefined): boolean {
    return error instanceof CanceledError && this.#signals.heard !== undefined;
  }
}

async function failureOf(f: () => Promise<void>): Promise<MoonkeepError | undefined> {
  try {
    await f();
    return undefined;
  } catch (e) {
    if (e instanceof MoonkeepError) return e;
    throw e;
  }
}
