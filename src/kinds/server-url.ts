import { custom, type FieldOptions, type Report, type Schema, text } from "../registry/schema.ts";
import { badServerUrl, urlProblems as url } from "./errors.ts";

export interface ServerUrlOptions extends FieldOptions {
  /** The first is the one that errors name. */
  readonly protocols: readonly [string, ...string[]];
  /** What may follow the host and the port. */
  readonly path: RegExp;
  /** Whether options may follow: `?sslmode=require`. */
  readonly query?: boolean;
}

/** The URL of a server. It may hold a password, so what is wrong with one is said without showing it. */
export function serverUrl({ protocols, path, query = false, ...options }: ServerUrlOptions): Schema<string, string> {
  return custom(text(options), (given: string, report: Report): string => {
    const problem = problemOf(given, protocols, path, query);
    if (problem !== undefined) report(badServerUrl(protocols[0], problem));
    return given;
  });
}

const ports: Readonly<Record<string, number>> = { postgres: 5432, redis: 6379, rediss: 6379 };

/**
 * A server, who asks and which database, without the password: what a plugin asks for, and is granted. Two ways of
 * writing the same have the same name: `postgresql://DB.example.com` and `postgres://db.example.com:5432/`.
 * @param host what the host must turn out to be: one that was written by itself may not bring other parts along
 * @returns undefined for what is not the URL of such a server
 */
export function serverName(text: string, host?: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, pathname } = new URL(text);
  const scheme = protocol === "postgresql:" ? "postgres" : protocol.slice(0, -1);
  if (!Object.hasOwn(ports, scheme) || hostname === "") return undefined;
  if (host !== undefined && hostname.replace(/^\[(.*)\]$/, "$1") !== host.replace(/^\[(.*)\]$/, "$1")) return undefined;
  const database = pathname.replace(/^\//, "") || (scheme === "postgres" ? username : "0");
  return `${scheme}://${username === "" ? "" : `${username}@`}${hostname.toLowerCase()}:${port || ports[scheme]}/${database}`;
}

function problemOf(given: string, protocols: readonly string[], path: RegExp, query: boolean): string | undefined {
  if (!URL.canParse(given)) return url.notAUrl;
  const parsed = new URL(given);
  const protocol = parsed.protocol.slice(0, -1);
  if (!protocols.includes(protocol)) return url.wrongScheme(protocols);
  if (parsed.hostname === "") return url.noHost;
  if ((parsed.search !== "" && !query) || parsed.hash !== "") return url.moreBehind;
  for (const part of [parsed.username, parsed.password]) {
    if (!isEscaped(part)) return url.percentSign;
  }
  return path.test(parsed.pathname) ? undefined : url.wrongPath;
}

function isEscaped(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
