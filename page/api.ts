/** Asks the server, and says what it answers or why it does not. */
import type { Failure } from "../src/inspect/api.ts";

/** What the server refused or failed, in its words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Refused(0, "The server does not answer: it was closed, or the program that it shows has ended.");
  }
  const answer = (await response.json()) as T | Failure;
  if (response.ok) return answer as T;
  const { kind, message } = (answer as Failure).error;
  throw new Refused(response.status, kind === undefined ? message : `${kind}: ${message}`);
}

export const get = <T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> =>
  send<T>(`${path}?${new URLSearchParams(query)}`, {});

export const post = <T>(path: string, body: unknown): Promise<T> =>
  send<T>(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
