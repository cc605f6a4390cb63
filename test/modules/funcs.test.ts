import { describe, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { acting, type EntrySource, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

const lua = (name: string, source: string, ...modules: readonly string[]): EntrySource => ({
  name,
  kind: "function.lua",
  source: `local funcs, store, tick, ctx, security = ${["funcs", "store", "tick", "ctx", "security"]
    .map((module) => (modules.includes(module) ? `require("${module}")` : "nil"))
    .join(", ")}\nreturn ${source}`,
  modules,
});

const tick = defineModule("tick", {
  wait: fn([], () => new Promise((resolve) => setImmediate(() => resolve("waited")))),
  forever: fn([], () => new Promise(() => {})),
});

const open = (...entries: readonly EntrySource[]) =>
  ScriptHost.open([...entries, ...everythingAllowed], { modules: [tick] });

const call = 'local funcs, security, tick = require("funcs"), require("security"), require("tick") ';

describe("funcs.call", () => {
  it("gives the function's first result alone", async () => {
    await using app = await open(lua("add", "function(a, b) return a + b, 1, 2 end"));
    expect(
      await app.results(`${call} return {funcs.call("app:add", 1, 2)}, select("#", funcs.call("app:add", 1, 2))`),
    ).toEqual([[3], 1]);
  });

  it("copies what goes in and what comes out, exactly", async () => {
    await using app = await open(lua("same", "function(t) t.x = 9 return t end"));
    const script = `local t = {a = {1, 2.0}, ["\\xff"] = true, x = 1} local u = funcs.call("app:same", t)
      return t.x, u.x, u.a == t.a, math.type(u.a[1]), math.type(u.a[2]), u["\\xff"]`;
    expect(await app.results(call + script)).toEqual([1, 9, false, "integer", "float", true]);
  });

  it("keeps nils between arguments", async () => {
    await using app = await open(lua("count", 'function(...) return select("#", ...) end'));
    expect(await app.run(`${call} return funcs.call("app:count", nil, 1, nil)`)).toBe(3);
  });

  it("refuses what is no plain data, on both ways", async () => {
    await using app = await open(lua("f", "function() return {print} end"));
    expect(await app.refusal(`${call} return funcs.call("app:f", {f = print})`)).toMatchObject({
      kind: "Invalid",
      message: "argument.f: a function can't be passed to a function",
    });
    expect(await app.refusal(`${call} return funcs.call("app:f")`)).toMatchObject({
      kind: "Invalid",
      message: "result[1]: a function can't leave the function",
    });
  });

  it("answers nil and the function's error, whose kind, details and context survive", async () => {
    await using app = await open(
      lua(
        "deep",
        'function() return nil, errors.new{message = "gone", kind = errors.NOT_FOUND, details = {n = 1}} end',
      ),
      lua("outer", 'function() local _, e = funcs.call("app:deep") error(errors.wrap(e, "outer")) end', "funcs"),
    );
    const said = await app.results(
      `${call} local v, e = funcs.call("app:outer") return v == nil, e:kind(), e:message(), tostring(e), e:details()`,
    );
    expect(said).toEqual([true, "NotFound", "gone", "outer: gone", { n: 1 }]);
  });

  it("answers with what the function raised, whatever it was", async () => {
    await using app = await open(lua("f", 'function(x) error(x == 1 and "text" or {code = 7}, 0) end'));
    expect(await app.refusal(`${call} return funcs.call("app:f", 1)`)).toMatchObject({ kind: "", message: "text" });
    expect(await app.refusal(`${call} return funcs.call("app:f", 2)`)).toMatchObject({ kind: "" });
  });

  it.each([
    ["nil", "function id is required"],
    ['""', "function id: expected a string that is not empty"],
    ["{}", "function id: expected a string, got table"],
    ['"add"', 'expected the id of a function, namespace:name; got "add"'],
    ['":add"', 'expected the id of a function, namespace:name; got ":add"'],
    ['"app:"', 'expected the id of a function, namespace:name; got "app:"'],
    ['"app:cache"', "app:cache is a store.memory, not a function"],
  ])("refuses %s", async (id, message) => {
    await using app = await open(memory("cache"), lua("add", "print"));
    expect(await app.refusal(`${call} return funcs.call(${id})`)).toMatchObject({ kind: "Invalid", message });
  });

  it("names the nearest function when there is none by that id", async () => {
    await using app = await open(memory("adds"), lua("add", "print"));
    expect(await app.refusal(`${call} return funcs.call("app:ad")`)).toMatchObject({
      kind: "NotFound",
      message: 'there is no function "app:ad"; did you mean "app:add"?',
    });
  });

  it("waits wherever Lua code can be", async () => {
    await using app = await open(lua("slow", "function() return (tick.wait()) end", "tick"));
    const script = `local got = {pcall(funcs.call, "app:slow")}
      local inner = coroutine.wrap(function() coroutine.yield((funcs.call("app:slow"))) return "end" end)
      return got[2], inner(), inner()`;
    expect(await app.results(call + script)).toEqual(["waited", "waited", "end"]);
  });

  it("answers at once when the function does not wait, even in a sort comparator", async () => {
    await using app = await open(lua("less", "function(a, b) return a < b end"));
    const script =
      'local t = {3, 1, 2} table.sort(t, function(a, b) return (funcs.call("app:less", a, b)) end) return t';
    expect(await app.run(call + script)).toEqual([1, 2, 3]);
  });

  it("nests no deeper than it may", async () => {
    await using app = await open(
      lua(
        "down",
        'function(n) local m, e = funcs.call("app:down", n + 1) if e then return n, nil end return m end',
        "funcs",
      ),
    );
    const script = `${call} return funcs.call("app:down", 1)`;
    const inThreads = process.env.ISOLATION === "worker";
    expect(await app.run(script)).toBe(inThreads ? 16 : 32); // each level is a thread, and the limit is 256 MiB
    expect(await app.run(script, { memory: 64 * 2 ** 20 })).toBe(inThreads ? 4 : 32);
    expect(await app.run(script, { memory: 8 * 2 ** 20 })).toBe(inThreads ? 2 : 32);
  });
});

describe("what flows along", () => {
  it("actor and scope", async () => {
    await using app = await open(
      lua("who", "function() return security.actor():id(), #security.scope():policies() end", "security"),
    );
    expect(await app.run(`${call} return funcs.call("app:who")`, { actor: "ada" })).toBe("ada");
  });

  it("the context, and what the caller adds, to every call below", async () => {
    await using app = await open(
      lua("all", "function() return ctx.all() end", "ctx"),
      lua("add", 'function() return funcs.new():with_context({b = 3, c = 4}):call("app:all") end', "funcs"),
    );
    const script = 'return funcs.new():with_context({b = 2}):call("app:add"), (funcs.call("app:all"))';
    expect(await app.results(call + script, { context: { a: 1 } })).toEqual([{ a: 1, b: 3, c: 4 }, { a: 1 }]);
  });

  it("the deadline: a function gets no more time than its caller has left", async () => {
    await using app = await open(lua("spin", "function() while true do end end"));
    const error = await app.failure(`${call} local _, e = funcs.call("app:spin") while true do end`, { timeout: 30 });
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ kind: "TIMEOUT", limit: "time", value: 30 });
  });

  it("the deadline, while the function waits", async () => {
    await using app = await open(lua("stuck", "function() return tick.forever() end", "tick"));
    const error = await app.failure(`${call} return funcs.call("app:stuck")`, { timeout: 30 });
    expect(error).toMatchObject({ kind: "TIMEOUT", value: 30 });
  });

  it("the caller's patience: canceling ends the function, too", async () => {
    await using app = await open(lua("stuck", "function() return tick.forever() end", "tick"));
    const controller = new AbortController();
    const run = app.failure(`${call} return funcs.call("app:stuck")`, { signal: controller.signal });
    controller.abort();
    expect((await run).kind).toBe("CANCELED");
  });

  it("what is used counts for the caller: instructions, and store operations", async () => {
    await using app = await open(
      memory("cache"),
      lua("work", "function() for i = 1, 1000 do end end"),
      lua("touch", 'function() return store.get("app:cache"):set("k", 1) end', "store"),
    );
    const many = (id: string) =>
      `${call} for i = 1, 100 do local _, e = funcs.call("${id}") if e then error(e) end end return "done"`;
    expect(await app.failure(many("app:work"), { instructions: 50_000 })).toMatchObject({ limit: "instructions" });
    expect(await app.failure(many("app:touch"), { storeOperations: 50 })).toMatchObject({ limit: "storeOperations" });
    expect(await app.run(many("app:touch"), { storeOperations: 1000 })).toBe("done");
  });

  it("the memory that is left when what calls is compiled code, too, and has it in its hands", async () => {
    const source = `function(level)
      local keep, n = nil, 0
      while true do
        n = n + 1
        keep = {keep, ("x"):rep(60) .. n}
        if n == 22000 then
          local deepest, e = funcs.call("app:hoard", level + 1)
          return deepest or level, keep and e
        end
      end
    end`;
    await using app = await open(lua("hoard", source, "funcs"));
    expect(await app.run(`${call} return funcs.call("app:hoard", 1)`, { memory: "16MiB" })).toBeLessThan(4);
  });

  it("what it did not ask for before its caller was suspended to be measured", async () => {
    const source = `function()
      local n = 0
      for i = 1, 8000 do n = n + #{i, {i}} end
      return n
    end`;
    await using app = await open(lua("spends", source, "funcs"));
    const script = `local n = 0
      for i = 1, 12 do
        local t = {}
        for j = 1, 3000 do t[j] = {j} end
        n = n + funcs.call("app:spends")
      end
      return n`;
    expect(await app.run(`${call} ${script}`, { memory: "3MiB" })).toBe(192_000);
  });

  it("the memory that is left, not more", async () => {
    await using app = await open(
      lua("hoard", "function() local t = {} for i = 1, 1e6 do t[i] = {i} end return #t end"),
    );
    const error = await app.failure(`${call} local _, e = funcs.call("app:hoard") error(e)`, { memory: "8MiB" });
    expect(error).toMatchObject({ limit: "memory" });
    expect((error as LimitError).value).toBeLessThanOrEqual(8 * 1024 ** 2);
  });
});

