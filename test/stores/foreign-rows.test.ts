/** Rows that other programs wrote: each fails for itself, no others, and none takes more memory than a value of ours. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { deleteIf } from "../../src/stores/delete-if.ts";
import { MOST_VALUE_BYTES } from "../../src/stores/kept-size.ts";
import { RedisNames } from "../../src/stores/redis/names.ts";
import { isUnreadable, type Store } from "../../src/stores/store.ts";
import { key } from "../contract/values.ts";
import { openPostgres } from "../support/postgres.ts";
import { openRedis } from "../support/redis.ts";
import { postgres, redis, withService } from "../support/services.ts";
import { freshFile, openRaw, openStore } from "../support/sqlite.ts";

vi.setConfig({ testTimeout: 120_000 });

const [k, huge] = [key("k"), MOST_VALUE_BYTES + 4096];
const by = { by: 1, initial: 0 };

/** What a call fails with, or answers. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (e) {
    if (e instanceof MoonkeepError) return `${e.kind}: ${e.message}`;
    throw e;
  }
}

/** A value that can't be read fails whatever reads it, and nothing else. */
async function expectUnreadable(store: Store, problem: string): Promise<void> {
  for (const name of ["a", "z"]) await store.set(key(name), name === "a" ? 1 : true);
  const says = `INTERNAL: the value of key "k" can't be read: ${problem}`;
  const reads = [() => store.get(k), () => store.entry(k), () => deleteIf(store, k, { value: 1 })];
  for (const read of reads) expect(await outcome(read)).toBe(says);
  const together = await Promise.all(
    Array.from({ length: 20 }, (_, i) => outcome(() => store.get(i % 2 ? k : key("z")))),
  );
  expect(together).toEqual(together.map((_, i) => (i % 2 ? says : true)));
  const [a, bad, z] = await store.getMany([key("a"), k, key("z")]);
  expect([a, `INTERNAL: ${(bad as MoonkeepError)?.message}`, z]).toEqual([1, says, true]);
  const { entries } = await store.list({ prefix: key(""), limit: 9, ttl: true });
  expect(entries.map((one) => [one.key, isUnreadable(one) ? `INTERNAL: ${one.error.message}` : one.value])).toEqual([
    ["a", 1],
    ["k", says],
    ["z", true],
  ]);
  expect(await outcome(() => store.increment(k, by))).toMatch(/^INTERNAL: the value of key "k" can't|is not a number$/);
  expect(await outcome(() => store.increment(k, { ...by, by: 2 ** 40 }))).toMatch(/can't be read|is not a number$/);
  expect([await store.has(k), await store.keys({ prefix: k, limit: 2 })]).toEqual([true, [k]]);
  await store.set(k, 5);
  expect(await store.get(k)).toBe(5);
}

/** What another program has put where a version says how long its entry lives. */
function foreignLives(open: () => Promise<{ store: Store; put: (life: string) => Promise<void> }>): void {
  test("keeps its time when it is touched, where its version ends with something else than a time", async () => {
    const { store, put } = await open();
    for (const life of ["xyz", "nan", "inf", "-5", "0x10", "1e300", "1e-999", "", " 5", "5~6", "0", "1".repeat(200)]) {
      await put(life);
      expect([life, await outcome(() => store.touch(k))]).toEqual([life, true]);
      const left = (await store.ttl(k))!;
      expect([life, left > 3_000_000 && left <= 3_600_000]).toEqual([life, true]);
    }
    await put("7200000.5");
    expect(await store.touch(k)).toBe(true);
    expect(await store.ttl(k)).toBeGreaterThan(7_000_000);
  });
}

const tooLarge = `it has ${huge} bytes, and a value has at most ${MOST_VALUE_BYTES}`;

describe("a row of SQLite that another program wrote", () => {
  const theirs = "CREATE TABLE kv (key BLOB PRIMARY KEY, value, expires_at, version TEXT)";
  const open = (sql = theirs) => {
    const path = freshFile();
    const raw = openRaw(path);
    raw.exec(sql);
    return { store: openStore(path), raw };
  };
  const insert = (value: string, expires: string, version: string) =>
    `INSERT OR REPLACE INTO kv VALUES (CAST('k' AS BLOB), ${value}, ${expires}, ${version})`;

  test.each([
    ["nothing", "NULL"],
    ["a text", "'5'"],
    ["a text that is a value of ours", "CAST(x'c105' AS TEXT)"],
    ["an integer", "5"],
    ["an integer beyond what JavaScript reads", "9223372036854775807"],
    ["a float", "5.5"],
    ["a huge text", `printf('%.*c', ${huge}, 'x')`],
  ])("can't be read where its value is %s", async (_, value) => {
    const { store, raw } = open();
    raw.exec(insert(value, "NULL", "'v'"));
    await expectUnreadable(store, "it is not bytes");
  });

  test("can't be read where its value is larger than any of ours, and is never brought here", async () => {
    const { store, raw } = open();
    raw.exec(insert(`zeroblob(${huge})`, "NULL", "'v'"));
    const before = process.memoryUsage().arrayBuffers;
    expect(await outcome(() => store.get(k))).toContain(tooLarge);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(huge / 2);
    await expectUnreadable(store, tooLarge);
  });

  test.each(["9223372036854775807", "9e999", "'never'", "x'00'", "NULL"])("lives for ever until %s", async (until) => {
    for (const sql of [
      theirs,
      theirs.replace("expires_at", "expires_at REAL"),
      theirs.replace("expires_at", "expires_at INTEGER"),
    ]) {
      const { store, raw } = open(sql);
      raw.exec(insert("x'c105'", until, "'v'"));
      expect([await store.get(k), await store.has(k), await store.touch(k)]).toEqual([5, true, true]);
      expect(await store.ttl(k)).toBeGreaterThan(1e15);
      expect(await store.getMany([k])).toEqual([5]);
      expect((await store.list({ prefix: k, limit: 1, ttl: true })).entries).toMatchObject([{ value: 5 }]);
      expect(await store.put(k, 6, { onlyIf: { version: "v" }, keepTtl: true })).toMatchObject({ value: 6 });
      expect(await store.increment(k, by)).toBe(7);
      expect(await store.expire(k, 1e9)).toBe(true);
    }
  });

  test("has an end that is an integer or a float", async () => {
    const { store, raw } = open();
    for (const until of ["1", "1.5", "4102444800000", "4102444800000.5"]) {
      raw.exec(insert("x'c105'", until, "'v'"));
      expect([until, await store.get(k)]).toEqual([until, until.length < 5 ? undefined : 5]);
    }
    expect(await store.spend(k, { time: 1, most: 1e15 })).toMatchObject({ allowed: true });
  });

  test.each(["NULL", "zeroblob(1000)", "printf('%.*c', 1000, 'x')"])(
    "has an empty version where that is %s",
    async (version) => {
      const { store, raw } = open();
      const put = () => raw.exec(insert("x'c105'", "NULL", version));
      put();
      expect(await store.entry(k)).toEqual({ key: k, value: 5, version: "" });
      expect(await outcome(() => deleteIf(store, k, { value: 4 }))).toBe("CONFLICT: value mismatch");
      expect(await deleteIf(store, k, { value: 5 })).toBe(true);
      put();
      expect(await store.increment(k, { ...by, by: 0.5 })).toBe(5.5);
      put();
      expect((await store.put(k, 6, { onlyIf: { version: "" }, keepTtl: true })).version).not.toBe("");
    },
  );

  foreignLives(async () => {
    const { store, raw } = open();
    const inHour = Date.now() + 3_600_000;
    return { store, put: async (life) => void raw.exec(insert("x'c105'", String(inHour), `'a~${life}'`)) };
  });
});

await withService(postgres, () =>
  describe("a row of PostgreSQL that another program wrote", () => {
    const open = async () => {
      const opened = openPostgres({ connections: 2 });
      onTestFinished(opened.end);
      const { table, raw } = opened;
      await raw.query(
        `CREATE TABLE ${table} (key bytea PRIMARY KEY, value bytea, expires_at timestamptz, version text);` +
          `ALTER TABLE ${table} ALTER value SET STORAGE EXTERNAL`,
      );
      const put = async (value: string, version: string, expires = "NULL") =>
        void (await raw.query(
          `INSERT INTO ${table} VALUES ('k', ${value}, ${expires}, ${version}) ON CONFLICT (key) DO UPDATE ` +
            "SET value = excluded.value, expires_at = excluded.expires_at, version = excluded.version",
        ));
      return { ...opened, put };
    };

    test("can't be read where its value is NULL", async () => {
      const { store, put } = await open();
      await put("NULL", "'v'");
      await expectUnreadable(store, "it is not bytes");
    });

    test("can't be read where its value is larger than any of ours", async () => {
      const { store, put } = await open();
      await put(`convert_to(repeat('x', ${huge}), 'UTF8')`, "'v'");
      await expectUnreadable(store, tooLarge);
    });

    test("does not end the process where its value is longer than a text of JavaScript may be", async () => {
      const { store, put } = await open();
      await put(`convert_to(repeat('x', ${300 * 2 ** 20}), 'UTF8')`, "'v'");
      for (const read of [() => store.get(k), () => store.entry(k)]) {
        expect(await outcome(read)).toContain(`it has ${300 * 2 ** 20} bytes`);
      }
      expect((await store.list({ prefix: key(""), limit: 9 })).entries).toHaveLength(1);
    });

    test.each(["NULL", "repeat('x', 1000)", "repeat('é', 128)"])(
      "has an empty version where that is %s",
      async (version) => {
        const { store, put } = await open();
        await put("'\\xc105'", version);
        expect(await store.entry(k)).toEqual({ key: k, value: 5, version: "" });
        expect(await outcome(() => deleteIf(store, k, { value: 4 }))).toBe("CONFLICT: value mismatch");
        expect(await deleteIf(store, k, { value: 5 })).toBe(true);
        await put("'\\xc105'", version);
        expect(await store.increment(k, { ...by, by: 0.5 })).toBe(5.5);
        await put("'\\xc105'", version);
        expect((await store.put(k, 6, { onlyIf: { version: "" }, keepTtl: true })).version).not.toBe("");
      },
    );

    foreignLives(async () => {
      const { store, put } = await open();
      return { store, put: (life) => put("'\\xc105'", `'a~${life}'`, "now() + interval '1 hour'") };
    });
  }),
);

await withService(redis, () =>
  describe("an entry of Redis that another program wrote", () => {
    const open = () => {
      const opened = openRedis();
      onTestFinished(opened.end);
      const names = new RedisNames(opened.prefix);
      const call = (command: string, ...args: (string | number | Uint8Array)[]) =>
        opened.connection.send((client) => client.callBuffer(command, ...args));
      const put = async (record: Buffer) => {
        await call("SET", names.entry(k), record);
        await call("ZADD", names.order, 0, "k");
      };
      return { ...opened, names, call, put };
    };

    test("can't be read where its value is larger than any of ours", async () => {
      const { store, names, call, put } = open();
      await put(Buffer.from("\x01\x01v\xc1\x05", "latin1"));
      await call("SETRANGE", names.entry(k), huge - 1, "x");
      await expectUnreadable(store, tooLarge);
    });

    test("can't be read where it is empty", async () => {
      const { store, put } = open();
      await put(Buffer.of());
      await expectUnreadable(store, "byte 1: it is not an entry of a store");
    });

    foreignLives(async () => {
      const { store, names, call, put } = open();
      const inHour = async (life: string) => {
        await put(Buffer.from(`\x01${String.fromCharCode(2 + life.length)}a~${life}\xc1\x05`, "latin1"));
        await call("PEXPIRE", names.entry(k), 3_600_000);
      };
      return { store, put: inHour };
    });
  }),
);
