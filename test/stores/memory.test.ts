import { beforeEach, describe, expect, it } from "vitest";
import { HostStore } from "../../src/stores/host-store.ts";
import { MemoryStore, type MemoryStoreOptions } from "../../src/stores/memory/memory.ts";
import { entrySize } from "../../src/stores/memory/node.ts";
import { ownKey } from "../../src/stores/own-keys.ts";
import { ByteString, type Value } from "../../src/value/value.ts";
import { ManualClock } from "../contract/clock.ts";
import { keysOf, kindOf } from "../contract/harness.ts";
import { storeContract } from "../contract/store.ts";
import { awkwardValues, key, str } from "../contract/values.ts";

let clock: ManualClock;

function open(options: Partial<MemoryStoreOptions> = {}): MemoryStore {
  return new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0, clock, ...options });
}

beforeEach(() => {
  clock = new ManualClock(500.5);
});

const a = key("a");
const b = key("b");
const c = key("c");
const full = { kind: "UNAVAILABLE", message: "store is full", retryable: true };

storeContract("the memory store", (given) => open({ clock: given }));
storeContract("the memory store with limits", (given) =>
  open({ clock: given, maxSize: 1000, maxBytes: 1e9, eviction: "lru" }),
);

describe("a memory store with max_size", () => {
  it("refuses a new key when it is full, and nothing changes", async () => {
    const store = open({ maxSize: 2 });
    store.set(a, 1);
    store.set(b, 2);
    expect(() => store.set(c, 3)).toThrow(expect.objectContaining(full));
    expect(() => store.put(c, 3, {})).toThrow(expect.objectContaining(full));
    expect(() => store.put(c, 3, { onlyIf: "absent" })).toThrow(expect.objectContaining(full));
    expect(await keysOf(store)).toEqual(["a", "b"]);
  });

  it("takes writes to the keys that it has when it is full", () => {
    const store = open({ maxSize: 1 });
    store.set(a, 1);
    store.set(a, 2, 10);
    expect(store.put(a, 3, {}).value).toBe(3);
  });

  it("takes a new key again after a delete", () => {
    const store = open({ maxSize: 1 });
    store.set(a, 1);
    store.delete(a);
    store.set(b, 2);
    expect(store.get(b)).toBe(2);
  });

  it("checks the condition of a put before the room", async () => {
    const store = open({ maxSize: 1 });
    store.set(a, 1);
    expect(await kindOf(() => store.put(b, 1, { onlyIf: { version: "x" } }))).toBe("NOT_FOUND");
    expect(await kindOf(() => store.put(a, 1, { onlyIf: "absent" }))).toBe("ALREADY_EXISTS");
  });

  it("gives the room of expired keys away before it refuses", () => {
    const store = open({ maxSize: 3 });
    store.set(a, 1, 100);
    store.set(b, 2, 50);
    store.set(c, 3);
    clock.advance(49.9);
    expect(() => store.set(key("d"), 4)).toThrow(expect.objectContaining(full));
    clock.moveTo(550.5); // b is due at this very instant
    store.set(key("d"), 4);
    expect(() => store.set(key("e"), 5)).toThrow(expect.objectContaining(full));
    expect([store.get(a), store.has(b), store.get(c), store.get(key("d"))]).toEqual([1, false, 3, 4]);
  });

  it("frees for a write no more expired keys than it needs", () => {
    const store = open({ maxSize: 1000 });
    for (let i = 0; i < 1000; i++) store.set(key(`k${i}`), i, 10);
    clock.advance(10);
    store.set(a, 1);
    expect(store.size).toBe(1000);
  });
});

