// A web server whose routes are Lua functions.
//
//   npm install hono @hono/node-server   the web framework that it uses
//   node examples/http/main.mjs          makes some requests, and shows the answers
//   node examples/http/main.mjs 8080     serves on that port, until SIGTERM or Ctrl-C

import { once } from "node:events";
import { serve } from "@hono/node-server";
import { openApp } from "./app.mjs";

const { app, host } = await openApp();
const port = Number(process.argv[2] ?? 0);
const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, (address) => {
  if (port === 0) demonstrate(`http://127.0.0.1:${address.port}`).finally(stop);
  else console.log(`http://127.0.0.1:${port}`);
});
server.prependListener("request", (_, response) => {
  if (!server.listening) response.setHeader("connection", "close");
});
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, drain);

/** Requests that have begun are answered: the server takes no new connections and finishes them, and then the host closes. */
async function drain() {
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  await once(server, "close");
  clearInterval(sweep);
  await host.close({ drain: true, timeout: "10s" });
}

async function stop() {
  server.close();
  server.closeAllConnections();
  await host.close();
}

async function demonstrate(base) {
  const ask = async (method, path, { session, body } = {}) => {
    const response = await fetch(base + path, {
      method,
      headers: { "content-type": "application/json", ...(session && { authorization: `Bearer ${session}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, answer: await response.json() };
  };
  const show = async (who, session, method, path, body) => {
    const { status, answer } = await ask(method, path, { session, body });
    if (answer.version !== undefined) answer.version = "...";
    console.log(`${who}: ${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  };
  const login = async (name) => (await ask("POST", "/login", { body: { name } })).answer.session;

  await show("a stranger", undefined, "GET", "/notes/ada");
  const ada = await login("ada");
  await show("ada", ada, "PUT", "/notes/ada/first", { text: "hello" });
  await show("ada", ada, "GET", "/notes/ada/first");
  await show("ada", ada, "GET", "/notes/ada/second");
  await show("ada", ada, "PUT", "/notes/ada/first", { text: 7 });
  const bob = await login("bob");
  await show("bob", bob, "GET", "/notes/ada/first");
  await show("bob", bob, "PUT", "/notes/ada/first", { text: "bob was here" });
  const root = await login("root");
  await show("root", root, "GET", "/notes/ada");
  await show("root", root, "PUT", "/notes/ada/first", { text: "root was here" });
}
