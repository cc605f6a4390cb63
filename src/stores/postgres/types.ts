/**
 * What becomes of the values of a row: those of the few types that our statements have. Other parsers of pg never see
 * what a server sends, so that it can't choose the one that does not end.
 */
import { UnreadableAnswer } from "../errors.ts";

type Parser = (text: string) => unknown;

function bytesIn(text: string): Buffer {
  if (!text.startsWith("\\x")) return escapedIn(text);
  const bytes = Buffer.from(text.slice(2), "hex");
  if (bytes.length * 2 !== text.length - 2) throw new UnreadableAnswer();
  return bytes;
}

/** The bytes as a server writes them that is set to `bytea_output = escape`. */
function escapedIn(text: string): Buffer {
  const bytes = text.replace(/\\\\|\\([0-3][0-7]{2})|\\|[^\x20-\x7e]/g, (found, octal?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (found !== "\\\\") throw new UnreadableAnswer();
    return "\\";
  });
  return Buffer.from(bytes, "latin1");
}

function numberIn(text: string): number {
  const number = Number(text);
  if (text === "" || (Number.isNaN(number) && text !== "NaN")) throw new UnreadableAnswer();
  return number;
}

function switchIn(text: string): boolean {
  if (text !== "t" && text !== "f") throw new UnreadableAnswer();
  return text === "t";
}

const asItIs: Parser = (text) => text;

const binary: Parser = () => {
  throw new UnreadableAnswer(); // it is never asked for
};

/** By the numbers that types have: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat. */
const parsers: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [16, switchIn],
  [17, bytesIn],
  [23, numberIn],
  [701, numberIn],
]);

export const types = {
  getTypeParser: (type: number, format?: string): Parser =>
    format === "binary" ? binary : (parsers.get(type) ?? asItIs),
};
