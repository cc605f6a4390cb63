/**
 * What a person types and sees, from an empty folder, with the package as it is installed: each file of `sessions` is
 * one session on a terminal. `UPDATE_SESSIONS=1 npx vitest run test/cli/sessions.test.ts` writes down what is shown now.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { project } from "../support/cli.ts";
import { installed } from "../support/installed.ts";
import { hasProgram } from "../support/programs.ts";
import { leftOut } from "../support/services.ts";
import { formatSession, keysOf, parseSession, pictured, type Step } from "../support/session-file.ts";

const files = join(import.meta.dirname, "sessions");
const driver = join(project, "test/support/terminal.py");
const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
const COLUMNS = 100;

let root: string;

interface Ended {
  readonly shown: string;
  readonly code: number | null;
}

/** A line of a session as the terminal is sent it. */
const asShown = (line: string): string =>
  line.replaceAll("␛", "\x1b").replaceAll("␍", "\r").replaceAll("<version>", version);

/** Runs a command in the folder where the one before it ended. */
function terminal({ command, typed }: Step, home: string): Promise<Ended> {
  const place = join(home, ".place");
  const job = {
    command: `cd "$(cat ${place})"\n${command}\ncode=$?; pwd > ${place}; exit $code`,
    cwd: home,
    columns: COLUMNS,
    typed: typed.map(({ after, line, atPrompt }) => ({
      after: asShown(after) + (atPrompt ? "\r\n> " : ""),
      keys: keysOf(line),
    })),
    env: {
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      HOME: home,
      TERM: "xterm",
      LANG: "C.UTF-8",
      TZ: "UTC",
      npm_config_update_notifier: "false",
      npm_config_progress: "false",
    },
  };
  return new Promise((resolve, reject) => {
    const child = execFile("python3", [driver], (e, out) => (e ? reject(e) : resolve(JSON.parse(out))));
    child.stdin!.end(JSON.stringify(job));
  });
}

/** The same in every run: no time, no path of this machine, no version. */
const settled = (shown: string, here: string): string =>
  shown
    .replaceAll(here, "/here")
    .replaceAll(root, "/project")
    .replaceAll(version, "<version>")
    .replaceAll(process.version, "<node>")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>")
    .replace(/127\.0\.0\.1:\d+\/\?token=\S+/g, "127.0.0.1:<port>/?token=<token>")
    .replace(/\b\d+\.\d ms/g, "<ms>")
    .replace(/\b\d+ a second/g, "<n> a second");

async function play(name: string): Promise<{ text: string; expected: string }> {
  const home = join(root, "homes", name);
  const here = join(home, "here");
  mkdirSync(here, { recursive: true });
  writeFileSync(join(home, ".place"), here);
  const expected = readFileSync(join(files, `${name}.txt`), "utf8");
  const session = parseSession(expected);
  const steps: Step[] = [];
  for (const step of session.steps) {
    const { shown, code } = await terminal(step, home);
    const ended = code === 0 ? "" : `[${code === null ? "did not end" : `exit ${code}`}]`;
    const screen = settled(pictured(shown), here).replace(/\n$/, "");
    steps.push({ ...step, shown: [screen, ended].filter((part) => part !== "").join("\n") });
  }
  return { text: formatSession({ head: session.head, steps }), expected };
}

function sessions(): void {
  describe("a session at a terminal", () => {
    beforeAll(async () => {
      ({ folder: root } = await installed());
    }, 180_000);

    const names = readdirSync(files).map((file) => file.replace(/\.txt$/, ""));
    it.each(names)("%s", { timeout: 120_000 }, async (name) => {
      const { text, expected } = await play(name);
      if (process.env.UPDATE_SESSIONS === "1") writeFileSync(join(files, `${name}.txt`), text);
      else expect(text).toBe(expected);
    });
  });
}

if (hasProgram("python3")) sessions();
else leftOut("python3");
