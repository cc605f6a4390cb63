import { describe, expect, test } from "vitest";
import { RedisServer } from "../../src/stores/redis/server.ts";

const open = () => new RedisServer({ url: "redis://u:p@10.0.0.1:6379/2", timeout: 100, entry: "app:db" });

describe("the nodes of a Redis cluster", () => {
  test("have the url's user, password and database", () => {
    const server = open();
    expect(server.node({ host: "10.0.0.2", port: 7000 }, server.home).url).toBe("redis://u:p@10.0.0.2:7000/2");
    expect(server.node({ host: "::1", port: 7000 }, server.home).url).toBe("redis://u:p@[::1]:7000/2");
    expect(server.node({ host: "10.0.0.1", port: 6379 }, server.home)).toBe(server.home);
  });

  test("are known once each, and the thousand that were named last; the url's is never forgotten", () => {
    const server = open();
    const at = (port: number) => server.node({ host: "10.0.0.2", port }, server.home);
    const [first, second] = [at(1), at(2)];
    expect(at(1)).toBe(first);
    for (let port = 3; port <= 1000; port++) at(port);
    expect([first.isClosed, second.isClosed, server.home.isClosed]).toEqual([false, true, false]);
    expect(at(1)).toBe(first);
    server.close();
    expect([first.isClosed, server.home.isClosed]).toEqual([true, true]);
  });
});
