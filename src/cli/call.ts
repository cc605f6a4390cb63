import { fromJs } from "../value/js.ts";
import { parseJson } from "../value/json.ts";
import { inputReadOnce, notJson } from "./errors.ts";
import { type ExitCode, UsageError } from "./exit.ts";
import { idOf, idsOf } from "./ids.ts";
import { oneLine } from "./output.ts";
import { readInput, textOf } from "./script-file.ts";
import { type SessionFlags, session } from "./session.ts";

/** Calls a function of the registry. Each word is an argument, as JSON; "-" is one from standard input. */
export async function call(id: string, words: readonly string[], flags: SessionFlags): Promise<ExitCode> {
  const inputs = words.filter((word) => word === "-").length;
  if (inputs > 1) throw inputReadOnce();
  const args = words.map((word, i) =>
    word === "-" ? parse(textOf(readInput()), "standard input") : parse(word, `argument ${i + 1}`),
  );
  let meantId: string | undefined;
  return session(
    {
      name: id,
      needsRegistry: true,
      run: async (host, options) => {
        meantId ??= idOf(id, idsOf(host.registry, "function.lua"));
        return { values: [await host.call(meantId, args, options)] };
      },
    },
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
    throw notJson(what, text, (e as Error).message, false);
  }
}
