/** What befalls a SQLite file, with real processes and a real disk. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { ByteString } from "../../src/value/value.ts";
import { key } from "../contract/values.ts";
import { project } from "../support/cli.ts";
import { freshFile, freshFolder, openRaw, openStore } from "../support/sqlite.ts";

const required = process.env.MOONKEEP_REQUIRE_SERVICES !== undefined;

function start(path: string, ...words: string[]): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  if (!existsSync(join(project, "dist/stores/sqlite/sqlite.js"))) throw new Error("run `npm run build` first");
  const child = spawn(process.execPath, [join(import.meta.dirname, "sqlite-child.mjs"), path, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return child as typeof child & { readonly stdout: NodeJS.ReadableStream };
}

/** What reading, and then writing, come to in another process. */
async function told(path: string): Promise<string[]> {
  let out = "";
  const child = start(path, "tell");
  child.stdout.on("data", (part) => {
    out += part;
  });
  await once(child, "close");
  return out.trim().split("\n");
}

describe("a process that is killed in the middle of its writes", () => {
  const rounds = 25;

  it(`loses nothing that it has acknowledged, in ${rounds} rounds`, { timeout: 120_000 }, async () => {
    const path = freshFile();
    let acknowledged = -1;
    for (let round = 0; round < rounds; round++) {
      const first = acknowledged + 1;
      const child = start(path, "write", String(first));
      const enough = first + Math.floor(Math.random() * 400);
      const ended = once(child, "close");
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        if (acknowledged >= enough) child.kill("SIGKILL");
      }
      await ended;
      expect(child.signalCode).toBe("SIGKILL");

      const store = openStore(path);
      for (let i = first; i <= acknowledged; i++) {
        // Every fifth write deletes the one before; the last of them may have been done and not been told.
        const deleted = (i + 1) % 5 === 0 && i < acknowledged;
        if (!(i === acknowledged && (i + 1) % 5 === 0))
          expect([i, await store.get(key(`k${i}`))]).toEqual([i, deleted ? undefined : i]);
      }
      store.close();
      expect(openRaw(path).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    }
    expect(acknowledged).toBeGreaterThan(rounds);
  });
});

describe("processes that share a file", () => {
  it("lose no update of each other", { timeout: 60_000 }, async () => {
    const path = freshFile();
    const children = Array.from({ length: 4 }, () => start(path, "count", "200"));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "close"))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await openStore(path).get(key("counter"))).toBe(800);
  });

  it("see what the others write and delete at once", async () => {
    const path = freshFile();
    const [one, other] = [openStore(path), openStore(path)];
    const { version } = await one.put(key("k"), 1, {});
    expect(await other.get(key("k"))).toBe(1);
    await other.put(key("k"), 2, { onlyIf: { version } });
    expect(await one.get(key("k"))).toBe(2);
    await one.delete(key("k"));
    expect((await other.list({ prefix: key(""), limit: 9 })).entries).toEqual([]);
  });
});

/** A small disk of its own, or undefined where this user can't make one. */
function smallDisk(): string | undefined {
  const folder = freshFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "pipe" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

const canMount = process.getuid?.() === 0 || required;
const onDisk = it.skipIf(!canMount);
const reason = canMount ? "" : " (skipped: only root can mount a small disk)";

describe(`a disk that is full${reason}`, () => {
  onDisk("is an error that can be retried, loses nothing, and is over when there is room", async () => {
    const folder = smallDisk();
    if (folder === undefined) return expect.unreachable("the small disk could not be mounted");
    const ballast = join(folder, "ballast");
    writeFileSync(ballast, new Uint8Array(512 * 1024));
    const store = openStore(join(folder, "test.db"));
    const value = new ByteString(new Uint8Array(10_000).fill(7));
    let written = 0;
    let failure: unknown;
    while (failure === undefined && written < 1000) {
      try {
        await store.set(key(`k${written}`), value);
        written++;
      } catch (e) {
        failure = e;
      }
    }
    expect(failure).toBeInstanceOf(MoonkeepError);
    const { kind, retryable, message } = failure as MoonkeepError;
    expect([kind, retryable, message]).toEqual(["UNAVAILABLE", true, "test.db can't be used: the disk is full"]);
    const readAll = async () => {
      for (let i = 0; i < written; i++) expect(await store.get(key(`k${i}`))).toEqual(value);
      expect(await store.has(key(`k${written}`))).toBe(false);
    };
    await readAll();
    rmSync(ballast);
    await readAll();
    await store.set(key("more"), value);
    expect(await store.get(key("more"))).toEqual(value);
  });

  onDisk("from the start is an error, too", async () => {
    const folder = smallDisk();
    if (folder === undefined) return expect.unreachable("the small disk could not be mounted");
    try {
      writeFileSync(join(folder, "ballast"), new Uint8Array(4 * 1024 * 1024));
    } catch {
      // It is full now.
    }
    const store = openStore(join(folder, "test.db"));
    expect(() => store.set(key("k"), 1)).toThrow(expect.objectContaining({ kind: "UNAVAILABLE", retryable: true }));
  });
});

describe("a file that can't be written", () => {
  it("is read, and a write is an error that says so", async () => {
    const path = freshFile();
    await openStore(path).set(key("k"), 1);
    openRaw(path).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    expect(await told(path)).toEqual(["1", "null"]);
    if (process.getuid?.() === 0) return; // nothing is forbidden to root; the disk below is
    chmodSync(path, 0o444);
    expect(await told(path)).toEqual([
      "2",
      "UNAVAILABLE true: test.db can't be used: it can't be written: no permission",
    ]);
  });

  onDisk("since its disk can only be read is an error that says so", async () => {
    const folder = smallDisk();
    if (folder === undefined) return expect.unreachable("the small disk could not be mounted");
    mkdirSync(join(folder, "data"));
    const path = join(folder, "data", "test.db");
    await told(path); // in a process that is gone then: no file of the disk is open
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const store = openStore(path);
    expect(() => store.set(key("k"), 2)).toThrow(expect.objectContaining({ kind: "UNAVAILABLE", retryable: true }));
    expect(() => openStore(join(folder, "new.db")).set(key("k"), 1)).toThrow(
      expect.objectContaining({ kind: "UNAVAILABLE", message: "test.db can't be used: no permission" }),
    );
    execFileSync("mount", ["-o", "remount,rw", folder]);
    await store.set(key("k"), 3);
    expect(await store.get(key("k"))).toBe(3);
  });

  onDisk("that could only be read when it was opened is written once its disk can be", async () => {
    const folder = smallDisk();
    if (folder === undefined) return expect.unreachable("the small disk could not be mounted");
    const path = join(folder, "test.db");
    await told(path);
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const store = openStore(path);
    expect(() => store.set(key("k"), 2)).toThrow(expect.objectContaining({ kind: "UNAVAILABLE", retryable: true }));
    execFileSync("mount", ["-o", "remount,rw", folder]);
    await store.set(key("k"), 3);
    expect(await store.get(key("k"))).toBe(3);
  });
});
