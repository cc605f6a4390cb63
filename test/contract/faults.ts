import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { HostStore } from "../../src/stores/host-store.ts";
import { type EntrySource, everythingAllowed, type Refusal, ScriptHost } from "../support/host.ts";
import { Way } from "../support/way.ts";

/** A server that a test may treat badly; it is gone when the test has ended. */
export interface Victim {
  readonly port: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** It takes connections from now on, and never answers. */
  freeze(): void;
  thaw(): void;
}

export interface Faulty {
  /** What errors call the server, before its address: `redis`. */
  readonly called: string;
  /** A server of the test's own, not started yet. */
  own(): Promise<Victim>;
  /** One that only takes the password `right`. */
  guarded(): Promise<Victim>;
  /** The entries of a store `app:cache` on a server at this port. */
  entries(port: number, timeout: string, password?: string): readonly EntrySource[];
}

/** Reads or writes, and says what happened as a table. */
const attempt = `local s = store.get("app:cache")
  local function try(method, ...) local v, e = s[method](s, ...) if e then return said(e) end return {value = v} end `;

const away = (server: string): Refusal => ({
  kind: "Unavailable",
  retryable: true,
  message: `${server} can't be reached`,
});
const late = (server: string, timeout: number): Refusal => ({
  kind: "Timeout",
  retryable: true,
  message: `${server} did not answer within ${timeout} ms`,
});

