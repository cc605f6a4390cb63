/** A function that can fail answers one value when all went well, and `nil, err` when not, whichever module it is of. */
import { expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { text } from "../../src/lua/boundary/arg.ts";
import { defineHandle } from "../../src/lua/boundary/handle.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";
import { turn } from "../support/later.ts";

class Greeter {
  greet(name: string): string {
    if (name === "") throw new MoonkeepError("INVALID", "name is required");
    return `hello, ${name}`;
  }
}

defineHandle("greet.Greeter", Greeter, { greet: [text("name")] });

const greet = defineModule("greet", {
  greeter: fn([], () => new Greeter()),
  nothing: fn([], () => undefined),
  slowly: fn([text("name")], (_, name) => turn().then(() => name)),
  slowly_nothing: fn([], () => turn().then(() => undefined)),
});

const open = () =>
  ScriptHost.open(
    [
      memory("cache"),
      { name: "f", kind: "function.lua", source: "return { run = function() return 7 end }", method: "run" },
      ...everythingAllowed,
    ],
    {
      modules: [greet],
    },
  );

const prelude = `local json, yaml, time = require("json"), require("yaml"), require("time")
  local base64, hash, uuid, expr, text = require("base64"), require("hash"), require("uuid"), require("expr"), require("text")
  local funcs, crypto, greet = require("funcs"), require("crypto"), require("greet")
  local cache = store.get("app:cache") `;

it.each([
  'store.get("app:cache")',
  'cache:set("k", 1)',
  'cache:get("k")',
  'cache:get("missing")',
  'cache:entry("missing")',
  'cache:put("k", 1)',
  'cache:has("k")',
  'cache:delete("missing")',
  "cache:list()",
  "cache:info()",
  "json.encode({})",
  'json.decode("null")',
  'json.validate({type = "number"}, 1)',
  "yaml.encode({})",
  'yaml.decode("[1]")',
  'time.parse("2006", "2024")',
  'time.parse_duration("1s")',
  'base64.encode("x")',
  'base64.decode("eA==")',
  'hash.sha256("x")',
  "uuid.v4()",
  'expr.eval("1 < 2")',
  'text.regexp.compile("a")',
  'text.diff.new():compare("a", "b")',
  "crypto.random.bytes(1)",
  'funcs.call("app:f")',
  'security.policy("app:everything")',
  "greet.greeter()",
  'greet.greeter():greet("Ada")',
  "greet.nothing()",
  'greet.slowly("Ada")',
  "greet.slowly_nothing()",
])("%s answers one value", async (call) => {
  await using host = await open();
  expect(await host.results(`${prelude} return select("#", ${call}), select(2, ${call}) == nil`)).toEqual([1, true]);
});

it.each([
  'store.get("app:none")',
  'cache:get("")',
  'json.decode("[")',
  'time.parse("2006", "x")',
  'greet.greeter():greet("")',
])("%s answers nil and the error", async (call) => {
  await using host = await open();
  const script = `${prelude} local v, err = ${call} return select("#", ${call}), v == nil, type(err)`;
  expect(await host.results(script)).toEqual([2, true, "userdata"]);
});

it("stands where one value is wanted: as the last argument, and in a list", async () => {
  await using host = await open();
  const script = `${prelude} local list = {} table.insert(list, json.encode({1})) cache:set("k", "v")
    print(cache:get("k")) print(cache:get("missing")) print(greet.slowly("Ada"))
    return list, #{json.encode(1), json.encode(2)}, ("x"):rep(json.decode("2"))`;
  expect(await host.results(script)).toEqual([["[1]"], 2, "xx"]);
  expect(host.printed).toEqual(["v\n", "nil\n", "Ada\n"]);
});
