import { basename, dirname, isAbsolute, relative } from "node:path";
import { whichScript } from "./errors.ts";
import type { ExitCode } from "./exit.ts";
import { standardStreams } from "./output.ts";
import { readInput, readScript, textOf } from "./script-file.ts";
import { type SessionFlags, session } from "./session.ts";

/** The options of `moonkeep run`, as commander reads them. */
export interface RunFlags extends SessionFlags {
  readonly eval?: string;
}

interface Script {
  /** As errors name it. */
  readonly name: string;
  readonly args: readonly string[];
  /** Absent: it is not a file that could change. */
  readonly file?: string;
  /** Where `require` finds the script's own files. */
  readonly root: string;
  /** @throws UsageError for a file that can't be read */
  source(): Uint8Array;
}

export async function run(words: readonly string[], flags: RunFlags): Promise<ExitCode> {
  const { name, args, file, root, source } = scriptOf(words, flags);
  let text = source();
  let isFresh = true; // a script that is not there is said so before anything is opened
  return session(
    {
      name,
      file,
      source: () => textOf(text),
      run: async (host, options, fileRead) => {
        if (!isFresh && file !== undefined) text = source(); // a file is read again when it runs again
        isFresh = false;
        const results = flags.json === true ? "plain" : "shown";
        return host.run(text, { ...options, name, root, fileRead, args, results, io: standardStreams });
      },
    },
    flags,
  );
}

function scriptOf(words: readonly string[], flags: RunFlags): Script {
  if (flags.eval !== undefined) {
    const code = Buffer.from(flags.eval);
    return { name: "-e", args: words, root: ".", source: () => code };
  }
  const [file, ...args] = words;
  if (file === undefined || file === "") throw whichScript();
  if (file === "-") return { name: "stdin", args, root: ".", source: readInput };
  return { name: shownName(file), args, file, root: dirname(file), source: () => readScript(file) };
}

/** The script's name for errors: as it was typed, but never the way to it through the file system. */
function shownName(file: string): string {
  const below = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return below.startsWith("..") || isAbsolute(below) ? basename(file) : below;
}
