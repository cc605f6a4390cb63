/**
 * Regular expressions in RE2's syntax over bytes, by RE2JS, which never goes back in a text: what one search costs is at
 * most the text by the pattern. Even that can be minutes, and finding all matches can be the square of it; so the input
 * is one of ours, which counts what is looked at while a search goes on, and a limit ends it there.
 */

import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { MoonkeepError } from "../../errors.ts";
import { allocate, work } from "../../lua/meter/meter.ts";
import { patternSize } from "../../security/pattern-size.ts";
import type { Bytes } from "../../value/value.ts";
import { patternTooLarge, patternTooLong } from "./errors.ts";

const MAX_PATTERN = 1000;
/** Instructions that a pattern may compile to: some 30 milliseconds. */
const MAX_SIZE = 8000;
const STEPS_TO_COMPILE_AN_INSTRUCTION = 100;

// Costs, in instructions of the VM, that is, of 20 nanoseconds.
/** Of a search, before it looks at anything. */
const SEARCH = 100;
/** Of a look at a character. */
const LOOK = 1;
/** Of an instruction of the pattern, in the machine that keeps all of them going; and of each bound of a group. */
const INSTRUCTION = 1 / 4;
const BOUND = 1 / 64;
/** What is counted before it is charged. */
const BATCH = 500;
/** Bytes that are searched for a literal at once. */
const WINDOW: Bytes = 16_384;

// Memory.
/** For the states of the automaton that only says whether there is a match. RE2JS' own limit is 8 MiB. */
const AUTOMATON: Bytes = 256 * 1024;
const INSTRUCTION_RECORD: Bytes = 150;
const THREAD_RECORD: Bytes = 200;

type Program = ReturnType<RE2JS["re2"]>;

/** The input that RE2JS' machines work on: the bytes of a text. */
interface Input {
  step(at: number): number;
  context(at: number): number;
  index(program: Program, at: number): number;
}
type InputClass = new (bytes: Uint8Array) => Input;

/** Counts what is looked at. */
export interface MeteredInput extends Input {
  readonly length: Bytes;
  /** What a look costs in the machine that is at work. */
  cost: number;
  settle(): void;
}

interface Library {
  readonly compile: (pattern: string) => RE2JS;
  readonly input: new (bytes: Uint8Array) => MeteredInput;
}

const load = createRequire(import.meta.url);
let library: Library | undefined;

/** RE2JS is loaded for the first pattern. */
function loaded(): Library {
  if (library !== undefined) return library;
  const { RE2JS } = load("re2js") as typeof import("re2js");
  library = { compile: (pattern) => RE2JS.compile(pattern), input: metered(inputClass(RE2JS.compile("").re2())) };
  return library;
}

/** The class of inputs of bytes, which is not exported, from one that a search is given. */
function inputClass(program: Program): InputClass {
  let made: Input | undefined;
  program.executeEngine = (input: Input) => {
    made = input;
    return null;
  };
  program.matchWithGroup(new Uint8Array(), 0, 0, 0, 1);
  return made!.constructor as InputClass;
}

function metered(Base: InputClass): new (bytes: Uint8Array) => MeteredInput {
  return class extends Base implements MeteredInput {
    cost = LOOK;
    readonly length: Bytes;
    readonly #buffer: Buffer;
    #unpaid = 0;

    constructor(bytes: Uint8Array) {
      super(bytes);
      this.length = bytes.length;
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }

    override step(at: number): number {
      this.#count(this.cost);
      return super.step(at);
    }

    override context(at: number): number {
      this.#count(this.cost);
      return super.context(at);
    }

    /** How far the next place is where a match can begin, as its first bytes say. */
    override index({ prefixUTF8: prefix }: Program, from: number): number {
      const sought = prefix as readonly number[];
      for (let at = from; at + sought.length <= this.length; at += WINDOW) {
        const window = this.#buffer.subarray(at, at + WINDOW + sought.length - 1);
        const found = window.indexOf(Uint8Array.from(sought));
        // A byte that repeats in both is looked at for each byte of the prefix.
        this.#count((found === -1 ? window.length : found) * ((4 + sought.length) / 100));
        if (found !== -1) return at + found - from;
      }
      return -1;
    }

    #count(steps: number): void {
      this.#unpaid += steps;
      if (this.#unpaid > BATCH) this.settle();
    }

    settle(): void {
      const steps = this.#unpaid;
      this.#unpaid = 0;
      work(steps);
    }
  };
}

