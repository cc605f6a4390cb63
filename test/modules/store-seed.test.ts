import { describe, expect, it } from "vitest";
import { cacheHost, stopClock } from "../support/host.ts";

/*
 * The snippets of the store's documentation, run as they stand there. What they leave open, a host sets: the globals
 * `session_id` and `resource_id`.
 */

const loading = 'local store = require("store")';

const acquiring = `${loading}
local cache, err = store.get("app:cache")
if err then
return nil, err
end
cache:set("user:123", {name = "Alice"}, 3600)
local user = cache:get("user:123")
cache:release()
`;

const storing = `${loading}
local cache = store.get("app:cache")
-- Simple set
cache:set("user:123:name", "Alice")
-- Set with TTL (expires in 300 seconds)
cache:set("session:abc", {user_id = 123, role = "admin"}, 300)
`;

const retrieving = `${loading}
local cache = store.get("app:cache")
local user = cache:get("user:123")
if not user then
-- Key not found or expired
return "missing"
end
`;

const checking = `${loading}
local cache = store.get("app:cache")
if cache:has("lock:" .. resource_id) then
return nil, errors.new("CONFLICT", "Resource is locked")
end
`;

const deleting = `${loading}
local cache = store.get("app:cache")
cache:delete("session:" .. session_id)
`;

describe("the documentation's snippet for", () => {
  it("acquiring a store writes, reads and releases", async () => {
    await using host = await cacheHost();
    expect(await host.results(`${acquiring} return user, tostring(cache)`)).toEqual([
      { name: "Alice" },
      "store.Store{released}",
    ]);
  });

  it("acquiring a store hands the error on when there is no such store", async () => {
    await using host = await cacheHost();
    const error = await host.failure(acquiring.replace("app:cache", "app:missing"));
    expect(error).toMatchObject({ kind: "NOT_FOUND", retryable: false });
  });

  it("storing values sets one for ever and one for 300 seconds", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.results(storing);
    const look = `${loading} local c = store.get("app:cache") return c:get("user:123:name"), c:get("session:abc")`;
    clock.advance(300_000 - 1);
    expect(await host.results(look)).toEqual(["Alice", { user_id: 123, role: "admin" }]);
    clock.advance(1);
    expect(await host.results(look)).toEqual(["Alice", undefined]);
  });

  it("retrieving values takes the branch for a key that is missing, or has expired", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    expect(await host.run(retrieving)).toBe("missing");
    await host.results(acquiring);
    expect(await host.run(retrieving)).toBeUndefined();
    clock.advance(3_600_000);
    expect(await host.run(retrieving)).toBe("missing");
  });

  it("checking existence answers a CONFLICT when the lock is there", async () => {
    await using host = await cacheHost();
    expect(await host.results(`resource_id = "42" ${checking}`)).toEqual([]);
    await host.host.store("app:cache").set("lock:42", true);
    const error = await host.failure(`resource_id = "42" ${checking}`);
    expect(error).toMatchObject({ kind: "CONFLICT", message: "Resource is locked", retryable: true });
  });

  it("deleting keys removes the session", async () => {
    await using host = await cacheHost();
    await host.results(storing);
    await host.results(`session_id = "abc" ${deleting}`);
    expect(await host.host.store("app:cache").has("session:abc")).toBe(false);
    expect(await host.host.store("app:cache").has("user:123:name")).toBe(true);
  });
});

describe("the documentation's table of errors", () => {
  it.each([
    ["empty resource ID", 'store.get("")', "INVALID"],
    ["resource not found", 'store.get("app:missing")', "NOT_FOUND"],
    ["store released", '(function() local s = store.get("app:cache") s:release() return s:get("k") end)()', "INVALID"],
  ])("%s", async (_, call, kind) => {
    await using host = await cacheHost();
    const script = `local _, err = ${call} return err:kind() == errors.${kind}, err:retryable()`;
    expect(await host.results(script)).toEqual([true, false]);
  });
});
