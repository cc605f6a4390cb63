/** What a Redis server answers that is not a reply, or not one to what was asked: the host goes on, and says so. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { RedisStore } from "../../src/stores/redis/redis.ts";
import { RedisServer } from "../../src/stores/redis/server.ts";
import { float, type Key } from "../../src/value/value.ts";
import { type Answer, fakeRedis } from "../support/fake-redis.ts";

const servers: RedisServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function storeWith(answer: Answer, starts?: Readonly<Record<string, Answer>>): Promise<RedisStore> {
  const server = new RedisServer({ url: await fakeRedis(answer, starts), timeout: 2000, entry: "app:redis" });
  servers.push(server);
  return new RedisStore(server, { prefix: "p" });
}

/** What an operation fails with. It waits a little for what the process might end with. */
async function errorOf(operation: Promise<unknown>): Promise<string> {
  const error = await operation.then(
    (value) => expect.unreachable(`it should have failed, and answered ${String(value)}`),
    (e: unknown) => e,
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (!(error instanceof MoonkeepError)) throw error;
  return `${error.kind}: ${error.message.replace(/:\d+/, ":N")}`;
}

const key = "k" as Key;
const unreadable = "UNAVAILABLE: redis at 127.0.0.1:N can't be used: its answer can't be read";

const tooLong = unreadable.replace("can't be read", "is too long and can't be read");

let written = Promise.resolve();

/** In one piece, and in as many as there can be. */
const ways: Readonly<Record<string, (answer: string) => Answer>> = {
  whole: (answer) => Buffer.from(answer, "latin1"),
  "byte by byte": (answer) => (socket) => {
    socket.setNoDelay(true);
    written = written.then(async () => {
      for (const byte of Buffer.from(answer, "latin1")) {
        if (socket.destroyed) return;
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  },
};

describe("an answer that is not a reply to what was asked ends the connection, and not the process", () => {
  const answers: Readonly<Record<string, string>> = {
    "a push of nothing": ">1\r\n_\r\n",
    "a push of no length": ">0\r\n",
    "a push without a length": ">-1\r\n",
    "a subscription without a name": ">1\r\n$9\r\nsubscribe\r\n",
    "a subscription of nothing": ">3\r\n$9\r\nsubscribe\r\n_\r\n:1\r\n",
    "a subscription that nobody asked for": ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n",
    "a subscription that ends": ">3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0\r\n",
    "a message without a pattern": ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n>2\r\n$8\r\npmessage\r\n_\r\n",
    "a push of a number": ">1\r\n:5\r\n",
    "a push of lists": ">1\r\n*1\r\n*0\r\n",
    "a push in a list": "*1\r\n>1\r\n$1\r\na\r\n",
    "an attribute": "|1\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nx\r\n",
    "what is no type": "?5\r\n",
    "no type": "\r\n",
    "a length that is none": "$x\r\n",
    "a length in hexadecimal": "$0x10\r\n",
    "a length with a sign": "$+1\r\nx\r\n",
    "a negative length": "$-5\r\n",
    "no length": "$\r\n\r\n",
    "a length beyond all": "$99999999999999999999\r\n",
    "a text of less than its format": "=2\r\nab\r\n",
    "a line that ends in its middle": "+a\rb\r\n",
    "a line without its CR": "+a\n",
    "nothing with something behind": "_x\r\n",
    "a switch of two letters": "#tt\r\n",
    "a list without an end": "*4294967295\r\n",
    "a list of more than there can be": "*4294967296\r\n",
    "a list of a negative length": "*-2\r\n",
    "lists in lists": "*1\r\n".repeat(200_000),
    "a map of a negative length": "%-1\r\n",
  };
  test.each(Object.entries(answers))("%s", async (_, answer) => {
    for (const way of answer.length < 1000 ? Object.values(ways) : [ways.whole!]) {
      expect(await errorOf((await storeWith(way(answer))).get(key))).toBe(unreadable);
    }
  });

  test.each(["$-1\r\n", "-ERR x\r\n", "*1\r\n$-1\r\n", "*1\r\n", "$5\r\nx", "+", "_"])(
    "a reply that nobody asked for: %j",
    async (reply) => {
      expect(await errorOf((await storeWith(`$1\r\nx\r\n${reply}`)).get(key))).toBe(unreadable);
    },
  );

  test.each(["hello", "client", "info"])("at the start, to %s", async (name) => {
    for (const answer of [">1\r\n_\r\n", "$-1\r\n".repeat(5), "*-2\r\n", "?\r\n"]) {
      expect(await errorOf((await storeWith("+x\r\n", { [name]: answer })).get(key))).toBe(unreadable);
    }
  });

  test.each(["$-1\r\n", ">1\r\n_\r\n", "$", "?"])("while nobody waits: %j", async (reply) => {
    let asked: Socket | undefined;
    const store = await storeWith((socket) => {
      asked = socket;
      socket.write(":1\r\n");
    });
    expect(await store.has(key)).toBe(true);
    const first = asked!;
    const closed = once(first, "close");
    first.write(reply);
    await closed;
    expect(await store.has(key)).toBe(true);
    expect(asked).not.toBe(first);
  });

  test("the commands that wait with it fail, and the next one has another connection", async () => {
    let times = 0;
    const store = await storeWith((socket) => {
      times++;
      if (times === 1) return;
      socket.write(times === 2 ? ">1\r\n_\r\n" : ":1\r\n");
    });
    const both = [store.has(key), store.has(key)];
    expect(await Promise.all(both.map(errorOf))).toEqual([unreadable, unreadable]);
    expect(await store.has(key)).toBe(true);
  });

  test("what was written may have been written", async () => {
    const store = await storeWith(">1\r\n_\r\n");
    await expect(store.set(key, 1)).rejects.toMatchObject({ kind: "UNAVAILABLE", details: { uncertain: true } });
  });

  test("a node of a cluster", async () => {
    const node = new URL(await fakeRedis(">1\r\n_\r\n")).host;
    expect(await errorOf((await storeWith(`-MOVED 1 ${node}\r\n`)).get(key))).toBe(unreadable);
  });
});

/** Writes the same again and again, for as long as it is read. */
const endless =
  (begin: string, part: string): Answer =>
  (socket) => {
    const more = Buffer.from(part.repeat(Math.ceil(2 ** 16 / part.length)), "latin1");
    const write = () => {
      while (!socket.destroyed && socket.write(more)) {}
    };
    socket.on("drain", write);
    socket.write(begin);
    write();
  };

describe("a reply that is longer than any that is right ends the connection", () => {
  const answers: Readonly<Record<string, Answer>> = {
    "a string": "$999999999\r\n",
    "a text": "=999999999\r\n",
    "an error": "!999999999\r\n",
    "a list": "*16385\r\n",
    "a map": "%8193\r\n",
    "long lists in long lists": "*16000\r\n".repeat(3),
    "a line that does not end": endless("+", "x"),
    "a line that does": `+${"x".repeat(2 ** 16)}\r\n`,
    "strings that are each short": endless("*9999\r\n", `$1000000\r\n${"x".repeat(1_000_000)}\r\n`),
  };
  test.each(Object.entries(answers))("%s", async (_, answer) => {
    expect(await errorOf((await storeWith(answer)).get(key))).toBe(tooLong);
  });

  test("at the start sooner", async () => {
    const store = await storeWith("+x\r\n", { info: `$${2 ** 21}\r\n` });
    expect(await errorOf(store.get(key))).toBe(tooLong);
  });

  test("and not one of the largest value", async () => {
    const size = 64 * 2 ** 20 + 257;
    const reply = Buffer.concat([Buffer.from(`*1\r\n$${size}\r\n`), Buffer.alloc(size, "x"), Buffer.from("\r\n")]);
    const store = await storeWith((socket, sent) => {
      if (/getrange/i.test(sent)) socket.write(`$${2 ** 18}\r\n${"x".repeat(2 ** 18)}\r\n`);
      else socket.write(reply);
    });
    expect(await errorOf(store.get(key))).toMatch(/^INTERNAL: .* it is not an entry of a store$/);
  });
});

describe("a reply of another type than was asked for can't be read", () => {
  const operations: Readonly<Record<string, (store: RedisStore) => Promise<unknown>>> = {
    get: (store) => store.get(key),
    has: (store) => store.has(key),
    entry: (store) => store.entry(key),
    set: (store) => store.set(key, 1),
    put: (store) => store.put(key, 1, { onlyIf: { version: "v" } }),
    delete: (store) => store.delete(key),
    ttl: (store) => store.ttl(key),
    expire: (store) => store.expire(key, 1000),
    touch: (store) => store.touch(key),
    increment: (store) => store.increment(key, { by: 1, initial: 0 }),
    "increment by a float": (store) => store.increment(key, { by: float(0.5), initial: 0 }),
    spend: (store) => store.spend(key, { time: 1, most: 10 }),
    getMany: (store) => store.getMany([key]),
    setMany: (store) => store.setMany([{ key, value: 1 }]),
    deleteMany: (store) => store.deleteMany([key]),
    list: (store) => store.list({ prefix: "" as Key, limit: 10, ttl: true }),
    keys: (store) => store.keys({ prefix: "" as Key, limit: 10 }),
    health: (store) => store.health(),
  };
  const never = ["$-1\r\n", ":-5\r\n", "*1\r\n*1\r\n$-1\r\n", "*1\r\n-ERR x\r\n", "*1\r\n:99999999999999999999\r\n"];
  const elsewhere = [
    "*0\r\n",
    ":5\r\n",
    "%1\r\n$1\r\na\r\n$1\r\nb\r\n",
    "+x\r\n",
    ",1.5\r\n",
    "#t\r\n",
    "*1\r\n:7\r\n",
    "$0\r\n\r\n",
  ];

  test.each(Object.entries(operations))("by %s", async (_, operation) => {
    for (const reply of never)
      expect([reply, await errorOf(operation(await storeWith(reply)))]).toEqual([reply, unreadable]);
    for (const reply of elsewhere) {
      const end = await operation(await storeWith(reply)).catch((e: unknown) => e);
      if (end instanceof Error) expect(end, reply).toBeInstanceOf(MoonkeepError);
    }
  });

  test.each([":1\r\n:2\r\n", ":1\r\n+x\r\n", "+x\r\n+1\r\n", ":1\r\n$3\r\ninf\r\n"])("a rate of %j", async (two) => {
    expect(await errorOf((await storeWith(`*2\r\n${two}`)).spend(key, { time: 1, most: 10 }))).toBe(unreadable);
  });

  test.each(["$0\r\n\r\n", "+nan\r\n", "+1.5\r\n", "+9007199254740992\r\n"])("a sum of %j", async (sum) => {
    expect(await errorOf((await storeWith(sum)).increment(key, { by: 1, initial: 0 }))).toBe(unreadable);
  });
});

describe("names of a range", () => {
  /** As many as were asked for, of which none is there. */
  const names =
    (name: (i: number) => string): Answer =>
    (socket, sent) => {
      const count = Number(/LIMIT\r\n\$1\r\n0\r\n\$\d+\r\n(\d+)/.exec(sent)?.[1]);
      const strings = Array.from({ length: count }, (_, i) => `$${name(i).length}\r\n${name(i)}\r\n`);
      if (/evalsha/i.test(sent)) socket.write(sent.includes("#order") ? "*0\r\n" : `*1\r\n$-1\r\n`);
      else socket.write(count > 0 ? `*${count}\r\n${strings.join("")}` : ":0\r\n");
    };

  test.each<[string, (i: number) => string]>([
    ["always the same", () => "b"],
    ["before the first", (i) => (i === 0 ? "a" : `b${i + 10}`)],
    ["behind the last", (i) => `c${i + 10}`],
    ["back to the first", (i) => `b${String(i % 2)}`],
  ])("that are not of it can't be read: %s", async (_, name) => {
    const page = { prefix: "b" as Key, limit: 2 };
    expect(await errorOf((await storeWith(names(name))).keys(page))).toBe(unreadable);
    expect(await errorOf((await storeWith(names(name))).list(page))).toBe(unreadable);
  });

  test("more than were asked for can't be read", async () => {
    const store = await storeWith("*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
    expect(await errorOf(store.keys({ prefix: "" as Key, limit: 1 }))).toBe(unreadable);
  });

  test("are asked for as long as somebody waits", async () => {
    let [n, checks] = [1e9, 0];
    const store = await storeWith(names(() => `k${n++}`));
    const check = () => {
      if (++checks === 3) throw new MoonkeepError("CANCELED", "nobody waits");
    };
    expect(await errorOf(store.keys({ prefix: "" as Key, limit: 10, check }))).toBe("CANCELED: nobody waits");
  });
});

describe("where another node is that can't be read is an error", () => {
  test.each(["", "1", "1 ", "x", "1 :", "1 :99999999", "1 ?:-1", "1 \x00:1", "1 a b:1", "1 //:1", "1 [::1", "1 %zz:1"])(
    "MOVED %j",
    async (text) => {
      expect(await errorOf((await storeWith(`-MOVED ${text}\r\n`)).get(key))).toMatch(/^(UNAVAILABLE|TIMEOUT): /);
    },
  );
});

describe("a reply of each type", () => {
  test.each([
    ["+OK\r\n"],
    ["-ERR x\r\n"],
    ["$-1\r\n"],
    ["*-1\r\n"],
    ["*0\r\n"],
    ["_\r\n"],
    ["#t\r\n"],
    [",1.5\r\n"],
    ["(123456789012345678901234567890\r\n"],
    ["=7\r\ntxt:abc\r\n"],
    ["!5\r\nERR x\r\n"],
    ["*2\r\n*1\r\n$0\r\n\r\n%1\r\n+a\r\n~1\r\n:1\r\n"],
  ])("ends where it ends: %j", async (reply) => {
    for (const way of Object.values(ways)) {
      let times = 0;
      const store = await storeWith((socket, sent) => {
        const answer = way(times++ === 0 ? reply : ":1\r\n");
        if (typeof answer === "function") answer(socket, sent);
        else socket.write(answer);
      });
      await store.has(key).catch(() => {});
      expect(await store.has(key)).toBe(true);
    }
  });
});
