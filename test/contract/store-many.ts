import { expect } from "vitest";
import type { ByteString } from "../../src/value/value.ts";
import { kindOf, type Promised } from "./harness.ts";
import { key, str } from "./values.ts";

const [a, b, c] = [key("a"), key("b\0\xff"), key("c")];

/** Many keys at once. */
export function many(promised: Promised): void {
  promised("get many answers place by place, in any order and with repeats", async ({ store, advance }) => {
    await store.set(a, 1);
    await store.set(b, false, 100);
    expect(await store.getMany([c, b, a, a])).toEqual([undefined, false, 1, 1]);
    await advance(100);
    expect(await store.getMany([b, a])).toEqual([undefined, 1]);
    expect(await store.getMany([])).toEqual([]);
  });

  promised("get many and delete many take more keys than go to a server at once", async ({ store }) => {
    const keys = Array.from({ length: 10_100 }, (_, i) => key(`k${i}`));
    const there = [0, 2499, 2500, 9999, 10_000, 10_099];
    for (const i of there) await store.set(keys[i]!, i);
    expect(await store.getMany(keys)).toEqual(keys.map((_, i) => (there.includes(i) ? i : undefined)));
    expect(await store.deleteMany(keys)).toEqual(keys.map((_, i) => there.includes(i)));
  });

  promised("get many reads values of any length, and no more than they may take together", async ({ store }) => {
    const sizes = [10, 5000, 1_500_000, 10, 700_000, 700_000];
    const keys = sizes.map((_, i) => key(`k${i}`));
    for (const [i, size] of sizes.entries()) await store.set(keys[i]!, str("x".repeat(size)));
    const read = async (most?: number) =>
      (await store.getMany([...keys, c], most)).map((one) => (one as ByteString)?.length);
    expect(await read()).toEqual([...sizes, undefined]);
    expect(await read(3_000_000)).toEqual([...sizes, undefined]);
    expect(await kindOf(() => read(2_500_000))).toBe("INVALID");
  });

  promised(
    "get and entry read a value of any length, and no more than it may take where it has to be brought",
    async ({ store }) => {
      const isHere = store.traits.backend === "memory";
      for (const size of [10, 5000, 70_000, 300_000, 1_500_000]) {
        const entry = await store.put(a, str("x".repeat(size)), {});
        for (const most of [undefined, size + 1000]) {
          expect(((await store.get(a, most)) as ByteString).length).toBe(size);
          expect(await store.entry(a, most)).toEqual(entry);
        }
        if (isHere || size < 300_000) continue;
        const reading = (async () => store.get(a, size - 1000))();
        await expect(reading).rejects.toMatchObject({
          kind: "INVALID",
          message: `the value of key "a" takes more than ${size - 1000} bytes, which is all that the script may have`,
        });
        expect(await kindOf(() => store.entry(a, size - 1000))).toBe("INVALID");
        expect(await kindOf(() => store.getMany([b, a], size - 1000))).toBe("INVALID");
        expect(await kindOf(() => store.increment(a, { by: 1, initial: 0 }))).toBe("INVALID");
      }
      expect(await store.get(c, 1)).toBeUndefined();
      expect(await store.entry(c, 1)).toBeUndefined();
    },
  );

  promised("set many writes all of them, over what was there, with one ttl", async ({ store, advance }) => {
    await store.set(a, 0, 10);
    const entries = [
      { key: b, value: 2 },
      { key: a, value: 1 },
    ];
    expect(await store.setMany(entries, 1000)).toEqual([undefined, undefined]);
    expect(await store.getMany([a, b])).toEqual([1, 2]);
    const [first, second] = [await store.entry(a), await store.entry(b)];
    expect(first!.version).not.toBe(second!.version);
    await advance(999);
    await store.touch(a);
    await advance(1);
    expect(await store.getMany([a, b])).toEqual([1, undefined]);
    await store.setMany(entries);
    expect(await store.ttl(a)).toBe(Number.POSITIVE_INFINITY);
    expect(await store.setMany([])).toEqual([]);
  });

  promised("set many writes values of megabytes beside short ones", async ({ store }) => {
    const long = str("x".repeat(700 * 1024));
    const values = [1, long, 2, long, long, 3];
    const keys = values.map((_, i) => key(`k${i}`));
    expect(await store.setMany(values.map((value, i) => ({ key: keys[i]!, value })))).toEqual(
      values.map(() => undefined),
    );
    expect(await store.getMany(keys)).toEqual(values);
  });

  promised("set many gives an entry that has a ttl of its own that one", async ({ store, advance }) => {
    await store.setMany(
      [
        { key: a, value: 1, ttl: 100 },
        { key: b, value: 2 },
        { key: c, value: 3, ttl: 300 },
      ],
      200,
    );
    await advance(100);
    expect(await store.getMany([a, b, c])).toEqual([undefined, 2, 3]);
    await advance(100);
    expect(await store.getMany([a, b, c])).toEqual([undefined, undefined, 3]);
    await store.setMany([
      { key: a, value: 1, ttl: 100 },
      { key: b, value: 2 },
    ]);
    expect(await store.ttl(b)).toBe(Number.POSITIVE_INFINITY);
    await advance(100);
    expect(await store.getMany([a, b, c])).toEqual([undefined, 2, undefined]);
  });

  promised("delete many says of each whether it was there", async ({ store, advance }) => {
    await store.setMany([
      { key: a, value: 1 },
      { key: b, value: 2 },
    ]);
    await store.set(c, 3, 10);
    await advance(10);
    expect(await store.deleteMany([c, b])).toEqual([false, true]);
    expect(await store.getMany([a, b, c])).toEqual([1, undefined, undefined]);
    expect(await store.deleteMany([])).toEqual([]);
  });

  promised("a thousand keys go at once", async ({ store }) => {
    const keys = Array.from({ length: 1000 }, (_, i) => key(`k${i}`));
    await store.setMany(keys.map((one, value) => ({ key: one, value })));
    expect(await store.getMany(keys)).toEqual(keys.map((_, i) => i));
    expect(await store.deleteMany(keys)).toEqual(keys.map(() => true));
  });

  promised("of many that write and delete the same keys at once, all come to an end", async ({ store }) => {
    const keys = Array.from({ length: 20 }, (_, i) => key(`k${i}`));
    const back = [...keys].reverse();
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await store.setMany((i % 2 ? keys : back).map((one) => ({ key: one, value: i })));
        await store.deleteMany(i % 2 ? back : keys);
      }),
    );
    expect(await store.getMany(keys)).toEqual(keys.map(() => undefined));
  });
}
