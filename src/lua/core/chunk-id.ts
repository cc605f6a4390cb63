import type { ByteString } from "../../value/value.ts";

/** The most characters of a name that messages show. */
const MOST = 59;

/**
 * A chunk's name as messages show it, one character per byte: what follows `=` as it is, the end of the path that
 * follows `@`, and else the first line of the source.
 */
export function chunkId(source: ByteString): string {
  const name = source.length > LONG ? source.binary.slice(0, LONG) : source.binary;
  if (name[0] === "=") return name.slice(1, MOST + 1);
  if (name[0] === "@") return source.length - 1 <= MOST ? name.slice(1) : `...${source.binary.slice(3 - MOST)}`;
  const line = name.indexOf("\n");
  const first = line < 0 ? name : name.slice(0, line);
  const isWhole = line < 0 && source.length < ROOM;
  return `[string "${isWhole ? first : `${first.slice(0, ROOM)}...`}"]`;
}

/** So much of a source is shown between the quotes, with dots behind it. */
const ROOM: number = MOST - '[string "..."]'.length;
/** Of a source, more is not looked at. */
const LONG = 200;
