import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { NotAFolder } from "../../src/value/errors.ts";
import { makeFolder } from "../../src/value/folders.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "moonkeep-"));
});

describe("makeFolder", () => {
  it("makes a folder and those that it lies in, with the mode given", () => {
    const path = join(root, "a/b/c");
    makeFolder(path, 0o700);
    expect(["a", "a/b", "a/b/c"].map((each) => statSync(join(root, each)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
    makeFolder(relative("", join(root, "d/../e")));
    expect(statSync(join(root, "e")).isDirectory()).toBe(true);
  });

  it("leaves a folder that is there, also behind a link", () => {
    mkdirSync(join(root, "kept"), 0o750);
    symlinkSync("kept", join(root, "link"));
    for (const path of ["/", ".", root, `${root}/kept/`, join(root, "link")]) makeFolder(path);
    makeFolder(join(root, "link/below"));
    expect(statSync(join(root, "kept")).mode & 0o777).toBe(0o750);
    expect(statSync(join(root, "kept/below")).isDirectory()).toBe(true);
  });

  it("names the file that is in the way", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    symlinkSync("nowhere", join(root, "link"));
    for (const path of [file, join(file, "a"), join(file, "a/b")])
      expect(() => makeFolder(path)).toThrow(new NotAFolder(file));
    expect(() => makeFolder(join(root, "link/a"))).toThrow(`${root}/link is not a folder`);
  });

  it.runIf(process.platform === "linux")("ends where nobody can make one", () => {
    for (const path of ["/proc/xx", "/proc/xx/yy", "/proc/self/xx"])
      expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  it("makes what other processes make at the same time", async () => {
    const built = pathToFileURL(join(import.meta.dirname, "../../dist/value/folders.js")).href;
    const start = Date.now() + 1500; // when all of them have started
    const script = `
      import { makeFolder } from ${JSON.stringify(built)};
      while (Date.now() < ${start});
      for (let i = 0; i < 300; i++) makeFolder(${JSON.stringify(root)} + "/" + i + "/a/b/c");
    `;
    const run = promisify(execFile);
    const args = ["--input-type=module", "-e", script];
    await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, args)));
    expect(statSync(join(root, "299/a/b/c")).isDirectory()).toBe(true);
  });
});
