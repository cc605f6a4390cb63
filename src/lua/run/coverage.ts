/** Which lines of files have run, for the whole process, while somebody wants to know. */
import { CLOSURE, type Instruction, successors } from "../compiler/code.ts";
import { HAS_RUN, NOT_RUN } from "../core/coverage.ts";
import type { Proto } from "../vm/types.ts";

/** The lines of a file that have code in them, in order. */
export interface CoveredFile {
  readonly path: string;
  readonly lines: readonly { readonly line: number; readonly hasRun: boolean }[];
}

let now: Coverage | undefined;

/** What is compiled from here on is noted there. */
export const coverageNow = (): Coverage | undefined => now;

export class Coverage implements Disposable {
  /** What is known of the lines of a file, once for each version of it that was compiled. */
  readonly #files = new Map<string, Uint8Array[]>();

  constructor() {
    now = this;
  }

  /** @internal Notes a file that was compiled, before any of it runs. */
  note(path: string, source: Uint8Array, proto: Proto): void {
    const texts = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString("latin1").split("\n");
    const lines = new Uint8Array(texts.length + 1);
    noteFunction(proto, lines, (line) => !isOnlyEnd.test(texts[line - 1] ?? ""));
    const versions = this.#files.get(path);
    if (versions === undefined) this.#files.set(path, [lines]);
    else versions.push(lines);
  }

  /** Every file that was compiled, by path. */
  get files(): readonly CoveredFile[] {
    return [...this.#files]
      .map(([path, versions]) => ({ path, lines: linesOf(versions) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Nothing is noted any more of what is compiled from here on. */
  [Symbol.dispose](): void {
    if (now === this) now = undefined;
  }
}

/** A line of words and signs that only close, or open, what other lines say. */
const isOnlyEnd = /^\s*(?:(?:end\b|else\b|do\b|then\b|repeat\b|[()[\]{},;])\s*)+(?:--.*)?\r?$/;

function linesOf(versions: readonly Uint8Array[]): CoveredFile["lines"] {
  const known: { line: number; hasRun: boolean }[] = [];
  for (let line = 1; line < Math.max(...versions.map(({ length }) => length)); line++) {
    const of = versions.map((lines) => lines[line]);
    if (of.some((one) => one === NOT_RUN || one === HAS_RUN)) known.push({ line, hasRun: of.includes(HAS_RUN) });
  }
  return known;
}

/** A function, and those in it. */
function noteFunction(p: Proto, lines: Uint8Array, counts: (line: number) => boolean): void {
  const code = p.code as readonly Instruction[];
  // A function counts where it begins: its instruction has the line of its end.
  const lineAt = (pc: number): number => {
    const { opcode, Bx } = code[pc]!;
    return opcode === CLOSURE ? p.p[Bx]!.linedefined : p.lineinfo[pc]!;
  };
  const at = new Map<number, number>();
  for (const pc of beginnings(code, lineAt)) {
    const line = lineAt(pc);
    if (line >= lines.length || !counts(line)) continue;
    at.set(pc, line);
    lines[line] = NOT_RUN;
  }
  p.notes = { lines, at };
  for (const inner of p.p) noteFunction(inner, lines, counts);
}

/**
 * The instructions that may run, and that are come to from another line or by a jump. Not the last one, by which every
 * function returns where its text does not say so.
 */
function beginnings(code: readonly Instruction[], lineAt: (pc: number) => number): ReadonlySet<number> {
  const found = new Set([0]);
  const seen = new Set<number>();
  const open = [0];
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    if (seen.has(pc)) continue;
    seen.add(pc);
    for (const next of successors(code, pc)) {
      if (next !== pc + 1 || lineAt(next) !== lineAt(pc)) found.add(next);
      open.push(next);
    }
  }
  found.delete(code.length - 1);
  return found;
}
