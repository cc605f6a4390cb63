import { describe, expect, it } from "vitest";
import { acting, everythingAllowed, policy, ScriptHost } from "../support/host.ts";

const variables = [
  { name: "port", kind: "env.variable", variable: "PORT", default: "8080" },
  { name: "home", kind: "env.variable", variable: "HOME" },
  { name: "token", kind: "env.variable", variable: "TOKEN" },
  { name: "HIDDEN", kind: "env.variable" },
  { name: "fixed", kind: "env.storage.static", values: { API: "https://example.com" } },
  { name: "api", kind: "env.variable", variable: "API", storage: "fixed" },
  { name: "settings", kind: "env.storage.memory" },
  { name: "mode", kind: "env.variable", variable: "MODE", storage: "settings" },
  { name: "locked", kind: "env.variable", variable: "LOCKED", storage: "settings", readonly: true, default: "" },
];
const environment = { HOME: "/home/a", TOKEN: "secret", HIDDEN: "h", PATH: "/bin" };

const open = (policies = everythingAllowed) => ScriptHost.open([...variables, ...policies], { env: environment });
const env = 'local env = require("env") ';

describe("env", () => {
  it("get: gives what is declared, by its name or its entry's id, and nothing else", async () => {
    await using host = await open();
    const script = `${env} return env.get("HOME"), env.get("PORT"), env.get("API"), env.get("app:HIDDEN"), (env.get("app:home"))`;
    expect(await host.results(script)).toEqual(["/home/a", "8080", "https://example.com", "h", "/home/a"]);
    for (const key of ["PATH", "HIDDEN", "port", "constructor", "__proto__"]) {
      const refusal = await host.refusal(`${env} return env.get("${key}")`);
      expect(refusal).toMatchObject({
        kind: "NotFound",
        message: expect.stringContaining(`there is no variable "${key}"`),
      });
    }
    expect(await host.refusal(`${env} return env.get("MODE")`)).toMatchObject({
      kind: "NotFound",
      message: 'the variable "MODE" is not set',
    });
    expect(await host.refusal(`${env} return env.get("")`)).toMatchObject({ kind: "Invalid" });
  });

  it("set: writes to memory, for all scripts of the host, and nowhere else", async () => {
    await using host = await open();
    expect(await host.run(`${env} return env.set("MODE", "test")`)).toBe(true);
    expect(await host.run(`${env} return env.get("MODE")`)).toBe("test");
    for (const key of ["HOME", "API", "LOCKED"]) {
      expect(await host.refusal(`${env} return env.set("${key}", "x")`)).toMatchObject({
        kind: "PermissionDenied",
        message: `the variable "${key}" is read-only`,
      });
    }
    expect(environment.HOME).toBe("/home/a");
    expect(await host.refusal(`${env} return env.set("MODE", {})`)).toMatchObject({ kind: "Invalid" });
  });

  it("get_all: has what is set, has a name, and may be read", async () => {
    const policies = [policy("some", "allow", "env.get", ["PORT", "LOCKED", "HOME", "app:HIDDEN"]), acting()];
    await using host = await open(policies);
    expect(await host.run(`${env} return env.get_all()`)).toEqual({ HOME: "/home/a", PORT: "8080", LOCKED: "" });
  });

  it("asks the policies by the variable's name, whatever it was asked by, and before it says whether there is one", async () => {
    await using host = await open([
      policy("some", "allow", "env.*", ["HOME", "MODE"]),
      policy("all_ids", "allow", "env.*", "app:*"),
      acting(),
    ]);
    expect(await host.run(`${env} return env.get("app:home")`)).toBe("/home/a");
    for (const key of ["TOKEN", "app:token", "NOWHERE"]) {
      const refusal = await host.refusal(`${env} return env.get("${key}")`);
      expect(refusal).toMatchObject({ kind: "PermissionDenied", message: `not allowed to read variable: ${key}` });
    }
    expect(await host.refusal(`${env} return env.set("TOKEN", "x")`)).toMatchObject({
      message: "not allowed to write variable: TOKEN",
    });
  });

  it("a name that no variable can have is an error of the registry", async () => {
    const entry = { name: "bad", kind: "env.variable", variable: "A-B" };
    await expect(ScriptHost.open([entry])).rejects.toThrow(
      "the name of a variable can only have letters, digits and _",
    );
  });
});