/** Where a match and its groups begin and end: bytes from 0, by twos; -1 for a group that took no part. */
export type Bounds = readonly number[];

/** A pattern that was compiled. */
export class Engine {
  readonly groups: number;
  /** By their names. */
  readonly names: Readonly<Record<string, number>>;
  readonly #program: Program;
  readonly #size: number;
  #bytes: Bytes;
  #hasThreads = false;
  #hasAutomaton = false;

  /** @throws MoonkeepError INVALID for what is not a pattern, or too large a one */
  constructor(pattern: string) {
    this.#program = compile(pattern);
    this.groups = this.#program.numberOfCapturingGroups();
    this.names = this.#program.namedGroups;
    this.#size = this.#program.numberOfInstructions() as number;
    this.#bytes = programBytes(this.#program);
    this.#chargeForThreads();
  }

  /** What it keeps, which grows when it is first used in certain ways. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  input(bytes: Uint8Array): MeteredInput {
    return new (loaded().input)(bytes);
  }

  /** Whether there is a match anywhere. */
  test(input: MeteredInput): boolean {
    this.#keepAutomatonSmall();
    return this.#search(input, 0, 0) !== undefined;
  }

  /** The first match at `from` or after, and its bounds; of its groups, too, when `withGroups`. */
  find(input: MeteredInput, from: Bytes, withGroups: boolean): Bounds | undefined {
    return this.#search(input, from, withGroups ? 2 * (this.groups + 1) : 2);
  }

  #search(input: MeteredInput, from: Bytes, bounds: number): Bounds | undefined {
    work(SEARCH);
    input.cost = LOOK + this.#size / 64;
    const found = this.#program.executeEngine(input, from, 0, bounds) as Bounds | null;
    input.settle();
    return found ?? undefined;
  }

  /** The machine for texts that are long: it goes on with every instruction of the pattern at each character. */
  #chargeForThreads(): void {
    const program = this.#program;
    const run = program.doExecuteNFA;
    program.doExecuteNFA = (input: MeteredInput, from, anchor, bounds: number, lookbehind) => {
      input.cost = LOOK + this.#size * (INSTRUCTION + bounds * BOUND);
      if (!this.#hasThreads) {
        this.#hasThreads = true;
        this.#keep(this.#size * (THREAD_RECORD + 16 * (this.groups + 1)));
      }
      return run.call(program, input, from, anchor, bounds, lookbehind);
    };
  }

  #keepAutomatonSmall(): void {
    if (this.#hasAutomaton) return;
    this.#hasAutomaton = true;
    this.#keep(AUTOMATON);
    const automaton = this.#program.dfa;
    automaton.maxMem = AUTOMATON;
    automaton.stateBudget = AUTOMATON;
    automaton.memBudget = AUTOMATON;
  }

  #keep(bytes: Bytes): void {
    allocate(bytes);
    this.#bytes += bytes;
  }
}

const invalid = (message: string) => new MoonkeepError("INVALID", `pattern: ${message}`);

function compile(pattern: string): Program {
  if (pattern.length > MAX_PATTERN) {
    throw invalid(patternTooLong(MAX_PATTERN, pattern.length));
  }
  const size = patternSize(pattern);
  if (size > MAX_SIZE) {
    throw invalid(patternTooLarge(size, MAX_SIZE));
  }
  work(size * STEPS_TO_COMPILE_AN_INSTRUCTION);
  try {
    const program = loaded().compile(pattern).re2();
    program.prefilter = null; // it would go through all of the text before each search, and uncounted
    return program;
  } catch (e) {
    throw invalid((e as Error).message);
  }
}

function programBytes(program: Program): Bytes {
  let bytes = 1000;
  for (const { runes } of program.prog.inst as readonly { runes: readonly number[] | null }[]) {
    bytes += INSTRUCTION_RECORD + 4 * (runes?.length ?? 0);
  }
  return bytes;
}
