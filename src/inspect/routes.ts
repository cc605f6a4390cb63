/** The addresses of the page: its own files, what it reads, and what changes something. */
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Change, Removal } from "./api.ts";
import { bodyTooLarge, isMissing, noKey, noRun, notFound, notJsonBody, readsOnly, tooManyStreams } from "./errors.ts";
import type { Inspected } from "./inspected.ts";
import { page, version } from "./page.generated.ts";
import { refuse } from "./refuse.ts";
import { MOST_STREAMS, type Streams } from "./streams.ts";

/** More than any value that is shown whole, and than any code that somebody types. */
const MOST_BODY = 1024 * 1024;

type Env = { Bindings: HttpBindings };
export type App = Hono<Env>;

/** A request that makes no sense. */
class BadRequest extends Error {}

/** @throws BadRequest */
function given(c: Context, name: string): string {
  const value = c.req.query(name);
  if (value === undefined) throw new BadRequest(isMissing(name));
  return value;
}

function fromJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new BadRequest(`${name}: ${(e as Error).message}`);
  }
}

async function bodyOf<T>(c: Context, ...needed: readonly (keyof T & string)[]): Promise<T> {
  const isJson = /^application\/json\b/i.test(c.req.header("content-type") ?? "");
  const body = isJson ? await c.req.json().catch(() => undefined) : undefined;
  if (typeof body !== "object" || body === null) throw new BadRequest(notJsonBody);
  for (const name of needed) if (body[name] === undefined) throw new BadRequest(isMissing(name));
  return body as T;
}

function files(app: App): void {
  for (const [path, { type, text }] of Object.entries(page)) {
    app.get(path, (c) => c.body(text, 200, { "content-type": `${type}; charset=utf-8` }));
  }
}

/** Nothing here changes anything. */
function reading(app: App, of: Inspected, streams: Streams): void {
  app.get("/api/overview", (c) => c.json({ version, ...of.overview() }));
  app.get("/api/entries", (c) => c.json(of.entries()));
  app.get("/api/stores", (c) => c.json(of.stores()));
  app.get("/api/policies", (c) => c.json(of.policies()));
  app.get("/api/going", (c) => c.json(of.going()));
  app.get("/api/metrics", (c) => c.json(of.metrics()));
  app.get("/api/health", async (c) => c.json(await of.health()));
  app.get("/api/explain", (c) => c.json(of.explain(fromJson(given(c, "question"), "question"))));
  app.get("/api/keys", async (c) =>
    c.json(
      await of.keys({ store: given(c, "store"), prefix: c.req.query("prefix") ?? "", after: c.req.query("after") }),
    ),
  );
  app.get("/api/entry", async (c) => {
    const found = await of.entry(given(c, "store"), given(c, "key"));
    return found === undefined ? refuse(c, 404, noKey, "NOT_FOUND") : c.json(found);
  });
  app.get("/api/stream", (c) => {
    if (!streams.hasRoom) return refuse(c, 503, tooManyStreams(MOST_STREAMS));
    streams.open(c.env.outgoing, Number(c.req.header("last-event-id")) || 0);
    return RESPONSE_ALREADY_SENT;
  });
}

function changing(app: App, of: Inspected): void {
  app.post("/api/set", async (c) => {
    await of.set(await bodyOf<Change>(c, "store", "key", "json"));
    return c.json({});
  });
  app.post("/api/delete", async (c) => {
    const wasThere = await of.delete(await bodyOf<Removal>(c, "store", "key"));
    return wasThere ? c.json({}) : refuse(c, 404, noKey, "NOT_FOUND");
  });
  app.post("/api/kill", async (c) => {
    const { run } = await bodyOf<{ readonly run: number }>(c, "run");
    return of.kill(run) ? c.json({}) : refuse(c, 404, noRun(run), "NOT_FOUND");
  });
  app.post("/api/prompt", async (c) => {
    const { code } = await bodyOf<{ readonly code: string }>(c, "code");
    return c.json(await of.prompt(String(code)));
  });
}

export function addRoutes(app: App, of: Inspected, streams: Streams, writes: boolean): void {
  files(app);
  reading(app, of, streams);
  app.post("*", async (c, next) => (writes ? next() : refuse(c, 403, readsOnly, "PERMISSION_DENIED")));
  app.post("*", bodyLimit({ maxSize: MOST_BODY, onError: (c) => refuse(c, 413, bodyTooLarge(MOST_BODY)) }));
  changing(app, of);
  app.notFound((c) => refuse(c, 404, notFound(c.req.path)));
  app.onError((e, c) => {
    if (e instanceof BadRequest) return refuse(c, 400, e.message, "INVALID");
    const { status, kind, message } = of.failure(e);
    return refuse(c, status, message, kind);
  });
}
