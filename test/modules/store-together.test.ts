import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { acting, cacheHost, everythingAllowed, memory, policy, ScriptHost, stopClock } from "../support/host.ts";

const cache = 'local cache = store.get("app:cache")';
const nap = 'require("time").sleep("20ms")';
/** What a script does that has the lock, until the test lets it go on. */
const untilLetGo = 'cache:set("held", true) while not cache:get("go") do require("time").sleep("10ms") end';
const letGo = ({ host }: ScriptHost) => host.store("app:cache").set("go", true);
async function held({ host }: ScriptHost): Promise<void> {
  while ((await host.store("app:cache").get("held")) === undefined) await sleep(10);
}
/** Runs a function in so many coroutines at once, and gathers what they answer, in the order in which they end. */
const together = `local function together(n, f)
    local done, all = channel.new(n), {}
    for i = 1, n do coroutine.spawn(function() done:send({f(i)}) end) end
    for i = 1, n do all[i] = done:receive() end
    return all
  end`;

describe("update", () => {
  it("writes what the function makes of the value, and answers it", async () => {
    await using host = await cacheHost();
    const script = `${cache} local add = function(old) old = old or {n = 0} old.n = old.n + 1 return old end
      return cache:update("k", add), cache:update("k", add), cache:get("k")`;
    expect(await host.results(script)).toEqual([{ n: 1 }, { n: 2 }, { n: 2 }]);
  });

  it("calls the function again where somebody wrote meanwhile, also when it waits", async () => {
    await using host = await cacheHost();
    const script = `${cache} ${together} cache:set("n", 0)
      together(5, function() return cache:update("n", function(old) ${nap} return old + 1 end) end)
      return cache:get("n")`;
    expect(await host.run(script)).toBe(5);
  });

  it("deletes where the function answers nothing, which asks for that, too", async () => {
    await using host = await cacheHost();
    expect(
      await host.results(
        `${cache} cache:set("k", 1) local v = cache:update("k", function() end) return cache:has("k"), v`,
      ),
    ).toEqual([false, undefined]);
    await using limited = await ScriptHost.open([
      memory("cache"),
      policy("some", "allow", ["store.get", "store.key.get", "store.key.set"]),
      acting(),
    ]);
    const script = `${cache} cache:set("k", 1) return cache:update("k", function() end)`;
    expect(await limited.refusal(script)).toMatchObject({
      kind: "PermissionDenied",
      message: "not allowed to delete key: k",
    });
  });

  it("lets what the function raises through, and writes nothing then", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", 1)
      return raised(cache.update, cache, "k", function() error("no luck", 0) end), cache:get("k")`;
    expect(await host.results(script)).toEqual(["no luck", 1]);
  });

  it("gives up with CONFLICT after so many attempts", async () => {
    await using host = await cacheHost();
    const script = `${cache} cache:set("k", 1)
      return told(cache:update("k", function(old) cache:set("k", old + 1) return 0 end, {attempts = 2}))`;
    expect(await host.run(script)).toMatchObject({
      kind: "Conflict",
      message: 'key "k" was changed by somebody else during each of 2 attempts',
    });
  });

  it("keeps the ttl, unless it is given one", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    await host.run(`${cache} cache:set("k", 1, 10)`);
    clock.advance(4000);
    const one = "function() return 2 end";
    expect(await host.results(`${cache} cache:update("k", ${one}) return cache:ttl("k")`)).toEqual([6]);
    expect(await host.results(`${cache} cache:update("k", ${one}, {ttl = 60}) return cache:ttl("k")`)).toEqual([60]);
  });

  it.each([
    ["nil", "", "fn must be a function, got nil"],
    ["function() return print end", "", "value: a function can't be stored"],
    ["function() return 1 end", "{ttl = -1}", "ttl must be a finite number of seconds, 0 or more, got -1"],
    ["function() return 1 end", "{attempts = 0}", "option attempts must be a whole number from 1 to 1000, got 0"],
    ["function() return 1 end", "{atempts = 1}", 'there is no option "atempts"; the options are ttl, attempts'],
  ])("refuses %s with the options %s", async (fn, opts, message) => {
    await using host = await cacheHost();
    const call = `${cache} return cache:update("k", ${fn}${opts === "" ? "" : `, ${opts}`})`;
    expect(await host.refusal(call)).toMatchObject({ kind: "Invalid", message });
  });
});

describe("fetch", () => {
  it("answers the value that is there, or what the function makes, and keeps that", async () => {
    await using host = await cacheHost();
    const script = `${cache} local calls = 0
      local function make(key) calls = calls + 1 return {key = key, calls = calls} end
      return cache:fetch("k", make), cache:fetch("k", make), cache:get("k"), calls`;
    const one = { key: "k", calls: 1 };
    expect(await host.results(script)).toEqual([one, one, one, 1]);
  });

  it("computes once for all coroutines that ask at the same time", async () => {
    await using host = await cacheHost();
    const script = `${cache} ${together} local calls = 0
      local all = together(20, function() return cache:fetch("k", function() ${nap} calls = calls + 1 return calls end) end)
      for _, one in ipairs(all) do assert(one[1] == 1) end
      return #all, calls`;
    expect(await host.results(script)).toEqual([20, 1]);
  });

  it("computes once for all runs, and for the host, that ask at the same time", async () => {
    await using host = await cacheHost();
    const script = `${cache} local mine = false
      local v = cache:fetch("k", function() mine = true require("time").sleep("200ms") return 42 end)
      return v, mine`;
    const runs = Array.from({ length: 3 }, () => host.results(script));
    await sleep(100);
    const ours = host.host.store("app:cache").fetch("k", () => 42);
    const all = await Promise.all(runs);
    expect(all.map(([v]) => v)).toEqual([42, 42, 42]);
    expect(all.filter(([, mine]) => mine).length).toBeLessThanOrEqual(1);
    expect(await ours).toBe(42);
  });

  it("lets another one take over when the run that computes ends", async () => {
    await using host = await cacheHost();
    const slow = host.results(`${cache} return cache:fetch("k", function() while true do ${nap} end end)`, {
      timeout: 300,
    });
    await sleep(150);
    const next = host.run(`${cache} return cache:fetch("k", function() return "mine" end)`);
    await expect(slow).rejects.toMatchObject({ kind: "TIMEOUT" });
    expect(await next).toBe("mine");
  });

  it("lets what the function raises through, and tells the others", async () => {
    await using host = await cacheHost();
    const script = `${cache} ${together}
      local function make() ${nap} error("no luck", 0) end
      local all = together(3, function()
        local ok, v, e = pcall(cache.fetch, cache, "k", make)
        return ok and tostring(e) or "raised " .. v
      end)
      local said = {} for i, one in ipairs(all) do said[i] = one[1] end table.sort(said)
      return table.concat(said, ", "), cache:has("k"), cache:fetch("k", function() return 1 end)`;
    const [said, has, next] = await host.results(script);
    expect([has, next]).toEqual([false, 1]);
    for (const one of String(said).split(", ")) expect(["no luck", "raised no luck"]).toContain(one);
    expect(said).toContain("raised");
  });

  it("takes nil and an error for a failure, and nil alone for nothing", async () => {
    await using host = await cacheHost();
    const script = `${cache} local calls = 0
      local function failing() calls = calls + 1 return nil, errors.new("UNAVAILABLE", "they are away") end
      local function nothing() calls = calls + 1 return nil end
      local v, e = cache:fetch("k", failing, {negative_ttl = 10})
      return e:message(), v, cache:fetch("k", nothing, {negative_ttl = 10}), cache:fetch("k", nothing, {negative_ttl = 10}), calls`;
    expect(await host.results(script)).toEqual(["they are away", undefined, undefined, undefined, 2]);
  });

  it("gives the old value while one computes and where that fails, if it is told to", async () => {
    const clock = stopClock();
    await using host = await cacheHost();
    const fetch = (make: string) => `cache:fetch("k", ${make}, {ttl = 10, stale = 60, on_error = "stale"})`;
    expect(await host.run(`${cache} return ${fetch('function() return "old" end')}`)).toBe("old");
    clock.advance(20_000);
    expect(await host.run(`${cache} return ${fetch('function() error("no luck") end')}`)).toBe("old");
    expect(await host.run(`${cache} return ${fetch("function() return nil, 'no luck' end")}`)).toBe("old");
    expect(await host.run(`${cache} return ${fetch('function() return "new" end')}`)).toBe("new");
    clock.advance(70_000);
    expect(
      await host.run(`${cache} return told(${fetch("function() return nil, errors.new('no luck') end")})`),
    ).toMatchObject({
      message: "no luck",
    });
  });

  it("deletes an old value where there is none any more, which asks for that, and tells those who listen", async () => {
    const script = `local events = require("events") ${cache} cache:set("k", "old", 10)
      local heard = events.subscribe("store", "store.delete"):channel()
      local v, e = cache:fetch("k", function() end, {stale = 60})
      local told = channel.select{heard:case_receive(), default = true}.value
      return tostring(v), e and e:message() or "", cache:get("k") or "", told and told.data.key or ""`;
    await using host = await cacheHost();
    expect(await host.results(script)).toEqual(["nil", "", "", "k"]);
    const denied = policy("denied", "deny", "store.key.delete");
    await using limited = await ScriptHost.open([
      memory("cache"),
      policy("everything", "allow", "*"),
      denied,
      acting(),
    ]);
    expect(await limited.results(script)).toEqual(["nil", "not allowed to delete key: k", "old", ""]);
    const handle = script.replace('get("app:cache")', 'get("app:cache", {actions = {"get", "set"}})');
    expect(await host.results(handle)).toEqual(["nil", "not allowed to delete key: k", "old", ""]);
  });

  it("of another key inside works, and of the same key is refused", async () => {
    await using host = await cacheHost();
    const script = `${cache}
      local v = cache:fetch("a", function() return cache:fetch("b", function() return 1 end) + 1 end)
      return v, cache:get("b"), told(cache:fetch("c", function() return cache:fetch("c", print) end))`;
    expect(await host.results(script)).toEqual([
      2,
      1,
      expect.objectContaining({
        kind: "Invalid",
        message: 'the value of key "c" is being computed by the very function that fetches it',
      }),
    ]);
  });

  it("lets the function yield to the script's own coroutine", async () => {
    await using host = await cacheHost();
    const script = `${cache} local co = coroutine.wrap(function()
        return "end", cache:fetch("k", function() return coroutine.yield("asks") .. "!" end)
      end)
      return co(), co("answer")`;
    expect(await host.results(script)).toEqual(["asks", "end", "answer!"]);
  });

  it("asks the policies for get and set", async () => {
    await using host = await ScriptHost.open([
      memory("cache"),
      policy("some", "allow", ["store.get", "store.key.get"]),
      acting(),
    ]);
    await host.host.store("app:cache").set("k", 1);
    expect(await host.refusal(`${cache} return cache:fetch("k", function() end)`)).toMatchObject({
      message: "not allowed to write key: k",
    });
  });

  it.each([
    ['"k"', "make must be a function, got nil"],
    ['"k", 1', "make must be a function, got a number"],
    ['"", function() end', "key is required"],
    ['"k", function() end, {ttl = "1"}', "option ttl must be a number, got a string"],
    ['"k", function() end, {stale = 0}', "option stale must be a finite number above 0, got 0"],
    ['"k", function() end, {on_error = "old"}', 'option on_error must be "stale"'],
    [
      '"k", function() end, {on_error = "stale"}',
      'on_error = "stale" needs the option stale: how long the old value is kept',
    ],
    ['"k", function() return print end', "value: a function can't be stored"],
  ])("refuses %s", async (args, message) => {
    await using host = await cacheHost();
    expect(await host.refusal(`${cache} return cache:fetch(${args})`)).toMatchObject({ kind: "Invalid", message });
  });

  it("counts what is kept for the limit of bytes that are written", async () => {
    await using host = await cacheHost();
    const script = `${cache} return cache:fetch("k", function() return ("x"):rep(2000) end)`;
    expect(await host.failure(script, { storeBytes: 1000 })).toMatchObject({ limit: "storeBytes" });
    expect(await host.run(`${cache} return cache:fetch("k", function() return 1 end)`)).toBe(1);
  });

  it.each([
    'cache:lock(("x"):rep(100) .. i):release()',
    'cache:fetch(("x"):rep(100) .. i, function() end)',
    'cache:fetch(("x"):rep(100) .. i, function() end, {negative_ttl = 1e9})',
  ])("counts what it writes beside entries, too: %s", async (call) => {
    await using host = await cacheHost();
    const script = `${cache} for i = 1, 20 do ${call} end`;
    expect(await host.failure(script, { storeBytes: 1000 })).toMatchObject({ limit: "storeBytes" });
    await host.run(script, { storeBytes: 10_000 });
  });

  it("is forgotten as missing by whoever may clear the keys", async () => {
    await using host = await cacheHost();
    const script = (call: string) => `${cache} local n = 0
      local function ask() for _, k in ipairs{"a:1", "b:1"} do cache:fetch(k, function() n = n + 1 end, {negative_ttl = 60}) end end
      ask() local held = cache:lock("a:1") ${call} ask() return n, held:release()`;
    expect(await host.results(script("cache:clear{prefix = 'a:'}"))).toEqual([3, true]);
  });
});

