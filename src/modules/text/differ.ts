/** `text.diff`: what is different between two texts, for programs and for people, and patches from one to the other. */

import { MoonkeepError } from "../../errors.ts";
import { type Arg, type Param, plainOf, typeOf } from "../../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../../lua/boundary/handle.ts";
import { Refused } from "../../lua/boundary/marshal.ts";
import { fn, many, plain } from "../../lua/boundary/module.ts";
import { allocate, concat, handle, newString } from "../../lua/meter/meter.ts";
import { ByteString, type Bytes, Table, type Value } from "../../value/value.ts";
import { type Flags, readFlags } from "../flags.ts";
import { string } from "../params.ts";
import { readableChanges } from "./changes.ts";
import { Effort } from "./effort.ts";
import { badOperation, expectedTable, notAList, notATable, notPlainData, textNotString } from "./errors.ts";
import { Held } from "./held.ts";
import { hunksOf, readHunks, writeHunk } from "./hunk.ts";
import { applyHunks } from "./patch.ts";
import { type Symbols, symbolsOf, textOf } from "./symbols.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

const differOptions = {
  diff_timeout: { number: [0, Number.POSITIVE_INFINITY] },
  diff_edit_cost: { integer: [0, 1000] },
  match_threshold: { number: [0, 1] },
  match_distance: { integer: [0, 1e9] },
  patch_delete_threshold: { number: [0, 1] },
  patch_margin: { integer: [0, 1000] },
} as const;

type Operation = "equal" | "delete" | "insert";

interface Difference {
  readonly operation: Operation;
  readonly text: ByteString;
}

/** What a difference takes on its way into Lua, beside its text. */
const DIFFERENCE: Bytes = 500;
/** What the pieces of one take while they are put together, beside its text. */
const PIECES: Bytes = 400;

class Differ {
  readonly #options: Flags<typeof differOptions>;

  constructor(options: Table | undefined) {
    this.#options = readFlags(options, differOptions);
  }

  #changes(a: Symbols, b: Symbols) {
    return readableChanges(a, b, this.#effort(), this.#options.diff_edit_cost ?? 4);
  }

  #effort(): Effort {
    return new Effort(this.#options.diff_timeout ?? 1);
  }

  compare(text1: ByteString, text2: ByteString): Difference[] {
    const [a, b] = [symbolsOf(text1), symbolsOf(text2)];
    const differences: Difference[] = [];
    const held = new Held();
    const add = (operation: Operation, text: Symbols) => {
      if (text.length === 0) return;
      held.add(DIFFERENCE);
      differences.push({ operation, text: textOf(text) });
    };
    let end = 0;
    for (const { a0, a1, b0, b1 } of this.#changes(a, b)) {
      add("equal", a.subarray(end, a0));
      add("delete", a.subarray(a0, a1));
      add("insert", b.subarray(b0, b1));
      end = a1;
    }
    add("equal", a.subarray(end));
    return differences;
  }

