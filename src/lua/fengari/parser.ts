/** Lua's source, compiled: Fengari's scanner, parser and code generator, within the limits of whoever pays. */

import { ByteString } from "../../value/value.ts";
import { LuaError } from "../core/errors.ts";
import { work } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaClosure } from "../vm/closure.ts";
import type { LuaState } from "../vm/thread.ts";
import { ERRSYNTAX, STRING } from "../vm/types.ts";
import { binaryChunk, textChunk } from "./errors.ts";
import type { Lparser, Lzio } from "./files.ts";
import { file } from "./loader.ts";
import { type CountedProto, counted } from "./proto.ts";

/** Gives the next part of a source; null after the last. */
export type Source = () => Uint8Array | null;

/** Bytes of source that are passed over in the time of a few instructions. */
const BYTES_PER_STEP = 16;
/** Bytes of a mode that are shown. */
const LONGEST_MODE = 40;
const ESCAPE = 0x1b;
const LETTER_T = 0x74;

/** Text alone is compiled: the loader of binary chunks trusts them. */
function refuse(message: string): never {
  throw new LuaError(ERRSYNTAX, STRING, ByteString.fromText(message));
}

/**
 * Compiles a chunk. Nothing can wait meanwhile. Its only upvalue is the variable of its globals.
 * @param name as Lua names chunks
 * @param mode what may be loaded: with a `t`, text; null: the same
 * @throws LuaError ERRSYNTAX; what `source` throws; Stopped
 */
export function compile(L: LuaState, source: Source, name: Uint8Array, mode: Uint8Array | null = null): LuaClosure {
  const { ZIO, MBuffer } = file<Lzio>("lzio.js");
  const { Dyndata, luaY_parser } = file<Lparser>("lparser.js");
  const z = new ZIO(L, () => {
    const part = source();
    if (part !== null) work(part.length / BYTES_PER_STEP);
    return part;
  });
  const { top, nCcalls } = L;
  L.nny++;
  try {
    const first = z.zgetc();
    if (first === ESCAPE) refuse(binaryChunk);
    if (mode !== null && !mode.includes(LETTER_T)) {
      const shown = new ByteString(mode.subarray(0, LONGEST_MODE));
      refuse(textChunk(`${shown}${mode.length > LONGEST_MODE ? "…" : ""}`));
    }
    const lists = new Dyndata();
    lists.gt.arr = counted(lists.gt.arr);
    lists.label.arr = counted(lists.label.arr);
    const closure = luaY_parser(L, z, new MBuffer(), lists, name, first);
    closure.p = (closure.p as CountedProto).finished(L);
    for (let i = 0; i < closure.nupvalues; i++) closure.upvals[i] = new TValue();
    return closure;
  } finally {
    L.nny--;
    L.nCcalls = nCcalls;
    L.top = top;
    for (let i = top; i < L.stack.length; i++) L.stack[i] ??= new TValue(); // the parser deletes what it pops
  }
}
