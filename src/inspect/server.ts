/**
 * A page that shows what a host is doing, on 127.0.0.1 and behind a token. It knows no host: what it shows, it asks an
 * `Inspected`. tools/bundle.mjs puts it and what it uses into one file, which is loaded when somebody inspects.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { cantListen } from "./errors.ts";
import { guard, newToken } from "./guard.ts";
import type { Inspected } from "./inspected.ts";
import { type App, addRoutes } from "./routes.ts";
import { Streams } from "./streams.ts";

/** The one interface: it can't be reached from another machine. */
const HOSTNAME = "127.0.0.1";
/** How many connections there may be: a page has six and a stream, and others have tools. */
const MOST_CONNECTIONS = 128;

export interface Listening {
  readonly port: number;
  readonly token: string;
  /** Closes it and every connection, at once. Any number of times. */
  close(): Promise<void>;
}

/**
 * @param port 0: any that is free
 * @throws Error when the port can't be had
 */
export async function serve(of: Inspected, port: number, writes: boolean): Promise<Listening> {
  const token = newToken();
  const app: App = new Hono();
  const streams = new Streams((told) => of.listen(told));
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false, // they are the embedder's
    serverOptions: { requestTimeout: 30_000 },
  }) as Server;
  server.maxConnections = MOST_CONNECTIONS;
  app.use(guard(token, () => (server.address() as AddressInfo).port));
  addRoutes(app, of, streams, writes);
  try {
    await listen(server, port);
  } catch (e) {
    streams.close();
    throw e;
  }
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    token,
    close() {
      closed ??= new Promise((resolve) => {
        streams.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (e: NodeJS.ErrnoException) => reject(new Error(cantListen(port, e.code ?? e.message))));
    server.listen(port, HOSTNAME, () => resolve());
  });
}
