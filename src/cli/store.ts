/** `moonkeep store get, set, has, delete, ttl, expire, increment, list, info`: one store, from a shell. */
import { lineOf } from "../host/exact-store.ts";
import { type Json, parseJson } from "../value/json.ts";
import type { Milliseconds } from "../value/value.ts";
import { hasKey, noKey, notJson, rawNotAString, rawOfOne } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { errorLine, type Output, oneLine } from "./output.ts";
import { readInput, textOf } from "./script-file.ts";
import { Complaints } from "./store-complaints.ts";
import { keyOf, type StoreFlags, withStores } from "./store-session.ts";

export interface GetFlags extends StoreFlags {
  readonly raw?: boolean;
}

/** One key: its value. Several: a line for each value, in their order, or an object by key. */
export async function storeGet(id: string, words: readonly string[], flags: GetFlags): Promise<ExitCode> {
  if (flags.raw === true && (flags.json === true || words.length > 1)) throw rawOfOne();
  return withStores([id], flags, async ([store], out) => {
    const values = await store!.getMany(words.map((word) => keyOf(word, flags)));
    const found = words.map((word, i) => [word, values[i]] as const).filter(([, value]) => value !== undefined);
    if (flags.json === true) out.json(Object.fromEntries(found));
    else for (const [word, value] of found) print(out, word, value!, flags.raw === true, words.length > 1);
    out.flush();
    return missing(store!.id, words, (i) => values[i] !== undefined);
  });
}

function print(out: Output, word: string, value: Json, raw: boolean, onOneLine: boolean): void {
  if (!raw) out.json(value, onOneLine ? undefined : 2);
  else if (typeof value === "string") out.write(Buffer.from(value));
  else if (isBytes(value)) out.write(Buffer.from(value.$base64, "base64"));
  else throw rawNotAString(word);
}

const isBytes = (value: unknown): value is { $base64: string } =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "$base64");

export interface SetFlags extends StoreFlags {
  readonly ttl?: Milliseconds;
  readonly ifAbsent?: boolean;
  readonly raw?: boolean;
}

export async function storeSet(id: string, word: string, text: string, flags: SetFlags): Promise<ExitCode> {
  const ttl = flags.ttl === undefined ? undefined : flags.ttl / 1000;
  const given = text === "-" ? readInput() : Buffer.from(text);
  const json = flags.raw === true ? { $base64: Buffer.from(given).toString("base64") } : parse(textOf(given));
  return withStores([id], flags, async ([store]) => {
    const written = await store!.set(keyOf(word, flags), json, ttl, { onlyIfAbsent: flags.ifAbsent });
    if (written) return exit.done;
    errorLine(hasKey(store!.id, word));
    return exit.failed;
  });
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (e) {
    throw notJson("the value", text, (e as Error).message, true);
  }
}

export const storeHas = (id: string, word: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const has = await store!.has(keyOf(word, flags));
    out.line(String(has));
    return has ? exit.done : exit.failed;
  });

/** All of them, whichever are missing. */
export const storeDelete = (id: string, words: readonly string[], flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const were = await store!.deleteMany(words.map((word) => keyOf(word, flags)));
    if (flags.json === true) out.json(Object.fromEntries(words.map((word, i) => [word, were[i]])));
    out.flush();
    return missing(store!.id, words, (i) => were[i]!);
  });

export const storeTtl = (id: string, word: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const left = await store!.ttl(keyOf(word, flags));
    if (left === undefined) return missing(store!.id, [word]);
    out.line(left === Number.POSITIVE_INFINITY ? "never" : String(left));
    return exit.done;
  });

export const storeExpire = (id: string, word: string, ttl: Milliseconds, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store]) =>
    (await store!.expire(keyOf(word, flags), ttl / 1000)) ? exit.done : missing(store!.id, [word]),
  );

export const storeIncrement = (id: string, word: string, by: number, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    out.json(await store!.increment(keyOf(word, flags), by));
    return exit.done;
  });

export interface ListFlags extends StoreFlags {
  readonly prefix?: string;
  readonly limit?: number;
}

export const storeList = (id: string, flags: ListFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    let left = flags.limit ?? Number.POSITIVE_INFINITY;
    const unreadable = new Complaints();
    for await (const entries of store!.pages({ prefix: flags.prefix, unreadable: unreadable.add })) {
      for (const entry of entries.slice(0, left)) {
        const { key, value, ttl } = lineOf(entry);
        if (flags.json === true) out.json({ key, value, version: entry.version, ttl });
        else out.line(oneLine(typeof key === "string" ? key : JSON.stringify(key)));
      }
      left -= entries.length;
      if (left <= 0) break;
    }
    return unreadable.code;
  });

export const storeInfo = (id: string, flags: StoreFlags): Promise<ExitCode> =>
  withStores([id], flags, async ([store], out) => {
    const { conditionalPut: conditional_put, ...traits } = store!.info;
    const info = { id: store!.id, ...traits, conditional_put };
    if (flags.json === true) out.json(info);
    else for (const [name, value] of Object.entries(info)) out.line(`${name.padEnd(15)} ${oneLine(String(value))}`);
    return exit.done;
  });

/** Says which keys are missing. @param isThere of those, whether it is not; left out: all are missing */
function missing(id: string, words: readonly string[], isThere = (_: number) => false): ExitCode {
  const absent = words.filter((_, i) => !isThere(i));
  for (const word of absent) errorLine(noKey(id, word));
  return absent.length === 0 ? exit.done : exit.failed;
}