describe("a memory store that evicts", () => {
  it("never gives up a lock, a lease or a token, but what fetch remembers as missing", async () => {
    const store = open({ maxSize: 10, eviction: "lru" });
    const host = new HostStore("app:s", store);
    const held = await host.lock("job", { ttl: 3600 });
    await host.fetch("none", () => undefined, { negativeTtl: 3600 });
    const compute = host.fetch("slow", async () => {
      for (let i = 0; i < 100; i++) store.set(key(`k${i}`), i);
      await expect(host.lock("job")).rejects.toMatchObject({ kind: "UNAVAILABLE" });
      expect(store.has(ownKey("lease", key("slow")))).toBe(true);
      return 1;
    });
    expect(await compute).toBe(1);
    expect(held.isLost).toBe(false);
    expect(store.has(ownKey("none", key("none")))).toBe(false);
    expect(await held.release()).toBe(true);
    for (let i = 0; i < 100; i++) store.set(key(`k${i}`), i);
    const again = await host.lock("job");
    expect(again.token).toBe(Number(held.token) + 1);
    await again.release();
  });

  const uses: Record<string, (store: MemoryStore) => unknown> = {
    get: (store) => store.get(a),
    entry: (store) => store.entry(a),
    set: (store) => store.set(a, 2),
    put: (store) => store.put(a, 2, {}),
  };
  for (const [name, use] of Object.entries(uses)) {
    it(`takes ${name} for a use`, () => {
      const store = open({ maxSize: 2, eviction: "lru" });
      store.set(a, 1);
      store.set(b, 1);
      use(store);
      store.set(c, 1);
      expect([store.has(a), store.has(b), store.has(c)]).toEqual([true, false, true]);
    });
  }

  const glances: Record<string, (store: MemoryStore) => unknown> = {
    has: (store) => store.has(a),
    list: (store) => store.list({ prefix: key(""), limit: 10 }),
    "a put that is refused": (store) => kindOf(() => store.put(a, 2, { onlyIf: "absent" })),
  };
  for (const [name, glance] of Object.entries(glances)) {
    it(`does not take ${name} for a use`, async () => {
      const store = open({ maxSize: 2, eviction: "lru" });
      store.set(a, 1);
      store.set(b, 1);
      await glance(store);
      store.set(c, 1);
      expect([store.has(a), store.has(b), store.has(c)]).toEqual([false, true, true]);
    });
  }

  it("gives expired keys up before any that lives, however recently they were used", () => {
    const store = open({ maxSize: 2, eviction: "lru" });
    store.set(a, 1);
    store.set(b, 1, 10);
    clock.advance(10);
    store.set(c, 1);
    expect([store.has(a), store.has(b), store.has(c)]).toEqual([true, false, true]);
  });

  it("keeps the newest of many keys, in order", async () => {
    const store = open({ maxSize: 10, eviction: "lru" });
    for (let i = 0; i < 1000; i++) store.set(key(`k${i}`), i);
    expect(await keysOf(store)).toEqual(Array.from({ length: 10 }, (_, i) => `k${990 + i}`));
    expect(store.size).toBe(10);
  });
});

