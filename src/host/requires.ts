/** What code requires by constant names, and whether it is there: for `moonkeep check`. Nothing is run. */
import { MoonkeepError } from "../errors.ts";
import { Chunk } from "../lua/run/chunk.ts";
import type { Missing } from "../lua/run/loads.ts";
import { toText } from "../value/bytes.ts";
import { nearest } from "../value/nearest.ts";
import { noSuchRequire } from "./errors.ts";
import { folderOf, Neighbours } from "./neighbours.ts";

/** A name that code requires. */
export interface Required {
  readonly name: string;
  readonly line: number;
}

/** Comments, strings and names, in the order in which one of them begins. */
const token =
  /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[A-Za-z_]\w*|\S/g;

const REQUIRE = "require";

/** The constant names in `require("name")` and `require "name"`. */
export function requiredNames(source: string): readonly Required[] {
  const found: Required[] = [];
  const tokens = [...source.matchAll(token)].filter(([text]) => !text.startsWith("--"));
  let line = 1;
  let counted = 0;
  tokens.forEach(({ 0: text, index }, i) => {
    if (text !== REQUIRE || /^[.:]$/.test(tokens[i - 1]?.[0] ?? "")) return;
    const isCall = tokens[i + 1]?.[0] === "(";
    const given = tokens[isCall ? i + 2 : i + 1]?.[0] ?? "";
    const name = /^(["'])([^\\]*)\1$/.exec(given)?.[2];
    if (name === undefined || (isCall && tokens[i + 3]?.[0] !== ")")) return;
    line += source.slice(counted, index).split("\n").length - 1;
    counted = index;
    found.push({ name, line });
  });
  return found;
}

const standard = ["_G", "coroutine", "debug", "math", "os", "package", "string", "table", "utf8"];

/** Code that is looked into, and what it may load beside its files. */
export interface Code {
  /** The text, as it is run. */
  readonly source: Uint8Array;
  /** As errors name it. */
  readonly name: string;
  /** Where its own files are; absent where it has none. */
  readonly root?: string | undefined;
  /** The names of modules and imports. */
  readonly known: readonly string[];
}

/** Something that is not there, at its place: `main.lua:3`. */
export interface MissingModule {
  readonly place: string;
  readonly message: string;
}

/** Looks into code, and into the files that it requires. @returns what is not there, or does not parse, in order */
export async function missingModules({ source, name, root, known }: Code): Promise<readonly MissingModule[]> {
  const problems: MissingModule[] = [];
  const files = root === undefined ? undefined : new Neighbours({ root, shown: folderOf(name) });
  const names = [...known, ...standard];
  const seen = new Set<string>(names);
  const look = async (text: Uint8Array, file: string): Promise<void> => {
    for (const { name: wanted, line } of requiredNames(toText(text))) {
      if (seen.has(wanted)) continue;
      const found = (await files?.find(wanted)) ?? nothing;
      if ("tried" in found) {
        const close = found.near ?? nearest(wanted, names);
        problems.push({ place: `${file}:${line}`, message: noSuchRequire(wanted, found, close) });
        continue;
      }
      seen.add(wanted);
      const failure = parseFailure(found.source, found.file);
      if (failure === undefined) await look(found.source, found.file);
      else problems.push(failure);
    }
  };
  await look(source, name);
  return problems;
}

const nothing: Missing = { tried: [] };

function parseFailure(source: Uint8Array, file: string): MissingModule | undefined {
  try {
    Chunk.compile(source, `@${file}`);
    return undefined;
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
    const [, line = "1", message = e.text] = /^.*?:(\d+): (.*)$/s.exec(e.text) ?? [];
    return { place: `${file}:${line}`, message };
  }
}
