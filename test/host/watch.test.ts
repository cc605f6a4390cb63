import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { MoonkeepError } from "../../src/errors.ts";
import { Host } from "../../src/host/host.ts";
import { folder } from "../registry/support.ts";
import { lua } from "../support/plugin.ts";

/** A registry whose function `f` answers a number. */
const answering = (n: number, namespace = "app") =>
  JSON.stringify({ version: "1.0", namespace, entries: [lua("f", `return function() return ${n} end`)] });

/** A host that watches, and what it tells. */
async function watching(path: string) {
  const host = await Host.open(path);
  onTestFinished(() => host.close());
  const told: (MoonkeepError | undefined)[] = [];
  host.watch((error) => void told.push(error));
  /** Waits until it answers this, and a while longer: how often it was told. */
  const until = async (n: number, id = "app:f") => {
    await expect.poll(() => host.call(id).catch(() => undefined), { timeout: 10_000 }).toBe(n);
    await setTimeout(300);
    return told.splice(0).map((error) => error?.message);
  };
  return { host, told, until };
}

describe("host.watch", () => {
  it("puts each version in force that is whole, and says what is wrong with the others", async () => {
    const path = join(folder(), "registry.yaml");
    writeFileSync(path, answering(1));
    const { host, told, until } = await watching(path);
    writeFileSync(path, answering(2).slice(0, 60));
    await expect.poll(() => told.map((error) => error?.name)).toEqual(["RegistryError"]);
    told.length = 0;
    expect(await host.call("app:f")).toBe(1);
    writeFileSync(path, answering(3));
    expect(await until(3)).toEqual([undefined]);
  });

  it("watches the files of functions, also of those that are new", async () => {
    const path = join(folder(), "registry.yaml");
    const named = (file: string) =>
      JSON.stringify({ version: "1.0", namespace: "app", entries: [lua("f", `file://${file}`)] });
    for (const n of [1, 2]) writeFileSync(join(path, `../f${n}.lua`), `return function() return ${n} end`);
    writeFileSync(path, named("f1.lua"));
    const { until } = await watching(path);
    writeFileSync(path, named("f2.lua"));
    expect(await until(2)).toEqual([undefined]);
    writeFileSync(join(path, "../f2.lua"), "return function() return 3 end");
    expect(await until(3)).toEqual([undefined]);
  });

  it("tells of a save once, and not of files that do not belong to the registry", async () => {
    const path = join(folder(), "registry.yaml");
    writeFileSync(path, answering(1));
    const { told, until } = await watching(path);
    writeFileSync(join(path, "../other.lua"), "return 1");
    writeFileSync(path, answering(1)); // the same text at another time is another version
    await expect.poll(() => told.length).toBe(1);
    for (let i = 0; i < 5; i++) writeFileSync(path, answering(2));
    await setTimeout(500);
    expect((await until(2)).length).toBeLessThanOrEqual(2);
  });

  for (const what of ["file", "folder"] as const) {
    it(`sees a ConfigMap whose ..data leads elsewhere (${what})`, async () => {
      const root = folder();
      for (const n of [1, 2]) {
        mkdirSync(join(root, `..version${n}`));
        writeFileSync(join(root, `..version${n}/registry.yaml`), answering(n));
      }
      symlinkSync("..version1", join(root, "..data"));
      symlinkSync("..data/registry.yaml", join(root, "registry.yaml"));
      const { until } = await watching(what === "file" ? join(root, "registry.yaml") : root);
      symlinkSync("..version2", join(root, "..next"));
      renameSync(join(root, "..next"), join(root, "..data"));
      expect(await until(2)).toEqual([undefined]);
    });
  }

  it("sees a link two folders up that leads to another release", async () => {
    const root = folder();
    for (const n of [1, 2]) {
      mkdirSync(join(root, `releases/${n}/config`), { recursive: true });
      writeFileSync(join(root, `releases/${n}/config/registry.yaml`), answering(n));
    }
    symlinkSync("releases/1", join(root, "current"));
    const { until } = await watching(join(root, "current/config/registry.yaml"));
    symlinkSync("releases/2", join(root, "next"));
    renameSync(join(root, "next"), join(root, "current"));
    expect(await until(2)).toEqual([undefined]);
  });

  it("sees a folder that is replaced, and one that is new, with what comes into it later", async () => {
    const root = join(folder(), "registry");
    mkdirSync(root);
    writeFileSync(join(root, "a.yaml"), answering(1));
    const { until } = await watching(root);
    mkdirSync(join(root, "../next"));
    writeFileSync(join(root, "../next/a.yaml"), answering(2));
    rmSync(root, { recursive: true });
    renameSync(join(root, "../next"), root);
    const replaced = await until(2); // in between, it may have been seen gone
    expect(replaced.at(-1)).toBeUndefined();
    mkdirSync(join(root, "sub"));
    await setTimeout(300);
    writeFileSync(join(root, "sub/b.yaml"), answering(3, "b"));
    expect(await until(3, "b:f")).toEqual([undefined]);
    writeFileSync(join(root, "sub/b.yaml"), answering(4, "b"));
    expect(await until(4, "b:f")).toEqual([undefined]);
  });

  it("goes on when the callback throws, which is a warning of the process", async () => {
    const path = join(folder(), "registry.yaml");
    writeFileSync(path, answering(1));
    await using host = await Host.open(path);
    const warnings: string[] = [];
    const hear = (warning: Error) => void warnings.push(warning.message);
    process.on("warning", hear);
    onTestFinished(() => void process.off("warning", hear));
    host.watch(() => {
      throw new Error("the callback failed");
    });
    for (const n of [2, 3]) {
      writeFileSync(path, answering(n));
      await expect.poll(() => host.call("app:f"), { timeout: 10_000 }).toBe(n);
    }
    await expect.poll(() => warnings).toEqual(["the callback failed", "the callback failed"]);
  });

  it("does not keep a host that was closed", async () => {
    const path = join(folder(), "registry.yaml");
    writeFileSync(path, answering(1));
    const { host, told } = await watching(path);
    await host.close();
    writeFileSync(path, answering(2));
    await setTimeout(1500);
    expect(told).toEqual([]);
  });
});
