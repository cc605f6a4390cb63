/** `require`, and the table `package`: what code may load, and nothing else. */

import { MoonkeepError } from "../../errors.ts";
import { textToBinary, toText } from "../../value/bytes.ts";
import { isLater } from "../../value/eventually.ts";
import { nearest } from "../../value/nearest.ts";
import { ByteString } from "../../value/value.ts";
import { makeFramesOf } from "../core/compiled-frames.ts";
import { type Found, type FoundFile, type Library, type Missing, type Requires, stateOf } from "../core/state-of.ts";
import { suspend, type Wait } from "../core/suspend.ts";
import type { Holding } from "../limits/roots.ts";
import { fail as failWith } from "../vm/direct.ts";
import { forEachAfter, getString, setString } from "../vm/lua-table.ts";
import { appendField, booleanCell, freeze, newCell, newTable, tableCell, textCell } from "../vm/table.ts";
import {
  type Continuation,
  type LuaCFunction,
  type LuaState,
  type LuaTable,
  NIL,
  OK,
  STRING,
  SUSPENDED,
  type TValue,
} from "../vm/types.ts";
import { stringArg } from "./args.ts";
import { circularModules, errorLoadingModule, moduleNotFound } from "./errors.ts";
import { callk, tagAt, valueAt } from "./stack.ts";

/** The functions that `requireFrom` has made. */
const made = new WeakSet<LuaCFunction>();

/**
 * `require`: an import, a module, a standard library, or a file beside the code, in this order. Names are compared
 * whole; what else a file has to be is the finder's business (core/state-of.ts).
 * @param own for code with globals of its own; without it, what the code has that the state was made for
 */
export function requireFrom(own?: Requires): LuaCFunction {
  const require: LuaCFunction & Holding = (L) => {
    const name = stringArg(L, 1, tagAt(L, 1), valueAt(L, 1)).bytes;
    const requires = own ?? stateOf(L).packages;
    const { modules, imports, finder } = requires.loads;
    const key = new ByteString(name.slice());
    const text = toText(name);
    const library = imports?.get(text);
    if (library !== undefined) return requireLibrary(L, library, key, requires);
    const module = modules.get(text)?.table();
    if (module !== undefined) return give(L, key, module, requires);
    const known = getString(requires.loaded, key);
    if (known.type !== NIL) return push(L, known);
    const found = finder === undefined ? nothing : finder.find(text);
    if (isLater(found)) return suspend(L, found, (L, _, wait) => hasFound(L, key, text, requires, wait as Wait));
    return take(L, key, text, requires, found);
  };
  require.isOpen = true;
  if (own !== undefined) Object.defineProperty(require, "holds", { get: () => loadedBy(own) });
  made.add(require);
  return require;
}

/** What code has loaded, and its globals. */
function loadedBy({ loaded, globals }: Requires): TValue[] {
  const values = [tableCell(globals)];
  forEachAfter(loaded, 0, (_, value) => values.push(value));
  return values;
}

const nothing: Missing = { tried: [] };

function push(L: LuaState, { type, value }: TValue): 1 {
  L.stack[L.top++] = newCell(type, value);
  return 1;
}

function give(L: LuaState, key: ByteString, { type, value }: TValue, { loaded }: Requires): 1 {
  setString(loaded, key, newCell(type, value));
  L.stack[L.top++] = newCell(type, value);
  return 1;
}

function hasFound(L: LuaState, key: ByteString, text: string, requires: Requires, wait: Wait): number {
  if (wait.rejected) return take(L, key, text, requires, { tried: [], reason: String(wait.outcome) });
  const known = getString(requires.loaded, key); // another coroutine may have loaded it meanwhile
  return known.type === NIL ? take(L, key, text, requires, wait.outcome as Found) : push(L, known);
}

function take(L: LuaState, key: ByteString, text: string, requires: Requires, found: Found): number {
  if ("tried" in found) return notFound(L, text, requires, found);
  const circle = circleOf(L, key);
  if (circle !== undefined) return fail(L, circularModules(circle.join(" → ")));
  L.stack[L.top++] = compiled(L, text, found, requires);
  L.stack[L.top++] = newCell(STRING, key); // as Lua has it: the file gets its name and its path as ...
  L.stack[L.top++] = textCell(found.file);
  const done: Continuation = (L) => {
    const result = L.stack[L.top - 1]!;
    if (result.type === NIL) result.setfrom(booleanCell(true));
    setString(requires.loaded, key, newCell(result.type, result.value));
    return 1;
  };
  return callk(L, L.top - 3, 1, null, done) ? done(L, OK, null) : SUSPENDED;
}

