/** `moonkeep types`: what a language server for Lua (LuaLS) reads, written into a project. */
import { join, relative, resolve } from "node:path";
import { STUBS, writeTypes } from "../host/stubs.ts";
import { NotAFolder } from "../value/errors.ts";
import { cantWrite } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output, oneLine } from "./output.ts";

/** Writes the stubs, in the place of those of another version, and a .luarc.json where there is none. */
export function types(folder: string): ExitCode {
  const out = new Output(1, false);
  const shown = (path: string) => oneLine(join(relative("", resolve(folder)), path));
  try {
    const written = writeTypes(folder);
    out.line(`wrote ${written.stubs} stubs in ${shown(STUBS)}`);
    out.line(`${written.settings ? "wrote" : "left as it is:"} ${shown(".luarc.json")}`);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === undefined && !(e instanceof NotAFolder)) throw e;
    throw cantWrite(shown(STUBS), e);
  }
  out.flush();
  return exit.done;
}
