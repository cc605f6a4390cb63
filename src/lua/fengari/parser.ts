/**
 * The parser's work is counted. The compiler takes time and memory that depend on more than the length of its source: a
 * chain of `and`, `elseif` or `goto` is gone through from its beginning for each link. What it goes through are its
 * lists of instructions, labels and gotos, which count here whoever looks at them. Who pays is asked by meter.ts: a
 * chunk may be compiled in another state than the one that it is for.
 */
import { ByteString } from "../../value/value.ts";
import { LuaError } from "../core/errors.ts";
import { attempt } from "../core/protect.ts";
import { push } from "../core/stack.ts";
import { allocate, work } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import { type Instruction, type LuaClosure, Proto } from "../vm/closure.ts";
import type { LuaState } from "../vm/thread.ts";
import { ERRSYNTAX, OK, STRING } from "../vm/types.ts";
import type { Lparser, Lzio, Zio } from "./files.ts";
import { withTag } from "./numbers.ts";

/** What an instruction takes in memory, with its line (limits/measure.ts). */
const INSTRUCTION = 140;
/** Steps that are counted at once. */
const AT_ONCE = 64;
/** Bytes of source that are passed over in the time of a few instructions. */
const BYTES_PER_STEP = 16;

let steps = 0;

function step(): void {
  if (++steps < AT_ONCE) return;
  steps = 0;
  work(AT_ONCE);
}

/** A list that counts how often it is looked at. */
const counted = <T>(list: T[], added: () => void = step): T[] =>
  new Proxy(list, {
    get(target, key) {
      step();
      return target[key as never];
    },
    set(target, key, value) {
      added();
      target[key as never] = value as never;
      return true;
    },
  });

function addInstruction(): void {
  step();
  allocate(INSTRUCTION);
}

/** A function while it is compiled. */
export class CountedProto extends Proto {
  readonly #code: Instruction[];

  constructor(L: LuaState) {
    super(L);
    this.#code = this.code;
    this.code = counted(this.code, addInstruction);
  }

  /** It is done: the list is a plain one, and the constants have the tags that they should. */
  finish(): void {
    this.code = this.#code;
    this.k = this.k.map(withTag);
    for (const inner of this.p) (inner as CountedProto).finish();
  }
}

/** Counts each part of the source before it is read. */
function countSource(L: LuaState, z: Zio): void {
  const { reader } = z;
  z.reader = (_, data) => {
    const part = reader(L, data);
    if (part !== null) work(part.length / BYTES_PER_STEP);
    return part;
  };
}

/** Text alone is compiled: the loader of binary chunks trusts them. */
function refuse(message: string): never {
  throw new LuaError(ERRSYNTAX, STRING, ByteString.fromText(message));
}

const ESCAPE = 0x1b;
const LETTER_T = 0x74;

/** What lua_load calls: leaves a closure on the stack, or an error. */
export function protectedParser({ Dyndata, luaY_parser }: Lparser, { MBuffer }: Lzio) {
  function parse(L: LuaState, z: Zio, name: Uint8Array, mode: Uint8Array | null): void {
    countSource(L, z);
    const first = z.zgetc();
    if (first === ESCAPE) refuse("attempt to load a binary chunk (only text is allowed)");
    if (mode !== null && !mode.includes(LETTER_T)) {
      refuse(`attempt to load a text chunk (mode is '${new ByteString(mode)}')`);
    }
    const lists = new Dyndata();
    lists.gt.arr = counted(lists.gt.arr);
    lists.label.arr = counted(lists.label.arr);
    const closure: LuaClosure = luaY_parser(L, z, new MBuffer(), lists, name, first);
    (closure.p as CountedProto).finish();
    for (let i = 0; i < closure.nupvalues; i++) closure.upvals[i] = new TValue();
    L.stack[L.top] ??= new TValue(); // the parser deletes what it pops
  }

  return (L: LuaState, z: Zio, name: Uint8Array, mode: Uint8Array | null): number => {
    const at = L.top;
    L.nny++;
    const error = attempt(L, () => parse(L, z, name, mode));
    L.nny--;
    if (error === undefined) return OK;
    L.top = at;
    push(L, error.type, error.value);
    return error.status;
  };
}
