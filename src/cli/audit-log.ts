import { openSync } from "node:fs";
import type { AuditSink } from "../host/audit.ts";
import { cantWrite } from "./errors.ts";
import { jsonLines } from "./json-lines.ts";
import { oneLine } from "./output.ts";

/** An audit log of JSON lines, appended to a file or written to standard error ("-"). */
export async function auditLog(file: string): Promise<AuditSink> {
  const { default: pino } = await import("pino");
  const log = pino(
    { base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    jsonLines(file === "-" ? 2 : open(file)),
  );
  return (event) => log[event.decision === "deny" ? "warn" : "info"]({ ...event, time: event.time.toISOString() });
}

function open(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (e) {
    throw cantWrite(`--audit ${oneLine(file)}`, e);
  }
}