describe("a function's own limits", () => {
  it("end the function, and not its caller", async () => {
    const spin = { ...lua("spin", "function() while true do end end"), limits: { instructions: 5000 } };
    await using app = await open(spin);
    expect(await app.refusal(`${call} return funcs.call("app:spin")`)).toMatchObject({ kind: "Timeout" });
    expect(await app.run(`${call} funcs.call("app:spin") return "still here"`)).toBe("still here");
  });

  it("and the timeout of with_options does, too", async () => {
    await using app = await open(lua("stuck", "function() return tick.forever() end", "tick"));
    const refusal = await app.refusal(`${call} return funcs.new():with_options({timeout = 20}):call("app:stuck")`);
    expect(refusal).toMatchObject({
      kind: "Timeout",
      message: "the script was stopped: it ran longer than its time limit of 20ms",
    });
  });
});

describe("the executor", () => {
  it("is immutable: each method gives another one", async () => {
    await using app = await open(lua("all", "function() return ctx.all() end", "ctx"));
    const script = `local a = funcs.new() local b = a:with_context({x = 1})
      return (a:call("app:all")), (b:call("app:all")), rawequal(a, b)`;
    expect(await app.results(call + script)).toEqual([[], { x: 1 }, false]);
  });

  it("calls as another actor, and under another scope", async () => {
    await using app = await open(
      lua("who", 'function() return security.actor():id() .. " " .. #security.scope():policies() end', "security"),
    );
    const script = `return funcs.new():with_actor(security.new_actor("eve")):with_scope(security.new_scope()):call("app:who")`;
    expect(await app.run(call + script)).toBe("eve 0");
  });

  it.each([
    ["with_context(1)", "values: expected a table, got number"],
    ["with_context({1})", "values: expected names and values, but 1 is not a name"],
    ["with_context({f = print})", "values.f: a function can't be part of a context"],
    ['with_actor("root")', "actor: expected a security.Actor, got string"],
    ["with_scope({})", "scope: expected a security.Scope, got table"],
    ["with_options({retries = 1})", 'options: there is no option "retries"; the only option is timeout'],
    ["with_options({timeout = -1})", "options.timeout: expected a number of milliseconds above 0"],
  ])("refuses %s", async (method, message) => {
    await using app = await open();
    expect(await app.refusal(`${call} return funcs.new():${method}`)).toMatchObject({ kind: "Invalid", message });
  });
});

