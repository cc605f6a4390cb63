import type { Bytes } from "../value/value.ts";
import type { Mention } from "./mention.ts";
import type { Path, Place, Problem } from "./problem.ts";
import { formatPath } from "./problem.ts";

/** How much text the entries of a registry may hold, written in them or in the files that they name. */
export class Room {
  readonly most: Bytes;
  #left: Bytes;

  constructor(most: Bytes = Number.POSITIVE_INFINITY) {
    this.most = most;
    this.#left = most;
  }

  /** Whether there is room for so much; it is taken then. */
  take(bytes: Bytes): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** One file of a registry while it is read: where it is, where its lines begin, and what its entries mention. */
export class Source {
  /** Absolute. */
  readonly path: string;
  /** The path as problems show it. */
  readonly name: string;
  /** The real path of the registry's folder, which no file that this one names may leave. */
  readonly root: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** The namespace that the file declares; undefined until it is read, and for good when it is wrong. */
  namespace: string | undefined;
  /** For texts of its entries; one for all files of a registry. */
  readonly room: Room;
  /** Names that are checked once all files are read. */
  readonly mentions: Mention[] = [];
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, name: string, root: string, text: string, room: Room = new Room()) {
    this.path = path;
    this.name = name;
    this.root = root;
    this.text = text;
    this.room = room;
  }

  /** A bare name in this file's namespace; a full one as it is; undefined while there is no namespace to use. */
  fullName(name: string): string | undefined {
    if (name.includes(":")) return name;
    return this.namespace === undefined ? undefined : `${this.namespace}:${name}`;
  }

  place(offset: number): Place {
    this.#lineStarts ??= lineStarts(this.text);
    const line = lastNotAfter(this.#lineStarts, offset);
    return { file: this.name, line: line + 1, column: offset - this.#lineStarts[line]! + 1 };
  }

  problem(offset: number, path: Path, message: string): Problem {
    return { ...this.place(offset), path: formatPath(path), message };
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last of the ascending numbers that is at most `limit`. */
function lastNotAfter(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
