/** "did you mean …?" is said of what the one who asks may ask for: a script of its own, an operator of everything. */
import { describe, expect, it } from "vitest";
import { acting, everythingAllowed, memory, policy, ScriptHost } from "../support/host.ts";
import { lua } from "../support/plugin.ts";

/** Each call names something that is not there and is one letter from something that is: hidden, or plain. */
const questions = {
  store: (id: string) => `return store.get("app:${id}")`,
  function: (id: string) => `return require("funcs").call("app:${id}")`,
  policy: (id: string) => `return security.policy("app:${id}")`,
  group: (id: string) => `return security.named_scope("app:${id}")`,
} as const;

const entries = [
  memory("shown_store"),
  memory("secret_store"),
  lua("shown_function", "return function() end"),
  lua("secret_function", "return function() end"),
  policy("shown_policy", "allow", "x", "x", { groups: ["shown_group"] }),
  policy("secret_policy", "allow", "x", "x", { groups: ["secret_group"] }),
];

/** What a misspelled name may be: an actor may well be allowed what is not there. */
const some = policy(
  "some",
  "allow",
  ["store.get", "funcs.call", "security.policy.get", "security.policy_group.get"],
  ["app:shown*", "app:secre*_stor", "app:secre*_functio", "app:secre*_polic", "app:secre*_grou"],
);

describe("a suggestion", () => {
  it.each(Object.entries(questions))("names a %s that the script may ask for", async (what, ask) => {
    await using app = await ScriptHost.open([...entries, some, acting()]);
    const { kind, message } = await app.refusal(ask(`shown_${what.slice(0, -1)}`));
    expect(kind).toBe("NotFound");
    expect(message).toContain(`did you mean "app:shown_${what}"?`);
  });

  it.each(Object.entries(questions))("never names a %s that the script may not ask for", async (what, ask) => {
    await using app = await ScriptHost.open([...entries, some, acting()]);
    const { kind, message } = await app.refusal(ask(`secret_${what.slice(0, -1)}`));
    expect(kind).toBe("NotFound");
    expect(message).not.toContain("did you mean");
  });

  it("is of the kind that was asked for", async () => {
    await using app = await ScriptHost.open([...entries, ...everythingAllowed]);
    expect((await app.refusal('return store.get("app:shown_functio")')).message).not.toContain("did you mean");
  });

  it("names everything to the application", async () => {
    await using app = await ScriptHost.open([...entries, acting({ groups: [] })]);
    expect(() => app.host.store("app:secret_stor")).toThrow('did you mean "app:secret_store"?');
    await expect(app.host.call("app:secret_functio")).rejects.toThrow('did you mean "app:secret_function"?');
    await expect(app.host.run("", { groups: ["app:secret_grou"] })).rejects.toThrow('did you mean "app:secret_group"?');
  });

  it("passes over what may not be told to what is as close, or elsewhere", async () => {
    const twins = [memory("cache_a"), memory("cache_b")];
    const b = policy("b", "allow", "store.get", ["app:cache_b", "app:cache_", "cache_"]);
    await using app = await ScriptHost.open([...twins, b, acting()]);
    expect((await app.refusal('return store.get("app:cache_")')).message).toContain('did you mean "app:cache_b"?');
    expect((await app.refusal('return store.get("cache_")')).message).toContain('did you mean "app:cache_b"?');
  });
});
