/** Servers of a test's own, which it may kill, stop and start again on the same port and data. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { freePort } from "./ports.ts";
import { listens } from "./services.ts";

export class OwnServer {
  readonly port: number;
  readonly #start: () => ChildProcess;
  #process: ChildProcess | undefined;

  constructor(port: number, start: () => ChildProcess) {
    this.port = port;
    this.#start = start;
  }

  /** Starts it, and waits until it serves. */
  async start(): Promise<void> {
    this.#process = this.#start();
    for (let tries = 0; !(await listens("127.0.0.1", this.port)); tries++) {
      if (tries > 400) throw new Error(`the server on port ${this.port} did not start`);
      await setTimeout(25);
    }
  }

  /** Without a farewell, and waits until it is gone. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((resolve) => process.once("exit", resolve));
    this.#signal("SIGKILL");
    await gone;
  }

  /** It stays, takes connections, and never answers. */
  freeze(): void {
    this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#signal("SIGCONT");
  }

  #signal(signal: NodeJS.Signals): void {
    process.kill(this.#process!.pid!, signal);
  }
}

/** A folder for its data that is gone after the test, as is the server. */
function forTest(server: OwnServer, folder: string): OwnServer {
  onTestFinished(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
}

/** Nodes of a cluster of Redis that divide the slots among them, and know each other. */
export async function ownRedisCluster(size: number): Promise<readonly OwnServer[]> {
  const nodes = await Promise.all(Array.from({ length: size }, () => ownRedis("--cluster-enabled", "yes")));
  await Promise.all(nodes.map((node) => node.start()));
  const ports = nodes.map(({ port }) => port);
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  await promisify(execFile)("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"]);
  for (const port of ports) {
    const isReady = async () =>
      (await promisify(execFile)("redis-cli", ["-p", `${port}`, "CLUSTER", "INFO"])).stdout.includes(
        "cluster_state:ok",
      );
    for (let tries = 0; !(await isReady()); tries++) {
      if (tries > 400) throw new Error("the cluster did not come up");
      await setTimeout(25);
    }
  }
  return nodes;
}

/** @param more options of redis-server, such as `--requirepass` */
export async function ownRedis(...more: string[]): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  const options = [
    "--port",
    `${port}`,
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--save",
    "",
  ];
  const start = () => spawn("redis-server", [...options, ...more], { detached: true, stdio: "ignore" });
  return forTest(new OwnServer(port, start), folder);
}
