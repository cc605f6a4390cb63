import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import luaparse from "luaparse";
import { describe, expect, it } from "vitest";
import { defineModule, fn, Host, many, param, plain, writeTypes } from "../../src/index.ts";
import { folder } from "../registry/support.ts";
import { project } from "../support/cli.ts";

const mail = defineModule("mail", {
  MAX: 10,
  RATIO: 0.5,
  FROM: "ada@example.org",
  FLAGS: { fast: true },
  send: fn([param.text("to"), param.optional(param.integer("priority"))], () => 1),
  size: plain([param.bytes("end")], () => 1),
  "two words": many([param.rest(param.data("value"))], () => [1]),
  box: { open: fn([], () => 1), count: plain([], () => 1) },
});

const stub = `---@meta mail

---@class mail
local module = {}

---@type integer
module.MAX = nil

---@type number
module.RATIO = nil

---@type string
module.FROM = nil

---@type table
module.FLAGS = {}

---@param to string
---@param priority? integer
---@return any value
---@return error? err
module.send = function(to, priority) end

---@param arg1 string
---@return any value
module.size = function(arg1) end

---@param ... any
---@return any ...
module["two words"] = function(...) end

module.box = {}

---@return any value
---@return error? err
module.box.open = function() end

---@return any value
module.box.count = function() end

return module
`;

const options = {
  luaVersion: "5.3",
  locations: true,
  ranges: true,
  comments: true,
  encodingMode: "pseudo-latin1",
} as const;

describe("writeTypes", () => {
  it("writes the stubs of moonkeep's modules and of an embedder's, and names their folder", () => {
    const cwd = folder({});
    const builtIn = [...readdirSync(join(project, "lua/library")), "test.lua"];
    expect(writeTypes(cwd, { modules: [mail] })).toEqual({
      folder: ".moonkeep/types",
      stubs: builtIn.length + 1,
      settings: true,
    });
    expect(readdirSync(join(cwd, ".moonkeep/types")).sort()).toEqual([...builtIn, "mail.lua"].sort());
    expect(readFileSync(join(cwd, ".moonkeep/types/mail.lua"), "utf8")).toBe(stub);
    expect(JSON.parse(readFileSync(join(cwd, ".luarc.json"), "utf8"))["workspace.library"]).toEqual([
      ".moonkeep/types",
    ]);
  });

  it("names what a script finds in the module", async () => {
    expect(() => luaparse.parse(stub, options)).not.toThrow();
    await using host = await Host.open(undefined, { modules: [mail] });
    const names = "local t = {} for k in pairs(require('mail')) do t[#t + 1] = k end table.sort(t) return t";
    const { value } = await host.run(names);
    for (const name of value as string[]) expect(stub).toMatch(new RegExp(`^module(\\.|\\[")${name}\\b`, "m"));
  });

  it("writes a file for any name, below the folder of the stubs, and says in it which module it is", () => {
    const cwd = folder({});
    writeTypes(cwd, { modules: [defineModule("../acme/mail.v2", {})] });
    const file = join(cwd, ".moonkeep/types/___acme_mail_v2.lua");
    expect(readFileSync(file, "utf8")).toMatch(/^---@meta \.\.\/acme\/mail\.v2\n/);
    expect(existsSync(join(cwd, ".moonkeep/acme"))).toBe(false);
  });

  it("leaves a .luarc.json as it is, and takes the place of stubs that are there", () => {
    const cwd = folder({ ".luarc.json": "{}" });
    writeTypes(cwd);
    writeFileSync(join(cwd, ".moonkeep/types/uuid.lua"), "old");
    expect(writeTypes(cwd, { modules: [defineModule("store", {})] }).settings).toBe(false);
    expect(readFileSync(join(cwd, ".luarc.json"), "utf8")).toBe("{}");
    expect(readFileSync(join(cwd, ".moonkeep/types/uuid.lua"), "utf8")).toMatch(/^---@meta uuid\n/);
    expect(readFileSync(join(cwd, ".moonkeep/types/store.lua"), "utf8")).toMatch(
      /^---@meta store\n\n---@class store\nlocal module/,
    );
  });

  it("refuses what it can't use", () => {
    expect(() => writeTypes(undefined as never)).toThrow(TypeError);
    expect(() => writeTypes(folder({}), { modules: [{}] as never })).toThrow(
      "an array of modules, as defineModule makes them",
    );
    expect(() => writeTypes(folder({}), { module: [] } as never)).toThrow('did you mean "modules"');
  });
});
