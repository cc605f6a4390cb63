import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep } from "../support/cli.ts";
import { memory } from "../support/host.ts";
import { lua, writePlugin } from "../support/plugin.ts";

const greeter = {
  description: "greets",
  permissions: [{ actions: ["store.get", "store.key.get"], resources: "app:customers", reason: "to know\nwho is new" }],
  modules: ["mail"],
  files: ["/var/lib/shop/orders.db"],
  servers: ["postgresql://shop@DB.example.com/orders"],
  env: ["SHOP_TOKEN"],
  hooks: [{ on: "order.created", call: "hello", priority: 10, timeout: "500ms" }],
};
const hello = lua("hello", "return print", { modules: ["mail"] });

describe("moonkeep plugin inspect", () => {
  it("shows what a plugin is, and what it asks for", async () => {
    const root = folder();
    writePlugin(root, "greeter", [hello, memory("seen")], greeter);
    expect(await moonkeep(["plugin", "inspect", "greeter"], { cwd: root })).toEqual({
      code: 0,
      out: `greeter 1.0.0: greets
works with moonkeep >=0.1

functions:
  greeter:hello

hooks:
  order.created calls greeter:hello (priority 10, 500 ms at most)

asks for, outside its own namespace:
  store.get, store.key.get on app:customers: to know\\nwho is new
  the module mail
  the file /var/lib/shop/orders.db
  the server postgres://shop@db.example.com:5432/orders
  the environment variable SHOP_TOKEN
`,
      err: "",
    });
  });

  it("shows it as JSON", async () => {
    const root = folder();
    writePlugin(root, "greeter", [hello], greeter);
    const { out } = await moonkeep(["plugin", "inspect", "--json", "greeter"], { cwd: root });
    expect(JSON.parse(out)).toMatchObject({ name: "greeter", functions: ["greeter:hello"], modules: ["mail"] });
  });

  it("says everything that is wrong with one", async () => {
    const root = folder();
    writePlugin(root, "p", [lua("f", "return ("), { name: "h", kind: "host.config" }]);
    const { code, err } = await moonkeep(["plugin", "inspect", "p"], { cwd: root });
    expect(code).toBe(3);
    expect(err).toContain("p/registry.yaml:1:");
    expect((await moonkeep(["plugin", "inspect", "nothing"], { cwd: root })).err).toContain("nothing/plugin.yaml: ");
  });
});

it("moonkeep check knows the folder of a plugin", async () => {
  const root = folder();
  writePlugin(root, "greeter", [hello], greeter);
  expect(await moonkeep(["check", "greeter"], { cwd: root })).toMatchObject({
    code: 0,
    out: "greeter: ok, plugin greeter 1.0.0, 1 function\n",
  });
});

it("a folder that is searched for a registry leaves out the folders of plugins", async () => {
  const root = folder({
    "app/registry.yaml": 'version: "1.0"\nnamespace: app\nentries: [{name: s, kind: store.memory}]\n',
  });
  writePlugin(join(root, "app"), "greeter", [hello], greeter);
  expect((await moonkeep(["check", "app"], { cwd: root })).out).toMatch(/^app: ok, 1 entry/);
});
