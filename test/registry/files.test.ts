import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { loadRegistry } from "../../src/registry/load.ts";
import { folder, kinds, load, problemsIn, problemsOf, unavailable, withEntries } from "./support.ts";

const entry = (name: string) => withEntries(`  - {name: ${name}, kind: store.memory}`);
const names = (root: string) => load(root).entries.map(({ name }) => name);

describe("the files of a registry", () => {
  test("are one file when one is given", () => {
    const root = folder({ "a.yaml": entry("a"), "b.yaml": entry("b") });
    const registry = load(root, {}, "a.yaml");
    expect(registry.root).toBe(root);
    expect(registry.files).toEqual([join(root, "a.yaml")]);
    expect(registry.entries.map(({ id }) => id)).toEqual(["app:a"]);
  });

  test("may have any name when one is given", () => {
    expect(load(folder({ "my registry": entry("a") }), {}, "my registry").entries).toHaveLength(1);
  });

  test("are all .yaml and .yml below a folder, in order", () => {
    const root = folder({
      "z.yaml": entry("z"),
      "b/c.yml": entry("c"),
      "b/a/deep.yaml": entry("deep"),
      "a.yaml": entry("a"),
      "notes.txt": "no registry",
      "x.yaml.bak": "no registry",
    });
    expect(names(root)).toEqual(["a", "deep", "c", "z"]);
    expect(load(root).files.map((file) => basename(file))).toEqual(["a.yaml", "deep.yaml", "c.yml", "z.yaml"]);
  });

  test("are not looked for in node_modules and folders that begin with a dot", () => {
    const root = folder({
      "a.yaml": entry("a"),
      "node_modules/m/x.yaml": "broken: [",
      ".git/x.yaml": "broken: [",
      "b/.hidden/x.yaml": "broken: [",
    });
    expect(names(root)).toEqual(["a"]);
  });

  test("are found although links lead in a circle", () => {
    const root = folder({ "a/b/x.yaml": entry("x") });
    symlinkSync(root, join(root, "a", "b", "up"));
    symlinkSync("loop.yaml", join(root, "loop.yaml"));
    expect(problemsOf(() => load(root))).toEqual(["loop.yaml: this link leads nowhere"]);
  });

  test("may be links to files inside the folder, each file once", () => {
    const root = folder({ ".data/real.yaml": entry("real"), "a.yaml": entry("a") });
    symlinkSync(join(".data", "real.yaml"), join(root, "one.yaml"));
    symlinkSync(join(".data", "real.yaml"), join(root, "two.yaml"));
    symlinkSync("a.yaml", join(root, "again.yaml"));
    expect(names(root)).toEqual(["a", "real"]);
  });

  test("may not be links that lead outside", () => {
    const outside = folder({ "secret.yaml": entry("secret") });
    const root = folder({ "a.yaml": entry("a") });
    symlinkSync(join(outside, "secret.yaml"), join(root, "b.yaml"));
    symlinkSync(outside, join(root, "c"));
    expect(problemsOf(() => load(root))).toEqual(["b.yaml: this leads outside the registry's folder"]);
  });

  test("may be in a folder that is itself reached by a link", () => {
    const real = folder({ "a.yaml": entry("a") });
    const elsewhere = folder();
    symlinkSync(real, join(elsewhere, "link"));
    expect(load(elsewhere, {}, "link").entries).toHaveLength(1);
    expect(load(elsewhere, {}, "link/a.yaml").root).toBe(join(elsewhere, "link"));
  });
});

describe("a registry that can't be read", () => {
  test("does not exist", () => {
    const root = folder();
    expect(problemsOf(() => load(root, {}, "registry.yaml"))).toEqual([
      "registry.yaml: there is no such file or folder",
    ]);
    expect(problemsOf(() => load(root, {}, "a\0b"))[0]).toContain("can't be read");
  });

  test("is a folder without YAML", () => {
    const root = folder({ "readme.md": "" });
    expect(problemsOf(() => load(root))).toEqual([`${root}: there is no .yaml or .yml file in this folder`]);
  });

  test("is neither a file nor a folder", () => {
    const action = () => loadRegistry("/dev/null", { kinds, unavailable, env: {} });
    expect(problemsOf(action)).toEqual(["/dev/null: this is neither a file nor a folder"]);
  });

  test.skipIf(process.getuid?.() === 0)("is not allowed to be read", () => {
    const root = folder({ "a.yaml": entry("a") });
    chmodSync(join(root, "a.yaml"), 0);
    expect(problemsOf(() => load(root))).toEqual(["a.yaml: can't be read: permission denied"]);
  });

  test.each(["", " \n\n", "# only a comment\n", "---\n", "---\n...\n"])("is empty: %j", (text) => {
    expect(problemsIn(text)).toEqual([
      'registry.yaml:1:1: the file is empty; a registry file has `version: "1.0"`, a `namespace`, and `entries`',
    ]);
  });

  test("is binary", () => {
    expect(problemsIn(Uint8Array.of(0x7f, 0x45, 0, 1))).toEqual([
      "registry.yaml: this is not a text file; a registry is YAML in UTF-8",
    ]);
    expect(problemsIn(Uint8Array.of(0x61, 0xff, 0x62))).toEqual([
      "registry.yaml: this is not UTF-8; save the file in that encoding",
    ]);
  });

  test("is larger than 4 MiB", () => {
    const padding = `#${"x".repeat(4 * 1024 ** 2)}\n`;
    expect(problemsIn(padding + entry("a"))).toEqual(["registry.yaml: the file is larger than 4MiB"]);
  });

  test("is a folder with the name of a file", () => {
    const root = folder({ "a.yaml": entry("a") });
    mkdirSync(join(root, "b.yaml"));
    expect(names(root)).toEqual(["a"]);
  });
});

describe("the text of a file", () => {
  test("may begin with a byte order mark, which is not counted", () => {
    expect(load(folder({ "a.yaml": `\ufeff${entry("a")}` })).entries).toHaveLength(1);
    expect(problemsIn("\ufeffversion: 2")[0]).toMatch(/^registry\.yaml:1:1: /);
  });

  test("may end its lines with CR and LF", () => {
    const text = withEntries("  - name: a", "    kind: nothing").replaceAll("\n", "\r\n");
    expect(problemsIn(text)[0]).toMatch(/^registry\.yaml:5:11: entries\[0\]\.kind: /);
  });

  test("is named relative to where people are, and absolute when it is elsewhere", () => {
    const root = folder({ "sub/a.yaml": "version: 2" });
    const at = (cwd: string) => {
      const action = () => loadRegistry(join(root, "sub/a.yaml"), { kinds, unavailable, env: {}, cwd });
      return problemsOf(action)[0]?.split(":")[0];
    };
    expect(at(root)).toBe("sub/a.yaml");
    expect(at(join(root, "sub"))).toBe("a.yaml");
    expect(at(folder())).toBe(join(root, "sub/a.yaml"));
  });

  test("that is not to be trusted can't break the lines of the message", () => {
    const root = folder({ "a\nb\u001b[31m.yaml": 'version: 2\n"\\u001b[2J\\n": 1' });
    try {
      load(root);
      expect.unreachable();
    } catch (error) {
      const { message, problems } = error as RegistryError;
      expect(error).toBeInstanceOf(RegistryError);
      expect(message.split("\n")).toHaveLength(problems.length);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
      expect(message).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    }
  });
});
