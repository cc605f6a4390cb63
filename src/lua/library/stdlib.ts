/**
 * What a script starts with: Lua 5.3's libraries less what reaches outside, by an allow-list. The library tables are
 * made once, are read-only, and are shared by all states. The room library/ has the libraries, one file for each and more
 * for what is large in them; modules of moonkeep's own are not here.
 */
import { ByteString } from "../../value/value.ts";
import { frozenTable } from "../core/shared.ts";
import type { Loads } from "../core/state-of.ts";
import { setString } from "../vm/lua-table.ts";
import { appendField, freeze, newCell, tableCell, textCell } from "../vm/table.ts";
import { LIGHT_C_FUNCTION, type LuaCFunction, type LuaState, type LuaTable, STRING, type TValue } from "../vm/types.ts";
import { base } from "./base.ts";
import { coroutine } from "./coroutine.ts";
import { debug } from "./debug.ts";
import type { Functions } from "./define.ts";
import { loadIn } from "./load.ts";
import { math, mathConstants, mathOfBefore } from "./math.ts";
import { os } from "./os.ts";
import { printWith } from "./print.ts";
import { protectedCalls } from "./protected.ts";
import { packageFor, requireFrom } from "./require.ts";
import { string as stringFunctions } from "./string.ts";
import { table } from "./table.ts";
import { utf8, utf8Constants } from "./utf8.ts";
import { values } from "./values.ts";

const functionCell = (f: LuaCFunction): TValue => newCell(LIGHT_C_FUNCTION, f);

const basic: Functions = {
  ...base,
  ...values,
  ...protectedCalls,
  load: loadIn(),
  print: printWith(values.tostring!),
  require: requireFrom(),
};

const tableOf = (functions: Functions, constants: Readonly<Record<string, TValue>> = {}): LuaTable => {
  const cells = Object.entries(functions).map(([name, f]) => [name, functionCell(f)] as const);
  return frozenTable({ ...Object.fromEntries(cells), ...constants });
};

const string = tableOf(stringFunctions);

const libraries: Readonly<Record<string, LuaTable>> = {
  coroutine: tableOf(coroutine),
  debug: tableOf(debug),
  math: tableOf(math, mathConstants),
  os: tableOf(os),
  string,
  table: tableOf(table),
  utf8: tableOf(utf8, utf8Constants),
};

const stringMetatable = freeze(frozenTable({ __index: tableCell(string) }), tableCell(string));

/** The global names and what they start as; each state gets cells of its own. */
const globals: readonly (readonly [name: ByteString, cell: TValue])[] = [
  ...Object.entries(basic).map(([name, f]) => [ByteString.fromText(name), functionCell(f)] as const),
  ...Object.entries(libraries).map(([name, table]) => [ByteString.fromText(name), tableCell(table)] as const),
  [ByteString.fromText("_VERSION"), textCell("Lua 5.3")],
];

const compatibleMath = tableOf({ ...math, ...mathOfBefore }, mathConstants);

function addOfBefore(target: LuaTable): void {
  appendField(target, "math", tableCell(compatibleMath));
  appendField(target, "unpack", functionCell(table.unpack!));
}

/**
 * Fills an empty table of globals.
 * @param loads what code with these globals may load, when they are not those of the state
 * @param compatible whether it has functions of earlier versions, too
 * @returns what `package.loaded` is
 */
export function openLibraries(L: LuaState, target: LuaTable, loads?: Loads, compatible = loads?.compatible): LuaTable {
  for (const [name, { type, value }] of globals) {
    setString(target, name, newCell(type, value));
  }
  if (compatible === true) addOfBefore(target);
  const { table: packageTable, loaded } = packageFor(
    L,
    target,
    compatible === true ? { ...libraries, math: compatibleMath } : libraries,
  );
  appendField(target, "package", tableCell(packageTable));
  if (loads !== undefined) {
    appendField(target, "require", functionCell(requireFrom({ loads, loaded, globals: target })));
    appendField(target, "load", functionCell(loadIn(target)));
  }
  appendField(target, "_G", tableCell(target));
  L.l_G.mt[STRING & 0x0f] = stringMetatable;
  return loaded;
}
