/** The HTTP example under load, while it is told to end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { project } from "../support/cli.ts";
import { freePort } from "../support/ports.ts";

/** Says on the standard error of the example which requests it has begun, and makes each take some time. */
const watcher = `import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Host } from ${JSON.stringify(pathToFileURL(join(project, "dist/index.js")).href)};
subscribe("http.server.request.start", ({ request }) => writeSync(2, request.url + "\\n"));
const { call } = Host.prototype;
Host.prototype.call = async function (...args) {
  await setTimeout(5);
  return call.apply(this, args);
};`;

test("every request that was begun when SIGTERM came is answered, under load", async () => {
  const folder = mkdtempSync(join(tmpdir(), "moonkeep-drain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "watch.mjs");
  writeFileSync(file, watcher);
  const port = await freePort();
  const server = spawn(
    process.execPath,
    ["--import", pathToFileURL(file).href, "examples/http/main.mjs", String(port)],
    {
      cwd: project,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onTestFinished(() => void server.kill("SIGKILL"));
  let begun = "";
  server.stderr.on("data", (part) => {
    begun += part;
  });
  await once(server.stdout, "data"); // it listens

  const answers = new Map<string, number | string>();
  const ask = (agent: Agent, path: string, session?: string) =>
    new Promise<string>((resolve, reject) => {
      const body = session === undefined ? JSON.stringify({ name: "ada" }) : undefined;
      const headers = { "content-type": "application/json", ...(session && { authorization: `Bearer ${session}` }) };
      const method = body === undefined ? "GET" : "POST";
      const sent = request({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          answers.set(path, response.statusCode!);
          resolve(text);
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });

  let number = 0;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { session } = JSON.parse(await ask(agent, "/login"));
    for (;;) {
      const path = `/notes/ada?n=${++number}`;
      try {
        await ask(agent, path, session);
      } catch (e) {
        answers.set(path, (e as NodeJS.ErrnoException).code ?? String(e));
        agent.destroy();
        return;
      }
    }
  };
  const clients = Array.from({ length: 40 }, client);
  while (number < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
  server.kill("SIGTERM");
  const [code] = await once(server, "close");
  await Promise.all(clients);

  expect(code).toBe(0);
  const lost = begun.split("\n").filter((path) => path !== "" && ![200, 201].includes(answers.get(path) as number));
  expect(lost.map((path) => `${path}: ${answers.get(path)}`)).toEqual([]);
  expect(number).toBeGreaterThan(2000);
});
