/** Ways to run a program, whose outcomes have to be the same. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeTier, type TierOptions } from "../../../src/lua/compiler/tier.ts";
import { pause } from "../../../src/lua/core/pause.ts";
import { intrinsics } from "../../../src/lua/library/intrinsics.ts";
import { State } from "../../../src/lua/run/state.ts";
import type { Tier } from "../../../src/lua/vm/thread.ts";

const functions = intrinsics();

/** A compiler that compiles at once. */
export const compiler = (options: Partial<TierOptions> = {}): CodeTier =>
  new CodeTier({ calls: 0, rounds: 0, intrinsics: functions, ...options });

export interface Way {
  readonly tier: Tier | null;
  /** The script is paused wherever it can be, or, so that compiled functions call each other, every so many times. */
  readonly pauses?: number;
}

/** Programs take milliseconds; one of a thousand pauses takes a second. */
const LONGEST = 10_000;
/** In the outcome of a program that has taken longer. */
export const OUT_OF_TIME = "it ran longer than its time limit";
/** For what the reference implementation is given at once, which takes it a second. */
const LONGEST_OF_LUA = 60_000;

/** What a program prints, and how it ends. */
export function outcome(program: string, { tier, pauses = 0 }: Way): string {
  let printed = "";
  const state = new State({
    modules: new Map(),
    call: undefined,
    print: (line) => {
      printed += Buffer.from(line).toString("latin1");
    },
    tier,
  });
  try {
    const f = state.load(Buffer.from(program), "=t");
    if (pauses > 0) alwaysOutOfFuel(state, pauses);
    const results = state.run(f, [], { memory: 100 * 2 ** 20, timeout: LONGEST });
    if ("then" in results) throw new Error("it waits");
  } catch (e) {
    printed += `error ${(e as Error).message}\n`;
  } finally {
    if (pauses > 0) pause.wanted = false;
  }
  return printed;
}

function alwaysOutOfFuel(state: State, every: number): void {
  let looks = 0;
  Object.defineProperty(state.thread.l_G, "fuel", {
    get: () => {
      if (++looks % every === 0) pause.wanted = true;
      return -1;
    },
    set() {},
  });
}

const LUA = ["/usr/bin/lua5.3", "/usr/local/bin/lua5.3"].find((path) => existsSync(path));
export const hasLua = LUA !== undefined;

/** What the reference implementation makes of programs, all in one process. */
export function outcomesOfLua(programs: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "moonkeep-lua-"));
  try {
    const runner = programs.map((_, i) => {
      const file = join(folder, `${i}.lua`);
      writeFileSync(file, programs[i]!);
      return `run(${JSON.stringify(file)})`;
    });
    const head = `local function run(name)
      local file = io.open(name, "rb") local text = file:read("a") file:close()
      local f, e = load(text, "=t")
      local ok = f ~= nil
      if ok then ok, e = pcall(f) end
      if not ok then print("error " .. tostring(e)) end
      print("----")
    end\n`;
    const main = join(folder, "main.lua");
    writeFileSync(main, head + runner.join("\n"));
    const text = execFileSync(LUA!, [main], {
      encoding: "latin1",
      maxBuffer: 2 ** 28,
      timeout: LONGEST_OF_LUA,
      killSignal: "SIGKILL",
    });
    return text.split("----\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
