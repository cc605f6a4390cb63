/**
 * How many calls a second through HTTP? The routes of examples/http, Lua functions behind Hono, next to the same
 * answers from JavaScript, under the same load: 32 connections, each of which asks again when it is answered.
 *
 *   npm run build && node bench/http.mjs
 *
 * Server and load run in one process, so these are lower bounds; read the ratio. Rounds take turns; the best counts.
 */
import { Agent, request } from "node:http";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { openApp } from "../examples/http/app.mjs";

const CONNECTIONS = 32;
const REQUESTS = 3000;
const ROUNDS = 5;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function ask(port, method, path, { session, body } = {}) {
  const headers = {
    "content-type": "application/json",
    ...(session && { authorization: `Bearer ${session}` }),
    ...(body && { "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method, path, headers, agent }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => (response.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(text))));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function load(port, path, session) {
  let left = REQUESTS;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await ask(port, "GET", path, { session });
    }),
  );
  return REQUESTS / ((performance.now() - started) / 1000);
}

const listen = (app) =>
  new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve({ server, port }));
  });

const { app, host } = await openApp();
const plain = new Hono();
plain.get("/notes/:owner/:name", (c) => c.json({ text: "hello" }));
const lua = await listen(app);
const js = await listen(plain);

const { session } = await ask(lua.port, "POST", "/login", { body: '{"name":"ada"}' });
await ask(lua.port, "PUT", "/notes/ada/first", { session, body: '{"text":"hello"}' });

const ways = {
  "Lua: session, policies, a store read": () => load(lua.port, "/notes/ada/first", session),
  "Lua: session, policies, a store list": () => load(lua.port, "/notes/ada", session),
  "JavaScript: a constant": () => load(js.port, "/notes/ada/first"),
};
const best = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(ways)) best[name] = Math.max(best[name], await run());
}
const base = best["JavaScript: a constant"];
for (const [name, rate] of Object.entries(best)) {
  console.log(`${name.padEnd(40)}${rate.toFixed(0).padStart(8)} requests/s${(rate / base).toFixed(2).padStart(8)}`);
}
agent.destroy();
lua.server.close();
js.server.close();
await host.close();
