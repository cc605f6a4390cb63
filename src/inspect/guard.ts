/**
 * Who may ask. The page shows what stores keep, and other programs of the machine, other users of it, and every page
 * that its browser has open can reach the port. So each request has to:
 *
 * - name this server in its Host header: a name of somebody else's that leads to 127.0.0.1 (DNS rebinding) does not;
 * - come from this page, or from no page: `Origin` and `Sec-Fetch-Site`, which browsers set and pages can't;
 * - have the token, in the cookie that the printed address sets, or in a header.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { noToken, wrongHost, wrongOrigin } from "./errors.ts";
import { refuse } from "./refuse.ts";

export const newToken = (): string => randomBytes(24).toString("base64url");

/** Cookies know no ports: two servers of one machine would write over each other's. */
const cookieName = (port: number): string => `moonkeep-inspect-${port}`;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Takes the same time whatever differs. */
function tokenTest(token: string): (given: string | undefined) => boolean {
  const wanted = digest(token);
  return (given) => timingSafeEqual(digest(given ?? ""), wanted);
}

/** What every answer says. */
export const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** A link that somebody follows comes from elsewhere; it gets the page, which needs the token like all the rest. */
const isVisit = (c: Context): boolean =>
  c.req.method === "GET" && c.req.path === "/" && c.req.header("sec-fetch-mode") === "navigate";

function isFromOurPage(c: Context, origins: readonly string[]): boolean {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (origin !== undefined && !origins.includes(origin)) return false;
  return site === undefined || site === "same-origin" || site === "none" || isVisit(c);
}

/** @param port asked when somebody comes: it is known when the server listens */
export function guard(token: string, port: () => number): MiddlewareHandler {
  const isToken = tokenTest(token);
  return async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    if (!hosts.includes(c.req.header("host") ?? "")) return refuse(c, 403, wrongHost(port()));
    if (
      !isFromOurPage(
        c,
        hosts.map((host) => `http://${host}`),
      )
    )
      return refuse(c, 403, wrongOrigin);
    const isFirst = c.req.method === "GET" && c.req.path === "/" && isToken(c.req.query("token"));
    const name = cookieName(port());
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (!isFirst && !isToken(bearer) && !isToken(getCookie(c, name))) return refuse(c, 401, noToken);
    if (isFirst) setCookie(c, name, token, { httpOnly: true, sameSite: "Strict", path: "/" });
    return next();
  };
}
