import { expect, it } from "vitest";
import type { LimitError } from "../../src/errors.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";

const open = () => ScriptHost.open([memory("cache"), ...everythingAllowed]);

it("a run ends when its main coroutine does; what was spawned and waits is dropped", async () => {
  await using host = await open();
  const script = `coroutine.spawn(function() channel.new():receive() print("never") end)
    coroutine.spawn(function() print("not before somebody waits") end)
    return "done"`;
  expect(await host.results(script)).toEqual(["done"]);
  expect(host.printed).toEqual([]);
});

it("an error that nobody catches in a spawned coroutine is the run's", async () => {
  await using host = await open();
  const error = await host.failure(`coroutine.spawn(function() error("lost") end) channel.new():receive()`);
  expect(error.message).toBe("script:1: lost");
  expect(error.traceback).toContain("script:1");
  const ended = await host.failure(`coroutine.spawn(function() error(errors.new("CONFLICT", "taken")) end)
    channel.new():receive()`);
  expect(ended).toMatchObject({ kind: "CONFLICT", message: "taken" });
});

it("when every coroutine waits for another one, the main one gets an error, which it may catch", async () => {
  await using host = await open();
  const script = `local ch = channel.new() coroutine.spawn(function() ch:receive() end) `;
  const error = await host.failure(`${script} local other = channel.new() other:receive()`);
  expect(error).toMatchObject({ kind: "INVALID", message: expect.stringContaining("deadlock: every coroutine waits") });
  expect(error.traceback).toContain("script:1");
  const caught = `${script} local ok, e = pcall(channel.new().receive, channel.new())
    local sent, e2 = pcall(channel.select, {channel.new():case_send(1)})
    ch:send("goes on") return ok, sent, e:message() == e2:message()`;
  expect(await host.results(caught)).toEqual([false, false, true]);
});

it("while one coroutine waits for the host, the others go on", async () => {
  await using host = await open();
  const script = `local hash, order, done = require("hash"), {}, channel.new(2)
    local function slow(name)
      order[#order + 1] = name .. " begins"
      hash.pbkdf2("p", "s", 1000, 32)
      done:send(name)
    end
    coroutine.spawn(slow, "a") coroutine.spawn(slow, "b")
    local ends = {(done:receive()), (done:receive())} table.sort(ends)
    return order, ends`;
  expect(await host.results(script)).toEqual([
    ["a begins", "b begins"],
    ["a", "b"],
  ]);
});

it("a main coroutine that waits for the host lets the others run, and gets its answer when it is there", async () => {
  await using host = await open();
  const script = `local n = 0 local ch = channel.new()
    coroutine.spawn(function() while true do ch:send(1) end end)
    coroutine.spawn(function() while true do n = n + ch:receive() if n > 100 then channel.new():receive() end end end)
    local key = require("hash").pbkdf2("p", "s", 1000, 32) return #key, n`;
  expect(await host.results(script)).toEqual([32, 101]);
});

it("limits count over all coroutines", async () => {
  await using host = await open();
  const endless = `coroutine.spawn(function() while true do end end) channel.new():receive()`;
  expect((await host.failure(endless, { instructions: 100_000 })) as LimitError).toMatchObject({
    limit: "instructions",
  });
  expect((await host.failure(endless, { timeout: 50 })) as LimitError).toMatchObject({ limit: "time" });
  const pingPong = `local a, b = channel.new(), channel.new()
    coroutine.spawn(function() while true do b:send(a:receive()) end end)
    while true do a:send(1) b:receive() end`;
  expect((await host.failure(pingPong, { timeout: 50 })) as LimitError).toMatchObject({ limit: "time" });
  expect((await host.failure(pingPong, { instructions: 100_000 })) as LimitError).toMatchObject({
    limit: "instructions",
  });
  const many = `local ch = channel.new() for i = 1, 200 do coroutine.spawn(function() ch:receive() end) end
    pcall(ch.receive, ch) ch:send(1)`;
  expect((await host.failure(many, { coroutines: 100 })) as LimitError).toMatchObject({ limit: "coroutines" });
  const held = `local ch = channel.new(1000000) local i = 0 while true do i = i + 1 ch:send(("x"):rep(1000) .. i) end`;
  expect((await host.failure(held, { memory: "4MiB" })) as LimitError).toMatchObject({ limit: "memory" });
});

it("a wait for another coroutine ends with the run's time, and by its signal", async () => {
  await using host = await open();
  const script = `local ch = channel.new() coroutine.spawn(function() require("hash").pbkdf2("p", "s", 500000, 32) end) ch:receive()`;
  expect((await host.failure(script, { timeout: 30 })) as LimitError).toMatchObject({ limit: "time" });
  const controller = new AbortController();
  const running = host.failure(script, { signal: controller.signal });
  controller.abort();
  expect(await running).toMatchObject({ kind: "CANCELED" });
});

it("functions that came out of a run have coroutines of their own, and share its channels", async () => {
  await using host = await open();
  const script = `local ch = channel.new(1)
    return function(v) if v then ch:send(v) return end
      local out = channel.new() coroutine.spawn(function() out:send(ch:receive()) end) return (out:receive()) end`;
  const f = (await host.run(script)) as ((value?: unknown) => Promise<unknown>) & { release(): void };
  await f("hello");
  expect(await f()).toBe("hello");
  f.release();
});
