import { expect, it } from "vitest";
import { CanceledError, LimitError } from "../../src/errors.ts";
import { moonkeep } from "../support/cli.ts";
import { cacheHost } from "../support/host.ts";

const time = 'local time = require("time") ';
const waits: readonly (readonly [string, string])[] = [
  ["after", 'time.after("1h"):receive()'],
  ["a timer", 'time.timer("1h"):channel():receive()'],
  ["a ticker", 'local t = time.ticker("1h") channel.select {t:channel():case_receive()}'],
];

it.each(waits)("a wait for %s ends with the time limit", async (_, code) => {
  await using host = await cacheHost();
  await expect(host.run(`${time} ${code}`, { timeout: "30ms" })).rejects.toBeInstanceOf(LimitError);
});

it.each(waits)("a wait for %s ends when the call is canceled", async (_, code) => {
  await using host = await cacheHost();
  const controller = new AbortController();
  const run = host.run(`${time} print("waits") ${code}`, {
    signal: controller.signal,
    print: () => void setImmediate(() => controller.abort()),
  });
  await expect(run).rejects.toBeInstanceOf(CanceledError);
});

it("timers end with the script: neither it nor the process waits for them", async () => {
  const code = `${time} A, B = time.after("1h"), time.timer("1h") C = time.ticker("1ms") print("done")`;
  for (const isolation of ["shared", "worker"]) {
    const { code: exit, out } = await moonkeep(["run", "--isolation", isolation, "-e", code]);
    expect([exit, out]).toEqual([0, "done\n"]);
  }
});

it("the process goes on while a script waits for a timer", async () => {
  await using host = await cacheHost();
  const order: string[] = [];
  const run = host.run(`${time} time.after("100ms"):receive()`).then(() => order.push("timer"));
  setImmediate(() => order.push("went on"));
  await run;
  expect(order).toEqual(["went on", "timer"]);
});

it("a timer belongs to the call that started it; another call can start it again", async () => {
  await using host = await cacheHost();
  const f = (await host.run(`${time} local timer = time.timer("20ms")
    return function(again)
      if again then return timer:reset("1ms"), select(2, timer:channel():receive()) end
      time.sleep("40ms")
      return channel.select {timer:channel():case_receive(), default = true}.default
    end`)) as ((again: boolean) => Promise<unknown>) & { release(): void };
  expect(await f(false)).toBe(true);
  expect(await f(true)).toBe(false);
  f.release();
});

it("those that nothing can reach any more are ended when there are many", async () => {
  await using host = await cacheHost();
  const script = `${time} local jobs, limit = channel.new(), nil
    coroutine.spawn(function() for i = 1, 25000 do jobs:send(i) end end)
    local first = time.after("300ms")
    for i = 1, 25000 do
      local result = channel.select {jobs:case_receive(), time.after("1h"):case_receive()}
      assert(result.value == i)
    end
    return first:receive() ~= nil`;
  expect(await host.run(script)).toBe(true);
});

it("those of compiled code are ended, too: it is paused for that, and never has too many", async () => {
  await using host = await cacheHost();
  const script = `${time} for i = 1, 26000 do local ch, err = time.after("1h") if not ch then error(err) end end`;
  for (let n = 0; n < 2; n++) expect(await host.run(script)).toBeUndefined(); // the second time, all of it is compiled
});

it("a channel on its way from one coroutine to another keeps its timer", async () => {
  await using host = await cacheHost();
  const script = `${time} local hand, out = channel.new(), channel.new()
    coroutine.spawn(function() local ch = hand:receive() out:send(ch:receive() ~= nil) end)
    time.sleep("1ms")
    hand:send(time.after("200ms"))
    for _ = 1, 3000 do time.after("1h") end
    return (out:receive())`;
  expect(await host.run(script)).toBe(true);
});

it("there are at most 10000 at one time", async () => {
  await using host = await cacheHost();
  const script = `${time} local kept = {}
    for i = 1, 10000 do kept[i] = i % 2 == 0 and time.after("1h") or time.timer("1h") end
    local first = told(time.ticker("1h"))
    kept[1]:stop()
    return {first, time.ticker("1h") ~= nil, told(time.after("1h"))}`;
  const refused = {
    kind: "Unavailable",
    message: "a script can have at most 10000 timers and subscriptions at a time",
    retryable: false,
  };
  expect(await host.run(script)).toMatchObject([refused, true, refused]);
});

it("what they take counts for the memory limit", async () => {
  await using host = await cacheHost();
  const script = `${time} local kept = {} for i = 1, 9000 do kept[i] = time.after("1h") end`;
  await expect(host.run(script, { memory: "8MiB" })).rejects.toMatchObject({ limit: "memory" });
  expect(await host.run(`${script} return #kept`, { memory: "64MiB" })).toBe(9000);
});
