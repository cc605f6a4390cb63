import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FileText } from "../../src/registry/schema.ts";
import { fromText } from "../../src/value/bytes.ts";
import { folder, load, problemsOf, withEntries } from "./support.ts";

const script = (source: string) => withEntries(`  - {name: f, kind: function.lua, source: '${source}'}`);

function sourceIn(files: Record<string, string | Uint8Array>, file = ""): FileText {
  return (load(folder(files), {}, file).get("app:f")!.config as { readonly source: FileText }).source;
}

/** What is said of the source, with the folder's other files as given. */
function said(source: string, prepare: (root: string) => void = () => {}): string {
  const root = folder({ "r/sub/registry.yaml": script(source), "r/main.lua": "return 1", "outside.lua": "secret" });
  prepare(root);
  const problems = problemsOf(() => load(root, {}, "r"));
  expect(problems).toHaveLength(problems.length === 0 ? 0 : 1);
  return problems.join().replace(/^r\/sub\/registry\.yaml:4:43: entries\[0\]\.source: /, "");
}

describe("a text that may be in a file", () => {
  test("is itself when it is no file:// name", () => {
    expect(sourceIn({ "registry.yaml": script("return 1") })).toEqual({ text: "return 1" });
  });

  test("is read relative to the YAML file, and named relative to the registry's folder", () => {
    const files = { "sub/registry.yaml": script("file://lib/f.lua"), "sub/lib/f.lua": "return 2" };
    expect(sourceIn(files)).toEqual({ text: "return 2", file: "sub/lib/f.lua" });
    expect(sourceIn(files, "sub/registry.yaml")).toEqual({ text: "return 2", file: "lib/f.lua" });
  });

  test("may be in another folder of the registry", () => {
    expect(said("file://../main.lua")).toBe("");
    expect(said("file://./.././main.lua")).toBe("");
  });

  test("keeps every byte, text or not", () => {
    const bytes = Uint8Array.of(0x2d, 0x2d, 0xff, 0x00, 0xc3, 0xa9);
    const { text } = sourceIn({ "registry.yaml": script("file://f.lua"), "f.lua": bytes });
    expect(fromText(text)).toEqual(bytes);
  });

  test("can't leave the registry's folder", () => {
    expect(said("file://../../outside.lua")).toBe('"file://../../outside.lua" leads outside the registry\'s folder');
    expect(said("file://../../nothing.lua")).toBe('"file://../../nothing.lua" leads outside the registry\'s folder');
  });

  test("can't leave it by a link either, to a file or a folder", () => {
    const toFile = said("file://link.lua", (root) => symlinkSync("../../outside.lua", join(root, "r/sub/link.lua")));
    expect(toFile).toBe('"file://link.lua" leads outside the registry\'s folder');
    const toFolder = said("file://up/outside.lua", (root) => symlinkSync("../..", join(root, "r/sub/up")));
    expect(toFolder).toBe('"file://up/outside.lua" leads outside the registry\'s folder');
  });

  test("may be reached by a link that stays inside", () => {
    expect(said("file://link.lua", (root) => symlinkSync("../main.lua", join(root, "r/sub/link.lua")))).toBe("");
  });

  test.each(["file:///etc/passwd", "file://C:/x.lua", "file://\\\\server\\x", "file://"])(
    "can't be named absolutely: %s",
    (source) => {
      expect(said(source)).toContain("a file is named relative to this one");
    },
  );

  test("that is missing names the nearest file beside it", () => {
    expect(said("file://../mian.lua")).toBe(
      'there is no file "file://../mian.lua"; did you mean "file://../main.lua"?',
    );
    expect(said("file://nowhere/x.lua")).toBe('there is no file "file://nowhere/x.lua"');
  });

  test("is a regular file of at most 4 MiB", () => {
    expect(said("file://d.lua", (root) => mkdirSync(join(root, "r/sub/d.lua")))).toBe(
      '"file://d.lua" is not a regular file',
    );
    const pipe = (root: string) => execFileSync("mkfifo", [join(root, "r/sub/pipe.lua")]);
    expect(said("file://pipe.lua", pipe as (root: string) => void)).toBe('"file://pipe.lua" is not a regular file');
    const large = { "registry.yaml": script("file://f.lua"), "f.lua": "x".repeat(4 * 1024 ** 2 + 1) };
    expect(problemsOf(() => load(folder(large)))[0]).toContain('"file://f.lua" is larger than 4MiB');
  });

  test("that leads in a circle, or through a file, is a problem", () => {
    expect(said("file://a.lua", (root) => symlinkSync("a.lua", join(root, "r/sub/a.lua")))).toContain(
      "links lead in a circle",
    );
    expect(said("file://registry.yaml/x.lua")).toContain("there is no such file");
  });

  test("is not empty", () => {
    expect(said("")).toBe("expected a string that is not empty");
  });
});
