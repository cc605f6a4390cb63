import type { LogLine } from "../modules/call.ts";

/** What a script logged. */
export interface LogRecord extends LogLine {
  readonly time: Date;
  /** Who the script acts as. */
  readonly actor: string | undefined;
}
export type LogSink = (record: LogRecord) => void;
