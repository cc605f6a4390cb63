import { describe, expect, it } from "vitest";
import type { Param } from "../../src/lua/boundary/arg.ts";
import { modules } from "../../src/modules/index.ts";
import { handles } from "../support/handles.ts";
import { cacheHost } from "../support/host.ts";
import { stubs } from "../support/stubs.ts";

/** What scripts can call, by the names that stubs have for it. */
const declared = new Map<string, readonly Param<unknown>[]>();
for (const { name: module, members } of modules) {
  for (const { name, params, isMethod } of members) {
    if (params !== undefined) declared.set(`${module}${isMethod ? ":" : "."}${name}`, params);
  }
  for (const { name: handle, members: methods } of handles[module] ?? []) {
    for (const { name, params } of methods) declared.set(`${handle}:${name}`, params ?? []);
  }
}
const functions = stubs.flatMap((stub) => stub.functions);

/** What Lua and LuaCATS know by themselves. */
const basicTypes = ["nil", "string", "number", "integer", "boolean", "table", "any", "true"];

describe("the stubs", () => {
  it("are there for each module, and for no other", () => {
    expect(stubs.map(({ module }) => module)).toEqual(modules.map(({ name }) => name).sort());
  });

  it("declare every function of the modules and every method of their handles, each once, and nothing else", () => {
    expect(functions.map(({ name }) => name).sort()).toEqual([...declared.keys()].sort());
  });

  it.each(functions)("declare $name with its parameters, by name and in order", ({ name, params, described }) => {
    const expected = declared.get(name)!.map((param) => param.name);
    expect(params).toEqual(expected);
    expect(described.map((param) => param.name)).toEqual(expected);
  });

  it.each(functions.filter(({ described }) => described.length > 0))(
    "say of $name which parameters may be left out, and their types",
    ({ name, described }) => {
      for (const [i, { type, optional }] of declared.get(name)!.entries()) {
        const stub = described[i]!;
        if (type !== "any") expect(stub.optional, stub.name).toBe(optional);
        if (type !== "any" && type !== "table") expect(stub.type, stub.name).toBe(type);
        if (type === "table") expect(stub.type, stub.name).toMatch(/^(table|[a-z]+\.[A-Z]\w+(\[\])?)$/);
      }
    },
  );

  it.each(functions)("say what $name answers", ({ returns }) => {
    expect(returns.length).toBeGreaterThan(0);
  });

  it("name only types that are declared", () => {
    const known = new Set([...basicTypes, ...stubs.flatMap(({ types }) => [...types])]);
    const mentioned = stubs.flatMap((stub) => [...stub.mentioned]);
    expect(mentioned.length).toBeGreaterThan(20);
    expect(mentioned.filter((type) => !known.has(type))).toEqual([]);
  });
});

describe("what the stubs say is what a script meets", () => {
  it.each(stubs)("$module: the same names, with the same constants", async ({ module, text }) => {
    await using host = await cacheHost();
    const script = `local name, text = ...
      -- Of a handle that is a constant the stub has the class.
      local function shape(t, real)
        local s = {} for k, v in pairs(t) do
          if real and type(real[k]) == "userdata" and type(v) == "table" then v = real[k] end
          s[k] = type(v) == "table" and shape(v, real and real[k]) or type(v) == "string" and v or type(v)
        end return s
      end
      local stub, real = assert(load(text, "@stub", "t", {}))(), require(name)
      return shape(stub, real), shape(real)`;
    const [stub, real] = await host.results(script, { args: [module, text] });
    expect(stub).toEqual(real);
  });

  const fieldsOf = (type: string) => stubs.flatMap(({ fields }) => fields.get(type) ?? []);
  const cache = 'local s = store.get("app:cache") s:set("k", 1)';

  it.each([
    ["store.GetOptions", 'select(2, store.get("app:cache", {stray = 1}))'],
    ["store.PutOptions", 'select(2, s:put("k", 1, {stray = 1}))'],
    ["store.ListOptions", "select(2, s:list({stray = 1}))"],
    ["json.EncodeOptions", 'select(2, require("json").encode(1, {stray = 1}))'],
    ["json.DecodeOptions", 'select(2, require("json").decode("1", {stray = 1}))'],
    ["errors.Fields", 'raised(errors.new, {message = "m", stray = 1})'],
  ])("%s has the options that there are", async (type, call) => {
    await using host = await cacheHost();
    const message = (await host.run(`${cache} return (${call}):message()`)) as string;
    const known = message.match(/the (?:options|fields) are (.*)$/)![1]!.split(", ");
    expect(fieldsOf(type)).toEqual(known);
  });

  it.each([
    ["store.Entry", 's:entry("k")'],
    ["store.Page", "s:list()"],
    ["store.Info", "s:info()"],
    ["errors.CallStack", 'errors.call_stack(select(2, s:get("")))'],
  ])("%s has the fields that a script gets", async (type, call) => {
    await using host = await cacheHost();
    const table = (await host.run(`${cache} return (${call})`)) as Record<string, unknown>;
    expect(Object.keys(table).sort()).toEqual([...fieldsOf(type)].sort());
  });
});
