import { beforeEach, describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import { ManualClock } from "../contract/clock.ts";
import { keysOf, kindOf, readAll } from "../contract/harness.ts";
import { key } from "../contract/values.ts";

const MANY = 50_000;
const all = { prefix: key(""), limit: 1000 };
const name = (i: number) => key(`k${String((i * 7919) % MANY).padStart(6, "0")}`);

let clock: ManualClock;
let store: MemoryStore;

beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0, clock });
});

function fill(ttl?: number): void {
  for (let i = 0; i < MANY; i++) store.set(name(i), i, ttl);
}

describe("the first list of a large memory store", () => {
  it("answers later, and from then on at once", async () => {
    fill();
    const first = store.list(all);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual(store.list(all));
  });

  it("is made once for all who ask", async () => {
    fill();
    const [one, other] = await Promise.all([store.list(all), store.list({ ...all, after: key("k000999") })]);
    expect(one.entries.at(-1)!.key).toBe("k000999");
    expect(other.entries[0]!.key).toBe("k001000");
  });

  it("sees what is written and deleted while it is made", async () => {
    fill();
    const first = store.list({ ...all, limit: 3 });
    store.delete(key("k000000"));
    store.set(key("k0000005"), 1);
    store.delete(key("k000001"));
    store.set(key("k000001"), "again".length);
    expect((await first).entries.map((entry) => entry.key)).toEqual(["k0000005", "k000001", "k000002"]);
    const read = await readAll(store, all);
    expect(read).toHaveLength(MANY);
    expect(read.map((entry) => entry.key)).toEqual(read.map((entry) => entry.key).sort());
  });

  it("fails when the store is closed while it is made", async () => {
    fill();
    const [one, other] = [store.list(all), store.list(all)];
    store.close();
    expect(await kindOf(() => one)).toBe("UNAVAILABLE");
    expect(await kindOf(() => other)).toBe("UNAVAILABLE");
  });
});

describe("a list that meets very many expired entries", () => {
  it("frees them, in slices, and finds what lives behind them", async () => {
    fill(10);
    store.set(key("z"), 1);
    await keysOf(store, { limit: 1 });
    clock.advance(10);
    expect(await keysOf(store, { limit: 5 })).toEqual(["z"]);
    expect(store.size).toBe(1);
  });

  it("fails when the store is closed between two slices", async () => {
    fill(10);
    await keysOf(store, { limit: 1 });
    clock.advance(10);
    const later = store.list(all);
    store.close();
    expect(await kindOf(() => later)).toBe("UNAVAILABLE");
  });
});