describe("lock", () => {
  it("is held by one, and has a token that grows", async () => {
    await using host = await cacheHost();
    const script = `${cache} local first = cache:lock("job")
      local none, err = cache:lock("job")
      local before = {first:token(), first:lost(), tostring(first)}
      local released, again = first:release(), first:release()
      return before, none, err:kind(), err:message(), err:retryable(), released, again, first:lost(), cache:lock("job"):token() - first:token()`;
    expect(await host.results(script)).toEqual([
      [expect.any(Number), false, expect.stringMatching(/^store\.Lock\{\d{13}\}$/)],
      undefined,
      "Unavailable",
      'the lock "job" is held by somebody else',
      true,
      true,
      false,
      true,
      1,
    ]);
  });

  it("that is forgotten is released with the run", async () => {
    await using host = await cacheHost();
    const first = (await host.run(`${cache} return cache:lock("job"):token()`)) as number;
    await host.failure(`${cache} assert(cache:lock("job")) error("forgotten")`);
    expect(await host.run(`${cache} return cache:lock("job", {wait = 1}):token()`)).toBe(first + 2);
  });

  it("is waited for as long as the options say", async () => {
    await using host = await cacheHost();
    const holder = host.results(`${cache} local l = cache:lock("job") ${untilLetGo} return l:token(), l:release()`);
    await held(host);
    expect(await host.refusal(`${cache} return cache:lock("job", {wait = 0.01})`)).toMatchObject({
      kind: "Unavailable",
    });
    const second = host.run(`${cache} return cache:lock("job", {wait = 10}):token()`);
    await letGo(host);
    expect(await holder).toEqual([((await second) as number) - 1, true]);
  });

  it("is renewed while its run goes on", async () => {
    await using host = await cacheHost();
    const holder = host.results(
      `${cache} local l = cache:lock("job", {ttl = 0.3}) ${untilLetGo} return l:lost(), l:release()`,
    );
    await held(host);
    await sleep(700);
    expect(await host.refusal(`${cache} return cache:lock("job")`)).toMatchObject({ kind: "Unavailable" });
    await letGo(host);
    expect(await holder).toEqual([false, true]);
  });

  it("is the same for scripts and for the host", async () => {
    await using host = await cacheHost();
    await using held = await host.host.store("app:cache").lock("job");
    expect(await host.refusal(`${cache} return cache:lock("job")`)).toMatchObject({ kind: "Unavailable" });
    expect(held.isLost).toBe(false);
  });

  const tooMany = {
    kind: "Unavailable",
    message:
      "a script can hold at most 100 locks at a time, those of the functions that it calls included; release one first",
    retryable: true,
  };
  const hundred = `local all = {} for i = 1, 100 do all[i] = assert(store.get(i % 2 == 0 and "app:a" or "app:b"):lock("l" .. i)) end
    local a = store.get("app:a")`;

  it("is one of at most 100 that a run holds in all stores", async () => {
    await using host = await ScriptHost.open([memory("a"), memory("b"), ...everythingAllowed]);
    expect(await host.refusal(`${hundred} return a:lock("more")`)).toEqual(tooMany);
    const freed = `${hundred} all[7]:release() all[7]:release() assert(a:lock("more")) return a:lock("another")`;
    expect(await host.refusal(freed)).toEqual(tooMany);
    expect(await host.run('for i = 1, 250 do store.get("app:a"):lock("l"):release() end return "done"')).toBe("done");
    expect(await host.run(`${hundred} return #all`)).toBe(100); // those of the runs before have ended with them
  });

  it("that is lost is none of the 100 any more", async () => {
    await using host = await ScriptHost.open([memory("a"), memory("b"), ...everythingAllowed]);
    const taken = hundred.replace('lock("l" .. i)', 'lock("l" .. i, {ttl = i == 7 and 0.1 or 30})');
    const cache = 'local cache = store.get("app:a")';
    const holder = host.results(`${taken} ${cache} ${untilLetGo} return all[7]:lost(), a:lock("more"):token() > 0`);
    const a = host.host.store("app:a");
    while ((await a.get("held")) === undefined) await sleep(10);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); // nobody can renew it
    await a.set("go", true);
    expect(await holder).toEqual([true, true]);
  });

  // A thread asks for one thing at a time, so only one of its locks can wait.
  it.skipIf(process.env.ISOLATION === "worker")("counts for the run while it waits", async () => {
    await using host = await ScriptHost.open([memory("a"), memory("b"), ...everythingAllowed]);
    await using _held = await host.host.store("app:a").lock("job");
    const script = `local a = store.get("app:a")
      for i = 1, 100 do coroutine.spawn(function() a:lock("job", {wait = 3600}) end) end
      require("time").sleep("1ms") return a:lock("more")`;
    expect(await host.refusal(script)).toEqual(tooMany);
  });

  it("counts for the run that called the function which holds it, until the call has ended", async () => {
    const source = `return function(n) local s = require("store").get("app:a")
      for i = 1, n do assert(s:lock("f" .. i)) end end`;
    const f = { name: "f", kind: "function.lua", modules: ["store"], source };
    await using host = await ScriptHost.open([memory("a"), memory("b"), f, ...everythingAllowed]);
    const calls = `local funcs = require("funcs") assert(store.get("app:a"):lock("own"))
      local function call(n) local _, err = funcs.call("app:f", n) assert(err == nil, err) end
      call(99) call(99)`;
    expect(await host.run(`${calls} return true`)).toBe(true);
    expect(await host.refusal(`${calls} return funcs.call("app:f", 100)`)).toMatchObject({ message: tooMany.message });
  });

  it.each([
    ["nil", "key is required"],
    ['"job", {ttl = 0.01}', "option ttl must be at least 0.1 seconds, got 0.01"],
    ['"job", {wait = -1}', "option wait must be a number of seconds, 0 or more, got -1"],
    ['"job", {wiat = 1}', 'there is no option "wiat"; the options are ttl, wait'],
  ])("refuses %s", async (args, message) => {
    await using host = await cacheHost();
    expect(await host.refusal(`${cache} return cache:lock(${args})`)).toMatchObject({ kind: "Invalid", message });
  });
});

describe("times of locks and computations", () => {
  it.each([
    "lock('k', {ttl = 1e306})",
    "fetch('k', f, {stale = 1e306})",
    "fetch('k', f, {negative_ttl = 1e306})",
    "fetch('k', f, {ttl = 1e306})",
    "fetch('k', f, {ttl = 1.7e305, stale = 1.7e305})",
  ])("are INVALID where no clock has them: %s", async (call) => {
    await using host = await cacheHost();
    const script = `${cache} local f = function() return 1 end local v, e = cache:${call} return e:kind(), cache:has("k"), v`;
    expect(await host.results(script)).toEqual(["Invalid", false, undefined]);
  });

  it.each(["3e6", "1e300", "math.huge"])(
    "a wait of %s seconds for a computation is as good as without an end",
    async (wait) => {
      await using host = await cacheHost();
      const script = `${cache} ${together} local all = together(2, function(i)
      return cache:fetch("k", function() require("time").sleep("50ms") return "made" end, {wait = ${wait}}) end)
      return all[1][1], all[2][1]`;
      expect(await host.results(script)).toEqual(["made", "made"]);
    },
  );
});