describe("the policies are asked", () => {
  const limited = (...allowed: readonly EntrySource[]) =>
    ScriptHost.open([...allowed, lua("f", "function() return 1 end"), lua("secret", "print"), acting()], {
      modules: [tick],
    });

  it("before a function is called, and before it is looked for", async () => {
    await using app = await limited(policy("calls", "allow", "funcs.call", "app:f"));
    expect(await app.run(`${call} return funcs.call("app:f")`)).toBe(1);
    for (const id of ["app:secret", "app:nothing"]) {
      expect(await app.refusal(`${call} return funcs.call("${id}")`)).toMatchObject({
        kind: "PermissionDenied",
        message: `not allowed to call function: ${id}`,
        details: { action: "funcs.call", resource: id, actor: "tester" },
      });
    }
  });

  it("before another context, actor or scope is set", async () => {
    await using app = await limited(policy("own", "allow", ["funcs.call", "security.*"]));
    expect(await app.refusal(`${call} return funcs.new():with_context({a = 1})`)).toMatchObject({
      message: "not allowed to set the context of a call",
      details: { action: "funcs.context", resource: "context" },
    });
    expect(await app.refusal(`${call} return funcs.new():with_actor(security.actor())`)).toMatchObject({
      message: "not allowed to call as another actor",
      details: { action: "funcs.security", resource: "security" },
    });
    expect(await app.refusal(`${call} return funcs.new():with_scope(security.scope())`)).toMatchObject({
      message: "not allowed to call under another scope",
    });
  });

  it("of whoever calls, not of whom it calls as", async () => {
    await using app = await limited(policy("own", "allow", ["funcs.security", "security.*"]));
    const script = 'return funcs.new():with_scope(security.new_scope()):call("app:f")';
    expect(await app.refusal(call + script)).toMatchObject({ kind: "PermissionDenied" });
  });
});

it("an embedder's error of the host, in a function, stays INTERNAL and tells nothing", async () => {
  const broken = defineModule("tick", { wait: fn([], () => Promise.reject(new TypeError("secret"))) });
  await using app = await ScriptHost.open(
    [lua("f", "function() return tick.wait() end", "tick"), ...everythingAllowed],
    {
      modules: [broken],
    },
  );
  const refusal = await app.refusal('return require("funcs").call("app:f")');
  expect(refusal).toMatchObject({ kind: "Internal", message: "internal error" });
  await expect(app.host.call("app:f")).rejects.toBeInstanceOf(MoonkeepError);
});
