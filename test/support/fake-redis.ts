/** A Redis server that answers what a test says. */
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { freePort } from "./ports.ts";

/** How many commands begin in these bytes: tests send none that holds such a line. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)\r\n/gi)].map(([, name]) => name!.toLowerCase());

const INFO = "redis_version:7.0.0\r\nrole:master\r\n";

const login: Readonly<Record<string, string>> = {
  hello: "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n",
  client: "+OK\r\n",
  select: "+OK\r\n",
  info: `$${INFO.length}\r\n${INFO}\r\n`,
};

export type Answer = string | Buffer | ((socket: Socket, sent: string) => void);

/**
 * @param answer what each command gets that is not of the login
 * @param starts what commands of the login get instead, by their names
 * @returns its url
 */
export async function fakeRedis(answer: Answer, starts: Readonly<Record<string, Answer>> = {}): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const sent = data.toString("latin1");
      for (const name of commandsIn(sent)) {
        const reply = starts[name] ?? login[name] ?? answer;
        if (typeof reply === "function") reply(socket, sent);
        else socket.write(reply);
      }
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${port}`;
}
