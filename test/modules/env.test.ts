import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/host/audit.ts";
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
    for (const key of ["TOKEN", "NOWHERE"]) {
      const refusal = await host.refusal(`${env} return env.get("${key}")`);
      expect(refusal).toMatchObject({ kind: "PermissionDenied", message: `not allowed to read variable: ${key}` });
    }
    expect(await host.refusal(`${env} return env.set("TOKEN", "x")`)).toMatchObject({
      message: "not allowed to write variable: TOKEN",
    });
  });

  it.each(["get", "set"])(
    "%s: answers for a variable that is denied what it would if there were none",
    async (action) => {
      const call = (key: string) => `${env} return env.${action}("${key}"${action === "set" ? ', "x"' : ""})`;
      const audited: AuditEvent[] = [];
      for (const [allowed, kind] of [
        ["app:*", "NotFound"],
        ["MODE", "PermissionDenied"],
        [["app:to*", "app:no*"], "NotFound"],
      ] as const) {
        const policies = [policy("some", "allow", "env.*", allowed), acting()];
        await using host = await ScriptHost.open([...variables, ...policies], {
          env: environment,
          audit: (event) => void audited.push(event),
        });
        const there = await host.refusal(call("app:token"));
        const nowhere = await host.refusal(call("app:nowhere"));
        expect(JSON.parse(JSON.stringify(there).replaceAll("app:token", "app:nowhere"))).toEqual(nowhere);
        expect(there.kind).toBe(kind);
        const getenv = `return os.getenv("app:token"), os.getenv("app:nowhere"), os.getenv("TOKEN")`;
        expect(await host.results(getenv)).toEqual([undefined, undefined, undefined]);
      }
      expect(audited).toContainEqual(expect.objectContaining({ decision: "deny", resource: "TOKEN" }));
      expect(audited.filter(({ resource }) => resource === "app:token")).toEqual([]);
    },
  );

  it("a name that no variable can have is an error of the registry", async () => {
    const entry = { name: "bad", kind: "env.variable", variable: "A-B" };
    await expect(ScriptHost.open([entry])).rejects.toThrow(
      "the name of a variable can only have letters, digits and _",
    );
  });
});
