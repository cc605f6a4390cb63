import { expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { number, rest, text } from "../../src/lua/boundary/arg.ts";
import { defineModule, fn } from "../../src/lua/boundary/module.ts";

const sums = defineModule("sums", {
  add: fn([text("name"), rest(number("term"))], (_, name, terms) => `${name}: ${terms.join("+")}`),
});

it("a last parameter can take all arguments that are left, none included", async () => {
  await using host = await Host.open(undefined, { modules: [sums] });
  const { values } = await host.run('local s = require("sums") return {s.add("a")}, {s.add("b", 1, 2, 3, 4, 5)}');
  expect(values).toEqual([["a: "], ["b: 1+2+3+4+5"]]);
});

it("each of those arguments is read as the inner parameter says", async () => {
  await using host = await Host.open(undefined, { modules: [sums] });
  const { value } = await host.run('local _, e = require("sums").add("a", 1, "x") return e:message()');
  expect(value).toBe("term: expected a number, got string");
});
