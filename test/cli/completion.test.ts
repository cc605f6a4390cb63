/** Completion in the shells themselves: zsh on a terminal, with a key pressed, and fish, which answers without one. */
import { execFile } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { project } from "../support/cli.ts";
import { registry } from "../support/completion.ts";
import { hasProgram } from "../support/programs.ts";
import { withProgram } from "../support/services.ts";

/** Completes what is typed, writes down the line, and ends. */
const zshrc = `autoload -Uz compinit && compinit -u -D
source <(moonkeep completion zsh)
written() { print -rn -- "$BUFFER" > line; BUFFER=exit; zle accept-line }
zle -N written
bindkey '^O' written
zle-line-init() { zle -U "$TYPED" }
zle -N zle-line-init
`;

function place(): string {
  const cwd = folder({ "registry.yaml": registry, ".zshrc": zshrc, "script.lua": "" });
  symlinkSync(join(project, "bin/moonkeep.js"), join(cwd, "moonkeep"));
  return cwd;
}

const ran = (cwd: string, words: readonly string[], env: Record<string, string> = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program, ...args] = words;
    const all = { ...process.env, PATH: `${cwd}:${process.env.PATH}`, HOME: cwd, TERM: "xterm", ...env };
    const child = execFile(program!, args, { cwd, env: all }, (e, out) => (e ? reject(e) : resolve(out)));
    child.stdin!.end();
  });

/** What stands there after the tabulator key, and what the terminal shows. */
async function zsh(line: string): Promise<{ readonly line: string; readonly shown: string }> {
  const cwd = place();
  const spawn = 'import pty; pty.spawn(["zsh", "-i"])';
  const shown = await ran(cwd, ["python3", "-c", spawn], { ZDOTDIR: cwd, TYPED: `${line}\t\x0f` });
  return { line: readFileSync(join(cwd, "line"), "utf8"), shown };
}

/** What it offers: a word, and what that is behind a tab. */
const fish = async (line: string): Promise<string[]> =>
  (await ran(place(), ["fish", "--no-config", "-c", "moonkeep completion fish | source; complete -C $argv", line]))
    .split("\n")
    .filter((one) => one !== "");

const onTerminal = hasProgram("python3") ? "zsh" : "python3";

await withProgram(onTerminal, () => {
  describe("moonkeep completion zsh", () => {
    it.each([
      ["moonkeep sto", "moonkeep store "],
      ["moonkeep store get app:car", "moonkeep store get app:carts "],
      ["moonkeep store get a", "moonkeep store get app:ca"], // and there are two
      ["moonkeep call ", "moonkeep call app:greet "],
      ["moonkeep test --reporter ju", "moonkeep test --reporter junit "],
      ["moonkeep run scr", "moonkeep run script.lua "],
    ])("completes %j", async (line, completed) => {
      expect((await zsh(line)).line).toBe(completed);
    });

    it.each([
      ["moonkeep c", /call +-- call a function of the registry.*check +-- check registries and Lua files/s],
      ["moonkeep store get app:ca", /(?:app:(?:cache|carts) +){2}-- store\.memory/],
      [
        "moonkeep test --coverage",
        /--coverage +-- print which lines of the loaded Lua files have run.*--coverage-dir +--/s,
      ],
    ])("says what is what for %j", async (line, list) => {
      expect((await zsh(line)).shown).toMatch(list);
    });
  });
});

await withProgram("fish", () => {
  describe("moonkeep completion fish", () => {
    it.each([
      ["moonkeep sto", ["store\tread, write and copy the stores of a registry"]],
      ["moonkeep store get app:car", ["app:carts\tstore.memory"]],
      ["moonkeep store get a", ["app:cache\tstore.memory", "app:carts\tstore.memory"]],
      ["moonkeep call ", ["app:greet\tfunction.lua"]],
      ["moonkeep test --reporter ", ["default", "json", "junit", "tap"]],
      ["moonkeep run scr", ["script.lua"]],
    ])("completes %j", async (line, offered) => {
      expect(await fish(line)).toEqual(offered);
    });
  });
});