function compiled(L: LuaState, name: string, file: FoundFile, { globals }: Requires): TValue {
  try {
    return stateOf(L).packages.compile(file).in(L, globals);
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
    return fail(L, errorLoadingModule(shown(name), e.text));
  }
}

/** The names of the modules that are being loaded, from this one on, when it is among them. */
function circleOf(L: LuaState, key: ByteString): string[] | undefined {
  const names: string[] = [];
  for (const thread of [...stateOf(L).resumers, L].reverse()) {
    makeFramesOf(thread);
    for (let { ci } = thread; ci !== thread.base_ci; ci = ci.previous) {
      if (!made.has(ci.func.value as LuaCFunction)) continue;
      const name = thread.stack[ci.funcOff + 1]!.value as ByteString;
      names.unshift(shown(toText(name.bytes)));
      if (names.length > 1 && name.binary === key.binary) return names;
    }
  }
  return undefined;
}

function notFound(L: LuaState, name: string, { loads, loaded }: Requires, { tried, reason, near }: Missing): never {
  const imports = [...(loads.imports ?? [])].flatMap(([alias, { isHidden }]) => (isHidden === true ? [] : [alias]));
  const modules = [...loads.modules.keys(), ...imports];
  const close = nearest(name, near === undefined ? [...modules, ...namesOf(loaded)] : [...modules, near]);
  const hint = close === undefined ? "" : `; did you mean '${shown(close)}'?`;
  const names = modules.map((one) => `'${one}'`).join(", ") || "none";
  const files = reason ?? (tried.length === 0 ? "" : `no file ${tried.map(shown).join(", no file ")}`);
  const known = close === undefined || files === "" ? `modules that this script may load: ${names}` : "";
  return fail(L, moduleNotFound(shown(name), hint, [files, known].filter((one) => one !== "").join("; ")));
}

function namesOf(table: LuaTable): string[] {
  const names: string[] = [];
  forEachAfter(table, 0, (key) => names.push(toText((key.value as ByteString).bytes)));
  return names;
}

const LONGEST_SHOWN = 60;

const shown = (text: string): string => text.slice(0, LONGEST_SHOWN).replace(/[^ -~]/g, "?");

const fail = (L: LuaState, message: string): never => failWith(L, textToBinary(message));

/** What the library's code returned, or true when that is nil: the same to everyone who imports it. */
function requireLibrary(L: LuaState, library: Library, key: ByteString, requires: Requires): number {
  const { packages } = stateOf(L);
  const known = packages.imported(library);
  if (known !== undefined) return give(L, key, known, requires);
  L.stack[L.top++] = packages.start(library);
  const done: Continuation = (L) => {
    const result = L.stack[L.top - 1]!;
    if (result.type === NIL) result.setfrom(booleanCell(true));
    packages.setImported(library, newCell(result.type, result.value));
    setString(requires.loaded, key, newCell(result.type, result.value));
    return 1;
  };
  return callk(L, L.top - 1, 1, null, done) ? done(L, OK, null) : SUSPENDED;
}

/**
 * The table `package`, which the script may change as it likes: nothing here reads it. What was loaded is not for it to
 * change.
 * @param libraries by their names, such as `string`
 * @returns the table, and `package.loaded`, to which `require` adds
 */
export function packageFor(
  L: LuaState,
  globals: LuaTable,
  libraries: Readonly<Record<string, LuaTable>>,
): { readonly table: LuaTable; readonly loaded: LuaTable } {
  const table = newTable(L);
  const loaded = newTable(L);
  for (const [name, library] of Object.entries(libraries)) appendField(loaded, name, tableCell(library));
  appendField(loaded, "_G", tableCell(globals));
  appendField(loaded, "package", tableCell(table));
  appendField(table, "loaded", tableCell(freeze(loaded)));
  appendField(table, "preload", tableCell(freeze(newTable(L))));
  appendField(table, "path", path);
  appendField(table, "cpath", none);
  appendField(table, "config", config);
  return { table, loaded };
}

// What programs read to learn how files are named: where `require` looks, and the characters that stand in that.
const path = textCell("./?.lua;./?/init.lua");
const none = textCell("");
const config = textCell("/\n;\n?\n!\n-\n");