  makePatches(text1: ByteString, text2: ByteString): { text: ByteString }[] {
    const [a, b] = [symbolsOf(text1), symbolsOf(text2)];
    const hunks = hunksOf(a, b, this.#changes(a, b), this.#options.patch_margin ?? 4);
    const held = new Held();
    return hunks.map((hunk) => {
      held.add(DIFFERENCE);
      return { text: writeHunk(hunk) };
    });
  }

  applyPatches(patches: readonly ByteString[], text: ByteString): [ByteString, boolean] {
    const held = new Held();
    const hunks = patches.flatMap((patch, i) => readHunks(patch, `patches[${i + 1}].text`, held));
    const { match_threshold = 0.5, match_distance = 1000, patch_delete_threshold = 0.5 } = this.#options;
    const tolerance = { threshold: match_threshold, distance: match_distance, deleteThreshold: patch_delete_threshold };
    const outcome = applyHunks(symbolsOf(text), hunks, tolerance, this.#effort());
    return [textOf(outcome.text), outcome.isWhole];
  }
}

// ---- lists of differences and patches, as scripts give them ----

function list<T>(name: string, read: (item: Table, place: string) => T): Param<readonly T[]> {
  return {
    name,
    type: "table",
    optional: false,
    read(arg: Arg) {
      const given = plainTable(arg, name);
      if (given.keys.length > 0) throw invalid(notAList(name));
      return given.items.map((item, i) => {
        const place = `${name}[${i + 1}]`;
        if (!(item instanceof Table)) throw invalid(notATable(place));
        return read(item, place);
      });
    },
  };
}

function plainTable(arg: Arg, name: string): Table {
  try {
    const given = plainOf(arg);
    if (given instanceof Table) return given;
  } catch (e) {
    throw e instanceof Refused ? invalid(notPlainData(e.place(name), e.what)) : e;
  }
  throw invalid(expectedTable(name, typeOf(arg)));
}

function field({ keys, values }: Table, name: string): Value | undefined {
  return values[keys.findIndex((key) => key instanceof ByteString && key.toString() === name)];
}

function textField(item: Table, place: string): ByteString {
  const text = field(item, "text");
  if (text instanceof ByteString) return text;
  throw invalid(textNotString(place));
}

const operations: readonly Operation[] = ["equal", "delete", "insert"];

const diffs = list("diffs", (item, place): Difference => {
  const operation = operations.find((one) => one === String(field(item, "operation")));
  if (operation === undefined) throw invalid(badOperation(place, operations.join(", ")));
  return { operation, text: textField(item, place) };
});

// ---- for people ----

type Frames = Readonly<Record<Operation, readonly [string, string]>>;

const colors: Frames = { equal: ["", ""], delete: ["\x1b[31m", "\x1b[0m"], insert: ["\x1b[32m", "\x1b[0m"] };
const elements: Frames = { equal: ["", ""], delete: ["<del>", "</del>"], insert: ["<ins>", "</ins>"] };

function framed(differences: readonly Difference[], frames: Frames, show: (text: ByteString) => Uint8Array) {
  const held = new Held();
  let length = 0;
  const parts = differences.flatMap(({ operation, text }) => {
    const [before, after] = frames[operation];
    const pieces = [Buffer.from(before), show(text), Buffer.from(after)];
    length += before.length + pieces[1]!.length + after.length;
    newString(length);
    held.add(PIECES + pieces[1]!.length);
    return pieces;
  });
  return new ByteString(concat(parts));
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: ByteString): Uint8Array {
  handle(text.length * 10);
  allocate(text.length);
  return Buffer.from(
    text.binary.replace(/[&<>"]/g, (character) => entities[character]!),
    "latin1",
  );
}

/** In characters. */
function summarize(differences: readonly Difference[]): Record<string, number> {
  const lengths = { equal: 0, delete: 0, insert: 0 };
  for (const { operation, text } of differences) lengths[operation] += symbolsOf(text).length;
  return { insertions: lengths.insert, deletions: lengths.delete, equals: lengths.equal };
}

const [text1, text2] = [string("text1"), string("text2")];
const patches = list("patches", textField);

export const differHandle: HandleDescription = defineHandle(
  "text.Differ",
  Differ,
  {},
  {
    functions: {
      compare: fn([text1, text2], (differ: Differ, a, b) => differ.compare(a, b)),
      summarize: plain([diffs], (_: Differ, differences) => summarize(differences)),
      pretty_text: fn([diffs], (_: Differ, differences) => framed(differences, colors, ({ bytes }) => bytes)),
      pretty_html: fn([diffs], (_: Differ, differences) => framed(differences, elements, escapeHtml)),
      patch_make: fn([text1, text2], (differ: Differ, a, b) => differ.makePatches(a, b)),
      patch_apply: many([patches, string("text")], (differ: Differ, given, text) => patched(differ, given, text)),
    },
  },
);

/** The text and whether all went well; what is not a patch is `nil, err`. */
function patched(differ: Differ, given: readonly ByteString[], text: ByteString): readonly unknown[] {
  try {
    return differ.applyPatches(given, text);
  } catch (e) {
    if (e instanceof MoonkeepError) return [undefined, e];
    throw e;
  }
}

/** @throws MoonkeepError INVALID for options that there are not */
export const newDiffer = (options: Table | undefined): object => new Differ(options);
