import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { project } from "../support/cli.ts";

const run = promisify(execFile);
const cwd = mkdtempSync(join(tmpdir(), "moonkeep-package-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
let files: string[] = [];

/** What `npm pack` makes, installed into an empty project as anybody would. */
beforeAll(async () => {
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", cwd], { cwd: project });
  const [{ files: list, filename }] = JSON.parse(packed.stdout);
  files = list.map(({ path }: { path: string }) => path);
  write("package.json", '{"name": "stranger", "private": true, "type": "module"}');
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`], { cwd });
}, 180_000);

describe("the package", () => {
  it("holds what is used, and nothing else", () => {
    const tops = new Set(files.map((file) => file.split("/")[0]));
    expect([...tops].sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "bin",
      "dist",
      "lua",
      "package.json",
    ]);
    expect(files.filter((file) => /\.(test|spec)\.|\.tsbuildinfo$/.test(file))).toEqual([]);
  });

  it("has nothing that publint objects to", async () => {
    const { messages, pkg } = await publint({ pkgDir: join(cwd, "node_modules/moonkeep"), strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("installs no more than it says it depends on", () => {
    const installed = readdirSync(join(cwd, "node_modules"));
    expect(installed).not.toContain("vitest");
    expect(installed).toContain("fengari");
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
      `import { defineModule, fn, Host, integer, LimitError, MoonkeepError, type RunResult, text } from "moonkeep";

const greet = defineModule("greet", { hello: fn([text("name"), integer("times")], (_call, name, times) => name.repeat(times)) });
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
fn([integer("n")], (_call, n: string) => n);
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
