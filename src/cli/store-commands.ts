/** The words of `moonkeep store`. */
import { type Command, InvalidArgumentError } from "commander";
import { emptySeparator, notAboveZero, notANumber } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { duration } from "./units.ts";

const registryOption = [
  "-r, --registry <path>",
  "a registry file or folder (default: the nearest registry.yaml, here or above)",
] as const;
const prefixOption = ["--prefix <text>", "only keys that begin with this"] as const;
const base64Option = ["--base64", "the key is given in base64"] as const;
const ifAbsentOption = ["--if-absent", "leave keys that are there as they are"] as const;

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
  1    there is no such key, or one of several is missing; the store can't be used; a line that can't be loaded
  2    wrong usage, or no such store
  3    the registry is invalid
  130  interrupted
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

  command("get <store> <keys...>", "print the value of a key as JSON; of several keys, each on a line")
    .option(...base64Option)
    .option("--raw", "print the bytes of a string as they are")
    .option("--json", "print an object of values by key")
    .action(async (id, keys, flags) => end(await (await import("./store.ts")).storeGet(id, keys, flags)));
  command("set <store> <key> <value>", 'write a value, given as JSON; "-" reads it from standard input')
    .option(...base64Option)
    .option(
      "--ttl <time>",
      'how long it lives: seconds, or a duration such as "1h30m" or "7d" (default: for ever)',
      duration,
    )
    .option(...ifAbsentOption)
    .option("--raw", "the value is a string as it is, not JSON")
    .action(async (id, key, value, flags) => end(await (await import("./store.ts")).storeSet(id, key, value, flags)));
  command("has <store> <key>", "print whether there is a key")
    .option(...base64Option)
    .action(async (id, key, flags) => end(await (await import("./store.ts")).storeHas(id, key, flags)));
  command("delete <store> <keys...>", "delete a key, or several")
    .option(...base64Option)
    .option("--json", "print an object that says of each key whether it was there")
    .action(async (id, keys, flags) => end(await (await import("./store.ts")).storeDelete(id, keys, flags)));
  command("ttl <store> <key>", 'print the seconds that a key still lives, or "never"')
    .option(...base64Option)
    .action(async (id, key, flags) => end(await (await import("./store.ts")).storeTtl(id, key, flags)));
  const expire = command("expire <store> <key>", "let a key that is there live for another time, from now on");
  expire
    .argument("<time>", 'seconds, or a duration such as "1h30m" or "7d"; 0: for ever', duration)
    .option(...base64Option)
    .action(async (id, key, ttl, flags) => end(await (await import("./store.ts")).storeExpire(id, key, ttl, flags)));
  const increment = command("increment <store> <key>", "add to a number, and print the new one");
  increment
    .argument("[by]", "how much (default: 1)", amount)
    .option(...base64Option)
    .action(async (id, key, by = 1, flags = {}) =>
      end(await (await import("./store.ts")).storeIncrement(id, key, by, flags)),
    );
  command("list <store>", "print the keys in the order of their bytes, one a line")
    .option(...prefixOption)
    .option("--limit <n>", "at most so many", positive)
    .option("--json", "print entries as JSON lines, with values, versions, and the seconds that they still live")
    .action(async (id, flags) => end(await (await import("./store.ts")).storeList(id, flags)));
  command("stat <store>", "print how many entries there are and how large they are, by what their keys begin with")
    .option(...prefixOption)
    .option("--depth <n>", "how many parts of a key a prefix has at most (default: 1)", positive)
    .option("--separator <text>", 'what is between the parts (default: ":")', separator)
    .option("--limit <n>", "tell at most so many prefixes apart, the largest (default: 20)", positive)
    .option("--json", "print it as JSON, with sizes in bytes")
    .action(async (id, flags) => end(await (await import("./store-stat.ts")).storeStat(id, flags)));
  command("clear <store>", "delete every entry, or those of a prefix; asks at a terminal")
    .option(...prefixOption)
    .option("-y, --yes", "do not ask")
    .action(async (id, flags) => end(await (await import("./store-clear.ts")).storeClear(id, flags)));
  command("info <store>", "print what keeps the store, and what it can do")
    .option("--json", "print it as JSON")
    .action(async (id, flags) => end(await (await import("./store.ts")).storeInfo(id, flags)));
  command("dump <store>", "print all entries as JSON lines, exactly, with the seconds that they still live")
    .option(...prefixOption)
    .action(async (id, flags) => end(await (await import("./store-dump.ts")).storeDump(id, flags)));
  command("load <store> [file]", 'write the entries of a dump ("-", the default: standard input)')
    .option(...ifAbsentOption)
    .action(async (id, file, flags) => end(await (await import("./store-load.ts")).storeLoad(id, file ?? "-", flags)));
  command("copy <from> <to>", "copy all entries of one store to another, with the time that they still live")
    .option(...prefixOption)
    .option(...ifAbsentOption)
    .option("--resume", "go on with a copy that was interrupted")
    .action(async (from, to, flags) => end(await (await import("./store-copy.ts")).storeCopy(from, to, flags)));
}
