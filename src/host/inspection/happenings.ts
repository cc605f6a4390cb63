/** What happens in a host, each thing in one line, with what there is to say beside it. */
import type { Happening } from "../../inspect/api.ts";
import type { BusEvent } from "../../modules/event-bus.ts";
import { jsonText, toJson } from "../../value/json.ts";
import { sizeOf } from "../../value/value.ts";
import type { Denial } from "../denials.ts";
import type { LogRecord } from "../log.ts";
import type { RunEnded } from "../telemetry/recorder.ts";

/** How long the line is at most, and the rest. */
const LINE = 300;
const MORE = 4096;

const levels = { debug: "info", info: "info", warn: "warn", error: "error" } as const;

const happening = (
  kind: Happening["kind"],
  level: Happening["level"],
  text: string,
  more?: string,
  time: number = Date.now(),
): Happening => ({
  kind,
  time,
  level,
  text: text.slice(0, LINE),
  ...(more === undefined ? {} : { more: more.slice(0, MORE) }),
});

/** Plain data as JSON; undefined where there are none. */
const dataText = (data: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(data).length === 0 ? undefined : textOf(data);

/** An embedder's logger may be given anything. */
function textOf(data: unknown): string {
  try {
    return jsonText(data);
  } catch {
    return String(data);
  }
}

export function ofDenial({ action, resource, attributes, actor, policy, limited }: Denial): Happening {
  const by = limited ? " by a limited handle" : policy === undefined ? ": no policy allows it" : ` by ${policy}`;
  const text = `${actor ?? "nobody"} was denied ${action} on ${resource}${by}`;
  return happening("denial", "warn", text, dataText(attributes));
}

export function ofLog({ level, name, message, fields, time, actor }: LogRecord): Happening {
  const text = `${level}${name === "" ? "" : ` ${name}`}: ${message}`;
  return happening(
    "log",
    levels[level],
    text,
    dataText(actor === undefined ? fields : { actor, ...fields }),
    time.getTime(),
  );
}

export function ofEvent({ system, kind, path, data }: BusEvent): Happening {
  const text = `${system} ${kind} ${path}`;
  if (data === undefined) return happening("event", "info", text);
  const size = sizeOf(data);
  return happening("event", "info", text, size > MORE ? `about ${size} bytes` : JSON.stringify(toJson(data)));
}

const outcomes = { ok: "info", canceled: "warn", limit: "error", error: "error" } as const;
const ends = { ok: "ended", canceled: "was canceled", limit: "hit a limit", error: "failed" } as const;

export function ofRun({ source, actor, outcome, milliseconds, error }: RunEnded): Happening {
  const text = `${source} ${ends[outcome]} after ${milliseconds.toFixed(1)} ms${actor === undefined ? "" : `, as ${actor}`}`;
  return happening("run", outcomes[outcome], text, error instanceof Error ? error.message : undefined);
}
