/** The backups that docs/operations.md names, made while a host has the store open, and put back. */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Host } from "../../src/host/host.ts";
import { moonkeep } from "../support/cli.ts";
import { freePort } from "../support/ports.ts";
import { freshTable, server } from "../support/postgres.ts";
import { registryFile } from "../support/registry-file.ts";
import { OwnServer } from "../support/servers.ts";
import { postgres, withProgram, withService } from "../support/services.ts";

const folder = () => mkdtempSync(join(tmpdir(), "moonkeep-"));

async function open(entries: readonly object[]): Promise<Host> {
  const { path } = registryFile(entries);
  const host = await Host.open(path);
  onTestFinished(() => host.close());
  return host;
}

/** What a backup must bring back: values of each kind, keys, and how long an entry still lives. */
async function fill(host: Host): Promise<void> {
  const kv = host.store("app:kv");
  await kv.set("text", "one");
  await kv.set("data", { list: [1, 2.5], bytes: Uint8Array.of(0, 255) });
  await kv.set("brief", true, { ttl: "1h" });
}

async function change(host: Host): Promise<void> {
  const kv = host.store("app:kv");
  await kv.set("text", "two");
  await kv.delete("data");
  await kv.set("more", 1);
}

async function expectWhatWasThere(host: Host): Promise<void> {
  const kv = host.store("app:kv");
  expect(await kv.get("text")).toBe("one");
  expect(await kv.get("data")).toEqual({ list: [1, 2.5], bytes: Uint8Array.of(0, 255) });
  expect(await kv.get("brief")).toBe(true);
  expect(await kv.ttl("brief")).toBeGreaterThan(3000);
  expect(await kv.ttl("brief")).toBeLessThanOrEqual(3600);
  expect(await kv.has("more")).toBe(false);
}

describe("a backup of SQLite", () => {
  it("made by VACUUM INTO is put back in its place, and a host that runs goes on with it", async () => {
    const file = join(folder(), "app.db");
    const entries = [
      { name: "db", kind: "db.sql.sqlite", file },
      { name: "kv", kind: "store.sql", database: "app:db", table_name: "kv" },
    ];
    const host = await open(entries);
    await fill(host);
    const copy = `${file}.copy`;
    const other = new DatabaseSync(file);
    other.exec(`VACUUM INTO '${copy}'`);
    other.close();
    await change(host);
    for (const beside of ["-wal", "-shm"]) rmSync(`${file}${beside}`, { force: true });
    renameSync(copy, file);
    await vi.waitFor(async () => expect(await host.store("app:kv").get("text")).toBe("one"), { timeout: 10_000 });
    await expectWhatWasThere(host);
    await host.store("app:kv").set("text", "three");
    expect(await host.store("app:kv").get("text")).toBe("three");
  });

  it("is a copy of the file once the host is closed", async () => {
    const file = join(folder(), "app.db");
    const entries = (file: string) => [
      { name: "db", kind: "db.sql.sqlite", file },
      { name: "kv", kind: "store.sql", database: "app:db", table_name: "kv" },
    ];
    const host = await open(entries(file));
    await fill(host);
    await host.close();
    copyFileSync(file, `${file}.copy`);
    await expectWhatWasThere(await open(entries(`${file}.copy`)));
  });
});

await withService(postgres, () => {
  describe("a backup of PostgreSQL", () => {
    it("made by pg_dump -t is put back by psql", async () => {
      const table = freshTable();
      const url = postgres.url;
      const psql = (sql: string) => execFileSync("psql", ["-q", "-v", "ON_ERROR_STOP=1", url], { input: sql });
      onTestFinished(() => void psql(`DROP TABLE IF EXISTS ${table}`));
      const { host: hostname, port, database, user, password } = server;
      const entries = [
        { name: "db", kind: "db.sql.postgres", host: hostname, port, database, username: user, password, tls: false },
        { name: "kv", kind: "store.sql", database: "app:db", table_name: table },
      ];
      const host = await open(entries.map((entry) => JSON.parse(JSON.stringify(entry))));
      await fill(host);
      const dump = execFileSync("pg_dump", ["-t", table, url], { encoding: "utf8" });
      await change(host);
      await host.close();
      psql(`DROP TABLE ${table}`);
      psql(dump);
      await expectWhatWasThere(await open(entries.map((entry) => JSON.parse(JSON.stringify(entry)))));
    });
  });
});

await withProgram("redis-server", () => {
  describe("a backup of Redis", () => {
    it("is the server's RDB file", async () => {
      const from = folder();
      const to = folder();
      const serve = async (dir: string) => {
        const port = await freePort();
        const args = ["--port", String(port), "--dir", dir, "--save", "", "--appendonly", "no"];
        const own = new OwnServer(port, () => spawn("redis-server", args, { stdio: "ignore" }));
        await own.start();
        onTestFinished(() => own.kill());
        return own;
      };
      const entries = (port: number) => [
        { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${port}` },
        { name: "kv", kind: "store.redis", database: "app:db" },
      ];
      const first = await serve(from);
      const host = await open(entries(first.port));
      await fill(host);
      execFileSync("redis-cli", ["-p", String(first.port), "SAVE"]);
      copyFileSync(join(from, "dump.rdb"), join(to, "dump.rdb"));
      await change(host);
      await host.close();
      const second = await serve(to);
      await expectWhatWasThere(await open(entries(second.port)));
    });
  });
});

describe("a dump", () => {
  it("of a store of one backend is loaded into a store of another", async () => {
    const root = folder();
    const { path } = registryFile([
      { name: "db", kind: "db.sql.sqlite", file: join(root, "a.db") },
      { name: "kv", kind: "store.sql", database: "app:db", table_name: "kv" },
      { name: "db2", kind: "db.sql.sqlite", file: join(root, "b.db") },
      { name: "kv2", kind: "store.sql", database: "app:db2", table_name: "kv" },
    ]);
    const host = await Host.open(path);
    await fill(host);
    await host.close();
    const dump = await moonkeep(["store", "dump", "app:kv", "-r", path]);
    expect(dump.code).toBe(0);
    expect(await moonkeep(["store", "load", "app:kv2", "-", "-r", path], { input: dump.out })).toMatchObject({
      code: 0,
    });
    const again = await moonkeep(["store", "dump", "app:kv2", "-r", path]);
    const entriesOf = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line), ttl: undefined, expires: undefined, version: undefined }));
    expect(entriesOf(again.out)).toEqual(entriesOf(dump.out));
  });
});
