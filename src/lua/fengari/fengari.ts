/**
 * The typed door to Fengari: the only file that loads it.
 *
 * Fengari is loaded as a private copy. Its files take each other's functions at load, so what we mend must be in place
 * before the rest loads; and a copy that the embedder loaded for itself must neither be changed by us nor keep us from
 * changing ours. The files that reach outside (io, os, debug, package) are never loaded at all.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { hold, MeteredBytes } from "../meter/meter.ts";
import { keyLike } from "../vm/lua-table.ts";
import type {
  Core,
  Lauxlib,
  Ldebug,
  Ldo,
  Lfunc,
  Libraries,
  Lobject,
  Lparser,
  Lstate,
  Lstring,
  Ltm,
  Lua,
  LuaCFunction,
  Lualib,
  LuaState,
  Lvm,
  Lzio,
} from "../vm/types.ts";
import { mendBuffers } from "./mend/buffers.ts";
import { mendCalls } from "./mend/calls.ts";
import { joinStrings, mendConcat } from "./mend/concat.ts";
import { indexing, mendIndexing, mendInstructions, mendScanner } from "./mend/indexing.ts";
import { type Luaconf, mendNumberFormat, mendNumberText, mendNumerals } from "./mend/numbers.ts";
import { countCode, countStep, mendCompiler, mendParser } from "./mend/parser.ts";
import { burnTries, mendMessages, mendPatterns } from "./mend/patterns.ts";
import { findBytes, sameRange } from "./mend/search.ts";
import { mendStack } from "./mend/stack.ts";
import { mendAccess, mendStrings } from "./mend/strings.ts";
import { mendTables, tables } from "./mend/tables.ts";
import { PrivateCopy, packageFolder } from "./private-copy.ts";

/**
 * Slots of a thread's stack. A full stack of Fengari's own million takes 288 MB; this many hold a recursion of some
 * 40 000 calls in 60 MB.
 */
export const MAXSTACK = 200_000;

const require = createRequire(import.meta.url);
const folder = packageFolder(require, "fengari");

/** Never loaded: they reach files, processes and the inside of the VM. */
const leftOut = ["liolib.js", "loslib.js", "loadlib.js", "ldblib.js"];

const copy = new PrivateCopy({
  folders: [folder, packageFolder(require, "fengari-interop")],
  replaced: {
    ...Object.fromEntries(leftOut.map((name) => [join(folder, "src", name), {}])),
    [join(folder, "src/ltable.js")]: tables,
  },
  globals: {
    Uint8Array: MeteredBytes,
    burnTries,
    countCode,
    countStep,
    findBytes,
    hold,
    joinStrings,
    keyLike,
    sameRange,
    ...indexing,
  },
  edits: {
    [join(folder, "src/lauxlib.js")]: mendBuffers,
    [join(folder, "src/lcode.js")]: mendCompiler,
    [join(folder, "src/lparser.js")]: mendParser,
    [join(folder, "src/llex.js")]: mendScanner,
    [join(folder, "src/lopcodes.js")]: mendInstructions,
    [join(folder, "src/lvm.js")]: [...mendConcat, ...mendIndexing],
    [join(folder, "src/lstrlib.js")]: [...mendPatterns, ...mendMessages],
  },
});

const file = <T>(name: string): T => copy.load(join(folder, "src", name)) as T;

function loadMended(): Core & Libraries {
  // First what everything else takes at load …
  file("defs.js");
  const luaconf = file<Luaconf>("luaconf.js");
  luaconf.LUAI_MAXSTACK = MAXSTACK;
  mendNumberFormat(luaconf);
  const lstring = file<Lstring>("lstring.js");
  mendStrings(lstring);
  // … then the core, in the one order in which its cycles resolve …
  const lapi = file<Core["lapi"]>("lapi.js");
  const core: Core = {
    lapi,
    ldebug: file<Ldebug>("ldebug.js"),
    ldo: file<Ldo>("ldo.js"),
    lfunc: file<Lfunc>("lfunc.js"),
    lobject: file<Lobject>("lobject.js"),
    lparser: file<Lparser>("lparser.js"),
    lstate: file<Lstate>("lstate.js"),
    lstring,
    ltable: tables,
    ltm: file<Ltm>("ltm.js"),
    lvm: file<Lvm>("lvm.js"),
    lzio: file<Lzio>("lzio.js"),
  };
  mendStack(core, MAXSTACK);
  mendCalls(core);
  mendTables(core);
  mendNumberText(core);
  mendAccess(lapi);
  mendNumerals(core);
  // … and the libraries, which take the mended functions.
  return { ...core, lua: file<Lua>("lua.js"), lauxlib: file<Lauxlib>("lauxlib.js"), lualib: file<Lualib>("lualib.js") };
}

export const fengari: Core & Libraries = loadMended();

/** The part of fengari-interop that we use, on the trusted side only: a reference to a Lua object from JavaScript. */
export interface Interop {
  luaopen_js: LuaCFunction;
  tojs(L: LuaState, index: number): unknown;
  push(L: LuaState, reference: unknown): void;
}

let interop: Interop | undefined;

/** fengari-interop on our copy, loaded when the first Lua function comes out of a state. */
export function loadInterop(): Interop {
  interop ??= copy.load(require.resolve("fengari-interop")) as Interop;
  return interop;
}
