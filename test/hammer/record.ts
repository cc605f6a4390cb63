/** What the processes of a hammering have written down, as calls with their times and answers. */
import { readFileSync } from "node:fs";

/** A call of one process, on one key. */
export interface Asked {
  readonly process: string;
  readonly key: string;
  readonly call: Readonly<Record<string, unknown>> & { readonly f: string };
  /** Microseconds of a clock that all processes share. */
  readonly from: number;
  /** Absent where no answer came: it failed, or its process was killed. */
  readonly to?: number;
  readonly answer?: unknown;
  /** It has certainly not happened. */
  readonly refused?: string;
}

/** Something that a process did between its calls. */
export interface Note {
  readonly process: string;
  readonly at: number;
  readonly key: string;
  readonly making?: string;
  readonly made?: string;
}

export interface Written {
  readonly asked: readonly Asked[];
  readonly notes: readonly Note[];
  /** The processes that came to their end. */
  readonly ended: readonly string[];
}

interface Line {
  readonly id?: string;
  readonly process: string;
  readonly keys?: readonly string[];
  readonly call?: Asked["call"] & { readonly many?: boolean; readonly values?: readonly string[] };
  readonly from?: number;
  readonly to?: number;
  readonly answer?: unknown;
  readonly failed?: string;
  readonly uncertain?: boolean;
  readonly more?: object;
  readonly ended?: string;
  readonly broken?: string;
}

/** What a read that failed would have said is nobody's business. */
const reads = ["get", "has", "read"];

/** @throws what a process died of, unless it was killed */
export function readRecord(files: readonly string[]): Written {
  const lines = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1) // a killed process may have written half a line
      .map((text) => JSON.parse(text) as Line),
  );
  const ends = new Map<string, Line>();
  for (const line of lines) {
    if (line.broken !== undefined) throw new Error(`process ${line.process} broke: ${line.broken}`);
    if (line.id !== undefined && line.call === undefined) ends.set(line.id, line);
  }
  const asked = lines.flatMap((line) => (line.call === undefined ? [] : callsOf(line, ends.get(line.id!))));
  const notes = lines.filter((line) => "making" in line || "made" in line) as unknown as Note[];
  const ended = lines.flatMap((line) => (line.ended === undefined ? [] : [line.ended]));
  return { asked, notes, ended };
}

/** One for each key. */
function callsOf({ process, keys, call, from }: Line, end: Line | undefined): Asked[] {
  const { many = false, values, ...plain } = call!;
  return keys!.map((key, i) => {
    const value = values === undefined ? {} : { value: values[i] };
    const made = { process, key, call: { ...plain, ...value, ...end?.more }, from: from! };
    if (end?.to !== undefined) return { ...made, to: end.to, answer: many ? (end.answer as unknown[])[i] : end.answer };
    const isKnown = end?.failed !== undefined && !end.uncertain;
    if (isKnown || reads.includes(plain.f)) return { ...made, refused: end?.failed ?? "its process was killed" };
    return made;
  });
}

/** What was asked of each key whose name begins so. */
export function byKey(asked: readonly Asked[], prefix: string): ReadonlyMap<string, readonly Asked[]> {
  const found = new Map<string, Asked[]>();
  for (const one of asked) {
    if (!one.key.startsWith(prefix)) continue;
    const same = found.get(one.key);
    if (same === undefined) found.set(one.key, [one]);
    else same.push(one);
  }
  return found;
}
