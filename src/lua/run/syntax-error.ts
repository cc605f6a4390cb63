import { LuaError } from "../core/errors.ts";
import { shared } from "../core/shared.ts";
import { messageOf } from "../core/traceback.ts";
import { compile } from "../fengari/parser.ts";
import { newCell } from "../vm/table.ts";

/** What the compiler refuses, and where. */
export interface SyntaxProblem {
  readonly line: number;
  /** From 1, in bytes; undefined where the message names no token, or more than one line of it. */
  readonly column: number | undefined;
  /** Without the place. */
  readonly message: string;
}

const NAME = Buffer.from("=?");

/**
 * The syntax error of a source, if it has one. The compiler's message has only the line and the token, so it is given
 * the source byte by byte: the token lies before the byte at which it stops.
 */
export function syntaxErrorIn(source: Uint8Array): SyntaxProblem | undefined {
  let given = 0;
  let end = source.length;
  const next = () => (given < source.length ? source.subarray(given, ++given) : null);
  try {
    compile(
      shared,
      () => {
        const byte = next();
        end = byte === null ? given : given - 1; // the scanner reads one byte ahead
        return byte;
      },
      NAME,
    );
    return undefined;
  } catch (e) {
    if (!(e instanceof LuaError)) throw e;
    const [, line, message] = /^\?:(\d+): (.*)$/s.exec(messageOf(newCell(e.type, e.value))) ?? [];
    if (line === undefined || message === undefined) return undefined;
    return { line: Number(line), column: columnOf(message, source.subarray(0, end)), message };
  }
}

/** @param read what the compiler had read */
function columnOf(message: string, read: Uint8Array): number | undefined {
  const token = tokenIn(message);
  if (token === undefined || /[\r\n]/.test(token)) return undefined;
  const text = Buffer.from(read).toString("latin1");
  if (!text.endsWith(token)) return undefined; // it has read on behind the token
  const line = text.slice(Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
  return line.length - token.length + 1;
}

/** The token that a message names, a character for each byte: `near 'token'`, `near '<\27>'` or `near <eof>`. */
function tokenIn(message: string): string | undefined {
  const [, end, shown] = / near (?:(<eof>)|'(.*)')$/s.exec(message) ?? [];
  if (end !== undefined) return "";
  const control = /^<\\(\d+)>$/.exec(shown ?? "");
  if (control !== null) return String.fromCharCode(Number(control[1]));
  return shown === undefined ? undefined : Buffer.from(shown).toString("latin1");
}
