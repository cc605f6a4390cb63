/** What a PostgreSQL server answers that is not one, or is not well: the host goes on, and says so. */
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { PostgresDatabase } from "../../src/stores/postgres/postgres.ts";
import { type PostgresOptions, PostgresServer } from "../../src/stores/postgres/server.ts";
import { SqlStore } from "../../src/stores/sql/sql.ts";
import type { Key } from "../../src/value/value.ts";
import { freePort } from "../support/ports.ts";

const int16 = (n: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(n);
  return bytes;
};

const int32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};

const message = (type: string, ...parts: (Buffer | string)[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

const columns = (...types: number[]) =>
  message(
    "T",
    int16(types.length),
    ...types.flatMap((type) => ["a\0", int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]),
  );

const row = (...values: (string | null)[]) =>
  message(
    "D",
    int16(values.length),
    ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), value])),
  );

const ready = message("Z", "I");
const begun = Buffer.concat([message("1"), message("2")]);
const done = Buffer.concat([message("C", "SELECT 1\0"), ready]);
const accepted: Buffer = Buffer.concat([message("R", int32(0)), message("K", int32(1), int32(2)), ready]);

const bytea = 17;

const tableColumns: Buffer = Buffer.concat([
  ...[begun, columns(25, 25), row("key", "bytea"), row("value", "bytea")],
  ...[row("expires_at", "timestamp with time zone"), row("version", "text"), done],
]);

type Answer = Buffer | ((socket: Socket) => void);

/** A server that answers every connection, and every statement, the same. */
async function answering(answer: Answer, start: Buffer = accepted): Promise<PostgresServer> {
  const server = new PostgresServer(await optionsOf(answer, start));
  onTestFinished(() => server.close());
  return server;
}

/** What leads to a server that answers every statement the same, but for the one about the columns of a table. */
async function optionsOf(answer: Answer, start: Buffer = accepted): Promise<PostgresOptions> {
  const sockets = new Set<Socket>();
  const fake = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(start);
      socket.on("data", (sent) => {
        if (sent.includes("pg_attribute")) socket.write(tableColumns);
        else if (typeof answer === "function") answer(socket);
        else if (sent.includes("S\0\0\0\x04")) socket.write(answer);
      });
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => fake.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    fake.close();
  });
  return {
    ...{ host: "127.0.0.1", port, database: "d", user: "u", password: "p", tls: false, connections: 2 },
    ...{ timeout: 2000, entry: "app:db" },
  };
}

const errorOf = (server: PostgresServer): Promise<string> =>
  errorIn(() => server.query("SELECT $1", ["x"], "statement"));

async function errorIn(operation: () => unknown): Promise<string> {
  try {
    await operation();
  } catch (e) {
    if (e instanceof MoonkeepError) return `${e.kind}: ${e.message.replace(/:\d+/, ":N")}`;
    throw e;
  }
  return expect.unreachable("it should have failed");
}

const unreadable = "UNAVAILABLE: postgres at 127.0.0.1:N can't be used: its answer can't be read";

const tooLong = unreadable.replace("can't be read", "is too long and can't be read");

describe("an answer that is not the protocol is an error of the connection", () => {
  const answers: Readonly<Record<string, Buffer>> = {
    "a value of negative length": Buffer.concat([
      begun,
      columns(25, 25),
      message("D", int16(2), int32(-100_000), int32(-1)),
      done,
    ]),
    "a value that is longer than its message": Buffer.concat([
      begun,
      columns(25, 25),
      message("D", int16(2), int32(2e9)),
      done,
    ]),
    "a negative number of columns": Buffer.concat([begun, message("T", int16(-1)), done]),
    "more columns than are described": Buffer.concat([begun, message("T", int16(32767)), done]),
    "an unknown way to log in": Buffer.concat([message("R", int32(99)), done]),
    "a login that ends early": Buffer.concat([message("R"), done]),
  };
  test.each(Object.entries(answers))("%s", async (_, answer) => {
    expect(await errorOf(await answering(answer))).toBe(unreadable);
  });

  const starts: Readonly<Record<string, Buffer>> = {
    "an unknown way to log in": message("R", int32(99)),
    "a login without its number": message("R"),
    "a key that ends early": Buffer.concat([message("R", int32(0)), message("K")]),
  };
  test.each(Object.entries(starts))("%s at the start", async (_, start) => {
    expect(await errorOf(await answering(Buffer.of(), start))).toBe(unreadable);
  });
});

/** Writes the same again and again, for as long as it is read. */
const endless = (begin: Buffer, part: Buffer) => (socket: Socket) => {
  const more = Buffer.concat(Array(Math.ceil(2 ** 16 / part.length)).fill(part));
  const write = () => {
    while (!socket.destroyed && socket.write(more)) {}
  };
  socket.on("drain", write);
  socket.write(begin);
  write();
};

