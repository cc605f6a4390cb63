import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, it } from "vitest";
import { project } from "../support/cli.ts";
import { installed as installPackage } from "../support/installed.ts";

const run = promisify(execFile);
let cwd: string;
let installed: string;
let files: readonly string[] = [];
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

beforeAll(async () => {
  const { folder, files: packed } = await installPackage();
  [installed, files] = [join(folder, "node_modules/moonkeep"), packed];
  cwd = join(folder, "program");
  mkdirSync(cwd);
  write("package.json", '{"type": "module"}');
}, 180_000);

describe("the package", () => {
  it("holds what is used, and nothing else", () => {
    const tops = new Set(files.map((file) => file.split("/")[0]));
    expect([...tops].sort()).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "bench",
      "bin",
      "dist",
      "docs",
      "examples",
      "lua",
      "package.json",
      "registry.yaml",
    ]);
    const own = files.filter((file) => !file.startsWith("lua/templates/"));
    expect(own.filter((file) => /\.(test|spec)\.|\.tsbuildinfo$/.test(file))).toEqual([]);
  });

  it("holds whatever its pages link to", () => {
    const pages = files.filter((file) => file.endsWith(".md") && !file.startsWith("dist/"));
    const links = pages.flatMap((page) =>
      [...readFileSync(join(installed, page), "utf8").matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#[^)]*)?\)/g)]
        .filter(([, target]) => target !== "")
        .map(([, target]) => [page, join(dirname(page), target!)] as const),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(([, target]) => !existsSync(join(installed, target)))).toEqual([]);
  });

  it("links to no address that nobody has", () => {
    const known =
      /^https:\/\/(github\.com\/google\/re2|expr-lang\.org|keyv\.org|keepachangelog\.com|semver\.org|json-schema\.org|wippy\.ai|openresty\.org|docs\.npmjs\.com)/;
    const pages = files.filter((file) => file.endsWith(".md"));
    const addresses = pages.flatMap(
      (page) => readFileSync(join(installed, page), "utf8").match(/https?:\/\/[\w./-]+/g) ?? [],
    );
    const local = /^https?:\/\/(127\.0\.0\.1|localhost)/;
    expect(addresses.filter((address) => !known.test(address) && !local.test(address))).toEqual([]);
  });

  it("has the licence of each package that is bundled", () => {
    const text = readFileSync(join(installed, "dist/bin/LICENSES.txt"), "utf8");
    for (const name of ["commander", "picocolors", "yaml", "valibot"]) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(\\w+\\)$`, "m"));
    }
    expect(text.match(/Permission (is hereby granted|to use)/g)!.length).toBeGreaterThanOrEqual(4);
  });

  it("has examples that run where it is installed", async () => {
    const example = join(installed, "examples/session-cache/main.lua");
    const { stdout } = await run("npx", ["moonkeep", "run", "--registry", join(installed, "registry.yaml"), example], {
      cwd,
    });
    expect(stdout).toBe(readFileSync(join(installed, "examples/session-cache/expected.txt"), "utf8"));
  });

  it("has nothing that publint objects to", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("installs no more than it says it depends on", () => {
    const packages = readdirSync(dirname(installed));
    expect(packages).not.toContain("vitest");
    expect(packages).toContain("fengari");
  });

  it("brings the command", async () => {
    const { stdout } = await run("npx", ["moonkeep", "run", "-e", "return 6 * 7"], { cwd });
    expect(stdout).toBe("42\n");
  });

  it("works in a program of JavaScript", async () => {
    write("registry.yaml", 'version: "1.0"\nnamespace: app\nentries: [{name: cache, kind: store.memory}]\n');
    write(
      "main.mjs",
      `import { Host } from "moonkeep";
const host = await Host.open("registry.yaml");
await host.store("app:cache").set("k", { n: 1 });
console.log(await host.store("app:cache").get("k"), (await host.run("return 1 + 1")).value);
await host.close();`,
    );
    expect((await run(process.execPath, ["main.mjs"], { cwd })).stdout).toBe("{ n: 1 } 2\n");
  });

  it("has types for a strict program of TypeScript, which refuse what makes no sense", async () => {
    write(
      "main.ts",
      `import { defineModule, fn, Host, LimitError, MoonkeepError, param, type RunResult } from "moonkeep";

const greet = defineModule("greet", { hello: fn([param.text("name"), param.integer("times")], (_call, name, times) => name.repeat(times)) });
const host: Host = await Host.open("registry.yaml", { modules: [greet], limits: { memory: "64MiB" } });
const result: RunResult = await host.run("return 1", { actor: { id: "a", meta: { team: "core" } }, timeout: "1s" });
const n: unknown = result.value;
await host.store("app:cache").set("k", { n }, { ttl: 60 });
const { decision }: { decision: "allow" | "deny" } = host.explain({ action: "a", resource: "b", attributes: { key: "k" } });
try { await host.run("error()"); } catch (e) {
  if (e instanceof LimitError) console.log(e.limit, e.value);
  else if (e instanceof MoonkeepError) console.log(e.kind, e.retryable, e.details, e.luaStack, decision);
}
// @ts-expect-error a timeout is a number or a text
await host.run("", { timeout: true });
// @ts-expect-error there is no such option
await host.run("", { actorr: "a" });
// @ts-expect-error what the parameter gives is a number
fn([param.integer("n")], (_call, n: string) => n);
// @ts-expect-error a store's key is text or bytes
await host.store("app:cache").get(1);
// @ts-expect-error nobody makes a host but Host.open
new Host();
`,
    );
    write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2023",
          lib: ["es2023", "esnext.disposable"],
          types: ["node"],
          strict: true,
          noEmit: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          typeRoots: [join(project, "node_modules/@types")],
        },
        files: ["main.ts"],
      }),
    );
    const tsc = join(project, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", "."], { cwd }).catch((e: { stdout: string }) => e);
    expect(stdout).toBe("");
  }, 60_000);
});
