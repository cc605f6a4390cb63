import { expect, it } from "vitest";
import { acting, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

const events = 'local events = require("events") ';
const open = (entries = everythingAllowed) => ScriptHost.open([memory("cache"), memory("other"), ...entries]);

it("events: who listens gets what is sent, in order, by system and kind", async () => {
  await using host = await open();
  const script = `${events} local all, made = events.subscribe("orders.*"), events.subscribe("*", "made")
    assert(events.send("orders.eu", "made", "/1", {n = 1}) == true)
    events.send("orders.eu", "paid", "/1") events.send("other", "made", "/2", "text") events.send("orders", "made", "/3")
    local got = {} for i, sub in ipairs {all, made} do sub:close() got[i] = {}
      for e in function() return (sub:channel():receive()) end do table.insert(got[i], e) end end
    return got`;
  const first = { system: "orders.eu", kind: "made", path: "/1", data: { n: 1 } };
  expect(await host.run(script)).toEqual([
    [first, { system: "orders.eu", kind: "paid", path: "/1" }],
    [
      first,
      { system: "other", kind: "made", path: "/2", data: "text" },
      { system: "orders", kind: "made", path: "/3" },
    ],
  ]);
});

it("events: a run that waits is woken by another one, and is not in a deadlock", async () => {
  await using host = await open();
  const waiting = host.results(`${events} local sub = assert(events.subscribe("orders"))
    local e = sub:channel():receive() return e.kind, e.data`);
  await host.run(`${events} return events.send("orders", "made", "/1", {1, 2})`);
  expect(await waiting).toEqual(["made", [1, 2]]);
  const closed = `${events} local sub = events.subscribe("orders") coroutine.spawn(function() sub:close() end)
    return select(2, sub:channel():receive())`;
  expect(await host.results(closed)).toEqual([false]);
});

it("events: changes of stores are events, for who may read the key", async () => {
  const entries = [
    policy("all", "allow", ["store.*", "events.*"]),
    policy("no_secrets", "deny", "store.key.get", "*", {
      conditions: [{ field: "meta.key", operator: "matches", value: "^secret" }],
    }),
    policy("not_the_other", "deny", "store.key.get", "app:other"),
    acting(),
  ];
  await using host = await open(entries);
  const script = `${events} local sub = events.subscribe("store")
    local cache, other = store.get("app:cache"), store.get("app:other")
    cache:set("a", 1) cache:set("secret:1", 1) other:set("b", 1) cache:put("a", 2) cache:delete("a") cache:delete("none")
    sub:close() local got = {}
    for e in function() return (sub:channel():receive()) end do got[#got + 1] = e.kind .. " " .. e.path .. " " .. e.data.key end
    return got`;
  expect(await host.run(script)).toEqual([
    "store.set app:cache a",
    "store.set app:cache a",
    "store.delete app:cache a",
  ]);
});

it("events: the policies are asked for the system as given, and for that of each event", async () => {
  const entries = [
    policy("some", "allow", "events.*", "orders*"),
    policy("but", "deny", "events.subscribe", "orders.secret"),
    acting(),
  ];
  await using host = await open(entries);
  expect(await host.refusal(`${events} return events.send("users", "made", "/")`)).toMatchObject({
    kind: "PermissionDenied",
    message: "not allowed to send events of: users",
  });
  expect(await host.refusal(`${events} return events.subscribe("*")`)).toMatchObject({ kind: "PermissionDenied" });
  const script = `${events} local sub = events.subscribe("orders*") events.send("orders.secret", "k", "/1")
    events.send("orders.eu", "k", "/2") return sub:channel():receive().path, sub:channel().receive ~= nil`;
  expect(await host.run(script)).toBe("/2");
});

it.each([
  ['events.send("store", "store.set", "app:cache")', 'system: "store" is the host\'s own'],
  ['events.send("", "k", "/")', "system: expected a string that is not empty"],
  ['events.send("s", "", "/")', "kind: expected a string that is not empty"],
  ['events.send("s", "k")', "path: expected a string, got nil"],
  ['events.send("s", "k", "/", {f = print})', "data.f: a function can't be sent"],
  ['events.send("s", "k", "/", ("x"):rep(70000))', "data: an event has at most 65536 bytes"],
  ["events.subscribe()", "system: expected a string, got nil"],
])("events: refuses %s", async (call, message) => {
  await using host = await open();
  const refusal = await host.refusal(`${events} return ${call}`);
  expect(refusal).toMatchObject({ kind: "Invalid", message: expect.stringContaining(message) });
});

it("events: what comes when a subscription is full is lost, and counted", async () => {
  await using host = await open();
  const script = `${events} local sub = events.subscribe("s") for i = 1, 1005 do events.send("s", "k", "/" .. i) end
    return sub:lost(), sub:channel():receive().path`;
  expect(await host.results(script)).toEqual([5, "/1"]);
});

it("events: what a subscription gets counts for the script that gets it, though it only waits", async () => {
  await using host = await open();
  const waiting = host.failure(`${events} local sub = events.subscribe("s") channel.new():receive()`, {
    memory: "8MiB",
  });
  const big = `${events} for i = 1, 400 do events.send("s", "k", "/", ("x"):rep(60000) .. i) end return true`;
  expect(await host.run(big)).toBe(true);
  expect(await waiting).toMatchObject({ limit: "memory" });
});

it("events: a script in another thread can send, and is told that it can't subscribe", async () => {
  await using host = await ScriptHost.open(everythingAllowed, { isolation: "worker" });
  expect(await host.run(`${events} return events.send("s", "k", "/")`)).toBe(true);
  expect(await host.refusal(`${events} return events.subscribe("s")`)).toMatchObject({
    kind: "Unavailable",
    message: "a script in another thread can't subscribe to events; it can send them",
  });
});
