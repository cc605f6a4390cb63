/** What `run` and `call` have in common: a host, who acts under which limits, what is printed, and how it ends. */
import { sep } from "node:path";
import { CanceledError, LimitError, MoonkeepError } from "../errors.ts";
import { codeOf } from "../host/code-of.ts";
import { Denials } from "../host/denials.ts";
import { Host } from "../host/host.ts";
import type { CallOptions, Isolation, RunResult } from "../host/run-options.ts";
import type { Limits } from "../limits.ts";
import type { Registry } from "../registry/registry.ts";
import { auditLog } from "./audit-log.ts";
import { Changes } from "./changes.ts";
import { denialOf, describeDropped, describeRemedy } from "./denials.ts";
import { metaWithoutActor, withoutRegistry } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { groupsOf, idOf } from "./ids.ts";
import { commandLimits, givenLimits } from "./limit-flags.ts";
import {
  describeError,
  errorLine,
  errorToJson,
  Output,
  OutputError,
  printable,
  ReaderGone,
  showResult,
  stylesOf,
  toJson,
} from "./output.ts";
import type { Pairs } from "./pairs.ts";
import { registryOf } from "./registry-path.ts";
import { readScript, textOf } from "./script-file.ts";
import { isShown, type LogThreshold, scriptLog } from "./script-log.ts";
import { PATIENCE, Signals } from "./signals.ts";
import { traced } from "./traced.ts";

/** The options of both, as commander reads them. */
export interface SessionFlags extends Limits {
  readonly registry?: string;
  readonly actor?: string;
  readonly meta?: Pairs;
  readonly group?: readonly string[];
  readonly isolation?: Isolation;
  /** False with `--no-compile`. */
  readonly compile?: boolean;
  readonly json?: boolean;
  readonly logLevel?: LogThreshold;
  readonly audit?: string;
  readonly tracePermissions?: string;
  readonly watch?: boolean;
}

export interface Task {
  /** As a trace names it. */
  readonly name: string;
  /** The text of the script, for the lines that errors are about. */
  readonly source?: (() => string) | undefined;
  /** The script: it is watched beside the registry, which is looked for beside it first. */
  readonly file?: string | undefined;
  /** Whether there is nothing to do without a registry. Default: false. */
  readonly needsRegistry?: boolean;
  /** Whether the host counts what happens. Default: false. */
  readonly counts?: boolean;
  /**
   * @param fileRead told of each file that the script loads
   * @returns what is printed after it, and its exit code when it has one of its own
   */
  run(host: Host, options: CallOptions, fileRead: (path: string) => void): Promise<Pick<RunResult, "values" | "exit">>;
}

export async function session(task: Task, flags: SessionFlags): Promise<ExitCode> {
  checkActor(flags);
  const out = new Output(1, process.stdout.isTTY && flags.json !== true);
  // With --json, standard output is one JSON document, and what the script prints goes to standard error.
  const printed = flags.json === true ? new Output(2, true) : out;
  // An audit on standard error says it there, for programs.
  const tellsDropped = flags.audit !== "-" && isShown("warn", flags.logLevel);
  using signals = new Signals(PATIENCE);
  const loaded = new Set<string>();
  const fileRead = (path: string) => void loaded.add(path);
  const once = async (host: Host, options: CallOptions): Promise<ExitCode> => {
    const denials = new Denials();
    loaded.clear();
    const run = (more: CallOptions) =>
      task.run(host, { ...options, ...more, denials, signal: signals.signal }, fileRead);
    const { tracePermissions: file } = flags;
    const setting = async () => ({ registry: host.registry, groups: options.groups, styles: await stylesOf(2) });
    try {
      const { values, exit: code } = await (file === undefined
        ? run({})
        : traced(host, task.name, file, (trace) => run({ trace })));
      printed.flush();
      if (code === undefined || flags.json === true) report(values, code, flags, out);
      out.flush();
      if (tellsDropped) tell(describeDropped(denials.all, await setting()));
      return ((code ?? exit.done) & 0xff) as ExitCode;
    } catch (e) {
      if (isFrom(e, ReaderGone, OutputError)) throw e;
      printed.flush();
      const code = await fail(asEnded(e, signals), flags, out, signals.heard?.code, {
        task,
        registry: host.registry,
        loaded,
      });
      const ended = e instanceof MoonkeepError ? denialOf(e, denials.all) : undefined;
      if (ended !== undefined && flags.json !== true) tell(describeRemedy(ended, await setting()));
      tell(
        describeDropped(
          denials.all.filter((one) => one !== ended),
          await setting(),
        ),
      );
      return code;
    }
  };
  try {
    await using host = await openHost(flags, printed.print, task);
    const options = callOptions(flags, host);
    if (flags.watch !== true) return await once(host, options);
    using changes = new Changes(host, signals.signal);
    const own = task.file === undefined ? [] : [task.file];
    while (signals.heard === undefined) {
      changes.follow(own);
      const code = await once(host, options);
      if (out.isUnread) return code;
      changes.follow([...own, ...loaded]);
      await changes.next();
    }
    return signals.heard.code;
  } catch (e) {
    if (isFrom(e, ReaderGone)) return exit.unread;
    if (isFrom(e, OutputError)) throw e;
    return await fail(e, flags, out);
  }
}

