import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { moonkeep, project } from "../support/cli.ts";
import { freePort } from "../support/ports.ts";
import { listens } from "../support/services.ts";

const cwd = mkdtempSync(join(tmpdir(), "moonkeep-inspect-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const registry = `version: "1.0"
namespace: app
entries:
  - {name: db, kind: db.sql.sqlite, file: data.db}
  - {name: carts, kind: store.sql, database: db, table_name: carts}
`;
writeFileSync(join(cwd, "registry.yaml"), registry);

interface Page {
  readonly child: ChildProcess;
  readonly url: URL;
  readonly said: () => string;
  /** How it ends. */
  readonly ended: Promise<number | null>;
}

/** The command, when it has printed its address. */
function open(...words: readonly string[]): Promise<Page> {
  const child = spawn(process.execPath, [join(project, "bin/moonkeep.js"), "inspect", ...words], { cwd });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let said = "";
  child.stderr.on("data", (part: Buffer) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (part: Buffer) => {
      printed += part;
      if (printed.endsWith("\n")) resolve({ child, url: new URL(printed), said: () => said, ended });
    });
    ended.then(() => reject(new Error(said)));
  });
}

const get = async ({ url }: Page, path: string) => {
  const headers = { authorization: `Bearer ${url.searchParams.get("token")}` };
  const answer = await fetch(new URL(path, url), { headers });
  return (await answer.json()) as { length: number };
};

it("no other command reads what it is made of", () => {
  const command = readFileSync(join(project, "dist/bin/main.cjs"), "utf8");
  expect(command).not.toContain("moonkeep-inspect-");
  expect(readFileSync(join(project, "dist/bin/inspect.cjs"), "utf8")).toContain("moonkeep-inspect-");
});

describe("moonkeep inspect", () => {
  it("prints its address, shows the stores of the registry, and ends by a signal", async () => {
    await moonkeep(["store", "set", "app:carts", "cart:1", '{"n": 1}'], { cwd });
    const page = await open();
    expect(page.url.hostname).toBe("127.0.0.1");
    expect(await get(page, "/api/keys?store=app:carts")).toMatchObject({ items: [{ key: "cart:1" }] });
    expect(await get(page, "/api/overview")).toMatchObject({ writes: false, counts: true });
    page.child.kill("SIGINT");
    expect(await page.ended).toBe(130);
    expect(page.said()).toBe("The page only reads; with --write it can change things. Ctrl-C ends it.\n");
    expect(await listens("127.0.0.1", Number(page.url.port))).toBe(false);
  });

  it("has the port and the actor that it was given, and says when it can change things", async () => {
    const port = `${await freePort()}`;
    const page = await open("--port", port, "--write", "--actor", "ada");
    expect(page.url.port).toBe(port);
    const headers = {
      authorization: `Bearer ${page.url.searchParams.get("token")}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify({ code: "require('security').actor():id()" });
    const answer = await fetch(new URL("/api/prompt", page.url), { method: "POST", headers, body });
    expect(await answer.json()).toEqual({ printed: "", values: ['"ada"'] });
    const taken = await moonkeep(["inspect", "--port", page.url.port], { cwd });
    expect(taken).toMatchObject({
      code: 2,
      err: `error: --port: port ${page.url.port} is taken; give another one, or 0 for any that is free\n`,
    });
    page.child.kill("SIGTERM");
    expect(await page.ended).toBe(143);
    expect(page.said()).toMatch(/^The page can change things: whoever has this address can, too\./);
  });

  it("shows the registry as it is now", async () => {
    const page = await open();
    writeFileSync(join(cwd, "registry.yaml"), `${registry}  - {name: more, kind: store.memory}\n`);
    await expect.poll(async () => (await get(page, "/api/stores")).length, { timeout: 10_000 }).toBe(2);
    page.child.kill("SIGINT");
    await page.ended;
  });

  it.each([
    [["--port", "70000"], 'error: --port: expected a port, from 0 to 65535, got "70000"\n'],
    [["--meta", "a=b"], "error: --meta describes an actor: give --actor, too\n"],
    [["-r", "missing.yaml"], /missing\.yaml/],
  ])("%j is refused", async (words, said) => {
    const { code, err } = await moonkeep(["inspect", ...words], { cwd });
    expect(code).not.toBe(0);
    expect(err).toEqual(typeof said === "string" ? said : expect.stringMatching(said));
  });
});
