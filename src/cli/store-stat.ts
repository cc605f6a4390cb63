/** `moonkeep store stat`: what takes the room of a store, by prefixes of keys, as a table with bars. */
import { asPrefix, keyToJson } from "../host/exact-store.ts";
import { type OtherRoom, type PrefixRoom, PrefixSizes, type Room } from "../host/store-sizes.ts";
import { bar } from "./bar.ts";
import { interruptedAfter } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { count, errorLine, type Output, oneLine } from "./output.ts";
import { Progress } from "./progress.ts";
import { Signals } from "./signals.ts";
import { Complaints } from "./store-complaints.ts";
import { type StoreFlags, withStores } from "./store-session.ts";
import { shownSize } from "./units.ts";

export interface StatFlags extends StoreFlags {
  readonly prefix?: string;
  readonly depth?: number;
  readonly separator?: string;
  readonly limit?: number;
}

/** Reads page by page, and holds little of it. Ctrl-C ends it with the figures of what was read. */
export async function storeStat(id: string, flags: StatFlags): Promise<ExitCode> {
  using signals = new Signals();
  return await withStores([id], flags, async ([store], out) => {
    const { prefix, separator = ":", depth = 1, limit: most = 20 } = flags;
    const sizes = new PrefixSizes({ prefix: asPrefix(prefix), separator, depth, most });
    const progress = new Progress(undefined);
    const unreadable = new Complaints();
    try {
      for await (const entries of store!.pages({ prefix, ttl: false, unreadable: unreadable.add })) {
        for (const { key, value } of entries) sizes.add(key, value);
        progress.update(sizes.entries);
        if (signals.heard !== undefined) break;
      }
    } finally {
      progress.end();
    }
    if (flags.json === true) printJson(store!.id, sizes, signals.heard === undefined, out);
    else printTable(sizes, out);
    if (signals.heard === undefined) return unreadable.code;
    out.flush();
    errorLine(interruptedAfter(`${count(sizes.entries, "entry", "entries")}, which these figures are of`));
    return signals.heard.code;
  });
}

function printJson(id: string, sizes: PrefixSizes, complete: boolean, out: Output): void {
  const { prefixes, others } = sizes.result;
  const { entries, bytes } = sizes;
  const shown = prefixes.map(({ prefix, ...room }) => ({ prefix: keyToJson(prefix), ...room }));
  out.json({ id, complete, entries, bytes, prefixes: shown, others });
}

/** Where it can't be asked: what fits into most windows. */
const COLUMNS = 80;
const LONGEST_NAME = 40;
const LEAST_BAR = 8;

function printTable(sizes: PrefixSizes, out: Output): void {
  const { prefixes, others } = sizes.result;
  const rows = [
    ["prefix", "entries", "size", ""],
    ...prefixes.map((room) => row(nameOf(room), room, sizes)),
    ...(others.prefixes > 0 ? [row(nameOfOthers(others), others, sizes)] : []),
    row("in all", sizes, sizes),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => lengthOf(cells[column]!))));
  const room = (process.stdout.columns ?? COLUMNS) - 1 - widths.reduce((sum, width) => sum + width + 2, 0);
  const largest = prefixes[0]?.bytes ?? 0;
  for (const [i, [name = "", ...figures]] of rows.entries()) {
    const cells = [
      name + " ".repeat(widths[0]! - lengthOf(name)),
      ...figures.map((one, c) => one.padStart(widths[c + 1]!)),
    ];
    const of = prefixes[i - 1];
    const picture = of !== undefined && room >= LEAST_BAR ? bar(of.bytes / largest, room) : "";
    out.line(`${cells.join("  ")}  ${picture}`.trimEnd());
  }
}

const row = (name: string, { entries, bytes }: Room, all: Room): string[] => [
  name,
  String(entries),
  shownSize(bytes),
  all.bytes === 0 ? "" : `${((bytes / all.bytes) * 100).toFixed(1)} %`,
];

function nameOf({ prefix }: PrefixRoom): string {
  if (prefix === "") return "(no prefix)";
  const json = keyToJson(prefix);
  const name = [...oneLine(typeof json === "string" ? json : JSON.stringify(json))];
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).join("")}…` : name.join("");
}

const nameOfOthers = ({ prefixes }: OtherRoom): string => `(${count(prefixes, "other prefix", "other prefixes")})`;

const lengthOf = (text: string): number => [...text].length;
