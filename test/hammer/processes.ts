/** The processes that use one store, and what befalls them. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../support/cli.ts";
import type { EntrySource } from "../support/host.ts";

export class Processes {
  /** What each has written down. */
  readonly logs: string[] = [];
  readonly #folder: string;
  readonly #end: bigint;
  readonly #running = new Map<string, ChildProcess>();
  readonly #failed: string[] = [];
  #started = 0;

  /** @param end in the nanoseconds of `process.hrtime`, when they stop by themselves */
  constructor(folder: string, end: bigint) {
    if (!existsSync(join(project, "dist/index.js"))) throw new Error("run `npm run build` first");
    this.#folder = folder;
    this.#end = end;
  }

  /** @param entries of the database `db`, as this process gets to it */
  start(entries: readonly EntrySource[]): void {
    const name = `p${++this.#started}`;
    const registry = join(this.#folder, `${name}.yaml`);
    writeFileSync(registry, JSON.stringify({ version: "1.0", namespace: "app", entries }));
    const log = join(this.#folder, `${name}.log`);
    writeFileSync(log, "");
    this.logs.push(log);
    const options = JSON.stringify({ registry, log, name, end: Number(this.#end) });
    const child = spawn(process.execPath, [join(import.meta.dirname, "worker.mjs"), options], { stdio: "inherit" });
    this.#running.set(name, child);
    child.once("exit", (code, signal) => {
      this.#running.delete(name);
      if (code !== 0 && signal !== "SIGKILL") this.#failed.push(`${name}: ${code ?? signal}`);
    });
  }

  get haveFailed(): boolean {
    return this.#failed.length > 0;
  }

  /** One of those that run. @param dice from 0 to 1 */
  pick(dice: number): ChildProcess | undefined {
    return [...this.#running.values()][Math.floor(dice * this.#running.size)];
  }

  /** @returns which of them failed. @throws when one is there long after its end: it hangs */
  async ended(patience: number): Promise<readonly string[]> {
    const late = setTimeout(() => this.kill(), patience);
    const left = [...this.#running];
    await Promise.all(left.map(([, child]) => new Promise((resolve) => child.once("exit", resolve))));
    clearTimeout(late);
    const hung = left.filter(([, { signalCode }]) => signalCode === "SIGKILL").map(([name]) => `${name} hangs`);
    return [...this.#failed, ...hung];
  }

  kill(): void {
    for (const child of this.#running.values()) child.kill("SIGKILL");
  }
}
