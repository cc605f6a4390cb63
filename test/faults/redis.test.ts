import { describe, expect, it } from "vitest";
import { faults } from "../contract/faults.ts";
import { everythingAllowed, ScriptHost } from "../support/host.ts";
import { ownRedis } from "../support/servers.ts";
import { withProgram } from "../support/services.ts";

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
  });
});
