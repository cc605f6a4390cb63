/**
 * Fengari's files, and what moonkeep does with each: used as it is, replaced by ours, or left out, and why. No file is
 * edited. tools/fengari.mjs reads this table, and puts those that are used into the build. The room fengari/ is the only
 * one that knows the names of its files; the others get what they need of it typed.
 */

/** What becomes of a file. */
export type Seam =
  | { readonly use: "as it is"; readonly why: string }
  | { readonly use: "ours"; readonly by: string; readonly why: string }
  | { readonly use: "none"; readonly why: string };

const asItIs = (why: string): Seam => ({ use: "as it is", why });
const ours = (by: string, why: string): Seam => ({ use: "ours", by, why });
const none = (why: string): Seam => ({ use: "none", why });

export const seams: Readonly<Record<string, Seam>> = {
  // What compiles.
  "defs.js": asItIs("constants of Lua's, and its strings as bytes"),
  "llex.js": asItIs("the scanner"),
  "lparser.js": asItIs("the parser; its lists are proxies that count (parser.ts)"),
  "lcode.js": asItIs("the code generator"),
  "lopcodes.js": asItIs("the form of instructions"),
  "ljstype.js": asItIs("classes of characters, for the scanner"),
  "llimits.js": asItIs("limits, for the parser"),
  "lzio.js": asItIs("the source, as the scanner reads it"),

  // The C API, for fengari-interop.
  "lapi.js": asItIs("the C API; what it deletes of the stack is filled again, and it calls by ours (fengari.ts)"),
  "lauxlib.js": asItIs("the auxiliary library, for the same"),
  "lua.js": asItIs("the names of the C API in one place"),
  "fengari.js": asItIs("the package's entry"),
  "fengaricore.js": asItIs("the package's version, for its entry"),
  "fengari-interop/js.js": asItIs("references from JavaScript to Lua functions (reference.ts)"),

  // What runs.
  "lobject.js": ours("values.ts", "values are classes of vm/, numbers have 64 bits"),
  "lstring.js": ours("objects.ts", "strings are those of the rest of moonkeep, and are found by their exact bytes"),
  "ltable.js": ours("objects.ts", "tables are lists and shapes (vm/lua-table.ts)"),
  "lfunc.js": ours("objects.ts", "functions are classes of vm/"),
  "lstate.js": ours("objects.ts", "threads and frames are classes of vm/, and used again"),
  "ltm.js": ours("objects.ts", "metatables and metamethods are those of core/"),
  "ldo.js": ours(
    "execution.ts",
    "calls, protected calls and coroutines are those of core/, which suspend by returning",
  ),
  "lvm.js": ours("execution.ts", "instructions run in core/interpreter.ts"),
  "ldebug.js": ours(
    "debug.ts",
    "what a message calls things is found by core/names.ts, and errors are core/errors.ts's",
  ),
  "luaconf.js": ours("conf.ts", "its own looks into the environment of the process, and asks for the operating system"),

  // What scripts get of libraries is in library/.
  "lualib.js": ours("conf.ts", "fengari-interop asks it for the basic library, which it never opens here"),
  "lbaselib.js": none("library/values.ts, protected.ts, load.ts, base.ts"),
  "lcorolib.js": none("library/coroutine.ts"),
  "lmathlib.js": none("library/math.ts"),
  "lstrlib.js": none("library/string.ts"),
  "ltablib.js": none("library/table.ts"),
  "lutf8lib.js": none("library/utf8.ts"),
  "loslib.js": none("reaches the process; library/os.ts"),
  "liolib.js": none("reaches files"),
  "loadlib.js": none("reaches files; library/require.ts has require"),
  "ldblib.js": none("reaches the inside of the VM"),
  "fengarilib.js": none("tells scripts of the host"),
  "linit.js": none("opens all libraries"),
  "ldump.js": none("binary chunks are neither written"),
  "lundump.js": none("nor read: their loader trusts them"),
};
