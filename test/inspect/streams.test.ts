import { get, type IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { Inspected } from "./support.ts";

interface Stream {
  readonly response: IncomingMessage;
  /** What came so far. */
  readonly text: () => string;
  readonly closed: Promise<void>;
}

function stream({ page: { port, token } }: Inspected, last?: string): Promise<Stream> {
  const headers = { authorization: `Bearer ${token}`, ...(last === undefined ? {} : { "last-event-id": last }) };
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/api/stream", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("error", () => {});
      response.on("data", (part) => {
        text += part;
      });
      resolve({ response, text: () => text, closed: new Promise((done) => response.once("close", () => done())) });
    }).on("error", reject);
  });
}

const happenings = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!));

it("tells of denials, logs, events and runs, as they come", async () => {
  await using inspected = await Inspected.open();
  const { text, response } = await stream(inspected);
  expect(response.headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  await inspected.host.run('require("logger"):warn("low", {left = 2})', { name: "watch.lua" });
  await inspected.host
    .run('return require("store").get("app:cache"):get("secret:1")', { name: "peek.lua" })
    .catch(() => {});
  inspected.host.events.send("orders", "order.created", "/orders/1", { total: 3 });
  await expect.poll(() => happenings(text()).length).toBe(5);
  expect(happenings(text())).toMatchObject([
    { kind: "log", level: "warn", text: "warn: low", more: '{"actor":"tester","left":2}' },
    { kind: "run", level: "info", text: expect.stringMatching(/^watch\.lua ended after .* ms, as tester$/) },
    {
      kind: "denial",
      level: "warn",
      text: "tester was denied store.key.get on app:cache by app:no_secrets",
      more: '{"key":"secret:1"}',
    },
    { kind: "run", level: "error", text: expect.stringMatching(/^peek\.lua failed after/) },
    { kind: "event", level: "info", text: "orders order.created /orders/1", more: '{"total":3}' },
  ]);
});

it("tells who comes later what was told before, and who comes again what was missed", async () => {
  await using inspected = await Inspected.open();
  for (let i = 1; i <= 600; i++) inspected.host.events.send("orders", "n", `/${i}`);
  const first = await stream(inspected);
  await expect.poll(() => happenings(first.text()).length).toBe(500);
  expect(happenings(first.text())[0].text).toBe("orders n /101");
  const again = await stream(inspected, "598");
  await expect.poll(() => happenings(again.text()).length).toBe(2);
  return expect(happenings(again.text()).at(-1).text).toBe("orders n /600");
});

it("cuts off a reader that does not read, and goes on with the others", async () => {
  await using inspected = await Inspected.open();
  const slow = await stream(inspected);
  slow.response.pause();
  const good = await stream(inspected);
  const data = { text: "x".repeat(3500) };
  for (let i = 1; i <= 5000; i++) {
    inspected.host.events.send("orders", "n", `/${i}`, data);
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => good.text().includes("orders n /5000"), { timeout: 10_000 }).toBe(true);
  slow.response.resume();
  await slow.closed;
  return expect(slow.text()).not.toContain("orders n /5000");
});

it("has room for sixteen streams, and for another one when one has ended", async () => {
  await using inspected = await Inspected.open();
  const streams = await Promise.all(Array.from({ length: 16 }, () => stream(inspected)));
  const refused = await inspected.get("/api/stream");
  expect(refused.status).toBe(503);
  expect(refused.json.error.message).toMatch(/there are 16 streams already/);
  streams[0]!.response.destroy();
  await expect.poll(async () => (await stream(inspected)).response.statusCode).toBe(200);
});
