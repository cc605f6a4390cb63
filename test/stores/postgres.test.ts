import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { deleteIf } from "../../src/stores/delete-if.ts";
import { PostgresServer } from "../../src/stores/postgres/server.ts";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import type { Increment, Unreadable } from "../../src/stores/store.ts";
import { encode } from "../../src/value/codec.ts";
import { float } from "../../src/value/value.ts";
import { keysOf, kindOf } from "../contract/harness.ts";
import { storeContract } from "../contract/store.ts";
import { key, str } from "../contract/values.ts";
import { freshTable, openPostgres, type PostgresSubject } from "../support/postgres.ts";
import { postgres, withService } from "../support/services.ts";
import { SLOWNESS, SlowTime } from "../support/slow-time.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const k = key("k");
const theirs = "(id bytea PRIMARY KEY, payload bytea, until timestamptz, note text DEFAULT 'x')";
const columns = { key: "id", value: "payload", expiresAt: "until" };

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (e) {
    if (e instanceof MoonkeepError) return `${e.kind}: ${e.message}`;
    throw e;
  }
  return expect.unreachable("the call should have failed");
}

await withService(postgres, () => {
  let shared: PostgresSubject;
  let table: string;
  beforeAll(() => {
    shared = openPostgres();
  });
  afterAll(() => shared.end());

  storeContract(
    "a PostgreSQL store",
    () => {
      table = freshTable();
      const shape = { table, key: "key", value: "value", expiresAt: "expires_at", version: "version", create: true };
      const store = new SqlStore(shared.database, { ...shape, cleanupInterval: 0 });
      return new SlowTime(store, async () => {
        store.close();
        await shared.raw.query(`DROP TABLE IF EXISTS ${table}`);
      });
    },
    {
      advance: async (by) => {
        const sql = `UPDATE ${table} SET expires_at = expires_at - $1::float8 * interval '1 ms'`;
        await shared.raw.query(sql, [by * SLOWNESS]);
      },
    },
  );

  const open = (options: Parameters<typeof openPostgres>[0] = {}): PostgresSubject => {
    const opened = openPostgres(options);
    onTestFinished(opened.end);
    return opened;
  };

  test("what waits for a connection when the database is closed is refused, and what is under way is answered", async () => {
    const { store, database } = open({ connections: 2 });
    await store.put(k, 1, {});
    const writes = Array.from({ length: 20 }, (_, i) => Promise.resolve(store.put(key(`w${i}`), i, {})));
    const outcomes = Promise.all(
      writes.map((write) =>
        write.then(
          () => "written",
          (e: MoonkeepError) => `${e.kind}: ${e.message}`,
        ),
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
    await database.close();
    const told = new Set(await outcomes);
    expect(told).toContain("UNAVAILABLE: store is closed");
    expect([...told].filter((one) => one !== "written" && one !== "UNAVAILABLE: store is closed")).toEqual([]);
  });

  /** A store in a table that somebody else has made. */
  const openTheirs = async (sql = theirs): Promise<PostgresSubject> => {
    const opened = open(columns);
    await opened.raw.query(`CREATE TABLE ${opened.table} ${sql}`);
    return opened;
  };

  describe("a PostgreSQL store", () => {
    test("says what it is", async () => {
      const { store } = open();
      expect(store.traits).toMatchObject({ backend: "sql", consistency: "linearizable", durable: true, ttl: true });
      expect(await store.health()).toMatch(/^PostgreSQL \d+\.\d+$/);
    });

    test("writes all of many large values or none", async () => {
      const { store } = await openTheirs("(id bytea PRIMARY KEY CHECK (id <> 'c'), payload bytea, until timestamptz)");
      const long = str("x".repeat(2 ** 20));
      const entries = (...names: string[]) => names.map((name) => ({ key: key(name), value: long }));
      await expect(async () => store.setMany(entries("a", "b", "c", "d"))).rejects.toMatchObject({ kind: "INTERNAL" });
      expect(await store.keys({ prefix: key(""), limit: 10 })).toEqual([]);
      await store.setMany(entries("a", "b", "d"));
      expect(await store.getMany([key("a"), key("b"), key("d")])).toEqual([long, long, long]);
    });

    test("holds keys and values as bytes, and times of the server", async () => {
      const { store, raw, table } = open();
      const { version } = await store.put(key("\xff\0"), 1.5, { ttl: 3_600_000 });
      const { rows } = await raw.query(`SELECT *, expires_at - now() > '59 minutes' AS late FROM ${table}`);
      expect(rows).toEqual([
        {
          key: Buffer.of(255, 0),
          value: Buffer.from(encode(1.5)),
          expires_at: expect.any(Date),
          version,
          late: true,
        },
      ]);
    });

    test("expires entries by the server's own clock, not before their time", async () => {
      const { store } = open();
      await store.has(k);
      const before = performance.now();
      await store.set(k, 1, 120);
      while ((await store.get(k)) !== undefined) expect(performance.now() - before).toBeLessThan(50_000);
      expect(performance.now() - before).toBeGreaterThanOrEqual(119);
    });

    test("answers many readers at once, over few connections, each with his own", async () => {
      const { store, raw, table } = open({ connections: 2 });
      const names = Array.from({ length: 256 }, (_, byte) => key(`${String.fromCharCode(byte)}\\"{},NULL`));
      await Promise.all(
        names.map((name, i) => (i % 3 === 0 ? undefined : store.set(name, i, i % 3 === 1 ? undefined : 1e9))),
      );
      await raw.query(`UPDATE ${table} SET expires_at = now() WHERE expires_at IS NOT NULL`);
      const found = await Promise.all(names.map((name) => store.get(name)));
      expect(found).toEqual(names.map((_, i) => (i % 3 === 1 ? i : undefined)));
    });

    test("adds to an integer of up to 53 bits in one statement, and to any other number in two", async () => {
      const { store } = open();
      await store.set(k, 2 ** 31 - 3);
      const query = vi.spyOn(PostgresServer.prototype, "query");
      onTestFinished(() => query.mockRestore());
      const statements = async (by: Partial<Increment>) => {
        query.mockClear();
        const sum = await store.increment(k, { by: 1, initial: 0, ...by });
        return [sum, query.mock.calls.length];
      };
      expect(await statements({})).toEqual([2 ** 31 - 2, 1]);
      expect(await statements({ max: 2 ** 40 })).toEqual([2 ** 31 - 1, 1]);
      expect(await statements({})).toEqual([2 ** 31, 1]);
      expect(await statements({ by: 2 ** 40 })).toEqual([2 ** 40 + 2 ** 31, 1]);
      expect(await statements({ by: -(2 ** 42) })).toEqual([2 ** 40 + 2 ** 31 - 2 ** 42, 1]);
      await store.set(k, -(2 ** 31) - 1);
      expect(await statements({})).toEqual([-(2 ** 31), 1]);
      await store.set(k, 2 ** 53 - 2);
      expect(await statements({})).toEqual([2 ** 53 - 1, 1]);
      expect(await statements({})).toEqual([2n ** 53n, 3]); // the first of them finds that it does not fit
      expect(await statements({})).toEqual([2n ** 53n + 1n, 3]);
      await store.set(k, 2n ** 63n - 1n);
      await expect(store.increment(k, { by: 1, initial: 0 })).rejects.toThrow("64 bits");
      await store.set(k, -(2n ** 63n));
      expect(await statements({ by: 2 ** 40 })).toEqual([-(2n ** 63n) + 2n ** 40n, 3]);
      await store.delete(k);
      expect(await statements({ initial: 7, ttl: 1000 })).toEqual([8, 1]);
      await store.set(k, true);
      await expect(store.increment(k, { by: 1, initial: 0 })).rejects.toThrow("is not a number");
    });

    test("adds to integers of a table without versions, and leaves them the time that they have", async () => {
      const { store, raw, table } = await openTheirs();
      await store.set(k, -130, 3_600_000);
      for (const sum of [-129, -128, -127]) expect(await store.increment(k, { by: 1, initial: 0 })).toBe(sum);
      expect(await store.ttl(k)).toBeGreaterThan(3_500_000);
      await raw.query(`UPDATE ${table} SET until = now()`);
      expect(await store.increment(k, { by: 1, initial: 0 })).toBe(1);
      expect(await store.ttl(k)).toBe(Number.POSITIVE_INFINITY);
    });

    test("takes a ttl beyond the calendar of the server", async () => {
      const { store, raw, table } = open();
      await store.set(k, 1, Number.MAX_VALUE);
      expect(await store.get(k)).toBe(1);
      await raw.query(`UPDATE ${table} SET expires_at = 'infinity'`);
      const { entries: page } = await store.list({ prefix: key(""), limit: 1, ttl: true });
      expect(page[0]).toMatchObject({ value: 1 });
      expect(page[0]).not.toHaveProperty("ttl");
    });

    test("is made once by many who need it at one time", async () => {
      const table = freshTable();
      const all = Array.from({ length: 4 }, () => open({ table }));
      await Promise.all(all.map(({ store }, i) => store.set(key(`k${i}`), i)));
      expect(await keysOf(all[0]!.store)).toHaveLength(4);
    });

    test("quotes its names, so that any word may be one", async () => {
      const { store, raw } = open({
        table: "Select",
        key: "order",
        value: "Group",
        expiresAt: "user",
        version: "table",
      });
      await raw.query('DROP TABLE IF EXISTS "Select"');
      const { version } = await store.put(k, 1, { ttl: 1e6 });
      await store.put(k, 2, { onlyIf: { version } });
      expect(await keysOf(store)).toEqual(["k"]);
      await store.sweep();
    });

    test("takes no version that another could be mistaken for", async () => {
      const { store } = open();
      const { version } = await store.put(k, 1, {});
      for (const wrong of ["", "\0", `${version}\0`, version.slice(0, -1), `${version} `, "ł", "\ud800"]) {
        expect(await kindOf(() => store.put(k, 2, { onlyIf: { version: wrong } }))).toBe("CONFLICT");
      }
      expect(await kindOf(() => store.put(key("l"), 2, { onlyIf: { version: "\0" } }))).toBe("NOT_FOUND");
    });

    test("says that a value is none of its own, and leaves it", async () => {
      const { store, raw, table } = open();
      await store.set(k, 1);
      await raw.query(`UPDATE ${table} SET value = '{"a":1}'`);
      const message = 'INTERNAL: the value of key "k" can\'t be read: byte 1: no format begins with this byte';
      for (const read of [() => store.get(k), () => store.entry(k)]) expect(await messageOf(read)).toBe(message);
      const [listed] = (await store.list({ prefix: k, limit: 1 })).entries;
      expect(await messageOf(() => Promise.reject((listed as Unreadable).error))).toBe(message);
      expect(await store.has(k)).toBe(true);
    });

    test("takes versions of another program as they are", async () => {
      const { store, raw, table } = open({ ...columns, table: freshTable() });
      await raw.query(`CREATE TABLE ${table} ${theirs.replace(")", ", version text)")}`);
      for (const version of [null, "", "версия", "v~soon", "v~inf", "v~nan", "v~1e400", `v~${"9".repeat(400)}`]) {
        const write = () =>
          raw.query(
            `INSERT INTO ${table} VALUES ($1, '\\xc105', NULL, '', $2) ON CONFLICT (id) DO UPDATE SET payload = '\\xc105', version = $2`,
            [Buffer.from("k"), version],
          );
        const works = [
          () => store.touch(k),
          () => store.increment(k, { by: 1, initial: 0 }),
          () => store.increment(k, { by: float(1), initial: 0 }),
          () => deleteIf(store, k, { value: 5 }),
        ];
        for (const work of works) {
          await write();
          await work();
        }
        expect(await store.has(k)).toBe(false);
        await write();
        await store.increment(k, { by: 1, initial: 0 });
        expect((await store.entry(k))!.version.length).toBeLessThan(60);
      }
    });

    test("removes what has expired, in batches, and nothing else", async () => {
      const { store, raw, table } = open();
      await store.set(k, 1);
      await raw.query(
        `INSERT INTO ${table} SELECT int4send(i), '', now() + (i - 450) * interval '1 minute', '' FROM generate_series(1, 500) i`,
      );
      const rows = async () => (await raw.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;
      expect([await store.sweep(), await rows()]).toEqual([true, 301]);
      expect([await store.sweep(), await rows()]).toEqual([true, 101]);
      expect([await store.sweep(), await rows()]).toEqual([false, 51]);
    });

    test("fails for good once it is closed", async () => {
      const { store, database } = open();
      await store.set(k, 1);
      await database.close();
      await expect(store.get(k)).rejects.toMatchObject({
        kind: "UNAVAILABLE",
        retryable: false,
        message: "store is closed",
      });
    });
  });

  describe("a table of PostgreSQL that was there before", () => {
    test("works, less versions", async () => {
      const { store, raw, table } = await openTheirs();
      await store.set(k, 1);
      expect(store.traits).toMatchObject({ versioned: false, conditionalPut: true });
      expect(await store.entry(k)).toMatchObject({ key: k, value: 1, version: "" });
      await raw.query(`UPDATE ${table} SET note = 'kept'`);
      expect(await store.put(k, 2, {})).toEqual({ key: k, value: 2, version: "" });
      expect(await kindOf(() => store.put(k, 3, { onlyIf: "absent" }))).toBe("ALREADY_EXISTS");
      expect(await messageOf(() => store.put(k, 3, { onlyIf: { version: "" } }))).toBe(
        "INVALID: this store has no versions, so if_version can't be used",
      );
      expect(await kindOf(() => store.put(key("l"), 3, { onlyIf: { version: "" } }))).toBe("NOT_FOUND");
      expect((await store.list({ prefix: key(""), limit: 5 })).entries).toEqual([{ key: k, value: 2, version: "" }]);
      expect((await raw.query(`SELECT note FROM ${table}`)).rows).toEqual([{ note: "kept" }]);
    });

    test("is an error that says which column is missing, or is another", async () => {
      const missing = await openTheirs("(id bytea PRIMARY KEY, until timestamptz)");
      expect(await messageOf(() => missing.store.get(k))).toMatch(
        /^INTERNAL: table "test_.*" of postgres at .* can't be used: it has no column "payload"$/,
      );
      const other = await openTheirs("(id text PRIMARY KEY, payload bytea, until timestamptz)");
      expect(await messageOf(() => other.store.get(k))).toMatch(/its column "id" is text, not bytea$/);
    });

    test("is an error when its keys are not unique, or its columns want more", async () => {
      const loose = await openTheirs("(id bytea, payload bytea, until timestamptz)");
      expect(await messageOf(() => loose.store.set(k, 1))).toMatch(/^INTERNAL: .*ON CONFLICT/);
      const strict = await openTheirs("(id bytea PRIMARY KEY, payload bytea, until timestamptz, must text NOT NULL)");
      expect(await messageOf(() => strict.store.set(k, 1))).toMatch(/^INTERNAL: .*"must".*not-null/);
    });

    test("is not made when that is forbidden", async () => {
      const { store } = open({ create: false });
      expect(await messageOf(() => store.get(k))).toMatch(/it does not exist, and `create` is false$/);
    });

    test("may be changed while it is used", async () => {
      const { store, raw, table } = open();
      await store.set(k, 1);
      await raw.query(`DROP TABLE ${table}`);
      expect(await messageOf(() => store.get(k))).toMatch(/^UNAVAILABLE: table .* is gone: it was dropped/);
      await store.set(k, 2); // made anew
      expect(await store.get(k)).toBe(2);
      await raw.query(`ALTER TABLE ${table} ALTER value TYPE text USING encode(value, 'hex')`);
      expect(await kindOf(() => store.get(k))).toBe("INTERNAL");
      expect(await messageOf(() => store.get(k))).toMatch(/its column "value" is text, not bytea$/);
    });
  });

  describe("a PostgreSQL database that many use", () => {
    test("loses no update of four who count by conditional writes", async () => {
      const table = freshTable();
      const stores = Array.from({ length: 4 }, () => open({ table, connections: 2 }).store);
      await stores[0]!.set(k, 0);
      const count = async (store: SqlStore): Promise<void> => {
        for (let done = 0; done < 15; ) {
          const { value, version } = (await store.entry(k))!;
          try {
            await store.put(k, (value as number) + 1, { onlyIf: { version } });
            done++;
          } catch (e) {
            expect(e).toMatchObject({ kind: "CONFLICT" });
          }
        }
      };
      await Promise.all(stores.map(count));
      expect(await stores[0]!.get(k)).toBe(60);
    });

    test("lets one of many be the first, also where an entry has expired", async () => {
      const { store, raw, table } = open({ connections: 8 });
      const race = async (): Promise<number> => {
        const tries = Array.from({ length: 16 }, (_, i) => store.put(k, i, { onlyIf: "absent" }));
        return (await Promise.allSettled(tries)).filter(({ status }) => status === "fulfilled").length;
      };
      expect(await race()).toBe(1);
      await raw.query(`UPDATE ${table} SET expires_at = now()`);
      expect(await race()).toBe(1);
    });

    test("makes whoever finds no connection wait for as long as an operation may take", async () => {
      const { store, raw, table } = open({ connections: 1, timeout: 1500 });
      await store.set(k, 1);
      const lock = await raw.connect();
      try {
        await lock.query(`BEGIN; LOCK TABLE ${table}`);
        const tries = await Promise.allSettled([1, 2, 3, 4].map(() => store.get(k)));
        for (const attempt of tries) {
          expect(attempt).toMatchObject({
            status: "rejected",
            reason: {
              kind: "TIMEOUT",
              retryable: true,
              message: expect.stringMatching(/did not answer within 1500 ms/),
            },
          });
        }
        await lock.query("ROLLBACK");
      } finally {
        lock.release();
      }
      expect(await store.get(k)).toBe(1);
    });
  });
});
