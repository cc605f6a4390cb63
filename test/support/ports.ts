/**
 * Ports for servers that are given one and listen on it a little later, or again after they were killed. None is of
 * the range from which a system takes the ports of connections (from 32768 on Linux, from 49152 elsewhere): one of
 * those can be taken in between. Nor is one, less 10000, the bus of a Redis cluster that got its port from here.
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const LEAST = 11_000;
const ABOVE = 21_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(LEAST, ABOVE);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${LEAST} to ${ABOVE - 1} is free`);
}
