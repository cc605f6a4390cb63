/** A host with a page, and requests to it as anybody can make them. */
import { request } from "node:http";
import type { InspectOptions, Inspector } from "../../src/host/inspection/options.ts";
import { acting, type EntrySource, memory, policy, ScriptHost } from "../support/host.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is
  readonly json: any;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with just these headers: `fetch` lets nobody say who the host is. */
export function ask(port: number, path: string, { method = "GET", headers = {}, body }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        const isJson = response.headers["content-type"]?.includes("json") === true;
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export const entries: readonly EntrySource[] = [
  memory("cache"),
  policy("readers", "allow", "store.*", "app:cache"),
  policy("no_secrets", "deny", "store.key.*", "app:cache", {
    conditions: [{ field: "meta.key", operator: "matches", value: "^secret:" }],
  }),
  policy("rest", "allow", ["events.*", "logger.*", "funcs.*"]),
  acting(),
];

/** A host with its page. Close it: `await using`. */
export class Inspected implements AsyncDisposable {
  readonly scripts: ScriptHost;
  readonly page: Inspector;

  private constructor(scripts: ScriptHost, page: Inspector) {
    this.scripts = scripts;
    this.page = page;
  }

  static async open(options: InspectOptions = {}, more: readonly EntrySource[] = []): Promise<Inspected> {
    const scripts = await ScriptHost.open([...entries, ...more], { metrics: true });
    return new Inspected(scripts, await scripts.host.inspect(options));
  }

  get host() {
    return this.scripts.host;
  }

  /** As a program asks that has the token. */
  get(path: string): Promise<Answer> {
    return ask(this.page.port, path, { headers: { authorization: `Bearer ${this.page.token}` } });
  }

  post(path: string, body: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.page.token}`, "content-type": "application/json" };
    return ask(this.page.port, path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.scripts[Symbol.asyncDispose]();
  }
}

export const query = (parts: Readonly<Record<string, string>>): string => `?${new URLSearchParams(parts)}`;
