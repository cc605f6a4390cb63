import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { listens } from "../support/services.ts";
import { type Asking, ask, Inspected } from "./support.ts";

describe("who may ask", () => {
  it("whoever has the token: in a header, in the address of the page, and in the cookie that this sets", async () => {
    await using inspected = await Inspected.open();
    const { port, token, url } = inspected.page;
    expect(url).toBe(`http://127.0.0.1:${port}/?token=${token}`);
    expect((await inspected.get("/api/overview")).status).toBe(200);
    const page = await ask(port, `/?token=${token}`);
    expect(page.status).toBe(200);
    const [cookie] = page.headers["set-cookie"] as string[];
    expect(cookie).toBe(`moonkeep-inspect-${port}=${token}; Path=/; HttpOnly; SameSite=Strict`);
    const headers = { cookie: cookie!.split(";")[0]! };
    expect((await ask(port, "/api/overview", { headers })).status).toBe(200);
    expect((await ask(port, "/", { headers })).text).toContain("<title>moonkeep inspect</title>");
  });

  it.each<[string, string, Asking]>([
    ["no token", "/api/stores", {}],
    ["no token for the page", "/", {}],
    ["no token for its script", "/main.js", {}],
    ["another token", "/api/stores", { headers: { authorization: "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } }],
    ["another token in the address", "/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", {}],
    ["an empty token", "/?token=", {}],
    ["another token in the cookie", "/api/stores", { headers: { cookie: "moonkeep-inspect-PORT=AAAA" } }],
  ])("%s is refused", async (_, path, { headers = {} }) => {
    await using inspected = await Inspected.open();
    const { port } = inspected.page;
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", `${port}`)]),
    );
    const answer = await ask(port, path, { headers: own });
    expect(answer.status).toBe(401);
    expect(answer.json.error.message).toMatch(/^the token is missing or wrong/);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("takes the token in the address of the page alone, where a script hides it at once", async () => {
    await using inspected = await Inspected.open();
    const { port, token } = inspected.page;
    expect((await ask(port, `/api/stores?token=${token}`)).status).toBe(401);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["a name of somebody else's that leads here", { host: "evil.example:PORT" }, /the Host header has to name this/],
    ["this machine under another name", { host: "127.0.0.1.nip.io:PORT" }, /the Host header has to name this/],
    ["another port", { host: "127.0.0.1:1" }, /the Host header has to name this/],
    ["a page of another origin", { origin: "http://evil.example" }, /only pages of this server/],
    ["a page of another port of this machine", { origin: "http://127.0.0.1:1" }, /only pages of this server/],
    ["a page without an origin", { origin: "null" }, /only pages of this server/],
    ["what a browser says is cross-site", { "sec-fetch-site": "cross-site" }, /only pages of this server/],
    ["what a browser says is of the same site", { "sec-fetch-site": "same-site" }, /only pages of this server/],
  ])("%s is refused, even with the token", async (_, headers, message) => {
    await using inspected = await Inspected.open({ write: true });
    const { port, token } = inspected.page;
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", `${port}`)]),
    );
    for (const method of ["GET", "POST"]) {
      const answer = await ask(port, "/api/stores", { method, headers: { authorization: `Bearer ${token}`, ...own } });
      expect(answer.status).toBe(403);
      expect(answer.json.error.message).toMatch(message);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("a link in another page leads to the page, with the token that it has", async () => {
    await using inspected = await Inspected.open();
    const { port, token } = inspected.page;
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await ask(port, `/?token=${token}`, { headers })).status).toBe(200);
    expect((await ask(port, "/", { headers })).status).toBe(401);
  });

  it("nobody from another machine: it listens on 127.0.0.1 alone", async () => {
    await using inspected = await Inspected.open();
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const outside = others.filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of outside) expect(await listens(address, inspected.page.port), address).toBe(false);
    expect(await listens("127.0.0.1", inspected.page.port)).toBe(true);
  });
});

describe("every answer", () => {
  it.each(["/api/overview", "/", "/main.js", "/nothing"])(
    "of %s is kept nowhere, framed nowhere, and runs no code of a value",
    async (path) => {
      await using inspected = await Inspected.open();
      const { headers } = await inspected.get(path);
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain("unsafe");
    },
  );

  it("of the page has no code and no style of its own", async () => {
    await using inspected = await Inspected.open();
    const { text } = await inspected.get("/");
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/main.js">']);
    expect(text).not.toMatch(/<style|style=|\son\w+=/);
  });
});
