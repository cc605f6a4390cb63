import { accessSync, constants, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Host } from "../host/host.ts";
import { PermissionTrace } from "../host/trace.ts";
import { cantWrite, traceWritten } from "./errors.ts";
import { errorLine, oneLine } from "./output.ts";

/** Runs something with every permission, and writes down what it asked for, however it ends. */
export async function traced<T>(
  host: Host,
  name: string,
  file: string,
  run: (trace: PermissionTrace) => Promise<T>,
): Promise<T> {
  const trace = new PermissionTrace();
  if (file !== "-") checkWritable(file);
  try {
    return await run(trace);
  } finally {
    const [namespace = "traced"] = host.registry.entries.map((entry) => entry.namespace);
    const text = trace.toYaml(namespace, name);
    if (file === "-") errorLine(text.trimEnd());
    else writeWhole(file, text);
    errorLine(traceWritten(file, trace.asked.length, name));
  }
}

/** Before the script does anything that can't be undone. */
function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (e) {
    throw cantWrite(shown(file), e);
  }
}

const shown = (file: string): string => `--trace-permissions ${oneLine(file)}`;

/** All of it or nothing: what was in the file before is there until the new text is complete. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (e) {
    rmSync(draft, { force: true });
    throw cantWrite(shown(file), e);
  }
}
