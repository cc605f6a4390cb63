// Routes that Lua functions serve, with Hono. registry.yaml lists the routes; sessions are kept in a store.
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { Host, MoonkeepError } from "moonkeep";

const statuses = {
  NOT_FOUND: 404,
  INVALID: 400,
  ALREADY_EXISTS: 409,
  CONFLICT: 409,
  PERMISSION_DENIED: 403,
  RATE_LIMITED: 429,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
};

/** The application decides who may log in; here, anybody who gives a name. */
const users = { ada: { role: "writer" }, bob: { role: "writer" }, root: { role: "admin" } };

export async function openApp() {
  const host = await Host.open(fileURLToPath(new URL("registry.yaml", import.meta.url)));
  const sessions = host.store("app:sessions");
  const app = new Hono();

  async function userOf(c, route) {
    if (route === "POST /login") {
      const { name } = await c.req.json();
      return Object.hasOwn(users, name) ? { id: name, ...users[name] } : undefined;
    }
    const session = await sessions.get(c.req.header("authorization")?.replace("Bearer ", "") || "none");
    return session && { id: session.user, role: session.role };
  }

  for (const { id, meta } of host.registry.find({ kind: "function.lua" })) {
    if (meta.route === undefined) continue;
    const [method, path] = meta.route.split(" ");
    app.on(method, path, async (c) => {
      const user = await userOf(c, meta.route);
      if (user === undefined) return c.json({ error: "who are you?" }, 401);
      const body = method === "PUT" ? await c.req.json() : undefined;
      const request = { params: c.req.param(), query: c.req.query(), body, user };
      const actor = { id: user.id, meta: { role: user.role, home: `${user.id}/` } };
      const { status = 200, body: answer } = await host.call(id, [request], { actor, signal: c.req.raw.signal });
      return c.json(answer, status);
    });
  }

  app.onError((error, c) => {
    if (!(error instanceof MoonkeepError)) throw error;
    return c.json({ error: error.message }, statuses[error.kind] ?? 500);
  });
  return { app, host };
}
