import { createRequire } from "node:module";
import type { Logger } from "pino";
import type { LogSink } from "../host/log.ts";
import { jsonLines } from "./json-lines.ts";

/** The levels of `--log-level`: what is below the one that is chosen is left out. */
export const logLevels = ["debug", "info", "warn", "error", "off"] as const;
export type LogThreshold = (typeof logLevels)[number];

const require = createRequire(import.meta.url);

/** Whether a line of this level is shown. */
export const isShown = (level: LogThreshold, threshold: LogThreshold = "info"): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(threshold);

/** What scripts log, as JSON lines on standard error. The logger is loaded for the first line. */
export function scriptLog(threshold: LogThreshold | undefined): LogSink {
  let log: Logger | undefined;
  return ({ level, name, message, fields, time, actor }) => {
    if (!isShown(level, threshold)) return;
    log ??= open();
    log[level]({ time: time.toISOString(), actor, logger: name === "" ? undefined : name, fields }, message);
  };
}

function open(): Logger {
  const { pino } = require("pino") as typeof import("pino");
  const options = {
    level: "debug",
    base: null,
    timestamp: false,
    messageKey: "message",
    formatters: { level: (level: string) => ({ level }) },
  };
  return pino(options, jsonLines(2));
}
