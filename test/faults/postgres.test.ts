/** What befalls a PostgreSQL server, with a real one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { PostgresOptions } from "../../src/stores/postgres/server.ts";
import { key } from "../contract/values.ts";
import { openPostgres, type PostgresSubject } from "../support/postgres.ts";
import { Cluster, serverPrograms } from "../support/postgres-cluster.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const programs = serverPrograms();
const required = process.env.MOONKEEP_REQUIRE_SERVICES === "1";
const k = key("k");
const SECRET = "hush-hush";

/** Tries until it succeeds: a connection that was lost is told to one who used it, and the next finds another. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (e) {
      expect(e).toMatchObject({ retryable: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

describe.skipIf(programs === undefined && !required)("a PostgreSQL server", () => {
  let cluster: Cluster;
  let name: string;
  beforeAll(async () => {
    if (programs === undefined) throw new Error("these tests need PostgreSQL's programs in /usr/lib/postgresql");
    cluster = await Cluster.make(programs);
    name = `postgres at 127.0.0.1:${cluster.port}`;
  });
  afterAll(() => cluster?.remove());

  const open = (options: Partial<PostgresOptions> = {}): PostgresSubject => {
    const opened = openPostgres({
      ...{ host: "127.0.0.1", port: cluster.port, database: "postgres", user: "postgres", ...options },
    });
    onTestFinished(opened.end);
    return opened;
  };
  const failure = (call: () => unknown) =>
    Promise.resolve(call()).then(
      () => expect.unreachable(),
      (e: unknown) => e,
    );

  it("that is away at start is told of, and works once it is there", async () => {
    const { store } = open();
    const away = { kind: "UNAVAILABLE", retryable: true, message: `${name} can't be reached` };
    for (const call of [() => store.get(k), () => store.set(k, 1), () => store.health()]) {
      expect(await failure(call)).toMatchObject(away);
    }
    await cluster.start();
    await insist(async () => store.set(k, 1));
    expect(await store.get(k)).toBe(1);
  });

  describe("that runs", () => {
    beforeEach(() => cluster.start());

    it("may be killed among writes, and come back: what it has acknowledged is there", async () => {
      const { store } = open();
      await store.set(key("k0"), 0);
      let written = 0;
      const writing = (async () => {
        for (;;) {
          await store.set(key(`k${written + 1}`), written + 1);
          written++;
        }
      })();
      const lost = failure(() => writing);
      await vi.waitFor(() => expect(written).toBeGreaterThan(20), { timeout: 60_000 });
      await cluster.kill();
      expect(await lost).toMatchObject({
        kind: "UNAVAILABLE",
        retryable: true,
        message: expect.stringContaining(name),
      });
      expect(await failure(() => store.get(k))).toMatchObject({ kind: "UNAVAILABLE", retryable: true });
      await cluster.start();
      await insist(async () => store.get(k));
      for (let i = 0; i <= written; i++) expect([i, await store.get(key(`k${i}`))]).toEqual([i, i]);
    });

    it("that takes connections and never answers is given up in time, and used again when it answers", async () => {
      const { store, database } = open({ timeout: 1000 });
      const fresh = open({ timeout: 1000 });
      await insist(async () => store.set(k, 1));
      cluster.freeze();
      try {
        const late = { kind: "TIMEOUT", retryable: true, message: `${name} did not answer within 1000 ms` };
        for (const call of [() => store.get(k), () => store.set(k, 2), () => fresh.store.get(k)]) {
          expect(await failure(call)).toMatchObject(late);
        }
      } finally {
        cluster.thaw();
      }
      await insist(async () => store.set(k, 3));
      expect(await insist(async () => store.get(k))).toBe(3);
      cluster.freeze();
      try {
        await database.close(); // it waits for nobody
      } finally {
        cluster.thaw();
      }
    });

    it("that refuses a login says so, and shows no credentials", async () => {
      const { raw } = open();
      await raw.query(`CREATE ROLE guarded LOGIN PASSWORD '${SECRET}'`);
      await raw.query("GRANT CREATE ON SCHEMA public TO guarded");
      for (const password of [`${SECRET}!`, undefined]) {
        const { store } = open({ user: "guarded", password });
        const error = (await failure(() => store.get(k))) as Error;
        const message = `${name} can't be used: the login is wrong`;
        expect(error).toMatchObject({ kind: "UNAVAILABLE", retryable: true, message });
        const all = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
        expect(all).not.toContain(SECRET);
        expect(all).not.toContain("guarded");
      }
      const { store } = open({ user: "guarded", password: SECRET });
      await store.set(k, 1);
      expect(await store.get(k)).toBe(1);
    });

    it("takes no password from the environment", async () => {
      vi.stubEnv("PGPASSWORD", SECRET);
      onTestFinished(() => void vi.unstubAllEnvs());
      const { store } = open({ user: "guarded", password: undefined });
      expect(await failure(() => store.get(k))).toMatchObject({
        message: expect.stringContaining("the login is wrong"),
      });
    });

    it("that could only be read for a while is written again, on a connection that knows it", async () => {
      const { store, raw } = open({ connections: 1 });
      await store.set(k, 1);
      await raw.query("ALTER SYSTEM SET default_transaction_read_only = on");
      await raw.query("SELECT pg_reload_conf()");
      await vi.waitFor(async () => {
        const message = `${name} can't be used: it is read-only`;
        // Another key: the server may take a write yet before it has read its settings anew.
        expect(await failure(() => store.set(key("other"), 2))).toMatchObject({
          kind: "UNAVAILABLE",
          retryable: true,
          message,
        });
      });
      expect(await store.get(k)).toBe(1);
      await raw.query("SET default_transaction_read_only = off");
      await raw.query("ALTER SYSTEM RESET default_transaction_read_only");
      await raw.query("SELECT pg_reload_conf()");
      await insist(async () => store.set(k, 3));
      expect(await store.get(k)).toBe(3);
    });

    it("says what it lacks", async () => {
      expect(await failure(() => open({ database: "nowhere" }).store.get(k))).toMatchObject({
        kind: "UNAVAILABLE",
        message: `${name} can't be used: there is no such database`,
      });
      expect(await failure(() => open({ tls: true }).store.get(k))).toMatchObject({
        kind: "UNAVAILABLE",
        message: `${name} can't be used: it does not support TLS`,
      });
    });
  });
});
