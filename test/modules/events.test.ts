import { expect, it, vi } from "vitest";
import { acting, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

const events = 'local events = require("events") ';
const open = (entries = everythingAllowed) => ScriptHost.open([memory("cache"), memory("other"), ...entries]);
/** Once a script has printed so. */
const ready = (host: ScriptHost) => vi.waitFor(() => expect(host.printed).toContain("ready\n"), { timeout: 5000 });

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
  const waiting = host.results(`${events} local sub = assert(events.subscribe("orders")) print("ready")
    local e = sub:channel():receive() return e.kind, e.data`);
  await ready(host);
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
  ['events.send("store", "store.set", "app:cache")', 'system: "store" is reserved for the host'],
  ['events.send("", "k", "/")', "system: expected a string that is not empty"],
  ['events.send("s", "", "/")', "kind: expected a string that is not empty"],
  ['events.send("s", "k")', "path: expected a string, got nil"],
  ['events.send("s", "k", "/", {f = print})', "data.f: a function can't be sent"],
  ['events.send("s", "k", "/", ("x"):rep(70000))', "data: an event can have at most 65536 bytes"],
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
  const waiting = host.failure(`${events} local sub = events.subscribe("s") print("ready") channel.new():receive()`, {
    memory: "8MiB",
  });
  await ready(host);
  const big = `${events} for i = 1, 400 do events.send("s", "k", "/", ("x"):rep(60000) .. i) end return true`;
  expect(await host.run(big)).toBe(true);
  expect(await waiting).toMatchObject({ limit: "memory" });
});

it("events: a script gets many, from others and while it sleeps, and loses none as long as it takes them", async () => {
  await using host = await open();
  const waiting = host.results(`${events} local time = require("time")
    local sub = events.subscribe("s") print("ready")
    local got, ch = 0, sub:channel()
    while got < 6000 do
      time.sleep("1ms")
      for e in function() return channel.select {ch:case_receive(), default = true}.value end do
        got = got + 1
        assert(e.data == got)
      end
    end
    return got, sub:lost()`);
  await ready(host);
  const batch = `${events} local from = ... for i = from, from + 499 do events.send("s", "k", "/", i) end`;
  for (let i = 1; i < 6000; i += 500) {
    await host.run(batch, { args: [i] });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await waiting).toEqual([6000, 0]);
});

const tooMany = {
  kind: "Unavailable",
  message: "a script can have at most 100 subscriptions at a time, those of the functions that it calls included",
  retryable: false,
};

it("events: there may be any number of subscriptions, 100 at one time", async () => {
  await using host = await open();
  const closed = `${events} for i = 1, 250 do events.subscribe("s"):close() end return events.subscribe("s"):lost()`;
  expect(await host.run(closed)).toBe(0);
  const kept = `local kept = {} for i = 1, 100 do kept[i] = assert(events.subscribe("s" .. i)) end`;
  expect(await host.refusal(`${events} ${kept} return events.subscribe("s")`)).toEqual(tooMany);
  const again = `${events} ${kept} kept[7]:close() kept[7]:close() assert(events.subscribe("s")) return events.subscribe("s")`;
  expect(await host.refusal(again)).toEqual(tooMany);
  expect(await host.run(`${events} ${kept} require("time").timer("1h") return #kept`)).toBe(100);
});

it("events: those of the functions that a script calls count as its own, until their calls have ended", async () => {
  const source = `return function(n)
    local kept = {} for i = 1, n do kept[i] = assert(require("events").subscribe("s")) end return #kept
  end`;
  await using host = await open([
    { name: "f", kind: "function.lua", modules: ["events"], source },
    ...everythingAllowed,
  ]);
  const calls = `${events} local funcs = require("funcs") local sub = events.subscribe("s")
    assert(funcs.call("app:f", 99) == 99 and funcs.call("app:f", 99) == 99)`;
  expect(await host.refusal(`${calls} return funcs.call("app:f", 100)`)).toMatchObject(tooMany);
});

it("events: all subscriptions of a script get an event with all that it has", async () => {
  await using host = await open();
  const script = `${events} local kept, got = {}, 0
    for i = 1, 100 do kept[i] = events.subscribe("s") end
    local list = {} for i = 1, 2100 do list[i] = i end
    assert(events.send("s", "k", "/", list))
    for _, sub in ipairs(kept) do
      local event = sub:channel():receive()
      assert(event.kind == "k" and event.path == "/" and #event.data == 2100)
      event.data[2100], event.kind = nil, "changed" -- nobody else's
      got = got + 1
    end
    return got`;
  expect(await host.run(script)).toBe(100);
});
