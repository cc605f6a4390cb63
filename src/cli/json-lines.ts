/** Where logs go as lines of JSON: a file, or standard error. */
import { createRequire } from "node:module";
import type { DestinationStream } from "pino";
import { printableJson } from "../value/printable.ts";

const require = createRequire(import.meta.url);

/** Nothing in the texts of a line reaches a terminal as it is. */
export function jsonLines(fd: number): DestinationStream {
  const { pino } = require("pino") as typeof import("pino");
  const out = pino.destination({ fd, sync: true });
  return { write: (line) => void out.write(printableJson(line)) };
}
