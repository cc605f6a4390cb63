import { describe, expect, it } from "vitest";
import { acting, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";

const condition = (field: string, operator: string, value?: unknown) => ({
  conditions: [{ field, operator, ...(value === undefined ? {} : { value }) }],
});

/** Everything is allowed in the group `all`; three small policies are in no group, and two groups have them. */
const entries = [
  memory("cache"),
  ...everythingAllowed,
  policy("read", "allow", "store.key.get", "app:cache", { groups: ["readers", "both"] }),
  policy("no_secrets", "deny", "store.key.*", "*", {
    groups: ["both"],
    ...condition("meta.key", "matches", "^secret"),
  }),
  policy("core", "allow", "*", "*", { groups: ["teams"], ...condition("actor.meta.team", "eq", "core") }),
];

const open = () => ScriptHost.open(entries);

describe("security.actor and security.scope", () => {
  it("are who the script acts as, and the policies in force", async () => {
    await using host = await open();
    const script = `local a, s = security.actor(), security.scope() local ids = {}
      for i, p in ipairs(s:policies()) do ids[i] = p:id() end
      return a:id(), a:meta(), ids, tostring(a), tostring(s)`;
    const meta = { team: "core", roles: ["dev", { level: 2 }] };
    const options = { actor: { id: "alice", meta }, groups: ["app:both"], policies: ["app:core"] };
    expect(await host.results(script, options)).toEqual([
      "alice",
      meta,
      ["app:read", "app:no_secrets", "app:core"],
      "security.Actor{alice}",
      "security.Scope{app:read, app:no_secrets, app:core}",
    ]);
  });

  it("are nil where there is none", async () => {
    await using host = await ScriptHost.open([memory("cache")]);
    expect(await host.results("return security.actor(), security.scope()")).toEqual([undefined, undefined]);
    const alone = "return security.actor():id(), security.scope()";
    expect(await host.results(alone, { actor: "alice" })).toEqual(["alice", undefined]);
  });
});

describe("security.can", () => {
  it("answers by action, resource and attributes", async () => {
    await using host = await open();
    const script = `return security.can("store.key.get", "app:cache"), security.can("store.key.set", "app:cache"),
      security.can("store.key.get", "app:other"), security.can("store.key.get", "app:cache", {key = "secret:1"}),
      security.can("store.key.get", "app:cache", {key = "user:1"}), security.can("store.key.get", "app:cache", {})`;
    const answers = [true, false, false, false, true, true];
    expect(await host.results(script, { groups: ["app:both"] })).toEqual(answers);
  });

  it("answers false without an actor or a scope, and true with strict_mode: false", async () => {
    const ask = 'return security.can("store.get", "app:cache")';
    await using strict = await ScriptHost.open([memory("cache"), policy("all", "allow", "*")]);
    await using lax = await ScriptHost.open([
      memory("cache"),
      { name: "host", kind: "host.config", security: { strict_mode: false } },
    ]);
    expect([await strict.run(ask), await strict.run(ask, { actor: "a" }), await lax.run(ask)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it.each([
    ["security.can()", "action: expected a string, got nil"],
    ['security.can("")', "action: expected a string that is not empty"],
    ['security.can(1, "r")', "action: expected a string, got number"],
    ['security.can("a")', "resource: expected a string, got nil"],
    ['security.can("a", "")', "resource: expected a string that is not empty"],
    ['security.can("a", "r", "key")', "meta: expected a table, got string"],
    ['security.can("a", "r", {"key"})', "meta: expected names and values, got a list"],
    ['security.can("a", "r", {f = print})', "meta.f: a function is not plain data"],
  ])("raises INVALID for what is no question: %s", async (call, message) => {
    await using host = await open();
    const refusal = await host.run(`return said(raised(function() return ${call} end))`);
    expect(refusal).toEqual({ kind: "Invalid", message, retryable: false });
  });
});

describe("security.new_actor", () => {
  const expectedData = "expected a string, a number, a boolean, a list or an object";

  it("makes an actor of an id and data, which is copied", async () => {
    await using host = await open();
    const script = `local about = {team = "core", list = {1}}
      local a = security.new_actor("bob", about) about.team = "web" a:meta().team = "x" a:meta().list[1] = 2
      return a:id(), a:meta(), security.new_actor("carol"):meta()`;
    expect(await host.results(script)).toEqual(["bob", { team: "core", list: [1] }, []]);
  });

  it.each([
    ["security.new_actor()", "id: expected a string, got nil"],
    ['security.new_actor("")', "id: expected a string that is not empty"],
    ["security.new_actor({})", "id: expected a string, got table"],
    ['security.new_actor("a", "core")', "meta: expected a table, got string"],
    ['security.new_actor("a", {"core"})', "meta: expected names and values, got a list"],
    ['security.new_actor("a", {f = {print}})', "meta.f[1]: a function is not plain data"],
    ['security.new_actor("a", {n = 0/0})', `meta.n: ${expectedData}, got a number (NaN)`],
  ])("raises INVALID for what is no actor: %s", async (call, message) => {
    await using host = await open();
    const refusal = await host.run(`return said(raised(function() return ${call} end))`);
    expect(refusal).toEqual({ kind: "Invalid", message, retryable: false });
  });

  it("raises INVALID for data that is nested too deep", async () => {
    await using host = await open();
    const script = `local t = {} for i = 1, ... do t = {t = t} end
      local ok, e = pcall(security.new_actor, "a", t) return ok or e:kind()`;
    const outcomes = await Promise.all([64, 65, 127, 128].map((depth) => host.run(script, { args: [depth] })));
    expect(outcomes).toEqual([true, "Invalid", "Invalid", "Invalid"]);
  });
});

describe("the meta of an actor and of a question", () => {
  const asks = {
    can: 'security.can("a", "r", m)',
    new_actor: 'security.new_actor("a", m)',
    "a scope's evaluate": 'security.scope():evaluate(security.actor(), "a", "r", m)',
    "a policy's evaluate": 'security.policy("app:read"):evaluate(security.actor(), "a", "r", m)',
  };
  const tooMany = "meta: expected at most 1000 fields and parts in total, got more";
  const tooLong = (given: number) => `meta: expected at most 65536 bytes of names and strings in total, got ${given}`;
  /** What it is, what makes it of `n` parts or bytes, and the message for one too many. */
  const bounds: [string, string, number, string][] = [
    ["fields", 'for i = 1, n do m["k" .. i] = i end', 1000, tooMany],
    ["a list", "m.l = {} for i = 1, n - 1 do m.l[i] = i end", 1000, tooMany],
    [
      "tables in tables",
      "local t = m for i = 1, n / 20 do m[-i] = {} for j = 1, 19 do m[-i][j] = {} end end m.x = n > 1000 or nil",
      1000,
      tooMany,
    ],
    [
      "a table many times",
      "local t = {1, 2, 3} for i = 1, n / 4 do m[-i] = t end m.x = n > 1000 or nil",
      1000,
      tooMany,
    ],
    ["a string", "m.k = (' '):rep(n - 1)", 65536, tooLong(65537)],
    ["a name", "m[('k'):rep(n)] = true", 65536, tooLong(65537)],
    [
      "a string many times",
      "local s = ('x'):rep(1023) for i = 1, 64 do m[string.char(i)] = s end m.l = n > 65536 and {'', '', true} or nil",
      65536,
      tooLong(65537),
    ],
  ];

  it.each(Object.entries(asks))("has a bound: %s", async (_, ask) => {
    await using host = await open();
    for (const [what, make, most, message] of bounds) {
      if (most > 1000 && ask !== asks.new_actor) continue; // a key may be of any length
      const script = `local n, m = ..., {} ${make} return said(raised(function() ${ask} return true end))`;
      const within = `local n, m = ..., {} ${make} return (pcall(function() return ${ask} end))`;
      expect(await host.run(within, { args: [most] }), what).toBe(true);
      expect(await host.run(script, { args: [most + 1] }), what).toEqual({
        kind: "Invalid",
        message,
        retryable: false,
      });
    }
  });

  it("of a question has keys of any length, which the script has memory for", async () => {
    await using host = await open();
    const ask = (n: number) => `return security.can("a", "r", {key = ("k"):rep(${n})})`;
    expect(await host.run(ask(2 ** 21))).toBe(true);
    const many = `local s, m = ("k"):rep(2^20), {} for i = 1, 900 do m[i .. "k"] = s end return security.can("a", "r", m)`;
    expect(await host.failure(many, { memory: "32MiB" })).toMatchObject({ limit: "memory" });
  });

  it.each(Object.entries(asks))("is refused before it is copied: %s", async (_, ask) => {
    await using host = await open();
    const script = `local m = {} for i = 1, 100000 do m["k" .. i] = i end
      return said(raised(function() return ${ask} end))`;
    expect(await host.run(script)).toEqual({ kind: "Invalid", message: tooMany, retryable: false });
  });
});

describe("security.new_scope", () => {
  it("makes a scope of policies, each once, and of none", async () => {
    await using host = await open();
    const script = `local p, q = security.policy("app:read"), security.policy("app:core")
      return tostring(security.new_scope({p, q, p})), #security.new_scope():policies(), #security.new_scope({}):policies()`;
    expect(await host.results(script)).toEqual(["security.Scope{app:read, app:core}", 0, 0]);
  });

  it.each([
    ['security.new_scope("app:read")', "policies: expected a list of policies, got string"],
    ['security.new_scope({"app:read"})', "policy: expected a security.Policy, got string"],
    ["security.new_scope({security.scope()})", "policy: expected a security.Policy, got userdata"],
  ])("raises INVALID for what is no list of policies: %s", async (call, message) => {
    await using host = await open();
    expect(await host.run(`return raised(function() return ${call} end):message()`)).toBe(message);
  });
});

describe("security.policy and security.named_scope", () => {
  it("answer a policy, and the scope of a group, by full names", async () => {
    await using host = await open();
    const script = `local p, e1 = security.policy("app:read") local s, e2 = security.named_scope("app:both")
      return p:id(), tostring(p), tostring(s), e1 == nil and e2 == nil`;
    const scope = "security.Scope{app:read, app:no_secrets}";
    expect(await host.results(script)).toEqual(["app:read", "security.Policy{app:read}", scope, true]);
  });

  it.each([
    ['security.policy("app:raed")', "NotFound", 'there is no policy "app:raed"; did you mean "app:read"?'],
    ['security.policy("app:cache")', "NotFound", 'there is no policy "app:cache"; did you mean "app:core"?'],
    ['security.named_scope("app:bot")', "NotFound", 'there is no group "app:bot"; did you mean "app:both"?'],
    ['security.named_scope("app:read")', "NotFound", 'there is no group "app:read"'],
    ["security.policy()", "Invalid", "id: expected a string, got nil"],
    ['security.named_scope("")', "Invalid", "id: expected a string that is not empty"],
  ])("answer nil, err for what is not there: %s", async (call, kind, message) => {
    await using host = await open();
    const refusal = await host.refusal(`return ${call}`);
    expect(refusal).toMatchObject({ kind, retryable: false });
    expect(refusal.message).toContain(message.split(";")[0]);
  });
});

describe("a scope", () => {
  it("is immutable: with and without answer others", async () => {
    await using host = await open();
    const script = `local s, core = security.named_scope("app:both"), security.policy("app:core")
      local more, less, same = s:with(core), s:without("app:read"), s:with(core):without(core)
      return tostring(s), tostring(more), tostring(less), tostring(same), tostring(s:with(security.policy("app:read")))`;
    const both = "security.Scope{app:read, app:no_secrets}";
    expect(await host.results(script)).toEqual([
      both,
      "security.Scope{app:read, app:no_secrets, app:core}",
      "security.Scope{app:no_secrets}",
      both,
      both,
    ]);
  });

  it("can be changed a thousand times in a row, and follows the policies that are in force then", async () => {
    await using host = await open();
    const script = `local s = security.new_scope({security.policy("app:core")})
      for i = 1, 1000 do s = assert(s:without("other" .. i)) end
      local more, why = pcall(s.without, s, "another")
      return s:contains("app:core"), more, tostring(why)`;
    const [contains, more, why] = await host.results(script);
    expect([contains, more]).toEqual([true, false]);
    expect(why).toContain("a scope can't be changed more than 1000 times in a row");
  });

  it("does not change by what is done to the list of its policies", async () => {
    await using host = await open();
    const script = `local s = security.named_scope("app:both") local list = s:policies() list[1] = nil list[3] = 1
      return #s:policies(), s:contains("app:read")`;
    expect(await host.results(script)).toEqual([2, true]);
  });

  it("contains a policy by itself or by its id", async () => {
    await using host = await open();
    const script = `local s = security.named_scope("app:readers")
      return s:contains("app:read"), s:contains(security.policy("app:read")), s:contains("app:core"),
        s:contains(security.policy("app:core")), s:contains("nothing")`;
    expect(await host.results(script)).toEqual([true, true, false, false, false]);
  });

  it("evaluates to allow, deny or undefined", async () => {
    await using host = await open();
    const script = `local s, a = security.named_scope("app:both"), security.new_actor("bob")
      return s:evaluate(a, "store.key.get", "app:cache"), s:evaluate(a, "store.key.get", "app:cache", {key = "secret"}),
        s:evaluate(a, "store.key.set", "app:cache", {key = "k"})`;
    expect(await host.results(script)).toEqual(["allow", "deny", "undefined"]);
  });

  it("looks at the actor that it is given, not at the script's own", async () => {
    await using host = await open();
    const script = `local s = security.named_scope("app:teams")
      return s:evaluate(security.new_actor("a", {team = "core"}), "x", "y"), s:evaluate(security.actor(), "x", "y")`;
    expect(await host.results(script)).toEqual(["allow", "undefined"]);
  });
});

describe("a policy", () => {
  it("evaluates by itself to allow, deny or undefined", async () => {
    await using host = await open();
    const script = `local a = security.actor()
      local read, no = security.policy("app:read"), security.policy("app:no_secrets")
      return read:evaluate(a, "store.key.get", "app:cache", {key = "secret"}), no:evaluate(a, "store.key.get", "app:cache", {key = "secret"}),
        no:evaluate(a, "store.key.get", "app:cache", {key = "k"}), read:evaluate(a, "store.key.set", "app:cache")`;
    expect(await host.results(script)).toEqual(["allow", "deny", "undefined", "undefined"]);
  });
});

describe("the handles", () => {
  it.each([
    ["security.actor()", ["id", "meta"], "security.Actor"],
    ["security.scope()", ["with", "without", "contains", "policies", "evaluate"], "security.Scope"],
    ['security.policy("app:read")', ["id", "evaluate"], "security.Policy"],
  ])("of %s are frozen, and their methods want one", async (make, methods, name) => {
    await using host = await open();
    const script = `local h, t = ${make}, {}
      for i, m in ipairs{...} do t[i] = tostring(raised(h[m], errors.new("x"))):match("bad self.*") end
      return getmetatable(h), pcall(function() h.id = print end), h.scope == nil and h.actor == nil and h.call == nil, t`;
    const [metatable, assigned, ...rest] = await host.results(script, { args: methods });
    expect([metatable, assigned]).toEqual([false, false]);
    expect(rest.slice(-2)).toEqual([true, methods.map(() => `bad self (${name} expected; use ':')`)]);
  });

  it("are asked for by evaluate: nothing else is an actor", async () => {
    await using host = await open();
    const script = `local s, t = security.scope(), {}
      for i, who in ipairs{"bob", {id = "bob"}, s} do t[i] = raised(s.evaluate, s, who, "a", "r"):message() end
      return t, raised(s.evaluate, s):message()`;
    const expected = ["string", "table", "userdata"].map((type) => `actor: expected a security.Actor, got ${type}`);
    expect(await host.results(script)).toEqual([expected, "actor: expected a security.Actor, got nil"]);
  });
});

describe("the module", () => {
  it.each(["security.can = print", "rawset(security, 'can', print)", "security.more = 1"])(
    "is frozen: %s",
    async (change) => {
      await using host = await ScriptHost.open([memory("cache"), acting({ groups: [] })]);
      await expect(host.run(change)).rejects.toThrow();
      expect(await host.run('return security.can("a", "b")')).toBe(false);
    },
  );
});
