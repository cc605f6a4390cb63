import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "../registry/support.ts";
import { moonkeep, project } from "../support/cli.ts";
import { registry } from "../support/completion.ts";

/** What bash completes of a line, in a folder with a registry. */
function completed(line: string): Promise<string[]> {
  const cwd = folder({ "registry.yaml": registry });
  symlinkSync(join(project, "bin/moonkeep.js"), join(cwd, "moonkeep"));
  const script = `source <(moonkeep completion bash); COMP_LINE=$1; COMP_POINT=\${#1}; _moonkeep; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${cwd}:${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    execFile("bash", ["-c", script, "bash", line], { cwd, env }, (e, out) =>
      e ? reject(e) : resolve(out.split("\n").filter((one) => one !== "")),
    );
  });
}

describe("moonkeep completion bash", () => {
  it.each([
    ["moonkeep st", ["store"]],
    ["moonkeep store ge", ["get"]],
    ["moonkeep test --rep", ["--reporter"]],
    ["moonkeep test --reporter ", ["default", "tap", "junit", "json"]],
    ["moonkeep store get ap", ["app:cache", "app:carts"]],
    ["moonkeep store get app:car", ["carts"]], // bash has the rest of the word already
    ["moonkeep call ", ["app:greet"]],
    ["moonkeep call -r elsewhere.yaml ", []],
    ["moonkeep docs sto", ["stores"]],
    ["moonkeep run sc", []], // files are bash's business
  ])("completes %j", async (line, words) => {
    expect((await completed(line)).sort()).toEqual([...words].sort());
  });

  it("is there for zsh and fish, and for no other shell", async () => {
    expect((await moonkeep(["completion", "zsh"])).out).toContain("#compdef moonkeep\n");
    expect((await moonkeep(["completion", "fish"])).out).toContain("complete -c moonkeep ");
    expect(await moonkeep(["completion", "cmd"])).toMatchObject({ code: 2 });
  });
});

describe("moonkeep docs", () => {
  it("lists the pages, and shows one", async () => {
    const { out } = await moonkeep(["docs"]);
    expect(out).toMatch(/^stores +Stores$/m);
    expect(out).toMatch(/^base64 +encodes bytes as text \(RFC 4648\)$/m);
    expect((await moonkeep(["docs", "testing"])).out).toBe(readFileSync(join(project, "docs/testing.md"), "utf8"));
    expect((await moonkeep(["docs", "time"])).out).toContain("# time\n");
  });

  it("shows what there is to say of a function and of a method", async () => {
    expect((await moonkeep(["docs", "store.get"])).out).toMatch(/^store\.get\(id, opts\)\n/m);
    expect((await moonkeep(["docs", "store.put"])).out).toMatch(/^Store:put\(key, value, opts\)\n/m);
    expect((await moonkeep(["docs", "test.case"])).out).toMatch(/^t\.case\(name, fn\)\n/);
    expect((await moonkeep(["docs", "test"])).out).toContain("# Tests\n");
    expect((await moonkeep(["docs", "time.Duration"])).out).toMatch(/^time\.Duration\n[\s\S]*^Duration:seconds\(\)$/m);
  });

  it("names the nearest page when there is none", async () => {
    expect(await moonkeep(["docs", "stroes"])).toEqual({
      code: 2,
      out: "",
      err: 'error: there is no page "stroes"; did you mean "stores"? "moonkeep docs" lists them\n',
    });
  });
});

describe("moonkeep types", () => {
  it("writes the stubs of every module, and a .luarc.json where there is none", async () => {
    const cwd = folder({});
    const stubs = readdirSync(join(project, "lua/library"));
    expect((await moonkeep(["types"], { cwd })).out).toBe(
      `wrote ${stubs.length + 1} stubs in .moonkeep/types\nwrote .luarc.json\n`,
    );
    expect(readdirSync(join(cwd, ".moonkeep/types")).sort()).toEqual([...stubs, "test.lua"].sort());
    const settings = JSON.parse(readFileSync(join(cwd, ".luarc.json"), "utf8"));
    expect(settings["workspace.library"]).toEqual([".moonkeep/types"]);
    expect((await moonkeep(["types"], { cwd })).out).toContain("left as it is: .luarc.json\n");
  });
});
