import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { deleteIf } from "../../src/stores/delete-if.ts";
import { backendDown } from "../../src/stores/errors.ts";
import { RedisNames } from "../../src/stores/redis/names.ts";
import { writeRecord } from "../../src/stores/redis/record.ts";
import { RedisStore } from "../../src/stores/redis/redis.ts";
import { float } from "../../src/value/value.ts";
import { storeContract } from "../contract/store.ts";
import { key, keys, str } from "../contract/values.ts";
import { freshPrefix, hasten, openRedis, type RedisSubject } from "../support/redis.ts";
import { redis, withService } from "../support/services.ts";
import { SLOWNESS, SlowTime } from "../support/slow-time.ts";

await withService(redis, () => {
  let subject: RedisSubject;
  storeContract(
    "a Redis store",
    () => {
      subject = openRedis();
      return new SlowTime(subject.store, subject.end);
    },
    { advance: (by) => hasten(subject, by * SLOWNESS) },
  );

  const open = (): RedisSubject => {
    const opened = openRedis();
    onTestFinished(opened.end);
    return opened;
  };
  /** Names in both sets. */
  const indexed = async ({ prefix, connection }: RedisSubject): Promise<[number, number]> => {
    const { order, times } = new RedisNames(prefix);
    return connection.send(
      (client) => Promise.all([client.callBuffer("ZCARD", order), client.callBuffer("ZCARD", times)]) as never,
    );
  };

  describe("a Redis store", () => {
    test("says what it is", async () => {
      const { store } = open();
      expect(store.traits).toMatchObject({ backend: "redis", consistency: "linearizable", durable: false, ttl: true });
      expect(await store.health()).toMatch(/^(Redis|Valkey) \d+\.\d+\.\d+$/);
    });

    test("expires entries by the server's own clock, within a millisecond", async () => {
      const { store } = open();
      const before = performance.now();
      await store.set(key("k"), 1, 120);
      while ((await store.get(key("k"))) !== undefined) expect(performance.now() - before).toBeLessThan(10_000);
      expect(performance.now() - before).toBeGreaterThanOrEqual(118);
    });

    test("takes expired names out of its sets as it writes", async () => {
      const subject = open();
      for (let i = 0; i < 20; i++) await subject.store.set(key(`k${i}`), i, 100_000);
      expect(await indexed(subject)).toEqual([20, 20]);
      await hasten(subject, 100_001);
      await subject.store.set(key("a"), 1);
      await subject.store.set(key("b"), 1);
      await subject.store.set(key("c"), 1);
      expect(await indexed(subject)).toEqual([3, 0]);
    });

    test("takes names out of its sets whose entries somebody else removed, when a list meets them", async () => {
      const subject = open();
      for (const name of ["a", "b", "c"]) await subject.store.set(key(name), 1);
      const names = new RedisNames(subject.prefix);
      await subject.connection.send((client) => client.callBuffer("DEL", names.entry(key("b"))));
      expect((await subject.store.list({ prefix: key(""), limit: 10 })).entries.map((entry) => entry.key)).toEqual([
        "a",
        "c",
      ]);
      expect(await indexed(subject)).toEqual([2, 0]);
    });

    test("tells what its user may not do from what is not there", async () => {
      const subject = open();
      await subject.store.set(key("k"), 1);
      const user = subject.prefix.replace(":", "-");
      const acl = (...words: string[]) => subject.connection.send((client) => client.callBuffer("ACL", ...words));
      await acl("SETUSER", user, "on", ">secret", "~*", "+@all", "-strlen");
      onTestFinished(async () => void (await acl("DELUSER", user)));
      const url = Object.assign(new URL(redis.url), { username: user, password: "secret" }).href;
      const { store, end } = openRedis(url, 5000, subject.prefix);
      onTestFinished(end);
      await expect(store.getMany([key("k")])).rejects.toMatchObject({ kind: "UNAVAILABLE" });
    });

    test("says that a call is uncertain which failed when it had written a part of many large values", async () => {
      const { store } = open();
      const real = RedisStore.prototype.set;
      let left = 1;
      const spy = vi.spyOn(RedisStore.prototype, "set").mockImplementation(function (this: RedisStore, ...args) {
        return left-- > 0 ? real.apply(this, args) : Promise.reject(backendDown("redis"));
      });
      onTestFinished(() => spy.mockRestore());
      const long = str("x".repeat(2 ** 20));
      const entries = [key("a"), key("b"), key("c")].map((one) => ({ key: one, value: long }));
      const failure = { kind: "UNAVAILABLE", details: { uncertain: true } };
      await expect(store.setMany(entries)).rejects.toMatchObject(failure);
      expect(await store.getMany(entries.map((one) => one.key))).toEqual([long, undefined, undefined]);
    });

    test("leaves nothing behind of what was deleted", async () => {
      const subject = open();
      await subject.store.set(key("k"), 1, 1000);
      await subject.store.delete(key("k"));
      expect(await indexed(subject)).toEqual([0, 0]);
    });

    test("goes on when the server has forgotten its scripts", async () => {
      const subject = open();
      await subject.store.set(key("k"), 1);
      await subject.connection.send((client) => client.callBuffer("SCRIPT", "FLUSH"));
      await Promise.all([1, 2, 3].map((i) => subject.store.set(key(`k${i}`), i)));
      expect((await subject.store.list({ prefix: key(""), limit: 10 })).entries).toHaveLength(4);
      expect(await subject.store.delete(key("k"))).toBe(true);
    });

    test("reads many keys of any bytes in one command, whatever the prefix", async () => {
      const opened = openRedis(redis.url, 5000, `${freshPrefix()}é\r\n$5`);
      onTestFinished(opened.end);
      const { store } = opened;
      const there = ["plain", "\xe4\xe2\x82\xac", "\r\n$3\r\n", "\0", "\xff".repeat(1000)].map(key);
      for (const [i, name] of there.entries()) await store.set(name, i);
      expect(await store.getMany([...there, key("absent")])).toEqual([0, 1, 2, 3, 4, undefined]);
      expect((await store.list({ prefix: key(""), limit: 10 })).entries).toHaveLength(5);
    });

    test("says that a value is none of its own, and leaves it", async () => {
      const subject = open();
      const { store, connection } = subject;
      const name = new RedisNames(subject.prefix).entry(key("k"));
      const foreign = ["", "text", "\x01", "\x01\x05abc", '{"a":1}', "\x01\x01v\xc1\xe9"].map((text) =>
        Buffer.from(text, "latin1"),
      );
      for (const bytes of foreign) {
        await connection.send((client) => client.callBuffer("SET", name, bytes));
        for (const read of [() => store.get(key("k")), () => store.entry(key("k"))]) {
          const error = await read().catch((e: unknown) => e);
          expect(error).toBeInstanceOf(MoonkeepError);
          expect(error).toMatchObject({
            kind: "INTERNAL",
            retryable: false,
            message: expect.stringContaining('the value of key "k" can\'t be read'),
          });
        }
        expect(await connection.send((client) => client.getBuffer(name))).toEqual(bytes);
      }
      await connection.send((client) => client.callBuffer("DEL", name));
      await connection.send((client) => client.callBuffer("LPUSH", name, "x"));
      await expect(store.get(key("k"))).rejects.toMatchObject({
        kind: "INTERNAL",
        message: expect.stringContaining("it is not a Redis string"),
      });
      await expect(store.put(key("k"), 1, { onlyIf: { version: "v" } })).rejects.toMatchObject({ kind: "INTERNAL" });
      await store.set(key("k"), 2);
      expect(await store.get(key("k"))).toBe(2);
    });

    const odd = ["", "\xff", "\0\x80", "ÿþ", "x".repeat(255), "a~", "a~soon", "a~nan", "a~inf", "a~-9", "a~1e300"];
    test.each([...odd, `~${"1".repeat(249)}`])(
      "compares a version of another program as it is: %j",
      async (version) => {
        const subject = open();
        const { store, connection } = subject;
        const name = new RedisNames(subject.prefix).entry(key("k"));
        const record = Buffer.concat([writeRecord(Uint8Array.of(0xc1, 5), version)]);
        const write = () => connection.send((client) => client.callBuffer("SET", name, record));
        await write();
        expect(await store.entry(key("k"))).toEqual({ key: "k", value: 5, version });
        for (const wrong of ["other", `${version}x`, version.slice(1), "ł"]) {
          if (wrong === version) continue;
          await expect(store.delete(key("k"), wrong)).rejects.toMatchObject({ kind: "CONFLICT" });
        }
        expect(await store.touch(key("k"))).toBe(true);
        const works = [
          () => store.put(key("k"), 6, { onlyIf: { version } }),
          () => store.put(key("k"), 6, { keepTtl: true, onlyIf: { version } }),
          () => store.increment(key("k"), { by: 1, initial: 0 }),
          () => store.increment(key("k"), { by: float(1), initial: 0 }),
          () => store.expire(key("k"), 1000),
        ];
        for (const work of works) {
          await write();
          await work();
          const after = (await store.entry(key("k")))!;
          expect(after.version.length).toBeLessThan(60);
          expect(await store.touch(key("k"))).toBe(true);
        }
        await write();
        expect(await deleteIf(store, key("k"), { value: 5 })).toBe(true);
      },
    );

    test.each(["order", "times"] as const)("writes nothing when its set of %s is of another type", async (which) => {
      const subject = open();
      const { store, connection } = subject;
      await store.set(key("k"), 1);
      const names = new RedisNames(subject.prefix);
      await connection.send((client) => client.callBuffer("DEL", names[which]));
      await connection.send((client) => client.callBuffer("SET", names[which], "x"));
      for (const ttl of [undefined, 1000]) {
        await expect(store.set(key("k"), 2, ttl)).rejects.toMatchObject({ kind: "INTERNAL" });
        expect(await store.get(key("k"))).toBe(1);
      }
    });

    test("keeps keys up to 2048 bytes, and refuses longer ones before it asks the server", async () => {
      const { store } = open();
      const longest = key("k".repeat(2048));
      await store.set(longest, str("v"));
      expect(await store.has(longest)).toBe(true);
      await expect(store.set(key("k".repeat(2049)), 1)).rejects.toMatchObject({ kind: "INVALID", retryable: false });
    });

    test("takes no version that another could be mistaken for", async () => {
      const { store } = open();
      const { version } = await store.put(key("k"), str("x".repeat(600)), {});
      for (const wrong of [
        "",
        "\0",
        version.slice(0, -1),
        `${version}\xc1`,
        "v".repeat(300),
        `${version}${"x".repeat(256)}`,
        "ł",
      ]) {
        await expect(store.put(key("k"), 1, { onlyIf: { version: wrong } })).rejects.toMatchObject({
          kind: "CONFLICT",
        });
      }
    });

    test("is apart from every other prefix", async () => {
      const one = open();
      const prefixes = ["a", "a}", "{a", "a:b", "a}:b", "%7D", "a%7D", "A", "é", " "];
      const stores = prefixes.map((prefix) => new RedisStore(one.server, { prefix: `${one.prefix}${prefix}` }));
      for (const [i, store] of stores.entries()) await store.set(key(":b"), i);
      for (const [i, store] of stores.entries()) {
        expect(await store.get(key(":b"))).toBe(i);
        expect((await store.list({ prefix: key(""), limit: 10 })).entries.map((entry) => entry.value)).toEqual([i]);
      }
    });

    test("fails for good once it is closed", async () => {
      const { store } = open();
      store.close();
      await expect(store.get(key("k"))).rejects.toMatchObject({
        kind: "UNAVAILABLE",
        retryable: false,
        message: "store is closed",
      });
      await expect(store.set(key("k"), 1)).rejects.toMatchObject({ message: "store is closed" });
    });
  });
});

describe("the names of a Redis store", () => {
  test("are never the same for two prefixes or two keys, nor for an entry and a set", () => {
    const prefixes = fc.string({
      minLength: 1,
      maxLength: 5,
      unit: fc.constantFrom("a", "{", "}", "%", ":", "#", "7", "D"),
    });
    fc.assert(
      fc.property(prefixes, keys, prefixes, keys, (p1, k1, p2, k2) => {
        const [one, two] = [new RedisNames(p1), new RedisNames(p2)];
        const same = one.entry(k1).equals(two.entry(k2));
        expect(same).toBe(p1 === p2 && k1 === k2);
        for (const set of [two.order, two.times]) expect(one.entry(k1).equals(set)).toBe(false);
      }),
    );
  });

  test("have one place in a cluster, whatever the prefix and the key", () => {
    const place = (name: Buffer) => /^[^{]*\{([^}]+)\}/s.exec(name.toString("latin1"))![1];
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), keys, (prefix, k) => {
        const names = new RedisNames(prefix);
        const [entry, order, times] = names.keys(k).map(place);
        expect(entry).toBe(order);
        expect(times).toBe(order);
      }),
    );
  });
});
