import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Failure } from "./api.ts";

/** What a status means among the kinds of errors. */
const kinds: Readonly<Partial<Record<ContentfulStatusCode, string>>> = {
  401: "PERMISSION_DENIED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  500: "INTERNAL",
};

/** The answer to a request that is not done. */
export const refuse = (
  c: Context,
  status: ContentfulStatusCode,
  message: string,
  kind = kinds[status] ?? "INVALID",
): Response => c.json({ error: { kind, message } } satisfies Failure, status);
