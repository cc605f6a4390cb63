/**
 * The typed door to Fengari: the only file that loads it.
 *
 * Fengari is loaded as a private copy, in which some files are ours: those that make its objects and those that run
 * code (vm/, core/). A copy that the embedder loaded for itself neither is changed by us nor keeps us from changing
 * ours. The files that reach outside (io, os, debug, package) are never loaded at all.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { hold, MeteredBytes } from "../meter/meter.ts";
import { TValue } from "../vm/cell.ts";
import type { LuaState } from "../vm/thread.ts";
import { type LuaCFunction, MAXSTACK } from "../vm/types.ts";
import { calls, ldo, lvm } from "./execution.ts";
import type { Lapi, Lauxlib, Ldebug, Lparser, Lua, Lualib, Lzio } from "./files.ts";
import { mendBuffers } from "./mend/buffers.ts";
import { burnTries, mendMessages, mendPatterns } from "./mend/patterns.ts";
import { findBytes, sameRange } from "./mend/search.ts";
import { mendAccess } from "./mend/strings.ts";
import { lobject } from "./numbers.ts";
import { lfunc, lstate, lstring, ltable, ltm } from "./objects.ts";
import { CountedProto, protectedParser } from "./parser.ts";
import { PrivateCopy, packageFolder } from "./private-copy.ts";

const require = createRequire(import.meta.url);
const folder = packageFolder(require, "fengari");

/** Never loaded: they reach files, processes and the inside of the VM. */
const leftOut = ["liolib.js", "loslib.js", "loadlib.js", "ldblib.js", "ldump.js", "lundump.js"];

/** What stands for a file of Fengari's, by its name. */
const ours: Readonly<Record<string, object>> = {
  "ldo.js": ldo,
  "lfunc.js": { ...lfunc, Proto: CountedProto },
  "lobject.js": lobject,
  "lstate.js": lstate,
  "lstring.js": lstring,
  "ltable.js": ltable,
  "ltm.js": ltm,
  "lvm.js": lvm,
};

const copy = new PrivateCopy({
  folders: [folder, packageFolder(require, "fengari-interop")],
  replaced: Object.fromEntries(
    [...leftOut.map((name) => [name, {}] as const), ...Object.entries(ours)].map(([name, exports]) => [
      join(folder, "src", name),
      exports,
    ]),
  ),
  globals: { Uint8Array: MeteredBytes, burnTries, findBytes, hold, sameRange },
  edits: {
    [join(folder, "src/lauxlib.js")]: mendBuffers,
    [join(folder, "src/lstrlib.js")]: [...mendPatterns, ...mendMessages],
  },
});

const file = <T>(name: string): T => copy.load(join(folder, "src", name)) as T;

type Api = Record<string, (L: LuaState, ...rest: unknown[]) => unknown>;

/** Fengari pops its stack with `delete`, which leaves holes. Every slot of ours has a cell. */
function fillHoles(api: Api): void {
  for (const name of popping.split(" ")) {
    const original = api[name]!;
    api[name] = (L, ...rest) => {
      const result = original(L, ...rest);
      for (let i = L.top; i < L.stack.length && L.stack[i] === undefined; i++) L.stack[i] = new TValue();
      return result;
    };
  }
}

const popping =
  "lua_arith lua_next lua_pushcclosure lua_pushjsclosure lua_rawset lua_rawseti lua_rawsetp lua_setfield lua_setglobal " +
  "lua_setmetatable lua_settable lua_setupvalue lua_setuservalue lua_xmove";

function load() {
  file("defs.js");
  Object.assign(file<object>("luaconf.js"), {
    LUAI_MAXSTACK: MAXSTACK,
    // No integer is minus zero.
    lua_numbertointeger: (n: number) => (n >= -(2 ** 31) && n < 2 ** 31 ? n + 0 : false),
  });
  const lapi = file<Lapi & Api>("lapi.js");
  const ldebug = file<Ldebug>("ldebug.js");
  Object.assign(ldo, { luaD_protectedparser: protectedParser(file<Lparser>("lparser.js"), file<Lzio>("lzio.js")) });
  Object.assign(lapi, calls);
  fillHoles(lapi);
  mendAccess(lapi);
  return {
    lapi,
    ldebug,
    ldo,
    lobject,
    lstate,
    lua: file<Lua>("lua.js"),
    lauxlib: file<Lauxlib>("lauxlib.js"),
    lualib: file<Lualib>("lualib.js"),
  };
}

export const fengari: ReturnType<typeof load> = load();

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
