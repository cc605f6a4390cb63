import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Failure } from "./api.ts";

/** The answer to a request that is not done. */
export const refuse = (c: Context, status: ContentfulStatusCode, message: string, kind?: string): Response =>
  c.json({ error: { ...(kind === undefined ? {} : { kind }), message } } satisfies Failure, status);
