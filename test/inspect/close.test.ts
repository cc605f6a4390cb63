import { get } from "node:http";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { ScriptHost } from "../support/host.ts";
import { listens } from "../support/services.ts";
import { usage } from "../support/usage.ts";
import { ask, entries, Inspected } from "./support.ts";

/** A stream that is open, and a promise of its end. */
function stream(inspected: Inspected): Promise<{ readonly ended: Promise<void> }> {
  const { port, token } = inspected.page;
  return new Promise((resolve, reject) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/api/stream", headers: { authorization: `Bearer ${token}` } },
      (response) => {
        response.on("error", () => {}).resume();
        resolve({ ended: new Promise((done) => response.once("close", () => done())) });
      },
    );
    request.on("error", reject);
  });
}

it("closing the host closes the page, its streams and its connections", async () => {
  const inspected = await Inspected.open();
  const { port } = inspected.page;
  const { ended } = await stream(inspected);
  await inspected.host.close();
  await ended;
  expect(await listens("127.0.0.1", port)).toBe(false);
});

it("a page is closed by itself, any number of times, and the host goes on", async () => {
  await using inspected = await Inspected.open();
  const { port } = inspected.page;
  const { ended } = await stream(inspected);
  await Promise.all([inspected.page.close(), inspected.page.close()]);
  await ended;
  expect(await listens("127.0.0.1", port)).toBe(false);
  return expect((await inspected.host.run("return 1")).value).toBe(1);
});

it("a page that is closed is kept by nobody, though its host goes on", async () => {
  await using host = await Host.open();
  const openAndClose = async () => {
    const page = await host.inspect();
    await page.close();
    return new WeakRef(page);
  };
  const pages = [await openAndClose(), await openAndClose()];
  for (let tries = 0; tries < 50 && pages.some((page) => page.deref() !== undefined); tries++) {
    await setTimeout(20);
    usage(); // collects garbage
  }
  return expect(pages.map((page) => page.deref())).toEqual([undefined, undefined]);
});

it("a host has any number of pages, each with a token of its own", async () => {
  await using inspected = await Inspected.open();
  const other = await inspected.host.inspect();
  expect(other.token).not.toBe(inspected.page.token);
  const headers = { authorization: `Bearer ${inspected.page.token}` };
  return expect((await ask(other.port, "/api/overview", { headers })).status).toBe(401);
});

it("a host that is closed opens none, and one that is closed meanwhile leaves none", async () => {
  const { host } = await ScriptHost.open(entries);
  const opening = host.inspect();
  await host.close();
  await expect(opening).rejects.toThrow("the host is closed");
  await expect(host.inspect()).rejects.toThrow("the host is closed");
});

it("a port that is taken is an error that says so", async () => {
  await using inspected = await Inspected.open();
  const { port } = inspected.page;
  await expect(inspected.host.inspect({ port })).rejects.toThrow(`port ${port} is taken; give another one`);
});

it("options that make no sense are refused", async () => {
  await using host = await Host.open();
  await expect(host.inspect({ port: 70_000 })).rejects.toThrow(
    "port: expected a whole number, from 0 to 65535, got 70000",
  );
  await expect(host.inspect({ writes: true } as object)).rejects.toThrow(
    'there is no option "writes"; did you mean "write"?',
  );
});

it("leaves the globals of the process as they are", async () => {
  const before = [globalThis.Request, globalThis.Response];
  await using inspected = await Inspected.open();
  await inspected.get("/api/overview");
  return expect([globalThis.Request, globalThis.Response]).toEqual(before);
});
