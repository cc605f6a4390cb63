/** The words of `moonkeep store`. */
import { type Command, InvalidArgumentError } from "commander";
import { emptySeparator, notAboveZero, notANumber } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { path } from "./options.ts";
import { duration } from "./units.ts";

const registryOption = [
  "-r, --registry <path>",
  "a registry file or folder (default: the nearest registry.yaml, here or above)",
  path,
] as const;
const prefixOption = ["--prefix <text>", "only keys that begin with this"] as const;
const base64Option = ["--base64", "the key is given in base64"] as const;
const ifAbsentOption = ["--if-absent", "don't overwrite existing keys"] as const;

const positive = (text: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(notAboveZero);
};

const separator = (text: string): string => {
  if (text !== "") return text;
  throw new InvalidArgumentError(emptySeparator);
};

const amount = (text: string): number => {
  const n = Number(text);
  if (/^[-+]?[\d.]/.test(text) && Number.isFinite(n)) return n;
  throw new InvalidArgumentError(notANumber);
};

export const storeHelp = `
The commands act as the operator: no policy is asked. Values are JSON; what JSON has no word for is written
{"$float": 1}, {"$base64": "/w=="}, {"$map": [[key, value]]}, see docs/encoding.md.`;

const exitCodes = `
Exit codes:
  0    done
  1    a key is missing; the store can't be used; a line can't be loaded
  2    wrong usage, or no such store
  3    the registry is invalid
  130  interrupted
  141  nobody reads the output, and a dump was ended
  143  terminated (SIGTERM)`;

/** Adds the commands. @param end how one ended */
export function storeCommands(store: Command, end: (code: ExitCode) => void): void {
  store.addHelpText("after", storeHelp);
  const command = (words: string, description: string) =>
    store
      .command(words)
      .description(description)
      .option(...registryOption)
      .addHelpText("after", exitCodes);

  command("get <store> <keys...>", "print the value of a key as JSON; with several keys, one value on each line")
    .option(...base64Option)
    .option("--raw", "print a string without quotes")
    .option("--json", "print an object of values by key")
    .action(async (id, keys, flags) => end(await (await import("./store.ts")).storeGet(id, keys, flags)));
  command("set <store> <key> <value>", 'write a value, given as JSON; "-" reads it from standard input')
    .option(...base64Option)
    .option(
      "--ttl <time>",
      'when it expires: seconds, or a duration such as "1h30m" or "7d"; 0 or left out: never',
      duration,
    )
    .option(...ifAbsentOption)
    .option("--raw", "the value is a plain string, not JSON")
    .action(async (id, key, value, flags) => end(await (await import("./store.ts")).storeSet(id, key, value, flags)));
  command("has <store> <key>", "print whether a key exists")
    .option(...base64Option)
    .action(async (id, key, flags) => end(await (await import("./store.ts")).storeHas(id, key, flags)));
  command("delete <store> <keys...>", "delete one or several keys")
    .option(...base64Option)
    .option("--json", "print an object that tells for each key whether it existed")
    .action(async (id, keys, flags) => end(await (await import("./store.ts")).storeDelete(id, keys, flags)));
  command("ttl <store> <key>", 'print the seconds until a key expires, or "never"')
    .option(...base64Option)
    .action(async (id, key, flags) => end(await (await import("./store.ts")).storeTtl(id, key, flags)));
  const expire = command("expire <store> <key>", "set when an existing key expires, from now on");
  expire
    .argument("<time>", 'seconds, or a duration such as "1h30m" or "7d"; 0: never', duration)
    .option(...base64Option)
    .action(async (id, key, ttl, flags) => end(await (await import("./store.ts")).storeExpire(id, key, ttl, flags)));
  const increment = command("increment <store> <key>", "add to a number, and print the result");
  increment
    .argument("[by]", "how much (default: 1)", amount)
    .option(...base64Option)
    .action(async (id, key, by = 1, flags = {}) =>
      end(await (await import("./store.ts")).storeIncrement(id, key, by, flags)),
    );
  command("list <store>", "print the keys in byte order, one on each line")
    .option(...prefixOption)
    .option("--limit <n>", "the largest number of keys", positive)
    .option("--json", "print entries as JSON lines, with values, versions, and the seconds that they have left")
    .action(async (id, flags) => end(await (await import("./store.ts")).storeList(id, flags)));
  command("stat <store>", "print the number and size of entries, grouped by the prefix of their keys")
    .option(...prefixOption)
    .option("--depth <n>", "how many parts of a key make up the prefix (default: 1)", positive)
    .option("--separator <text>", 'the text between the parts (default: ":")', separator)
    .option("--limit <n>", "how many prefixes to print, the largest first (default: 20)", positive)
    .option("--json", "print it as JSON, with sizes in bytes")
    .action(async (id, flags) => end(await (await import("./store-stat.ts")).storeStat(id, flags)));
  command("clear <store>", "delete all entries, or those with a prefix; asks first on a terminal")
    .option(...prefixOption)
    .option("-y, --yes", "do not ask")
    .action(async (id, flags) => end(await (await import("./store-clear.ts")).storeClear(id, flags)));
  command("info <store>", "print the backend of a store, and its features")
    .option("--json", "print it as JSON")
    .action(async (id, flags) => end(await (await import("./store.ts")).storeInfo(id, flags)));
  command("dump <store>", "print all entries as exact JSON lines, with the seconds that they have left")
    .option(...prefixOption)
    .action(async (id, flags) => end(await (await import("./store-dump.ts")).storeDump(id, flags)));
  command("load <store>", 'write the entries of a dump ("-", the default: standard input)')
    .argument("[file]", "JSON lines", path)
    .option(...ifAbsentOption)
    .action(async (id, file, flags) => end(await (await import("./store-load.ts")).storeLoad(id, file ?? "-", flags)));
  command("copy <from> <to>", "copy all entries of one store to another, with the time that they have left")
    .option(...prefixOption)
    .option(...ifAbsentOption)
    .option("--resume", "continue an interrupted copy")
    .action(async (from, to, flags) => end(await (await import("./store-copy.ts")).storeCopy(from, to, flags)));
}
