/** A PostgreSQL of a test's own, which it may treat badly. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "./ports.ts";

/** Where Debian has the server's programs; undefined when they are not there. */
export function serverPrograms(): string | undefined {
  const root = "/usr/lib/postgresql";
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, "bin"))[0];
  } catch {
    return undefined;
  }
}

/** PostgreSQL does not run as root. */
function someoneElse(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (what: string) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export class Cluster {
  readonly port: number;
  readonly #folder: string;
  readonly #programs: string;
  readonly #user = someoneElse();
  #process: ChildProcess | undefined;

  private constructor(programs: string, port: number) {
    this.#programs = programs;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), "postgres-"));
    const data = join(this.#folder, "data");
    mkdirSync(data);
    const { uid, gid } = this.#user;
    if (uid !== undefined && gid !== undefined) for (const path of [this.#folder, data]) chownSync(path, uid, gid);
    const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    execFileSync(join(programs, "initdb"), initdb, { ...this.#user, cwd: this.#folder, stdio: "ignore" });
    const logins = ["host all guarded 127.0.0.1/32 scram-sha-256", "host all postgres 127.0.0.1/32 trust"];
    writeFileSync(join(data, "pg_hba.conf"), `${logins.join("\n")}\n`);
  }

  /** Makes one that is not running yet. */
  static async make(programs: string): Promise<Cluster> {
    return new Cluster(programs, await freePort());
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    const settings = ["fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB"];
    const args = ["-D", join(this.#folder, "data"), "-p", String(this.port), ...settings.flatMap((one) => ["-c", one])];
    for (;;) {
      if (this.#process === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) {
        // What is left of one that was killed may be in the way for a moment.
        this.#process = spawn(join(this.#programs, "postgres"), args, {
          ...this.#user,
          cwd: this.#folder,
          stdio: "ignore",
        });
      }
      if (await this.#answers()) return;
      await setTimeout(50);
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process!.once("exit", resolve));
    this.#signal("SIGKILL");
    await ended;
  }

  /** From now on it takes connections, and answers nothing. */
  freeze(): void {
    this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#signal("SIGCONT");
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** To the server and each of its processes. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process!;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const one of [pid!, ...children.map(Number)]) {
      try {
        process.kill(one, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ host: "127.0.0.1", port: this.port, user: "postgres", connectionTimeoutMillis: 5000 });
    client.on("error", () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}
