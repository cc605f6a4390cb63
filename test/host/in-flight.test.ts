import { describe, expect, it } from "vitest";
import { InFlight, InFlightStore } from "../../src/host/in-flight.ts";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import { key } from "../contract/values.ts";

/** Operations that are done when the test says so. */
class Operations {
  readonly begun: (() => void)[] = [];
  underWay = 0;
  most = 0;

  later = (answer: number) => () => {
    this.underWay++;
    this.most = Math.max(this.most, this.underWay);
    return new Promise<number>((resolve) => {
      this.begun.push(() => {
        this.underWay--;
        resolve(answer);
      });
    });
  };

  async finish(): Promise<void> {
    for (let done = this.begun.shift(); done !== undefined; done = this.begun.shift()) {
      done();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe("what a run has under way in stores", () => {
  it("is sixteen operations at a time, in the order in which they were asked for", async () => {
    const operations = new Operations();
    const inFlight = new InFlight(() => undefined);
    const ended: number[] = [];
    const all = Array.from({ length: 100 }, async (_, i) => {
      ended.push(await inFlight.take(operations.later(i)));
    });
    expect(operations.begun).toHaveLength(16);
    await operations.finish();
    await Promise.all(all);
    expect(operations.most).toBe(16);
    expect(ended).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("keeps nobody waiting who is answered at once, or refused", async () => {
    const operations = new Operations();
    const inFlight = new InFlight(() => undefined);
    const full = Array.from({ length: 16 }, (_, i) => inFlight.take(operations.later(i)));
    const refuse = () => {
      throw new Error("refused");
    };
    const mixed = Array.from({ length: 60 }, async (_, i) =>
      inFlight.take([() => i, refuse, operations.later(i)][i % 3] as () => number),
    );
    const settled = Promise.allSettled([...full, ...mixed]);
    await operations.finish();
    const outcomes = await settled;
    expect(outcomes.slice(16).map(({ status }) => status)).toEqual(
      mixed.map((_, i) => (i % 3 === 1 ? "rejected" : "fulfilled")),
    );
    expect(inFlight.take(() => 1)).toBe(1);
  });

  it("begins nothing more when the call has ended", async () => {
    const operations = new Operations();
    const endings = new Set<() => void>();
    const inFlight = new InFlight((drop) => {
      endings.add(drop);
      return () => void endings.delete(drop);
    });
    const all = Array.from({ length: 20 }, (_, i) => Promise.resolve(inFlight.take(operations.later(i))));
    for (const end of endings) end();
    const dropped = await Promise.allSettled(all.slice(16)); // at once, since their calls have ended
    expect(dropped.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
    await operations.finish();
    await Promise.all(all.slice(0, 16));
    expect(await Promise.all([inFlight.take(operations.later(1)), operations.finish()])).toEqual([1, undefined]);
  });

  it("is dropped at the end of the call that asked for it, and of no other one", async () => {
    const operations = new Operations();
    const calls = { a: new Set<() => void>(), b: new Set<() => void>() };
    let call: "a" | "b" = "a";
    const inFlight = new InFlight((drop) => {
      const endings = calls[call];
      endings.add(drop);
      return () => void endings.delete(drop);
    });
    const ask = (count: number) =>
      Array.from({ length: count }, (_, i) => Promise.resolve(inFlight.take(operations.later(i))));
    const first = ask(20);
    call = "b";
    const second = ask(20);
    for (const end of calls.a) end();
    const [ended, going] = [Promise.allSettled(first), Promise.all(second)];
    await operations.finish();
    expect((await ended).filter(({ status }) => status === "rejected")).toHaveLength(4);
    expect(await going).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(calls.b.size).toBe(0);
  });

  it("is nothing that gives something up: a lock is released although the rest waits, or was dropped", async () => {
    const operations = new Operations();
    const endings = new Set<() => void>();
    const inFlight = new InFlight((drop) => {
      endings.add(drop);
      return () => void endings.delete(drop);
    });
    const memory = new MemoryStore({ maxSize: 0, maxBytes: 0, eviction: "none", cleanupInterval: 0 });
    const store = new InFlightStore(memory, inFlight);
    memory.set(key("lock"), 1);
    const full = Array.from({ length: 16 }, (_, i) => inFlight.take(operations.later(i)));
    const get = Promise.resolve(store.get(key("lock")));
    expect(store.delete(key("lock"))).toBe(true);
    expect(store.deleteMany([key("lock")])).toEqual([false]);
    for (const end of endings) end();
    await expect(get).rejects.toThrow("store is released");
    await operations.finish();
    await Promise.all(full);
    memory.close();
  });
});