describe("an answer that is longer than any that is right ends the connection", () => {
  const header = (type: string, length: number) => Buffer.concat([Buffer.from(type), int32(length)]);
  const sasl = message("R", int32(10), "SCRAM-SHA-256\0\0");

  test.each<[string, Buffer | ((socket: Socket) => void)]>([
    ["a row", header("D", 2 ** 31 - 1)],
    ["a row of more than can be", header("D", -1)],
    ["an error", header("E", 100_000)],
    ["a description", header("T", 100_000)],
    ["rows without an end", endless(columns(25), row("x"))],
    ["rows of nothing", endless(columns(25), message("D", int16(0)))],
    ["notices without an end", endless(begun, message("N", "SERROR\0", "C00000\0", "Mx\0", "\0"))],
    ["a message after the server said that it was ready", Buffer.concat([ready, header("R", 100_000)])],
  ])("%s", async (_, answer) => {
    const server = await answering(answer instanceof Buffer ? Buffer.concat([begun, columns(25), answer]) : answer);
    expect(await errorOf(server)).toBe(tooLong);
  });

  test.each<[string, Buffer]>([
    ["a nonce", Buffer.concat([sasl, header("R", 250_000_000)])],
    ["a nonce after a row", Buffer.concat([sasl, ready, header("R", 250_000_000)])],
    ["a row", header("D", 100_000)],
    ["many short messages", Buffer.concat(Array(10_000).fill(message("S", "a\0", "b\0")))],
  ])("at the login sooner: %s", async (_, start) => {
    expect(await errorOf(await answering(Buffer.of(), start))).toBe(tooLong);
  });

  test.each([0, 1, 3])("and a length that is none can't be read: %d", async (length) => {
    expect(await errorOf(await answering(Buffer.concat([begun, header("D", length)])))).toBe(unreadable);
  });

  test("and not a row with the largest value, in base64", async () => {
    const value = Buffer.alloc(64 * 2 ** 20)
      .toString("base64")
      .replace(/.{76}/g, "$&\n");
    const server = await answering(Buffer.concat([begun, columns(25), row(value), done]));
    expect((await server.query("SELECT $1", ["x"], "long")).rows[0]![0]).toHaveLength(value.length);
  });

  test("wherever its messages are cut", async () => {
    const server = await answering((socket) => {
      const bytes = Buffer.concat([begun, columns(25), row("a"), row("bc"), done]);
      socket.setNoDelay(true);
      void (async () => {
        for (const byte of bytes) {
          socket.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
    });
    expect((await server.query("SELECT $1", ["x"], "s")).rows).toEqual([["a"], ["bc"]]);
  });
});

describe("a value", () => {
  test.each([
    ["bytes with half a digit", bytea, "\\xabc"],
    ["bytes in digits that there are not", bytea, "\\xzz"],
    ["an escape that there is not", bytea, "\\999"],
    ["half a backslash", bytea, "\\\\\\"],
    ["bytes in letters that need an escape", bytea, "é"],
    ["a number", 23, "x"],
    ["a number without digits", 701, ""],
    ["a switch", 16, "maybe"],
  ])("of its type that can't be read is an error: %s", async (_, type, text) => {
    expect(await errorOf(await answering(Buffer.concat([begun, columns(type), row(text), done])))).toBe(unreadable);
  });

  test.each([
    [bytea, "\\x00ff", Buffer.of(0, 255)],
    [bytea, "\\000\\377\\\\x", Buffer.from("\0\xff\\x", "latin1")],
    [bytea, "", Buffer.of()],
    [23, "-5", -5],
    [701, "Infinity", Number.POSITIVE_INFINITY],
    [701, "1.5e-7", 1.5e-7],
    [16, "t", true],
    [25, "text", "text"],
    [114, "{", "{"],
    [1009, "{{{", "{{{"],
    [600, "(", "("],
  ])("of type %d is what it says: %s", async (type, text, value) => {
    const server = await answering(Buffer.concat([begun, columns(type), row(text), done]));
    expect((await server.query("SELECT $1", ["x"])).rows).toEqual([[value]]);
  });
});

test("what a server says of an error is cut", async () => {
  const long = message("E", "SERROR\0", "C42601\0", `M${"x".repeat(50_000)}\0`, "\0");
  const server = await answering(Buffer.concat([long, ready]));
  const error = await server.query("SELECT $1", ["x"]).catch((e: Error) => e);
  expect((error as Error).message.length).toBeLessThan(1100);
  expect(String((error as Error).stack).length).toBeLessThan(1100);
});

test("a code of an error that is the name of something in JavaScript is unknown", async () => {
  const odd = message("E", "SERROR\0", "C__proto__\0", "Mx\0", "\0");
  const server = await answering(Buffer.concat([odd, ready]));
  await expect(server.query("SELECT $1", ["x"])).rejects.toMatchObject({ code: "__proto__" });
});

describe("rows of other columns than were asked for can't be read", () => {
  const key = "k" as Key;
  const operations: Readonly<Record<string, (store: SqlStore) => unknown>> = {
    get: (store) => store.get(key),
    entry: (store) => store.entry(key),
    ttl: (store) => store.ttl(key),
    increment: (store) => store.increment(key, { by: 1, initial: 0 }),
    spend: (store) => store.spend(key, { time: 1, most: 10 }),
    getMany: (store) => store.getMany([key]),
    deleteMany: (store) => store.deleteMany([key]),
    list: (store) => store.list({ prefix: "" as Key, limit: 10 }),
    keys: (store) => store.keys({ prefix: "" as Key, limit: 10 }),
  };
  const others: typeof operations = {
    has: (store) => store.has(key),
    set: (store) => store.set(key, 1),
    put: (store) => store.put(key, 1, { onlyIf: { version: "v" } }),
    delete: (store) => store.delete(key),
    expire: (store) => store.expire(key, 1000),
    touch: (store) => store.touch(key),
    setMany: (store) => store.setMany([{ key, value: 1 }]),
    health: (store) => store.health(),
    sweep: (store) => store.sweep(),
  };
  const rows: Readonly<Record<string, Buffer>> = {
    "no columns": Buffer.concat([columns(), message("D", int16(0))]),
    texts: Buffer.concat([columns(25, 25, 25, 25, 25), row("x", "x", "x", "x", "x")]),
    switches: Buffer.concat([columns(16, 16, 16, 16, 16), row("t", "t", "t", "t", "t")]),
  };
  const more: typeof rows = {
    "one NULL": Buffer.concat([columns(bytea), row(null), row(null)]),
    NULLs: Buffer.concat([columns(bytea, 23, 25, 701, bytea), row(null, null, null, null, null)]),
    numbers: Buffer.concat([columns(701, 701, 701, 701, 701), row("NaN", "NaN", "-Infinity", "1e99", "0")]),
    bytes: Buffer.concat([columns(bytea, bytea, bytea, bytea, bytea), row("a", "b", "c", "d", "e")]),
    nothing: Buffer.of(),
  };
  const open = async (answer: Buffer): Promise<SqlStore> => {
    const database = new PostgresDatabase(await optionsOf(Buffer.concat([begun, answer, done])));
    const store = new SqlStore(database, {
      ...{ table: "t", key: "key", value: "value", expiresAt: "expires_at", version: "version" },
      ...{ create: false, cleanupInterval: 0 },
    });
    onTestFinished(async () => {
      store.close();
      await database.close();
    });
    return store;
  };

  test.each(Object.entries(operations))("by %s", async (_, operation) => {
    for (const [name, answer] of Object.entries(rows)) {
      const store = await open(answer);
      expect([name, await errorIn(() => operation(store))]).toEqual([name, unreadable]);
    }
  });

  test.each(Object.entries({ ...operations, ...others }))(
    "and none ends %s with a mistake of ours",
    async (_, operation) => {
      for (const [name, answer] of Object.entries({ ...rows, ...more })) {
        const store = await open(answer);
        const end = await (async () => operation(store))().catch((e: unknown) => e);
        if (end instanceof Error) expect(end, name).toBeInstanceOf(MoonkeepError);
      }
    },
  );

  test("and what was written may have been written", async () => {
    for (const operation of [operations.increment!, operations.deleteMany!, operations.spend!]) {
      const store = await open(rows.texts!);
      await expect((async () => operation(store))()).rejects.toMatchObject({ details: { uncertain: true } });
    }
  });

  test("keys outside the range, or not in its order", async () => {
    const listed = (...keys: string[]) =>
      Buffer.concat([columns(bytea, 23, 25, 701, bytea), ...keys.map((name) => row("x", "1", "", null, name))]);
    for (const keys of [["a"], ["bb", "ba"], ["ba", "ba"], ["c"], ["ba", "bb", "bc", "bd"]]) {
      const store = await open(listed(...keys));
      expect(await errorIn(() => store.list({ prefix: "b" as Key, limit: 2 }))).toBe(unreadable);
      expect(await errorIn(() => store.keys({ prefix: "b" as Key, limit: 2 }))).toBe(unreadable);
    }
  });
});