describe("a memory store with max_bytes", () => {
  const text = (length: number) => new ByteString(new Uint8Array(length));
  const unit = entrySize(a, text(1000));

  it("counts what it holds, exactly down to nothing", () => {
    const store = open({ maxBytes: 1e12 });
    let expected = 0;
    for (const [i, value] of [...awkwardValues.values()].entries()) {
      store.set(key(`k${i}`), value);
      expected += entrySize(key(`k${i}`), value);
    }
    expect(store.bytes).toBe(expected);
    for (const [i] of [...awkwardValues.keys()].entries()) store.set(key(`k${i}`), true, 5);
    clock.advance(5);
    while (store.sweep());
    expect(store.bytes).toBe(0);
  });

  it("counts nothing without the limit", () => {
    const store = open();
    store.set(a, text(1000));
    expect(store.bytes).toBe(0);
  });

  it("fills up to the last byte, and refuses the next", () => {
    const store = open({ maxBytes: 2 * unit });
    store.set(a, text(1000));
    store.set(b, text(1000));
    expect(store.bytes).toBe(2 * unit);
    expect(() => store.set(c, false)).toThrow(expect.objectContaining(full));
  });

  it("refuses a larger value for a key, and the old one stays with its ttl and version", async () => {
    const store = open({ maxBytes: 2 * unit });
    store.set(a, text(1000), 10);
    store.set(b, text(1000));
    const before = store.entry(a);
    expect(await kindOf(() => store.set(a, text(1001), 99))).toBe("UNAVAILABLE");
    expect(store.entry(a)).toEqual(before);
    clock.advance(10);
    expect(store.has(a)).toBe(false);
  });

  it("takes a smaller value for a key when it is full", () => {
    const store = open({ maxBytes: unit });
    store.set(a, text(1000));
    store.set(a, text(10));
    expect(store.bytes).toBe(entrySize(a, text(10)));
  });

  for (const eviction of ["none", "lru"] as const) {
    it(`refuses a value larger than the whole limit, and nothing is lost (${eviction})`, async () => {
      const store = open({ maxBytes: 3 * unit, eviction });
      const before: [string, Value][] = [
        ["a", text(1000)],
        ["b", text(1000)],
      ];
      for (const [name, value] of before) store.set(key(name), value);
      for (const target of [a, c]) {
        const refused = { kind: "INVALID", retryable: false, message: expect.stringContaining("value is too large") };
        expect(() => store.set(target, text(4 * unit))).toThrow(expect.objectContaining(refused));
      }
      expect(await keysOf(store)).toEqual(["a", "b"]);
      expect(store.get(a)).toBe(before[0]![1]);
    });
  }

  it("frees expired entries, as many as the value needs", () => {
    const store = open({ maxBytes: 4 * unit });
    for (const one of [a, b, c]) store.set(one, text(1000), 10);
    store.set(key("d"), text(1000));
    clock.advance(10);
    store.set(key("e"), text(2500));
    expect(store.get(key("d"))).toBeDefined();
    expect(store.bytes).toBeLessThanOrEqual(4 * unit);
  });

  it("evicts as many as the value needs, and never the key that is written", async () => {
    const store = open({ maxBytes: 4 * unit, eviction: "lru" });
    for (const one of [a, b, c, key("d")]) store.set(one, text(1000));
    store.set(a, text(2500)); // a is the oldest, and b and c are next
    expect(await keysOf(store)).toEqual(["a", "d"]);
    store.set(a, text(4 * unit - entrySize(a, text(0))));
    expect(await keysOf(store)).toEqual(["a"]);
    expect(store.bytes).toBe(4 * unit);
  });

  it("writes anew over an entry that expires while room is made for it", () => {
    const store = open({ maxBytes: 2 * unit });
    store.set(a, text(1000), 10);
    store.set(b, text(1000));
    clock.advance(10);
    store.set(a, text(900));
    store.set(a, text(1000));
    expect(store.bytes).toBe(2 * unit);
    expect(store.size).toBe(2);
  });
});

describe("a memory store", () => {
  it("answers at once", () => {
    const store = open();
    store.set(a, str("x"));
    expect(store.get(a)).toEqual(str("x"));
    expect(store.keys({ prefix: key(""), limit: 1 })).toHaveLength(1);
  });

  it("refuses a ttl that is no time, and writes nothing", () => {
    const store = open();
    for (const ttl of [0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => store.set(a, 1, ttl)).toThrow(RangeError);
      expect(() => store.put(a, 1, { ttl })).toThrow(RangeError);
    }
    expect(store.has(a)).toBe(false);
  });

  it("does not read the clock for entries without a ttl", () => {
    let reads = 0;
    const store = open({ clock: { now: () => ++reads } });
    const atStart = reads;
    store.set(a, 1);
    store.get(a);
    store.has(a);
    store.put(a, 2, { onlyIf: { version: store.entry(a)!.version } });
    store.delete(a);
    expect(reads).toBe(atStart);
  });

  it("gives versions that another store does not know", async () => {
    const [one, other] = [open(), open()];
    const { version } = one.put(a, 1, {});
    other.set(a, 1);
    if (other.entry(a)!.version === version) return; // one chance in a million
    expect(await kindOf(() => other.put(a, 2, { onlyIf: { version } }))).toBe("CONFLICT");
  });

  it("is empty and answers nothing once it is closed", async () => {
    const store = open({ maxBytes: 1e6, eviction: "lru" });
    store.set(a, 1, 10);
    await keysOf(store);
    store.close();
    store.close();
    expect([store.size, store.bytes, store.sweep()]).toEqual([0, 0, false]);
    const calls: (() => unknown)[] = [
      () => store.get(a),
      () => store.has(a),
      () => store.entry(a),
      () => store.set(a, 1),
      () => store.set(a, 1, 10),
      () => store.put(a, 1, { onlyIf: "absent" }),
      () => store.delete(a),
      () => store.list({ prefix: key(""), limit: 1 }),
    ];
    for (const call of calls) {
      expect(call).toThrow(expect.objectContaining({ kind: "UNAVAILABLE", message: "store is closed" }));
    }
    expect(store.size).toBe(0);
  });
});
