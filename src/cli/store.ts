/** `moonkeep store get, set, has, delete, list, info`: one store, from a shell. */
import { lineOf } from "../host/exact-store.ts";
import { parseDuration } from "../value/duration.ts";
import { parseJson } from "../value/json.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { errorLine, oneLine } from "./output.ts";
import { readInput } from "./script-file.ts";
import { keyOf, type StoreFlags, withStores } from "./store-session.ts";

export interface GetFlags extends StoreFlags {
  readonly raw?: boolean;
}

export const storeGet = (id: string, word: string, flags: GetFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const value = await store!.get(keyOf(word, flags));
    if (value === undefined) return missing(id, word);
    if (flags.raw !== true) out.json(value, 2);
    else if (typeof value === "string") out.write(Buffer.from(value));
    else if (isBytes(value)) out.write(Buffer.from(value.$base64, "base64"));
    else throw new UsageError(`--raw is for strings, and the value of ${oneLine(word)} is none`);
    return exit.done;
  });

const isBytes = (value: unknown): value is { $base64: string } =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "$base64");

export interface SetFlags extends StoreFlags {
  readonly ttl?: string;
  readonly ifAbsent?: boolean;
  readonly raw?: boolean;
}

export async function storeSet(id: string, word: string, text: string, flags: SetFlags): Promise<ExitCode> {
  const ttl = flags.ttl === undefined ? undefined : secondsOf(flags.ttl);
  const given = text === "-" ? Buffer.from(readInput()) : Buffer.from(text);
  const json = flags.raw === true ? { $base64: given.toString("base64") } : parse(given.toString());
  return withStores([id], flags, async ([store]) => {
    const written = await store!.set(keyOf(word, flags), json, ttl, { onlyIfAbsent: flags.ifAbsent });
    if (written) return exit.done;
    errorLine(`${oneLine(id)} has the key ${oneLine(word)} already`);
    return exit.failed;
  });
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (e) {
    const hint = /^[A-Za-z_][\w .-]*$/.test(text)
      ? `; a text has quotes: '${JSON.stringify(text)}', or give --raw`
      : "";
    throw new UsageError(`the value is no JSON: ${(e as Error).message}${hint}`);
  }
}

/** Seconds, or a duration as the registry has it. */
function secondsOf(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (parseDuration(text) ?? Number.NaN) / 1000;
  if (Number.isFinite(seconds)) return seconds;
  throw new UsageError(`--ttl: expected seconds, or a duration such as "1h30m", got "${oneLine(text)}"`);
}

export const storeHas = (id: string, word: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const has = await store!.has(keyOf(word, flags));
    out.line(String(has));
    return has ? exit.done : exit.failed;
  });

export const storeDelete = (id: string, word: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store]) =>
    (await store!.delete(keyOf(word, flags))) ? exit.done : missing(id, word),
  );

export interface ListFlags extends StoreFlags {
  readonly prefix?: string;
  readonly limit?: number;
}

export const storeList = (id: string, flags: ListFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    let left = flags.limit ?? Number.POSITIVE_INFINITY;
    for await (const entries of store!.pages({ prefix: flags.prefix })) {
      for (const entry of entries.slice(0, left)) {
        const { key, value, ttl } = lineOf(entry);
        if (flags.json === true) out.json({ key, value, version: entry.version, ttl });
        else out.line(oneLine(typeof key === "string" ? key : JSON.stringify(key)));
      }
      left -= entries.length;
      if (left <= 0) break;
    }
    return exit.done;
  });

export const storeInfo = (id: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const { conditionalPut: conditional_put, ...traits } = store!.info;
    const info = { id, ...traits, conditional_put };
    if (flags.json === true) out.json(info);
    else for (const [name, value] of Object.entries(info)) out.line(`${name.padEnd(15)} ${oneLine(String(value))}`);
    return exit.done;
  });

function missing(id: string, word: string): ExitCode {
  errorLine(`${oneLine(id)} has no key ${oneLine(word)}`);
  return exit.failed;
}