/** The host of a registry, or of none. */
export async function openHost(
  flags: Pick<SessionFlags, "registry" | "compile" | "logLevel" | "audit">,
  print: (line: Uint8Array) => void,
  { file, needsRegistry, counts }: Pick<Task, "file" | "needsRegistry" | "counts">,
): Promise<Host> {
  const path = flags.registry ?? registryOf(file);
  const options = {
    print,
    limits: commandLimits,
    compile: flags.compile,
    log: scriptLog(flags.logLevel),
    workers: { spares: 0 },
    metrics: counts,
    ...(flags.audit === undefined ? {} : { audit: await auditLog(flags.audit) }),
  };
  if (path !== undefined || needsRegistry === true) return Host.open(path, options);
  errorLine(withoutRegistry);
  return Host.openDefault(options);
}

function tell(text: string): void {
  if (text !== "") errorLine(text);
}

/** Whether it is one of these, or comes from one: what print throws reaches the script as an INTERNAL error. */
const isFrom = (e: unknown, ...classes: (new (message: string) => Error)[]): boolean =>
  classes.some((of) => e instanceof of || (e instanceof MoonkeepError && e.cause instanceof of));

/** @throws UsageError for data about an actor that nobody named */
export function checkActor({ actor, meta }: SessionFlags): void {
  if (meta !== undefined && actor === undefined) throw metaWithoutActor();
}

/** How a script runs, by the command line; groups may be given by their names alone. */
export function callOptions(flags: SessionFlags, { registry }: Host): CallOptions {
  const { actor, meta, group } = flags;
  return {
    interruptible: true,
    ...givenLimits(flags),
    isolation: flags.isolation,
    ...(actor === undefined ? {} : { actor: { id: actor, meta: meta ?? {} } }),
    ...(group === undefined ? {} : { groups: group.map((word) => idOf(word, groupsOf(registry))) }),
  };
}

/** The same wherever the script ran: what Node says of an abort helps nobody. */
function asEnded(e: unknown, signals: Signals): unknown {
  if (!(e instanceof CanceledError) || signals.heard === undefined) return e;
  const ended = new CanceledError(signals.heard.says);
  ended.luaStack = e.luaStack;
  return ended;
}

function report(values: readonly unknown[], code: number | undefined, { json }: SessionFlags, out: Output): void {
  if (json === true) {
    const all = values.map((value, i) => toJson(value, values.length === 1 ? ["result"] : ["results", i + 1]));
    out.json({ value: all[0] ?? null, values: all, ...(code === undefined ? {} : { exit: code }) });
    return;
  }
  const shownValues = values
    .slice(0, values.findLastIndex((one) => one !== undefined) + 1)
    .map((value, i) => showResult(value, values.length === 1 ? ["result"] : ["results", i + 1]));
  for (const shown of shownValues) {
    if (typeof shown === "string") out.line(shown);
    else out.write(Buffer.concat([shown, Buffer.from("\n")]));
  }
}

/** Where the code of a run comes from. */
interface Origin {
  readonly task: Task;
  readonly registry: Registry;
  /** The files that it has loaded. */
  readonly loaded: ReadonlySet<string>;
}

/** What shows the line of code that a message is about: of the script, of a file that it requires, or of the registry. */
async function linesOf(origin: Origin | undefined): Promise<(message: string) => string | undefined> {
  const { sourceLine } = await import("./source-line.ts");
  return (message) => {
    if (origin === undefined) return undefined;
    const { task, registry, loaded } = origin;
    const own = task.source && sourceLine(message, task.name, task.source());
    if (own !== undefined) return own;
    const name = /^(.+?):\d+: /.exec(message)?.[1];
    if (name === undefined) return undefined;
    const code = codeOf(registry, name) ?? codeIn(loaded, name);
    return code === undefined ? undefined : sourceLine(message, name, code);
  };
}

function codeIn(files: ReadonlySet<string>, name: string): string | undefined {
  const path = [...files].find((one) => one === name || one.endsWith(sep + name.replaceAll("/", sep)));
  try {
    return path === undefined ? undefined : textOf(readScript(path));
  } catch {
    return undefined; // it has gone meanwhile
  }
}

async function fail(
  e: unknown,
  { json }: SessionFlags,
  out: Output,
  canceled: ExitCode = exit.interrupted,
  origin?: Origin,
): Promise<ExitCode> {
  if (!(e instanceof MoonkeepError)) throw e;
  if (json === true) {
    out.json({ error: errorToJson(e) });
    out.flush();
  } else
    errorLine(
      e.name === "RegistryError" ? printable(e.message) : describeError(e, await stylesOf(2), await linesOf(origin)),
    );
  if (e.name === "RegistryError") return exit.registry;
  if (e instanceof LimitError) return exit.limit;
  return e instanceof CanceledError ? canceled : exit.failed;
}
