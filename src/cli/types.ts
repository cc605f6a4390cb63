/** `moonkeep types`: what a language server for Lua (LuaLS) reads, written into a project. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cantWrite } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output, oneLine } from "./output.ts";

const packaged = (path: string) => fileURLToPath(new URL(`../../lua/${path}`, import.meta.url));

/** Where the stubs go in a project. */
const STUBS = ".moonkeep/types";

/** Writes the stubs, in the place of those of another version, and a .luarc.json where there is none. */
export function types(folder: string): ExitCode {
  const root = resolve(folder);
  const out = new Output(1, false);
  const shown = (path: string) => oneLine(join(relative("", root), path));
  try {
    mkdirSync(join(root, STUBS), { recursive: true });
    const stubs = readdirSync(packaged("library"));
    for (const file of stubs) cpSync(join(packaged("library"), file), join(root, STUBS, file));
    writeFileSync(join(root, STUBS, "test.lua"), readFileSync(packaged("testing/test.lua")));
    out.line(`wrote ${stubs.length + 1} stubs in ${shown(STUBS)}`);
    const settings = { "runtime.version": "Lua 5.3", "workspace.library": [STUBS], "workspace.checkThirdParty": false };
    if (existsSync(join(root, ".luarc.json"))) out.line(`left as it is: ${shown(".luarc.json")}`);
    else {
      writeFileSync(join(root, ".luarc.json"), `${JSON.stringify(settings, null, 2)}\n`, { flag: "wx" });
      out.line(`wrote ${shown(".luarc.json")}`);
    }
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === undefined) throw e;
    throw cantWrite(shown(STUBS), e);
  }
  out.flush();
  return exit.done;
}
