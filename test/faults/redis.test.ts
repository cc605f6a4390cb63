import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { faults } from "../contract/faults.ts";
import { everythingAllowed, ScriptHost } from "../support/host.ts";
import { type OwnServer, ownRedis, ownRedisCluster } from "../support/servers.ts";
import { withProgram } from "../support/services.ts";

/** The port of the node that has a slot. */
async function slotOwner(
  nodes: readonly OwnServer[],
  slot: number,
  cli: (port: number, ...args: (string | number)[]) => Promise<string>,
): Promise<number> {
  for (const { port } of nodes) {
    if (!(await cli(port, "CLUSTER", "COUNTKEYSINSLOT", slot)).startsWith("0")) return port;
  }
  throw new Error("no node has the slot");
}

await withProgram("redis-server", () => {
  describe("a store in Redis", () => {
    faults({
      called: "redis",
      own: () => ownRedis(),
      guarded: () => ownRedis("--requirepass", "right"),
      entries: (port, timeout, password) => [
        { name: "db", kind: "db.redis", url: `redis://${password ? `:${password}@` : ""}127.0.0.1:${port}`, timeout },
        { name: "cache", kind: "store.redis", database: "db" },
      ],
    });

    it("that has as many clients as it takes is told of, and used when there are fewer", async () => {
      const server = await ownRedis("--maxclients", "1");
      await server.start();
      const entries = [
        { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${server.port}` },
        { name: "cache", kind: "store.redis", database: "db" },
      ];
      await using first = await ScriptHost.open([...entries, ...everythingAllowed]);
      // Who looked whether the server is up is a client, too, until the server has seen it go.
      await vi.waitFor(() => first.host.store("app:cache").set("k", 1));
      await using second = await ScriptHost.open([...entries, ...everythingAllowed]);
      await expect(second.host.store("app:cache").get("k")).rejects.toMatchObject({
        kind: "UNAVAILABLE",
        retryable: true,
        message: `redis at 127.0.0.1:${server.port} can't be used: it has too many connections (maxclients)`,
      });
      await first.host.close();
      await expect
        .poll(() =>
          second.host
            .store("app:cache")
            .get("k")
            .catch(() => undefined),
        )
        .toBe(1);
    });

    it("warns of a server that drops keys, and of one that is a replica, which takes no writes", async () => {
      const first = await ownRedis("--maxmemory", "10mb", "--maxmemory-policy", "allkeys-lru");
      await first.start();
      const second = await ownRedis();
      await second.start();
      const cli = promisify(execFile);
      await cli("redis-cli", ["-p", `${second.port}`, "REPLICAOF", "127.0.0.1", `${first.port}`]);
      const healthOf = async (port: number) => {
        const entries = [
          { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${port}` },
          { name: "cache", kind: "store.redis", database: "db" },
        ];
        await using host = await ScriptHost.open([...entries, ...everythingAllowed]);
        return await host.host.health({ write: true });
      };
      const dropping = await healthOf(first.port);
      expect(dropping.map(({ error }) => error?.message)).toEqual([undefined, undefined]);
      expect(dropping[0]!.warnings).toEqual([
        "it drops keys when its memory is full (maxmemory-policy allkeys-lru); let it refuse writes: noeviction",
      ]);
      const replica = await healthOf(second.port);
      expect(replica[0]!.warnings).toContain("it is a read-only replica");
      expect(replica[1]).toMatchObject({ ok: false, error: { kind: "UNAVAILABLE" } });
    });

    it("in a cluster is found by any node, and found again when it has moved", async () => {
      const nodes = await ownRedisCluster(3);
      const [first, second] = nodes.map(({ port }) => port) as [number, number, number];
      const prefixes = ["a", "b", "c", "d", "e", "f"];
      const entries = [
        { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${first}` },
        ...prefixes.map((prefix) => ({ name: prefix, kind: "store.redis", database: "db", prefix })),
      ];
      await using host = await ScriptHost.open([...entries, ...everythingAllowed]);
      const script = `local found = {}
        for _, name in ipairs({ "a", "b", "c", "d", "e", "f" }) do
          local s = assert(store.get("app:" .. name))
          assert(s:set("k", name, 60)) assert(s:set("l", 1)) assert(s:delete("l"))
          local entry = assert(s:put("k", name, { if_version = assert(s:entry("k")).version }))
          found[#found + 1] = s:get("k") .. #assert(s:list()).items
        end
        return table.concat(found, " ")`;
      expect(await host.results(script)).toEqual(["a1 b1 c1 d1 e1 f1"]);

      // The slot of {a} goes to another node, with what is in it.
      const cli = async (port: number, ...args: (string | number)[]) =>
        (await promisify(execFile)("redis-cli", ["-p", `${port}`, ...args.map(String)])).stdout.trim();
      const slot = Number(await cli(first, "CLUSTER", "KEYSLOT", "a"));
      const ids = await Promise.all(nodes.map(({ port }) => cli(port, "CLUSTER", "MYID")));
      const owner = await slotOwner(nodes, slot, cli);
      const to = owner === second ? first : second;
      const toId = ids[nodes.findIndex(({ port }) => port === to)]!;
      const ownerId = ids[nodes.findIndex(({ port }) => port === owner)]!;
      await cli(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", ownerId);
      await cli(owner, "CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
      const names = (await cli(owner, "CLUSTER", "GETKEYSINSLOT", slot, 10)).split("\n");
      await cli(owner, "MIGRATE", "127.0.0.1", to, "", 0, 5000, "KEYS", ...names);
      for (const { port } of nodes) await cli(port, "CLUSTER", "SETSLOT", slot, "NODE", toId);
      expect(await host.results('return (store.get("app:a"):get("k"))')).toEqual(["a"]);
    });

    it("whose memory is full refuses what is new, and goes on reading", async () => {
      const server = await ownRedis("--maxmemory", "3mb", "--maxmemory-policy", "noeviction");
      await server.start();
      const entries = [
        { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${server.port}` },
        { name: "cache", kind: "store.redis", database: "db" },
      ];
      await using host = await ScriptHost.open([...entries, ...everythingAllowed]);
      const script = `local s, i = store.get("app:cache"), 0
        while true do
          local ok, err = s:set("k" .. i, ("x"):rep(10000))
          if err then return said(err), s:get("k0") ~= nil, (s:delete("k0")) end
          i = i + 1
        end`;
      const refused = {
        kind: "Unavailable",
        retryable: true,
        message: `redis at 127.0.0.1:${server.port} can't be used: its memory is full`,
      };
      expect(await host.results(script)).toEqual([refused, true, true]);
    });

    it("whose memory becomes full among many writes does not say that nothing was written", async () => {
      const server = await ownRedis("--maxmemory", "6mb", "--maxmemory-policy", "noeviction");
      await server.start();
      const entries = [
        { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${server.port}` },
        { name: "cache", kind: "store.redis", database: "db" },
      ];
      await using host = await ScriptHost.open([...entries, ...everythingAllowed]);
      const store = host.host.store("app:cache");
      const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, "x".repeat(10_000)]));
      const full = { kind: "UNAVAILABLE", message: expect.stringContaining("its memory is full") };
      await expect(store.setMany(many)).rejects.toMatchObject({ ...full, details: { uncertain: true } });
      expect((await store.list()).items.length).toBeGreaterThan(0);
      await expect(store.setMany({ more: "x".repeat(10_000) })).rejects.toMatchObject({ ...full, details: undefined });
    });
  });
});
