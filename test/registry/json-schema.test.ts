import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Host } from "../../src/host/host.ts";
import { registrySchema } from "../../src/host/registry-schema.ts";
import { kinds } from "../../src/kinds/index.ts";
import { project } from "../support/cli.ts";

/** What `json.validate` of scripts says: nothing where it holds. */
async function problem(registry: unknown): Promise<string | undefined> {
  await using host = await Host.openDefault();
  const code = `local json = require("json")
    local ok, err = json.validate_string(arg[1], arg[2])
    return ok == nil and err:message() or nil`;
  const { value } = await host.run(code, { args: [JSON.stringify(registrySchema()), JSON.stringify(registry)] });
  return value as string | undefined;
}

const registries = readdirSync(project, { recursive: true, encoding: "utf8" }).filter(
  (file) => /(^|\/)registry\.yaml$/.test(file) && !/node_modules|^dist/.test(file),
);

describe("the JSON Schema of registry files", () => {
  it("has every kind, with its summary", () => {
    const text = JSON.stringify(registrySchema());
    for (const { name, summary } of kinds) {
      expect(text).toContain(`"const":${JSON.stringify(name)}`);
      expect(text).toContain(JSON.stringify(summary));
    }
  });

  it.each(registries)("takes %s", async (file) => {
    expect(await problem(parse(readFileSync(join(project, file), "utf8")))).toBeUndefined();
  });

  const file = (entry: object) => ({ version: "1.0", namespace: "app", entries: [entry] });

  it("takes a file with one entry by itself, placeholders, durations and sizes", async () => {
    expect(await problem({ version: "1.0", namespace: "app", name: "cache", kind: "store.memory" })).toBeUndefined();
    const entry = {
      name: "c",
      kind: "store.memory",
      max_size: "${env:SIZE|5}",
      max_bytes: "1MiB",
      cleanup_interval: 0,
    };
    expect(await problem(file(entry))).toBeUndefined();
    const policy = { actions: "*", resources: ["a", "b"], effect: "allow" };
    expect(await problem(file({ name: "p", kind: "security.policy", policy, groups: ["g"] }))).toBeUndefined();
  });

  it.each([
    ["a kind that there is not", { name: "c", kind: "store.nope" }],
    ["a field that the kind has not", { name: "c", kind: "store.memory", max_sise: 1 }],
    ["a field of another type", { name: "c", kind: "store.memory", max_size: true }],
    ["a word that is not among the words", { name: "c", kind: "store.memory", eviction: "fifo" }],
    ["an entry without what its kind needs", { name: "p", kind: "security.policy" }],
    ["a field within a field", { name: "h", kind: "host.config", security: { strictmode: true } }],
  ])("refuses %s", async (_, entry) => {
    expect(await problem(file(entry))).toBeDefined();
  });
});
