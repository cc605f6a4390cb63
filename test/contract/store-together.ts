import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { HostStore } from "../../src/stores/host-store.ts";
import { ownKey } from "../../src/stores/own-keys.ts";
import { keysOf, kindOf, type Promised } from "./harness.ts";
import { key } from "./values.ts";

const counted = (old: unknown) => ((old as number | undefined) ?? 0) + 1;

/** What stands on the operations of a backend, for many who use it at the same time: as the embedder has it. */
export function together(promised: Promised): void {
  promised("update writes what it makes of the value, and loses nothing of many at once", async ({ store }) => {
    const host = new HostStore("app:s", store);
    await Promise.all(Array.from({ length: 20 }, () => host.update("n", counted, { attempts: 1000 })));
    expect(await host.get("n")).toBe(20);
  });

  promised(
    "update keeps the ttl unless it is given one, and deletes what becomes nothing",
    async ({ store, advance }) => {
      const host = new HostStore("app:s", store);
      await host.set("n", 1, { ttl: 10 });
      expect(await host.update("n", counted)).toBe(2);
      await advance(9_000);
      expect(await host.update("n", counted, { ttl: 5 })).toBe(3);
      await advance(4_999);
      expect(await host.get("n")).toBe(3);
      expect(await host.update("n", () => undefined)).toBeUndefined();
      expect(await host.has("n")).toBe(false);
      expect(await host.update("n", () => undefined)).toBeUndefined();
    },
  );

  promised("update gives up with CONFLICT when others write each time", async ({ store }) => {
    const host = new HostStore("app:s", store);
    let calls = 0;
    const meddling = async () => {
      calls++;
      await host.set("n", Math.random());
      return 0;
    };
    expect(await kindOf(() => host.update("n", meddling, { attempts: 3 }))).toBe("CONFLICT");
    expect(calls).toBe(3);
  });

  promised("fetch computes a missing value once for all who ask at the same time", async ({ store, advance }) => {
    const host = new HostStore("app:s", store);
    let calls = 0;
    const make = async () => {
      await sleep(20);
      return { n: ++calls };
    };
    const all = await Promise.all(Array.from({ length: 20 }, () => host.fetch("k", make, { ttl: 10 })));
    expect(all).toEqual(all.map(() => ({ n: 1 })));
    expect(await host.fetch("k", make, { ttl: 10 })).toEqual({ n: 1 });
    await advance(10_000);
    expect(await host.fetch("k", make, { ttl: 10 })).toEqual({ n: 2 });
    expect(await keysOf(store)).toHaveLength(1);
    expect(await store.has(ownKey("lease", key("k")))).toBe(false);
  });

  promised("fetch tells all who wait what went wrong, and the next one computes again", async ({ store }) => {
    const host = new HostStore("app:s", store);
    const failing = async () => {
      await sleep(20);
      throw new Error("no luck");
    };
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => host.fetch("k", failing)));
    for (const one of all) expect((one as PromiseRejectedResult).reason.message).toBe("no luck");
    expect(await host.fetch("k", () => 1)).toBe(1);
  });

  promised("fetch keeps that there is nothing for negativeTtl, and not at all without", async ({ store, advance }) => {
    const host = new HostStore("app:s", store);
    expect(await host.fetch("k", () => undefined)).toBeUndefined();
    expect(await host.fetch("k", () => undefined, { negativeTtl: 10 })).toBeUndefined();
    expect(await host.fetch("k", () => 1, { negativeTtl: 10 })).toBeUndefined();
    await advance(10_000);
    expect(await host.fetch("k", () => 2, { negativeTtl: 10 })).toBe(2);
  });

  promised(
    "fetch gives the old value to others while one computes, and where that fails",
    async ({ store, advance }) => {
      const host = new HostStore("app:s", store);
      const options = { ttl: 10, stale: 20, onError: "stale" } as const;
      expect(await host.fetch("k", () => "old", options)).toBe("old");
      await advance(10_000);
      const slow = host.fetch("k", () => sleep(50, "new"), options);
      await sleep(10);
      expect(await host.fetch("k", () => "other", options)).toBe("old");
      expect(await slow).toBe("new");
      await advance(10_000);
      const failing = () => {
        throw new Error("no luck");
      };
      expect(await host.fetch("k", failing, options)).toBe("new");
      await advance(20_000);
      await expect(host.fetch("k", failing, options)).rejects.toThrow("no luck");
    },
  );

  promised("fetch waits for somebody elsewhere who computes, until the lease is over or the value there", async (s) => {
    const { store, advance } = s;
    const host = new HostStore("app:s", store);
    const lease = ownKey("lease", key("k"));
    await store.set(lease, true, 5_000);
    expect(await kindOf(() => host.fetch("k", () => 1, { wait: "50ms" }))).toBe("TIMEOUT");
    const waiting = host.fetch("k", () => "mine");
    await sleep(20);
    await host.set("k", "theirs");
    expect(await waiting).toBe("theirs");
    await host.delete("k");
    const left = host.fetch("k", () => "mine");
    await advance(5_000);
    expect(await left).toBe("mine");
  });

  promised("fetch fails with what the store fails with, and a value that can't be kept fails it", async ({ store }) => {
    const host = new HostStore("app:s", store);
    await expect(host.fetch("k", () => () => 1)).rejects.toThrow("value");
    expect(await host.fetch("k", () => 1)).toBe(1);
  });

  promised("a lock has one holder at a time, each with a larger token than all before", async ({ store }) => {
    const host = new HostStore("app:s", store);
    const [first, tokens] = [await host.lock("job"), [] as number[]];
    expect(await kindOf(() => host.lock("job"))).toBe("UNAVAILABLE");
    expect(first.isLost).toBe(false);
    expect(await first.release()).toBe(true);
    expect([first.isLost, await first.release()]).toEqual([true, false]);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        await using held = await host.lock("job", { wait: 30 });
        expect(++inside).toBe(1);
        tokens.push(Number(held.token));
        await sleep(2);
        inside--;
      }),
    );
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set([Number(first.token), ...tokens]).size).toBe(11);
    expect(await keysOf(store)).toEqual([]);
  });

  promised(
    "a lock that expired is lost, is nobody's to release, and the next holder keeps it",
    async ({ store, advance }) => {
      const host = new HostStore("app:s", store);
      const first = await host.lock("job", { ttl: 60 });
      await advance(60_000);
      const second = await host.lock("job", { ttl: 60 });
      expect(second.token as number).toBeGreaterThan(first.token as number);
      expect(await first.release()).toBe(false);
      expect(await kindOf(() => host.lock("job"))).toBe("UNAVAILABLE");
      expect(await second.release()).toBe(true);
    },
  );

  promised("locks of any number of names leave a bounded number of keys, and old tokens are smaller", async (s) => {
    const { store } = s;
    await store.increment(ownKey("tokens", key("x")), { by: 1, initial: 0 }); // beside them
    const host = new HostStore("app:s", store);
    for (let i = 0; i < 100; i++) {
      const held = await host.lock(`job:${i}`);
      expect(held.token).toBeGreaterThan(1e12);
      await held.release();
    }
    const all = { prefix: key(""), limit: 1000 };
    expect((await store.keys({ ...all, own: true })).length).toBeLessThanOrEqual(65);
    expect(await store.keys(all)).toEqual([]);
  });

  promised("clear forgets what fetch remembers of these keys, and leaves locks", async ({ store }) => {
    const host = new HostStore("app:s", store);
    const names = ["a:1", "a:2", `a:${"x".repeat(1500)}`, "b:1"];
    await using held = await host.lock("a:job", { ttl: 600 });
    const computed = async () => {
      const found: string[] = [];
      for (const name of names) {
        const make = () => void found.push(name);
        await host.fetch(name, make, { negativeTtl: 1e6 });
      }
      return found;
    };
    expect(await computed()).toEqual(names);
    expect(await computed()).toEqual([]);
    await host.set("a:3", 1);
    expect(await host.clear({ prefix: "a:" })).toBe(1);
    expect(await computed()).toEqual(["a:1", "a:2"]);
    expect(await host.clear()).toBe(0);
    expect(await computed()).toEqual(names);
    expect([held.isLost, await kindOf(() => host.lock("a:job"))]).toEqual([false, "UNAVAILABLE"]);
    const own = await store.keys({ prefix: key(""), limit: 3, own: true });
    expect(own).toHaveLength(3);
    expect(await store.keys({ prefix: key(""), after: own[0], limit: 2, own: true })).toEqual(own.slice(1));
    expect(await held.release()).toBe(true);
  });

  promised("names of any length and bytes can be locked and fetched", async ({ store }) => {
    const host = new HostStore("app:s", store);
    for (const name of ["x".repeat(2000), "\0\xff", "a:b"]) {
      await using held = await host.lock(name);
      expect(held.isLost).toBe(false);
      expect(await kindOf(() => host.lock(name))).toBe("UNAVAILABLE");
      expect(await host.fetch(name, () => 1)).toBe(1);
    }
  });
}
