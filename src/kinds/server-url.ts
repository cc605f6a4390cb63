import { custom, type FieldOptions, type Report, type Schema, text } from "../registry/schema.ts";

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
    if (problem !== undefined) report(`expected ${protocols[0]}://user:password@host:port/database, ${problem}`);
    return given;
  });
}

function problemOf(given: string, protocols: readonly string[], path: RegExp, query: boolean): string | undefined {
  if (!URL.canParse(given)) return "got what is no URL";
  const url = new URL(given);
  const protocol = url.protocol.slice(0, -1);
  if (!protocols.includes(protocol)) return `got a URL that begins otherwise (${protocols.join(", ")} are known)`;
  if (url.hostname === "") return "got one without a host";
  if ((url.search !== "" && !query) || url.hash !== "") return "got something behind it";
  for (const part of [url.username, url.password]) {
    if (!isEscaped(part)) return 'got a user or password with a "%" that must be written %25';
  }
  return path.test(url.pathname) ? undefined : "got another path";
}

function isEscaped(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
