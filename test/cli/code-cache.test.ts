import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { CodeCache } from "../../src/cli/code-cache.ts";
import { moonkeep } from "../support/cli.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "moonkeep-"));
});

describe("the cache of the command's compiled code", () => {
  const run = (env: Record<string, string> = {}) =>
    moonkeep(["run", "-e", "print(1 + 1)"], { cwd: root, env: { XDG_CACHE_HOME: join(root, "cache"), ...env } });
  const kept = () => readdirSync(join(root, "cache/moonkeep")).map((name) => join(root, "cache/moonkeep", name));

  it("is written by the first run, for the user alone, and later runs do the same with it", async () => {
    const first = await run();
    expect(first).toMatchObject({ code: 0, out: "2\n" });
    const [file, ...others] = kept();
    expect(others).toEqual([]);
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, "cache/moonkeep")).mode & 0o777).toBe(0o700);
    const { mtimeMs } = statSync(file!);
    expect(await run()).toEqual(first);
    expect(statSync(file!).mtimeMs).toBe(mtimeMs);
  });

  it("is written anew when it is cut off, or something else", async () => {
    await run();
    const [file] = kept();
    const whole = statSync(file!).size;
    truncateSync(file!, whole / 2);
    expect(await run()).toMatchObject({ code: 0, out: "2\n" });
    expect(statSync(file!).size).toBeGreaterThan(whole / 2);
    writeFileSync(file!, "not what V8 has made");
    expect(await run()).toMatchObject({ code: 0, out: "2\n" });
    expect(statSync(file!).size).toBeGreaterThan(whole / 2);
  });

  it("is not missed where it can't be written", async () => {
    writeFileSync(join(root, "cache"), "a file");
    expect(await run()).toMatchObject({ code: 0, out: "2\n" });
    expect(readFileSync(join(root, "cache"), "utf8")).toBe("a file");
  });

  it("is left out on request, by the variable that Node has for its own", async () => {
    expect(await run({ NODE_DISABLE_COMPILE_CACHE: "1" })).toMatchObject({ code: 0, out: "2\n" });
    expect(existsSync(join(root, "cache"))).toBe(false);
  });

  it("is not written by a command that runs nothing", async () => {
    await moonkeep(["--version"], { cwd: root, env: { XDG_CACHE_HOME: join(root, "cache") } });
    expect(existsSync(join(root, "cache"))).toBe(false);
  });
});

describe("what a cache has is only taken from where nobody else can write", () => {
  const data = Buffer.from("compiled");
  let script: string;
  let folder: string;
  beforeEach(() => {
    script = join(root, "main.cjs");
    writeFileSync(script, "1");
    folder = join(root, "cache");
  });
  const file = () => join(folder, readdirSync(folder)[0]!);

  it("and so it is read again", () => {
    new CodeCache(script, folder).write(data);
    expect(new CodeCache(script, folder).read()).toEqual(data);
  });

  it.each([0o770, 0o707])("not from a folder with mode %o", (mode) => {
    new CodeCache(script, folder).write(data);
    chmodSync(folder, mode);
    expect(new CodeCache(script, folder).read()).toBeUndefined();
  });

  it("nor is it written into one", () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    new CodeCache(script, folder).write(data);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([0o620, 0o602])("not from a file with mode %o", (mode) => {
    new CodeCache(script, folder).write(data);
    chmodSync(file(), mode);
    expect(new CodeCache(script, folder).read()).toBeUndefined();
  });

  it("not by way of a link", () => {
    new CodeCache(script, folder).write(data);
    const name = readdirSync(folder)[0]!;
    const other = join(root, "other");
    mkdirSync(other, { mode: 0o700 });
    symlinkSync(join(folder, name), join(other, name));
    expect(new CodeCache(script, other).read()).toBeUndefined();
  });

  it("and not for a script that has changed since", () => {
    new CodeCache(script, folder).write(data);
    writeFileSync(script, "22");
    expect(new CodeCache(script, folder).read()).toBeUndefined();
  });

  it("of earlier scripts, the three newest are kept", () => {
    for (let size = 1; size <= 6; size++) {
      writeFileSync(script, "x".repeat(size));
      new CodeCache(script, folder).write(data);
    }
    expect(readdirSync(folder)).toHaveLength(4);
    expect(new CodeCache(script, folder).read()).toEqual(data);
  });
});
