import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStore, type MemoryStoreOptions } from "../../src/stores/memory/memory.ts";
import { ManualClock } from "../contract/clock.ts";
import { key } from "../contract/values.ts";

const MINUTE = 60_000;

let clock: ManualClock;

function open(options: Partial<MemoryStoreOptions> = {}): MemoryStore {
  return new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0, clock, ...options });
}

function fill(store: MemoryStore, count: number, ttl: (i: number) => number): void {
  for (let i = 0; i < count; i++) store.set(key(`k${i}`), i, ttl(i));
}

beforeEach(() => {
  clock = new ManualClock(77.7);
});

describe("sweep", () => {
  it("frees what has expired, and nothing else", () => {
    const store = open();
    fill(store, 1000, (i) => i + 1);
    store.set(key("stays"), 1);
    clock.advance(400);
    while (store.sweep()); // one slice, unless the machine is busy
    expect(store.size).toBe(601);
    clock.advance(600);
    while (store.sweep());
    expect(store.size).toBe(1);
  });

  it("frees very many in slices, and says when there is more", () => {
    const store = open();
    fill(store, 300_000, (i) => 1 + (i % 5000));
    clock.advance(4000);
    expect(store.sweep()).toBe(true);
    expect(store.size).toBeGreaterThan(60_000);
    while (store.sweep());
    expect(store.size).toBe(60_000);
  });

  it("can be interrupted by writes, reads and deletes at any slice", () => {
    const store = open();
    fill(store, 200_000, (i) => 1 + (i % 1000) / 7);
    clock.advance(100);
    for (let i = 0, more = true; more; i++) {
      more = store.sweep();
      store.delete(key(`k${i * 3}`));
      store.set(key(`k${i * 5}`), "renewed".length, 1000);
      expect(store.get(key(`k${i * 5}`))).toBe(7);
    }
    const live = store.size;
    for (let i = 0; i < 200_000; i++) store.has(key(`k${i}`)); // would drop what a sweep has left
    expect(store.size).toBe(live);
  });
});

describe("the periodic cleanup", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate"] });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("has a timer only while there is something that can expire", () => {
    const store = open({ cleanupInterval: MINUTE });
    store.set(key("a"), 1);
    expect(vi.getTimerCount()).toBe(0);
    store.set(key("a"), 1, 10);
    store.set(key("b"), 1, 10);
    expect(vi.getTimerCount()).toBe(1);
    store.delete(key("a"));
    expect(vi.getTimerCount()).toBe(1);
    store.set(key("b"), 1);
    expect(vi.getTimerCount()).toBe(0);
    store.set(key("b"), 1, 10);
    expect(vi.getTimerCount()).toBe(1);
    clock.advance(10);
    expect(store.has(key("b"))).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sweeps at each interval, and stops when nothing is left to expire", () => {
    const store = open({ cleanupInterval: MINUTE });
    store.set(key("a"), 1, MINUTE);
    store.set(key("b"), 1, 1.5 * MINUTE);
    clock.advance(MINUTE);
    vi.advanceTimersByTime(MINUTE - 1);
    expect(store.size).toBe(2);
    vi.advanceTimersByTime(1);
    expect(store.size).toBe(1);
    clock.advance(MINUTE);
    vi.advanceTimersByTime(MINUTE);
    expect(store.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets others have their turn between the slices of a large one", () => {
    const store = open({ cleanupInterval: MINUTE });
    fill(store, 300_000, () => 10);
    clock.advance(10);
    vi.advanceTimersToNextTimer();
    const left = store.size;
    expect(left).toBeGreaterThan(0);
    vi.advanceTimersToNextTimer(); // no time passes: the next slice is an immediate
    expect(store.size).toBeLessThan(left);
    vi.runAllTimers();
    expect(store.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not keep the process alive", () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    open({ cleanupInterval: MINUTE }).set(key("a"), 1, 10);
    expect((timers.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(false);
  });

  it("ends with the store, and in the middle of its slices", () => {
    const store = open({ cleanupInterval: MINUTE });
    fill(store, 300_000, () => 10);
    clock.advance(10);
    vi.advanceTimersToNextTimer();
    store.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is off at 0", () => {
    const store = open({ cleanupInterval: 0 });
    store.set(key("a"), 1, 10);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits as long as Node can when the interval is longer", () => {
    const store = open({ cleanupInterval: 2 ** 40 });
    store.set(key("a"), 1, 10);
    clock.advance(10);
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(store.size).toBe(1);
    vi.advanceTimersByTime(1);
    expect(store.size).toBe(0);
  });
});
