import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { withBrowser } from "../support/browser.ts";
import { memory } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";
import { Inspected } from "./support.ts";

const panels = ["Stores", "Entries", "Policies", "Running", "Happening", "Metrics", "Prompt"];

const gone = [
  { name: "redis", kind: "db.redis", url: "redis://127.0.0.1:6390", timeout: "300ms" },
  { name: "sessions", kind: "store.redis", database: "redis" },
];

withBrowser((launch) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  /** What the browser complained of: a refused script or style, an uncaught error. */
  let complaints: string[];

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("Failed to load resource"))
        complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  }

  const panel = async (page: Page, name: string) => {
    await page.getByRole("navigation").getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 2, name }).waitFor();
  };

  describe("who may look", () => {
    it("whoever opens the address that was printed: the token is out of it at once, and out of reach of scripts", async () => {
      await using inspected = await Inspected.open();
      const { url, port, token } = inspected.page;
      const page = await visit(url);
      await page.getByText("only reads").waitFor();
      expect(page.url()).toBe(`http://127.0.0.1:${port}/`);
      expect(await page.evaluate("document.cookie")).toBe("");
      expect(await page.content()).not.toContain(token);
      await page.reload();
      await page.getByText("only reads").waitFor();
      expect(complaints).toEqual([]);
    });

    it("nobody with another token", async () => {
      await using inspected = await Inspected.open();
      const page = await visit(inspected.page.url.replace(/token=.*/, "token=wrong"));
      expect(await page.textContent("body")).toContain("the token is missing or wrong");
      expect(await page.locator("#page").count()).toBe(0);
    });

    it("no page of another origin, whoever has looked before in that browser", async () => {
      await using inspected = await Inspected.open({ write: true });
      const { url, port } = inspected.page;
      await inspected.host.store("app:cache").set("k", "secret value");
      const other = createServer((_, response) => {
        response.setHeader("content-type", "text/html");
        response.end("<title>other</title>");
      }).listen(0, "127.0.0.1");
      onTestFinished(() => void other.close());
      const page = await visit(url);
      await page.getByText("secret value").waitFor();
      await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
      const asked = await page.evaluate(`(async () => {
        const at = "http://127.0.0.1:${port}/api/";
        const body = JSON.stringify({ store: "app:cache", key: "k", json: "1" });
        const tries = [
          fetch(at + "keys?store=app:cache", { credentials: "include" }),
          fetch(at + "set", { method: "POST", credentials: "include", headers: { "content-type": "application/json" }, body }),
        ];
        // Sent without asking first; nothing of the answer can be read.
        await fetch(at + "set", { method: "POST", mode: "no-cors", credentials: "include", headers: { "content-type": "text/plain" }, body }).catch(() => {});
        const frame = document.body.appendChild(document.createElement("iframe"));
        const loaded = new Promise((done) => { frame.onload = done; });
        frame.src = "http://127.0.0.1:${port}/";
        await loaded;
        let framed = "nothing";
        try { framed = frame.contentDocument?.body?.textContent ?? "nothing"; } catch {}
        return [...(await Promise.allSettled(tries)).map(({ status }) => status), framed];
      })()`);
      expect(asked).toEqual(["rejected", "rejected", "nothing"]);
      expect(await inspected.host.store("app:cache").get("k")).toBe("secret value");
    });
  });

  describe("stores", () => {
    it("keys by prefix, with values that are text whatever they say, and a ttl that counts down", async () => {
      await using inspected = await Inspected.open();
      const store = inspected.host.store("app:cache");
      await store.set("user:1", '<img src="x" onerror="document.title = 1">', { ttl: 60 });
      await store.set("user:<b>2</b>", { n: 2 });
      await store.set("cart", true);
      const page = await visit(inspected.page.url);
      await page.getByRole("button", { name: "cart" }).waitFor();
      await page.getByLabel("Prefix").fill("user:");
      await page.getByRole("button", { name: "cart" }).waitFor({ state: "detached" });
      await page.getByRole("button", { name: "user:<b>2</b>" }).waitFor();
      const row = page.getByRole("row").filter({ hasText: "user:1" });
      const left = async () => Number((await row.locator(".number").textContent())!.split(" ")[0]);
      const first = await left();
      await expect.poll(left).toBeLessThan(first);
      expect(await page.locator("main img, main b").count()).toBe(0);
      await page.getByRole("button", { name: "user:1" }).click();
      await page.locator("pre", { hasText: "onerror" }).waitFor();
      expect(await page.getByRole("button", { name: /Save|Delete|Add/ }).count()).toBe(0);
      expect(complaints).toEqual([]);
    });

    it("edits, adds and deletes with write, and not over what somebody else has written", async () => {
      await using inspected = await Inspected.open({ write: true });
      const store = inspected.host.store("app:cache");
      await store.set("k", { n: 1 }, { ttl: 3600 });
      const page = await visit(inspected.page.url);
      await page.getByRole("button", { name: "k", exact: true }).click();
      await page.getByLabel("Value").fill('{"n": 2}');
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText('{"n":2}').waitFor();
      expect(await store.ttl("k")).toBeGreaterThan(3500);

      await page.getByRole("button", { name: "k", exact: true }).click();
      await page.getByLabel("Value").fill("3");
      await store.set("k", "another's");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("alert").getByText("CONFLICT: version mismatch").waitFor();
      expect(await store.get("k")).toBe("another's");

      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Add an entry" }).click();
      await page.getByLabel("Key").fill("new");
      await page.getByLabel("Value").fill("[1, 2]");
      await page.getByLabel("Lives").fill("1h30m");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("button", { name: "new", exact: true }).click();
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      expect(await store.get("new")).toEqual([1, 2]);
      expect(await store.ttl("new")).toBeGreaterThan(5300);
      await page.getByRole("button", { name: "Delete it" }).click();
      await page.getByRole("button", { name: "new", exact: true }).waitFor({ state: "detached" });
      expect(await store.has("new")).toBe(false);
    });

    it("of 100 000 keys: 50 at a time, forth and back, and any of them by its prefix", async () => {
      await using inspected = await Inspected.open({}, [memory("big", { max_size: 200_000 })]);
      const store = inspected.host.store("app:big");
      const name = (i: number) => `user:${String(i).padStart(6, "0")}`;
      for (let from = 0; from < 100_000; from += 10_000) {
        await store.setMany(new Map(Array.from({ length: 10_000 }, (_, i) => [name(from + i), { n: from + i }])));
      }
      const page = await visit(inspected.page.url);
      await page.getByLabel("Store").selectOption("app:big");
      await page.getByText(`${(100_000).toLocaleString("en-US")} entries`).waitFor();
      await page.getByRole("button", { name: name(0) }).waitFor();
      expect(await page.locator("tbody tr").count()).toBe(50);
      await page.getByRole("button", { name: "Next page" }).click();
      await page.getByRole("button", { name: name(50) }).waitFor();
      expect(await page.locator("tbody tr").count()).toBe(50);
      await page.getByRole("button", { name: "Page before" }).click();
      await page.getByRole("button", { name: name(0) }).waitFor();
      await page.getByLabel("Prefix").fill(name(99_999));
      await page.getByRole("button", { name: name(99_999) }).waitFor();
      expect(await page.locator("tbody tr").count()).toBe(1);
    });

    it("whose server is gone: says so, and the others are shown", async () => {
      await using inspected = await Inspected.open({}, gone);
      await inspected.host.store("app:cache").set("here", 1);
      const page = await visit(inspected.page.url);
      await page.getByLabel("Store").selectOption("app:sessions");
      await page.getByRole("alert").getByText("redis at 127.0.0.1:6390 can't be reached").waitFor();
      await page.getByLabel("Store").selectOption("app:cache");
      await page.getByRole("button", { name: "here" }).waitFor();
      await panel(page, "Running");
      await page.getByRole("listitem").filter({ hasText: "app:sessions" }).getByText("down").waitFor();
    });
  });

  it("entries are found by a part of their ids, with their places", async () => {
    await using inspected = await Inspected.open();
    const page = await visit(inspected.page.url);
    await panel(page, "Entries");
    await page.getByLabel("Find").fill("secrets");
    await page.getByText("1 of 5 entries").waitFor();
    const row = page.getByRole("row").filter({ hasText: "app:no_secrets" });
    expect(await row.textContent()).toMatch(/security\.policy.*registry\.yaml:1:\d+/);
  });

  it("policies answer a question, and say why", async () => {
    await using inspected = await Inspected.open();
    const page = await visit(inspected.page.url);
    await panel(page, "Policies");
    await page.getByText("app:readers allows it").waitFor();
    await page.getByLabel("Key").fill("secret:1");
    await page.getByText("app:no_secrets denies it").waitFor();
    await page.getByLabel("Action").fill("env.get");
    await page.getByLabel("Resource").fill("HOME");
    await page.getByText("no policy allows it").waitFor();
    await page.locator("pre", { hasText: "env.get" }).waitFor();
    await page.getByLabel("Actor").fill("ada");
    await page.getByLabel("Data of the actor").fill("{");
    await page.getByRole("alert").getByText("are not JSON").waitFor();
  });

  it("runs are shown, and ended with write; plugins and their breakers too", async () => {
    await using inspected = await Inspected.open({ write: true });
    const folder = mkdtempSync(join(tmpdir(), "inspect-plugin-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const greeter = writePlugin(
      folder,
      "greeter",
      [lua("hello", "return {main = function() error('no') end}", { method: "main" })],
      {
        hooks: [{ on: "greet", call: "hello" }],
      },
    );
    await inspected.host.plugins.load(greeter, { failures: 1 });
    const run = inspected.host.run('require("time").sleep("1h")', { name: "sleeper.lua", timeout: 0 });
    const ended = expect(run).rejects.toMatchObject({ kind: "CANCELED" });
    const page = await visit(inspected.page.url);
    await panel(page, "Running");
    const plugin = page.locator("details", { hasText: "greeter" });
    await plugin.getByText("works").waitFor();
    await inspected.host.hooks.emit("greet", {});
    await plugin.getByText("suspended").waitFor();
    await page.getByRole("button", { name: "End sleeper.lua" }).click();
    await ended;
    await page.getByText("Nothing runs.").waitFor();
  });

  it("what happens is shown as it comes", async () => {
    await using inspected = await Inspected.open();
    await inspected.host.run('require("logger"):info("before")');
    const page = await visit(inspected.page.url);
    await panel(page, "Happening");
    await page.getByText("info: before").waitFor();
    await inspected.host.run('return require("store").get("app:cache"):get("secret:1")').catch(() => {});
    await page.getByText("tester was denied store.key.get on app:cache by app:no_secrets").waitFor();
    await page.getByLabel("Denials").uncheck();
    await page.getByText("tester was denied").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Pause" }).click();
    inspected.host.events.send("orders", "order.created", "/orders/1", { html: "<b>no</b>" });
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("orders order.created /orders/1").waitFor();
    await page.getByText('{"html":"<b>no</b>"}').waitFor();
    expect(complaints).toEqual([]);
  });

  it("metrics are shown with their course", async () => {
    await using inspected = await Inspected.open();
    await inspected.host.run("return 1");
    const page = await visit(inspected.page.url);
    await panel(page, "Metrics");
    await page.getByText("isolation=shared outcome=ok").waitFor();
    await page
      .locator("section", { hasText: "moonkeep_runs_active" })
      .locator("polyline")
      .first()
      .waitFor({ state: "attached" });
  });

  it("Lua is typed, and what was typed comes back", async () => {
    await using inspected = await Inspected.open({ write: true });
    const page = await visit(inspected.page.url);
    await panel(page, "Prompt");
    const lua = page.getByLabel("Lua");
    await lua.fill("n = 20 print('<i>set</i>')");
    await lua.press("Enter");
    await page.locator("pre", { hasText: "<i>set</i>" }).last().waitFor();
    await lua.fill("for i = 1, 2 do");
    await lua.press("Enter");
    await expect.poll(() => lua.inputValue()).toBe("for i = 1, 2 do\n");
    await lua.fill("n + 1");
    await lua.press("Enter");
    await page.locator("pre.values", { hasText: "21" }).waitFor();
    await lua.fill("error('no')");
    await lua.press("Enter");
    await page.locator("pre.problem", { hasText: "prompt:1: no" }).waitFor();
    await lua.press("ArrowUp");
    await lua.press("ArrowUp");
    expect(await lua.inputValue()).toBe("n + 1");
  });

  it("without write there is no prompt, and it is said how to have one", async () => {
    await using inspected = await Inspected.open();
    const page = await visit(inspected.page.url);
    await panel(page, "Prompt");
    await page.getByText("moonkeep inspect --write").waitFor();
    expect(await page.locator("textarea").count()).toBe(0);
  });

  it("works by keyboard alone", async () => {
    await using inspected = await Inspected.open();
    await inspected.host.store("app:cache").set("k", 1);
    const page = await visit(inspected.page.url);
    await page.getByRole("button", { name: "k", exact: true }).waitFor();
    const focus = () => page.evaluate("document.activeElement.textContent");
    const tabTo = async (name: string) => {
      for (let i = 0; i < 20 && (await focus()) !== name; i++) await page.keyboard.press("Tab");
      expect(await focus()).toBe(name);
    };
    await tabTo("k");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 3, name: "k" }).waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("H3");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { level: 3, name: "k" }).waitFor({ state: "detached" });
    await expect.poll(focus).toBe("k");
    await tabTo("Policies");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "Policies" }).waitFor();
  });

  it.each(["light", "dark"] as const)("fits 400 pixels, in %s", async (colorScheme) => {
    await using inspected = await Inspected.open({ write: true }, gone);
    const store = inspected.host.store("app:cache");
    await store.set("k".repeat(500), "v".repeat(2000), { ttl: 60 });
    inspected.host.events.send("orders", "x".repeat(280), "/", { text: "y".repeat(2000) });
    const page = await visit(inspected.page.url, { viewport: { width: 400, height: 800 }, colorScheme });
    for (const name of panels) {
      await panel(page, name);
      await page.waitForLoadState("networkidle").catch(() => {}); // the stream never is
      expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBeLessThanOrEqual(400);
    }
    const colours = await page.evaluate(
      "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]",
    );
    const dark = ["rgb(20, 22, 29)", "rgb(230, 232, 239)"];
    expect(colours).toEqual(colorScheme === "dark" ? dark : ["rgb(255, 255, 255)", "rgb(27, 30, 40)"]);
    expect(complaints).toEqual([]);
  });

  it("asks nobody but its own host", async () => {
    await using inspected = await Inspected.open();
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(inspected.page.url);
    for (const name of panels) await panel(page, name);
    expect([...hosts]).toEqual([`127.0.0.1:${inspected.page.port}`]);
  });

  it("says when the host was closed", async () => {
    const inspected = await Inspected.open();
    const page = await visit(inspected.page.url);
    await panel(page, "Running");
    await inspected.host.close();
    await page.getByText("The server does not answer").first().waitFor();
  });
});
