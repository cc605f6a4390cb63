import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { SqliteDatabase } from "../../src/stores/sqlite/sqlite.ts";
import { key } from "../contract/values.ts";
import { freshFile, freshFolder, openRaw, openStore } from "../support/sqlite.ts";

const k = key("k");

/** Kind, retryable and message of what a call fails with, thrown at once or later. */
async function failure(call: () => unknown): Promise<unknown[]> {
  try {
    await call();
  } catch (e) {
    if (e instanceof MoonkeepError) return [e.kind, e.retryable, e.message];
    throw e;
  }
  return expect.unreachable("the call should have failed");
}

describe("a SQLite file", () => {
  it("is made when it is first needed, and marked as made by moonkeep", async () => {
    const path = freshFile();
    const store = openStore(path);
    expect(existsSync(path)).toBe(false);
    await store.set(k, 1);
    const raw = openRaw(path);
    expect(raw.prepare("PRAGMA application_id").get()).toEqual({ application_id: 0x6d6f6f6e });
    expect(raw.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    expect(raw.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });

  it("that has tables of somebody else is not marked", async () => {
    const path = freshFile();
    const raw = openRaw(path);
    raw.exec("CREATE TABLE theirs (a); PRAGMA user_version = 7");
    await openStore(path).set(k, 1);
    expect(raw.prepare("PRAGMA application_id").get()).toEqual({ application_id: 0 });
    expect(raw.prepare("PRAGMA user_version").get()).toEqual({ user_version: 7 });
  });

  it("is one file again when it was closed", async () => {
    const path = freshFile();
    const raw = openRaw(path);
    await openStore(path).set(k, 1);
    raw.close();
    expect(existsSync(`${path}-wal`)).toBe(true);
    const other = openStore(path);
    await other.set(k, 2);
    other.close();
    expect(await openStore(path).get(k)).toBe(2);
  });

  it("of a newer moonkeep is refused, and left as it is", async () => {
    const path = freshFile();
    const raw = openRaw(path);
    raw.exec(`PRAGMA application_id = ${0x6d6f6f6e}; PRAGMA user_version = 2; CREATE TABLE kv (later)`);
    raw.close();
    const before = readFileSync(path);
    expect(await failure(() => openStore(path).get(k))).toEqual([
      "INTERNAL",
      false,
      "test.db can't be used: a newer moonkeep made it (format 2, and this one knows 1)",
    ]);
    expect(readFileSync(path)).toEqual(before);
  });

  it("in a folder that does not exist is an error, until there is the folder", async () => {
    const path = join(freshFolder(), "later", "test.db");
    const store = openStore(path);
    const missing = ["UNAVAILABLE", true, "test.db can't be used: its folder does not exist"];
    expect(await failure(() => store.set(k, 1))).toEqual(missing);
    expect(await failure(() => store.get(k))).toEqual(missing);
    mkdirSync(dirname(path));
    await store.set(k, 1);
    expect(await store.get(k)).toBe(1);
  });

  it("that is a folder is an error", async () => {
    const path = freshFolder();
    expect(await failure(() => openStore(path).get(k))).toEqual([
      "UNAVAILABLE",
      true,
      "test.db can't be used: this is a folder",
    ]);
  });

  it("that leads to itself is an error", async () => {
    const path = freshFile();
    symlinkSync(path, path);
    expect((await failure(() => openStore(path).get(k)))[0]).toBe("UNAVAILABLE");
  });

  it("that is a text is an error, and left as it is", async () => {
    const path = freshFile();
    writeFileSync(path, "this is no database\n".repeat(1000));
    expect(await failure(() => openStore(path).set(k, 1))).toEqual([
      "INTERNAL",
      false,
      "test.db can't be used: it is not a SQLite database",
    ]);
    expect(readFileSync(path, "utf8")).toBe("this is no database\n".repeat(1000));
  });

  it("that is damaged anywhere gives values or errors, and nothing worse", async () => {
    const path = freshFile();
    const whole = openStore(path);
    const names = Array.from({ length: 500 }, (_, i) => key(`key ${i}`));
    for (const name of names) await whole.set(name, name.length, name.length % 2 === 0 ? 1e9 : undefined);
    whole.close();
    openRaw(path).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const { size } = statSync(path);
    const damage = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
    const kinds = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(damage, fc.option(fc.nat(size)), async (changes, cut) => {
        const other = join(freshFolder(), "damaged.db");
        copyFileSync(path, other);
        const bytes = readFileSync(other).subarray(0, cut ?? size);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        writeFileSync(other, bytes);
        const store = openStore(other);
        for (const call of [
          () => store.get(names[7]!),
          () => store.set(k, 1),
          () => store.list({ prefix: key(""), limit: 1000 }),
          () => store.sweep(),
        ]) {
          try {
            await call();
          } catch (e) {
            if (!(e instanceof MoonkeepError)) throw e;
            kinds.add(e.kind);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect([...kinds]).toContain("INTERNAL");
  });

  it("that another process keeps locked is waited for, and the process goes on meanwhile", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(k, 1);
    const raw = openRaw(path);
    raw.exec("BEGIN IMMEDIATE");
    const writing = store.set(k, 2);
    expect(writing).toBeInstanceOf(Promise);
    expect(await store.get(k)).toBe(1); // readers don't wait for a writer
    raw.exec("ROLLBACK");
    await writing;
    expect(await store.get(k)).toBe(2);
  });

  it("that stays locked for too long is an error that says so, and nothing is written later", async () => {
    const path = freshFile();
    const store = openStore(path, { timeout: 30 });
    await store.set(k, 1);
    const raw = openRaw(path);
    raw.exec("BEGIN IMMEDIATE");
    expect(await failure(() => store.set(k, 2))).toEqual([
      "TIMEOUT",
      true,
      "test.db was locked by another process for more than 30 ms",
    ]);
    raw.exec("ROLLBACK");
    expect(await store.get(k)).toBe(1);
  });

  it("that is locked is written in the order of the calls, and the process goes on meanwhile", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(k, 0);
    const raw = openRaw(path);
    raw.exec("BEGIN IMMEDIATE");
    const writes = Array.from({ length: 500 }, (_, i) => store.set(k, i + 1));
    const start = performance.now();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(performance.now() - start).toBeLessThan(500); // 500 waits of 10 ms inside SQLite took seconds
    raw.exec("ROLLBACK");
    const late = store.set(k, 501);
    await Promise.all([...writes, late]);
    expect(await store.get(k)).toBe(501);
  });

  it("that is closed ends the writes that wait for its lock", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(k, 1);
    const raw = openRaw(path);
    raw.exec("BEGIN IMMEDIATE");
    const writing = failure(() => store.set(k, 2));
    store.close();
    expect(await writing).toEqual(["UNAVAILABLE", false, "store is closed"]);
  });
});

/** Long enough that the next operation looks at the path again. */
const untilItLooks = () => new Promise((resolve) => setTimeout(resolve, 1100));

describe("a SQLite file that somebody else touches", () => {
  it("is opened anew when another file has taken its place", async () => {
    const path = freshFile();
    const other = freshFile();
    await openStore(other).set(k, 7);
    openRaw(other).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const store = openStore(path);
    await store.set(k, 1);
    copyFileSync(other, `${path}.backup`);
    renameSync(`${path}.backup`, path);
    rmSync(`${path}-wal`, { force: true });
    rmSync(`${path}-shm`, { force: true });
    await untilItLooks();
    expect(await store.get(k)).toBe(7);
    await store.set(k, 8);
    expect(await openStore(path).get(k)).toBe(8);
  });

  it("is refused while it is gone, and goes on when it is back", async () => {
    const path = freshFile();
    const store = openStore(path);
    await store.set(k, 1);
    renameSync(path, `${path}.away`);
    await untilItLooks();
    for (const call of [() => store.set(k, 2), () => store.get(k)]) {
      const [kind, retryable, message] = await failure(call);
      expect([kind, retryable]).toEqual(["UNAVAILABLE", true]);
      expect(message).toMatch(/^test\.db is gone: /);
    }
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.away`, path);
    await store.set(k, 3);
    expect(await store.get(k)).toBe(3);
  });

  it("is found gone by whoever asks how it is, at once", async () => {
    const path = freshFile();
    const database = new SqliteDatabase({ path, name: "test.db", timeout: 1000, synchronous: "normal" });
    onTestFinished(() => database.close());
    expect(await database.version()).toMatch(/^SQLite /);
    rmSync(path);
    expect((await failure(() => database.version()))[2]).toMatch(/^test\.db is gone: /);
  });
});
