import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { toText } from "../value/bytes.ts";
import { nearest } from "../value/nearest.ts";
import * as errors from "./errors.ts";
import { type FieldOptions, Refusal, type Schema, scalarField } from "./field.ts";
import { isInside, MAX_FILE_SIZE } from "./files.ts";
import type { Source } from "./source.ts";
import type { Scalar } from "./tree.ts";

/** A text, and where it comes from when it is not written in the registry itself. */
export interface FileText {
  /** As `toText` makes it: no byte is lost, whether the file is UTF-8 or not. */
  readonly text: string;
  /** Relative to the registry's folder, with "/" between folders. */
  readonly file?: string;
}

const SCHEME = "file://";
/** Characters a relative path can't begin with: a root, a drive. */
const absoluteElsewhere = /^(?:[\\/]|[A-Za-z]:)/;

/**
 * A text, or `file://path`: the text of a file, named relative to the YAML file. It has to lie inside the registry's
 * folder, with all links followed, and to be no larger than 4 MiB.
 */
export function fileText(options: FieldOptions = {}): Schema<FileText, string> {
  const about = { field: "fileText", expects: "text, or file:// and a path", ...options };
  return scalarField(about, (scalar) => {
    const { value } = scalar;
    if (typeof value !== "string") return undefined;
    if (value === "") return new Refusal(errors.emptyText());
    if (value.startsWith(SCHEME)) return readNamed(value.slice(SCHEME.length), scalar);
    const room = scalar.spot?.source.room;
    return room === undefined || room.take(value.length)
      ? { text: value }
      : new Refusal(errors.textsTooLarge(room.most));
  });
}

function readNamed(path: string, scalar: Scalar): FileText | Refusal {
  const source = scalar.spot?.source;
  if (source === undefined) return new Refusal(errors.fileNeedsRegistry());
  if (path === "" || path.includes("\0") || absoluteElsewhere.test(path) || isAbsolute(path)) {
    return new Refusal(errors.notBesideFile());
  }
  return readInside(path, source, realpathSync(dirname(source.path)), scalar);
}

function readInside(path: string, { root, room }: Source, folder: string, scalar: Scalar): FileText | Refusal {
  const named = resolve(folder, path);
  // Judged by its words first, so that nobody learns which files there are outside.
  if (!isInside(named, root)) return new Refusal(errors.fileLeadsOutside(scalar));
  try {
    const real = realpathSync(named);
    if (!isInside(real, root)) return new Refusal(errors.fileLeadsOutside(scalar));
    const stats = statSync(real);
    if (!stats.isFile()) return new Refusal(errors.notARegularFile(scalar));
    if (stats.size > MAX_FILE_SIZE) return new Refusal(errors.namedFileTooLarge(scalar, MAX_FILE_SIZE));
    if (!room.take(stats.size)) return new Refusal(errors.textsTooLarge(room.most));
    return { text: toText(readFileSync(real)), file: relative(root, real).replaceAll(sep, "/") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return new Refusal(errors.cantReadFile(scalar, error));
    return new Refusal(errors.noSuchFile(scalar, scalar.isSecret ? undefined : similarFile(named, folder)));
  }
}

/** The path of the file beside a missing one whose name is nearest, as one would write it. */
function similarFile(missing: string, folder: string): string | undefined {
  try {
    const close = nearest(basename(missing), readdirSync(dirname(missing)).sort());
    return close && relative(folder, join(dirname(missing), close)).replaceAll(sep, "/");
  } catch {
    return undefined; // Its folder is missing too.
  }
}
