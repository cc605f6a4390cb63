/** Redis, from inside: a script that a server of our own runs by EVAL, so that no network is in the figures. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function runInRedis({ code }) {
  const folder = mkdtempSync(join(tmpdir(), "moonkeep-redis-"));
  const socket = join(folder, "socket");
  const server = spawn(
    "redis-server",
    ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder],
    { stdio: "ignore" },
  );
  try {
    const connection = await retry(() => open(socket));
    const clock = 'local function now() local t = redis.call("TIME") return t[1] + t[2] / 1e6 end\n';
    return await evaluate(connection, clock + code);
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const open = (path) =>
  new Promise((resolve, reject) => {
    const connection = connect(path, () => resolve(connection)).on("error", reject);
  });

async function retry(attempt) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (e) {
      if (tries === 100) throw e;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** One EVAL over the protocol of Redis; the answer is a text. */
async function evaluate(connection, code) {
  const words = ["EVAL", code, "0"];
  connection.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);
  let answer = "";
  for await (const chunk of connection) {
    answer += chunk;
    const [head] = answer.split("\r\n", 1);
    if (head.startsWith("-")) throw new Error(head);
    const length = Number(head.slice(1));
    if (head.startsWith("$") && answer.length >= head.length + 4 + length) {
      connection.destroy();
      return answer.slice(head.length + 2, head.length + 2 + length);
    }
  }
  throw new Error("the server closed the connection");
}