/** What a script is told when its server fails, and what is there after. Each test has a real server of its own. */
export function faults({ called, own, guarded, entries }: Faulty): void {
  const started = async (make = own) => {
    const server = await make();
    await server.start();
    return server;
  };
  const open = async (port: number, timeout = "5s", password?: string) => {
    const host = await ScriptHost.open([...entries(port, timeout, password), ...everythingAllowed]);
    onTestFinished(() => host[Symbol.asyncDispose]());
    const address = `${called} at 127.0.0.1:${port}`;
    const store: HostStore = host.host.store("app:cache");
    const run = (code: string, ...args: unknown[]) => host.run(attempt + code, { args });
    return { host, address, store, run };
  };
  /** Tries until it succeeds. */
  const eventually = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await call();
      } catch (e) {
        if (tries > 200 || (e as { retryable?: unknown }).retryable !== true) throw e;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  };

  describe("a server that is away", () => {
    it("keeps no host from opening, is named to scripts, and serves them when it is there", async () => {
      const server = await own();
      const { address, run, store } = await open(server.port);
      expect(await run('return try("get", "k")')).toEqual(away(address));
      expect(await run('return try("set", "k", 1)')).toEqual(away(address));
      expect(await run('return try("list")')).toEqual(away(address));
      await server.start();
      await eventually(() => store.set("k", 1));
      expect(await run('return try("get", "k")')).toEqual({ value: 1 });
    });

    it("is a failed check of health, and a good one when it is back", async () => {
      const server = await own();
      const { address, host, store } = await open(server.port);
      expect((await host.host.health()).map(({ ok, error }) => [ok, error?.message])).toEqual([
        [false, `${address} can't be reached`],
        [false, `${address} can't be reached`],
      ]);
      await server.start();
      await eventually(() => store.get("k"));
      const health = await host.host.health();
      expect(health.map(({ ok }) => ok)).toEqual([true, true]);
      expect(health[0]!.version).toMatch(/^\w+ \d+\.\d+/);
    });
  });

  describe("a server that is killed", () => {
    it("has what it acknowledged when it is back, and scripts go on in the same process", async () => {
      const server = await started();
      const { address, run, store } = await open(server.port);
      await run("for i = 1, 50 do assert(s:set('k' .. i, i)) end");
      await server.kill();
      expect(await run('return try("get", "k1")')).toEqual(away(address));
      await server.start();
      await eventually(() => store.get("k1"));
      expect(await run("local n = 0 for i = 1, 50 do n = n + s:get('k' .. i) end return n")).toBe(1275);
    });

    it("in the middle of writes loses nothing that was acknowledged, and applies nothing twice", async () => {
      const server = await started();
      const { run, store } = await open(server.port);
      await store.set("n", 0);
      const counting = Array.from({ length: 8 }, () =>
        run(`local done, unknown = 0, 0
          while unknown == 0 do
            local entry, err = s:entry("n")
            if err then break end
            local written, why = s:put("n", entry.value + 1, { if_version = entry.version })
            if written then done = done + 1 elseif why:kind() ~= errors.CONFLICT then unknown = unknown + 1 end
          end
          return { done, unknown }`),
      );
      while (((await store.get("n")) as number) < 20);
      await server.kill();
      const ends = (await Promise.all(counting)) as [number, number][];
      const done = ends.reduce((sum, [count]) => sum + count, 0);
      const unknown = ends.reduce((sum, [, count]) => sum + count, 0);
      expect(done).toBeGreaterThan(0);
      await server.start();
      const n = (await eventually(() => store.get("n"))) as number;
      expect(n).toBeGreaterThanOrEqual(done);
      expect(n).toBeLessThanOrEqual(done + unknown);
    });
  });

  describe("a server that takes connections and never answers", () => {
    it("is a timeout for whoever is connected, and serves again when it goes on", async () => {
      const server = await started();
      const { address, run, store } = await open(server.port, "300ms");
      await store.set("k", 1);
      server.freeze();
      const tries = await Promise.all(Array.from({ length: 5 }, () => run('return try("get", "k")')));
      for (const said of tries) expect(said).toEqual(late(address, 300));
      server.thaw();
      await eventually(() => store.set("k", 2));
      expect(await run('return try("get", "k")')).toEqual({ value: 2 });
    });

    it("leaves a write uncertain that was sent, and nothing else", async () => {
      const server = await started();
      const { run, store } = await open(server.port, "300ms");
      await store.set("k", 1);
      server.freeze();
      const uncertain = `local function uncertain(method, ...)
          local _, e = s[method](s, ...)
          return e and (e:details() or {}).uncertain or false
        end `;
      for (const [call, expected] of [
        ['uncertain("set", "k", 2)', true],
        ['uncertain("put", "k", 2, {only_if_absent = true})', true],
        ['uncertain("delete", "k")', true],
        ['uncertain("get", "k")', false],
      ] as const) {
        server.thaw();
        await eventually(() => store.get("k"));
        server.freeze();
        expect([call, await run(`${uncertain} return ${call}`)]).toEqual([call, expected]);
      }
      await server.kill();
      expect(await run(`${uncertain} s:get("k") return uncertain("set", "k", 2)`)).toBe(false);
    });

    it("is a timeout for whoever connects, and lets the host close", async () => {
      const server = await started();
      server.freeze();
      const { address, run, host } = await open(server.port, "300ms");
      expect(await run('return try("set", "k", 1)')).toEqual(late(address, 300));
      await host[Symbol.asyncDispose]();
    });

    it("does not keep a script beyond its own time", async () => {
      const server = await started();
      const { host, store } = await open(server.port, "1h");
      await store.set("k", 1);
      server.freeze();
      const error = await host.failure('return store.get("app:cache"):get("k")', { timeout: 100 });
      expect(error).toMatchObject({ kind: "TIMEOUT", limit: "time" });
      server.thaw();
    });
  });

  describe("a login that is wrong", () => {
    it("is told without a word of the password", async () => {
      const server = await started(guarded);
      const { address, run, store } = await open(server.port, "5s", "s3cret-w0rd");
      const refused = { kind: "Unavailable", retryable: true, message: `${address} can't be used: the login is wrong` };
      expect(await run('return try("get", "k")')).toEqual(refused);
      const error = await store.get("k").catch((e: unknown) => e);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("s3cret-w0rd");
      const right = await open(server.port, "5s", "right");
      expect(await right.run('return try("set", "k", 1)')).toEqual({ value: true });
    });
  });

  describe("a connection", () => {
    it("that was cut is made anew", async () => {
      const server = await started();
      const way = await Way.to(server.port);
      const { run, store } = await open(way.port);
      await store.set("k", 1);
      way.cut();
      await eventually(() => store.get("k"));
      expect(await run('return try("get", "k")')).toEqual({ value: 1 });
    });

    it("whose other end is gone without a word is given up after the timeout, and made anew", async () => {
      const server = await started();
      const way = await Way.to(server.port);
      const { address, run, store } = await open(way.port, "300ms");
      await store.set("k", 1);
      way.pull();
      expect(await run('return try("get", "k")')).toEqual(late(address, 300));
      await eventually(() => store.get("k"));
      expect(await run('return try("get", "k")')).toEqual({ value: 1 });
    });

    it("that is cut in mid-reply gives everybody the right answer or an error", async () => {
      const server = await started();
      const way = await Way.to(server.port);
      const { store, run } = await open(way.port);
      for (let i = 0; i < 20; i++) await store.set(`k${i}`, String(i).repeat(50));
      for (const bytes of [1, 7, 60, 150]) {
        way.cutReplyAfter = bytes;
        const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => run('return try("get", ...)', `k${i}`)));
        for (const [i, answer] of answers.entries()) {
          const { value, kind } = answer as { value?: unknown; kind?: unknown };
          if (kind === undefined) expect(value).toBe(String(i).repeat(50));
          else expect(["Unavailable", "Timeout"]).toContain(kind);
        }
        await eventually(() => store.get("k0"));
      }
    });

    it("that is cut while a conditional write is on its way leaves it done once, or not at all", async () => {
      const server = await started();
      const way = await Way.to(server.port);
      const { store, run } = await open(way.port);
      for (let i = 0; i < 10; i++) {
        await eventually(() => store.get("warm"));
        way.cutReplyAfter = i % 2;
        const [first, second] = (await run(
          `local first = try("put", ..., "mine", { only_if_absent = true })
           local second repeat second = try("put", ..., "again", { only_if_absent = true }) until not second.retryable
           return { first, second, s:get(...) }`,
          `once${i}`,
        )) as [Refusal, Refusal & { value?: unknown }];
        expect(first.kind).toBe("Unavailable");
        const value = await store.get(`once${i}`);
        expect(value).toBe(second.kind === "AlreadyExists" ? "mine" : "again");
      }
    });
  });

  describe("what else may go wrong", () => {
    it("is not this machine's clock: a deadline is the server's", async () => {
      const server = await started();
      const { store } = await open(server.port);
      await store.set("k", 1, { ttl: 60 });
      const spy = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 24 * 3_600_000);
      onTestFinished(() => spy.mockRestore());
      expect(await store.get("k")).toBe(1);
      spy.mockReturnValue(0);
      await store.set("short", 1, { ttl: 0.05 });
      while ((await store.get("short")) !== undefined);
    });

    it("is not a value at the limit; one above it is refused, and nothing is written", async () => {
      const server = await started();
      const { store } = await open(server.port, "30s");
      const most = 64 * 1024 * 1024 - 16;
      await store.set("large", new Uint8Array(most).fill(0xff));
      expect(((await store.get("large")) as Uint8Array).length).toBe(most);
      const refused = await store.set("larger", new Uint8Array(most + 32)).catch((e: unknown) => e);
      expect(refused).toMatchObject({ kind: "INVALID", retryable: false });
      expect(await store.has("larger")).toBe(false);
    }, 60_000);
  });
}
