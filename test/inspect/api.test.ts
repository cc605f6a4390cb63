import { describe, expect, it } from "vitest";
import { stopClock } from "../support/host.ts";
import { entries, Inspected, query } from "./support.ts";

describe("what the page reads", () => {
  it("the host, and whether it may be changed", async () => {
    await using inspected = await Inspected.open();
    const { json } = await inspected.get("/api/overview");
    expect(json).toMatchObject({ node: process.version, pid: process.pid, writes: false, counts: true });
    expect(json.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("entries, with their places", async () => {
    await using inspected = await Inspected.open();
    const { json } = await inspected.get("/api/entries");
    expect(json.map(({ id }: { id: string }) => id)).toEqual(entries.map(({ name }) => `app:${name}`));
    expect(json[0]).toMatchObject({ id: "app:cache", kind: "store.memory", meta: {} });
    expect(json[0].place).toMatch(/registry\.yaml:1:47$/);
  });

  it("stores, and how many entries those in memory have", async () => {
    await using inspected = await Inspected.open();
    await inspected.host.store("app:cache").set("k", 1);
    const { json } = await inspected.get("/api/stores");
    const store = { id: "app:cache", kind: "store.memory", durable: false, consistency: "local", entries: 1 };
    expect(json).toEqual([store]);
  });

  it("keys by prefix, page by page, in order, with values and ttl", async () => {
    stopClock();
    await using inspected = await Inspected.open();
    const store = inspected.host.store("app:cache");
    for (let i = 0; i < 120; i++) await store.set(`user:${String(i).padStart(3, "0")}`, { n: i }, { ttl: 60 });
    await store.set("other", true);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const path = `/api/keys${query({ store: "app:cache", prefix: "user:", ...(next === undefined ? {} : { after: next }) })}`;
      const { json } = await inspected.get(path);
      expect(json.items.length).toBeLessThanOrEqual(50);
      for (const { key, value, ttl } of json.items) {
        expect(value).toMatchObject({ json: JSON.stringify({ n: Number(key.slice(5)) }), isCut: false });
        expect(ttl).toBe(60_000);
        seen.push(key);
      }
      next = json.next;
    } while (next !== undefined);
    expect(seen).toEqual([...seen].sort());
    expect(seen).toHaveLength(120);
  });

  it("keys and values that are not text", async () => {
    await using inspected = await Inspected.open();
    await inspected.host.store("app:cache").set(new Uint8Array([255, 0]), new Uint8Array([254]));
    const { json } = await inspected.get(`/api/keys${query({ store: "app:cache" })}`);
    expect(json.items[0]).toMatchObject({ key: { $base64: "/wA=" }, value: { json: '{"$base64":"/g=="}' } });
    const key = JSON.stringify(json.items[0].key);
    const entry = await inspected.get(`/api/entry${query({ store: "app:cache", key })}`);
    expect(JSON.parse(entry.json.value.json)).toEqual({ $base64: "/g==" });
  });

  it("the beginning of a long value, more of it by itself, and nothing of one that is too large", async () => {
    await using inspected = await Inspected.open();
    const store = inspected.host.store("app:cache");
    await store.set("a", "x".repeat(1000));
    await store.set("b", "x".repeat(2 ** 20 + 1));
    const { json } = await inspected.get(`/api/keys${query({ store: "app:cache" })}`);
    expect(json.items[0].value).toMatchObject({ json: `"${"x".repeat(299)}`, isCut: true });
    expect(json.items[1].value.json).toBeUndefined();
    expect(json.items[1].value.bytes).toBeGreaterThan(2 ** 20);
    const entry = await inspected.get(`/api/entry${query({ store: "app:cache", key: '"a"' })}`);
    expect(entry.json.value).toMatchObject({ json: `"${"x".repeat(1000)}"`, isCut: false });
  });

  it.each<[string, string, number, RegExp]>([
    [
      "a store that there is not",
      `/api/keys${query({ store: "app:cahce" })}`,
      404,
      /no store "app:cahce"; did you mean "app:cache"/,
    ],
    ["an entry that is no store", `/api/keys${query({ store: "app:host" })}`, 400, /app:host/],
    ["no store", "/api/keys", 400, /^store is missing$/],
    ["a key that there is not", `/api/entry${query({ store: "app:cache", key: '"k"' })}`, 404, /no such key/],
    ["a key that is not JSON", `/api/entry${query({ store: "app:cache", key: "k" })}`, 400, /JSON/],
    ["a question without an action", `/api/explain${query({ question: "{}" })}`, 400, /action/],
    ["a question that is no JSON", `/api/explain${query({ question: "{" })}`, 400, /^question: /],
    ["an address that there is not", "/api/nothing", 404, /there is no address \/api\/nothing/],
  ])("%s is an error that says so", async (_, path, status, message) => {
    await using inspected = await Inspected.open();
    const answer = await inspected.get(path);
    expect(answer.status).toBe(status);
    expect(answer.json.error.message).toMatch(message);
  });

  it("policies, and what they say to a question", async () => {
    await using inspected = await Inspected.open();
    const { json } = await inspected.get("/api/policies");
    expect(json).toMatchObject({ strict: true, actor: "tester" });
    expect(json.policies[1]).toMatchObject({
      id: "app:no_secrets",
      effect: "deny",
      conditions: ['meta.key matches "^secret:"'],
    });
    expect(json.actions["store.key.set"]).toEqual(["key"]);
    const question = {
      actor: { id: "ada" },
      action: "store.key.get",
      resource: "app:cache",
      attributes: { key: "secret:1" },
    };
    const said = (await inspected.get(`/api/explain${query({ question: JSON.stringify(question) })}`)).json;
    expect(said).toMatchObject({ decision: "deny", reason: "app:no_secrets denies it" });
    expect(said.policies[1].conditions[0].outcome).toBe("holds");
    const strange = { action: "store.key.gte", resource: "app:cache" };
    const { note } = (await inspected.get(`/api/explain${query({ question: JSON.stringify(strange) })}`)).json;
    expect(note).toMatch(/no module asks for the action "store.key.gte"; did you mean "store.key.get"/);
  });

  it("what goes on", async () => {
    await using inspected = await Inspected.open();
    const run = inspected.host.run('require("time").sleep("1h")', { name: "sleeper", timeout: 0 });
    const { json } = await inspected.get("/api/going");
    expect(json).toMatchObject({
      runs: [{ source: "sleeper", actor: "tester", isolation: "shared" }],
      waiting: 0,
      plugins: [],
    });
    inspected.host.runs()[0]!.kill();
    await expect(run).rejects.toThrow();
  });

  it("health and metrics", async () => {
    await using inspected = await Inspected.open({}, [{ name: "db", kind: "db.sql.sqlite", file: ":memory:" }]);
    await inspected.host.run("return 1");
    expect((await inspected.get("/api/health")).json).toMatchObject([
      { id: "app:cache", ok: true },
      { id: "app:db", ok: true },
    ]);
    const { json } = await inspected.get("/api/metrics");
    const runs = json.find(({ name }: { name: string }) => name === "moonkeep_runs_total");
    expect(runs.samples).toEqual([{ labels: "isolation=shared outcome=ok", value: 1 }]);
  });
});

describe("without write, nothing is changed", () => {
  it.each(["/api/set", "/api/delete", "/api/kill", "/api/prompt", "/api/stores"])("%s is refused", async (path) => {
    await using inspected = await Inspected.open();
    const change = { store: "app:cache", key: "k", json: "1", run: 1, code: "return 1" };
    const answer = await inspected.post(path, change);
    expect(answer.status).toBe(403);
    expect(answer.json.error.message).toMatch(/^this page is read-only/);
    expect(await inspected.host.store("app:cache").has("k")).toBe(false);
  });
});

describe("with write", () => {
  const open = () => Inspected.open({ write: true });

  it("sets and deletes, the version that was seen alone", async () => {
    await using inspected = await open();
    const store = inspected.host.store("app:cache");
    const { version } = await store.put("k", 1);
    const change = { store: "app:cache", key: "k", json: '{"n": 2}', ttl: 60_000, version };
    expect((await inspected.post("/api/set", change)).status).toBe(200);
    expect(await store.get("k")).toEqual({ n: 2 });
    expect(await store.ttl("k")).toBeGreaterThan(50);
    const late = await inspected.post("/api/set", change);
    expect(late.status).toBe(409);
    expect((await inspected.post("/api/nowhere", {})).json.error).toMatchObject({ kind: "NOT_FOUND" });
    expect(late.json.error).toMatchObject({ kind: "CONFLICT", message: "version mismatch" });
    expect((await inspected.post("/api/delete", { store: "app:cache", key: "k", version })).status).toBe(409);
    expect((await inspected.post("/api/delete", { store: "app:cache", key: "k" })).status).toBe(200);
    expect((await inspected.post("/api/delete", { store: "app:cache", key: "k" })).status).toBe(404);
  });

  it("keeps the time that a version lives", async () => {
    await using inspected = await open();
    const store = inspected.host.store("app:cache");
    const { version } = await store.put("k", 1, { ttl: 60 });
    const change = { store: "app:cache", key: "k", json: "2", keepTtl: true, version };
    expect((await inspected.post("/api/set", change)).status).toBe(200);
    expect(await store.get("k")).toBe(2);
    expect(await store.ttl("k")).toBeLessThanOrEqual(60);
  });

  it("adds a key that is not there, and no other", async () => {
    await using inspected = await open();
    const change = { store: "app:cache", key: { $base64: "/w==" }, json: "true", version: null };
    expect((await inspected.post("/api/set", change)).status).toBe(200);
    expect(await inspected.host.store("app:cache").get(new Uint8Array([255]))).toBe(true);
    expect((await inspected.post("/api/set", change)).json.error.kind).toBe("ALREADY_EXISTS");
  });

  it.each<[string, object, RegExp]>([
    ["a value that is no JSON", { key: "k", json: "{" }, /JSON/],
    ["null", { key: "k", json: "null" }, /value: null can't be stored/],
    ["an empty key", { key: "", json: "1" }, /key is required/],
    ["a key of the store's own", { key: "\0moonkeep:x", json: "1" }, /reserved/],
    ["a ttl that is none", { key: "k", json: "1", ttl: -1 }, /ttl: expected milliseconds above 0, got -1/],
    ["no value", { key: "k" }, /^json is missing$/],
  ])("%s is refused", async (_, change, message) => {
    await using inspected = await open();
    const answer = await inspected.post("/api/set", { store: "app:cache", ...change });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toMatch(message);
  });

  it("a form of another page, which a browser sends without asking, is no JSON and refused", async () => {
    await using inspected = await open();
    const { ask } = await import("./support.ts");
    const { port, token } = inspected.page;
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/plain" };
    const answer = await ask(port, "/api/set", {
      method: "POST",
      headers,
      body: '{"store":"app:cache","key":"k","json":"1"}',
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toMatch(/application\/json/);
  });

  it("a body that is too large is refused", async () => {
    await using inspected = await open();
    const answer = await inspected.post("/api/set", { store: "app:cache", key: "k", json: `"${"x".repeat(2 ** 20)}"` });
    expect(answer.status).toBe(413);
  });

  it("ends a run", async () => {
    await using inspected = await open();
    const run = inspected.host.run('require("time").sleep("1h")', { timeout: 0 });
    const failure = expect(run).rejects.toMatchObject({ kind: "CANCELED" });
    const [{ id }] = (await inspected.get("/api/going")).json.runs;
    expect((await inspected.post("/api/kill", { run: id })).status).toBe(200);
    await failure;
    expect((await inspected.post("/api/kill", { run: id })).status).toBe(404);
  });
});

describe("the prompt", () => {
  const typed = async (inspected: Inspected, code: string) => (await inspected.post("/api/prompt", { code })).json;

  it("runs code after code in one state, and shows what it prints, answers and fails with", async () => {
    await using inspected = await Inspected.open({ write: true });
    expect(await typed(inspected, "n = 20 print('set')")).toEqual({ printed: "set\n", values: [] });
    expect(await typed(inspected, "n + 1, {1, 'a'}")).toEqual({ printed: "", values: ["21", '{1, "a"}'] });
    expect(await typed(inspected, "for i = 1, 2 do")).toEqual({ printed: "", values: [], isIncomplete: true });
    expect((await typed(inspected, "error('no')")).error).toMatch(/^prompt:1: no\n/);
    expect((await typed(inspected, "1 +* 2")).error).toMatch(/^INVALID: prompt:1: /);
  });

  it("acts as the actor that was given, under the policies", async () => {
    await using inspected = await Inspected.open({ write: true, actor: "ada" });
    expect((await typed(inspected, "require('security').actor():id()")).values).toEqual(['"ada"']);
    const { error } = await typed(inspected, "require('store').get('app:cache'):get('secret:1')");
    expect(error).toMatch(/^PERMISSION_DENIED: not allowed to read key: secret:1/);
  });

  it("is ended by its time limit", async () => {
    await using inspected = await Inspected.open({ write: true, timeout: 100 });
    expect((await typed(inspected, "while true do end")).error).toMatch(/time/);
  });

  it("prints no more than can be shown", async () => {
    await using inspected = await Inspected.open({ write: true });
    const { printed } = await typed(inspected, "for i = 1, 100 do print(('x'):rep(1000)) end");
    expect(printed.length).toBeLessThan(70_000);
    expect(printed).toMatch(/… \(100100 bytes in all\)\n$/);
  });
});
