import { statSync } from "node:fs";
import { relative } from "node:path";
import { MoonkeepError } from "../errors.ts";
import { checkRegistry, checkScript, inspectPlugin, isPlugin } from "../host/check.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { count, errorLine, Output, oneLine, printable } from "./output.ts";
import { nearestRegistry } from "./registry-path.ts";
import { readScript } from "./script-file.ts";

/** Checks each path, says of each what it found, and ends with the worst of it. */
export async function check(paths: readonly string[]): Promise<ExitCode> {
  const out = new Output(1, false);
  let worst: ExitCode = exit.done;
  for (const path of paths.length > 0 ? paths : [defaultPath()]) {
    const code = checkOne(path, out);
    if (code > worst) worst = code;
  }
  out.flush();
  return worst;
}

function defaultPath(): string {
  const path = nearestRegistry(process.cwd());
  if (path === undefined) throw new UsageError("there is no registry.yaml here or above; give a path");
  return relative(process.cwd(), path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whoever reads it will say what is wrong with it
  }
}

function checkOne(path: string, out: Output): ExitCode {
  try {
    if (path.endsWith(".lua") && !isFolder(path)) {
      checkScript(readScript(path), path);
      out.line(`${oneLine(path)}: ok`);
    } else if (isPlugin(path)) {
      const { name, version, functions } = inspectPlugin(path);
      out.line(`${oneLine(path)}: ok, plugin ${name} ${version}, ${count(functions.length, "function")}`);
    } else {
      const { entries, warnings } = checkRegistry(path);
      for (const { place, message } of warnings) errorLine(printable(`${place}: warning: ${message}`));
      const counts = [
        count(entries, "entry", "entries"),
        ...(warnings.length > 0 ? [count(warnings.length, "warning")] : []),
      ];
      out.line(`${oneLine(path)}: ok, ${counts.join(", ")}`);
    }
    return exit.done;
  } catch (e) {
    if (e instanceof UsageError) {
      errorLine(printable(e.message));
      return exit.usage;
    }
    if (!(e instanceof MoonkeepError)) throw e;
    errorLine(printable(e.message));
    return e.name === "RegistryError" ? exit.registry : exit.failed;
  }
}
