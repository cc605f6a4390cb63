/** The command, as a shell runs it: a process of its own, on what `npm run build` made. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const project = join(import.meta.dirname, "../..");
const command = join(project, "bin/moonkeep.js");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Leaves the standard input open behind the input. */
  readonly leaveOpen?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends this signal when the process has printed something. */
  readonly signalOnOutput?: NodeJS.Signals;
  /** Interrupts it when there is this file. */
  readonly interruptOnFile?: string;
}

// Newer versions of Node warn of the two together, and the test runner sets one.
const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;

/** Runs `moonkeep` with these words, to its end. */
export function moonkeep(words: readonly string[], options: CliOptions = {}): Promise<Ended> {
  if (!existsSync(join(project, "dist/bin/main.cjs"))) throw new Error("dist/ is missing: run `npm run build` first");
  const { cwd = project, input = "", leaveOpen = false, env = {}, signalOnOutput, interruptOnFile } = options;
  const child = spawn(process.execPath, [command, ...words], {
    cwd,
    env: { ...inherited, ...env },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => out.push(part));
  if (signalOnOutput !== undefined) child.stdout.once("data", () => child.kill(signalOnOutput));
  child.stderr.on("data", (part: Buffer) => err.push(part));
  if (interruptOnFile !== undefined) {
    const looking = setInterval(() => {
      if (!existsSync(interruptOnFile)) return;
      clearInterval(looking);
      child.kill("SIGINT");
    }, 2);
    child.once("close", () => clearInterval(looking));
  }
  child.stdin.on("error", () => {}); // it may end before it has read everything
  if (leaveOpen) child.stdin.write(input);
  else child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}
