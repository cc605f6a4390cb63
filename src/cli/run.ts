import { accessSync, constants, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, relative } from "node:path";
import { CanceledError, LimitError, MoonkeepError } from "../errors.ts";
import { Host } from "../host/host.ts";
import type { RunOptions, RunResult } from "../host/run.ts";
import { PermissionTrace } from "../host/trace.ts";
import { auditLog } from "./audit-log.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { describeError, errorLine, errorToJson, Output, ReaderGone, showResult, stylesOf, toJson } from "./output.ts";
import { nearestRegistry } from "./registry-path.ts";
import { readInput, readScript } from "./script-file.ts";

/** The options of `moonkeep run`, as commander reads them. */
export interface RunFlags {
  readonly eval?: string;
  readonly registry?: string;
  readonly actor?: string;
  readonly meta?: Readonly<Record<string, string>>;
  readonly group?: readonly string[];
  readonly timeout?: string;
  readonly instructions?: number | string;
  readonly memory?: number | string;
  readonly output?: number | string;
  readonly json?: boolean;
  readonly audit?: string;
  readonly tracePermissions?: string;
}

interface Script {
  readonly source: Uint8Array;
  /** As errors name it. */
  readonly name: string;
  readonly args: readonly string[];
}

export async function run(words: readonly string[], flags: RunFlags): Promise<ExitCode> {
  const script = scriptOf(words, flags);
  const out = new Output(1, process.stdout.isTTY && flags.json !== true);
  // With --json, standard output is one JSON document, and what the script prints goes to standard error.
  const printed = flags.json === true ? new Output(2, true) : out;
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.on("SIGINT", onSignal);
  try {
    await using host = await Host.open(flags.registry ?? nearestRegistry(process.cwd()), {
      print: printed.write,
      limits: { timeout: 0 },
      ...(flags.audit === undefined ? {} : { audit: await auditLog(flags.audit) }),
    });
    const options = { ...runOptions(script, flags), signal: interrupt.signal };
    const { values } =
      flags.tracePermissions === undefined
        ? await host.run(script.source, options)
        : await traced(host, script, options, flags.tracePermissions);
    printed.flush();
    report(values, flags, out);
    out.flush();
    return exit.done;
  } catch (e) {
    if (e instanceof ReaderGone) return exit.done;
    printed.flush();
    return await fail(e, flags, out);
  } finally {
    process.off("SIGINT", onSignal);
  }
}

/** Runs the script with every permission, and writes down what it asked for, however it ends. */
async function traced(host: Host, script: Script, options: RunOptions, file: string): Promise<RunResult> {
  const trace = new PermissionTrace();
  checkWritable(file);
  try {
    return await host.run(script.source, { ...options, trace });
  } finally {
    const [namespace = "traced"] = host.registry.entries.map((entry) => entry.namespace);
    writeWhole(file, trace.toYaml(namespace, script.name));
    errorLine(`${file}: policies for ${trace.asked.length} things that ${script.name} asked for; read them before use`);
  }
}

/** Before the script does anything that can't be undone. */
function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (e) {
    throw cantWrite(file, e);
  }
}

const cantWrite = (file: string, e: unknown) =>
  new UsageError(`--trace-permissions ${file}: can't be written: ${(e as NodeJS.ErrnoException).code}`);

/** All of it or nothing: what was in the file before is there until the new text is complete. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (e) {
    rmSync(draft, { force: true });
    throw cantWrite(file, e);
  }
}

function scriptOf(words: readonly string[], flags: RunFlags): Script {
  if (flags.eval !== undefined) return { source: Buffer.from(flags.eval), name: "-e", args: words };
  const [file, ...args] = words;
  if (file === undefined) throw new UsageError('which script? Give a file, "-" for standard input, or -e CODE');
  if (file === "-") return { source: readInput(), name: "stdin", args };
  return { source: readScript(file), name: shownName(file), args };
}

/** The script's name for errors: as it was typed, but never the way to it through the file system. */
function shownName(file: string): string {
  const below = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return below.startsWith("..") || isAbsolute(below) ? basename(file) : below;
}

function runOptions({ name, args }: Script, flags: RunFlags): RunOptions {
  const { actor, meta, group } = flags;
  if (meta !== undefined && actor === undefined)
    throw new UsageError("--meta says something about an actor: give --actor too");
  return {
    name,
    args,
    interruptible: true,
    timeout: flags.timeout,
    instructions: flags.instructions as number | undefined, // any other text is refused by its name
    memory: flags.memory,
    output: flags.output,
    ...(actor === undefined ? {} : { actor: { id: actor, meta: meta ?? {} } }),
    ...(group === undefined ? {} : { groups: group }),
  };
}

function report(values: readonly unknown[], { json }: RunFlags, out: Output): void {
  if (json === true) {
    out.line(JSON.stringify({ value: toJson(values[0], ["result"]) }));
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

async function fail(e: unknown, { json }: RunFlags, out: Output): Promise<ExitCode> {
  if (!(e instanceof MoonkeepError)) throw e;
  if (json === true) {
    out.line(JSON.stringify({ error: errorToJson(e) }));
    out.flush();
  } else errorLine(e.name === "RegistryError" ? e.message : describeError(e, await stylesOf(2)));
  if (e.name === "RegistryError") return exit.registry;
  if (e instanceof LimitError) return exit.limit;
  return e instanceof CanceledError ? exit.interrupted : exit.failed;
}
