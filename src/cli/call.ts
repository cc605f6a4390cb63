import { fromJs } from "../value/js.ts";
import { parseJson } from "../value/json.ts";
import { type ExitCode, UsageError } from "./exit.ts";
import { oneLine } from "./output.ts";
import { readInput } from "./script-file.ts";
import { type SessionFlags, session } from "./session.ts";

/** Calls a function of the registry. Each word is an argument, as JSON; "-" is one from standard input. */
export async function call(id: string, words: readonly string[], flags: SessionFlags): Promise<ExitCode> {
  const inputs = words.filter((word) => word === "-").length;
  if (inputs > 1) throw new UsageError("standard input can be read once: only one argument can be -");
  const args = words.map((word, i) =>
    word === "-" ? parse(Buffer.from(readInput()).toString(), "standard input") : parse(word, `argument ${i + 1}`),
  );
  return session(
    { name: id, needsRegistry: true, run: async (host, options) => [await host.call(id, args, options)] },
    flags,
  );
}

function parse(text: string, what: string): unknown {
  const value = parseText(text, what);
  try {
    fromJs(value, what); // a null in it is a mistake of whoever called
  } catch (e) {
    throw e instanceof TypeError ? new UsageError(oneLine(e.message)) : e;
  }
  return value;
}

function parseText(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (e) {
    const hint = /^[A-Za-z_][\w .-]*$/.test(text) ? `; a text has quotes: '${JSON.stringify(text)}'` : "";
    throw new UsageError(`${what} is no JSON: ${(e as Error).message}${hint}`);
  }
}
