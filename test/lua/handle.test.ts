/** Handles and modules of an embedder: what compiles, and what is refused where it is made. */
import { expect, it } from "vitest";
import { defineHandle, defineModule, fn, param } from "../../src/index.ts";

const { boolean, optional, text } = param;

import { ScriptHost } from "../support/host.ts";

class Greeter {
  greet(name: string, loud?: boolean): string {
    return loud === true ? `HELLO, ${name}` : `hello, ${name}`;
  }
  hail(name = "you"): string {
    return `hail, ${name}`;
  }
}

it("a method's optional arguments have optional parameters", async () => {
  defineHandle("greet.Greeter", Greeter, {
    greet: [text("name"), optional(boolean("loud"))],
    hail: [optional(text("name"))],
  });
  const greet = defineModule("greet", { new: fn([], () => new Greeter()) });
  await using host = await ScriptHost.open([], { modules: [greet] });
  const script = 'local g = require("greet").new() return g:greet("Ada"), g:greet("Ada", true), g:hail(), g:hail("Bo")';
  expect(await host.results(script)).toEqual(["hello, Ada", "HELLO, Ada", "hail, you", "hail, Bo"]);
});

it("a list with null in it is the module's mistake, which the embedder hears of", async () => {
  const rows = defineModule("rows", { all: fn([], () => [1, null, 3]) });
  await using host = await ScriptHost.open([], { modules: [rows] });
  const error = await host.failure('return require("rows").all()');
  expect(error.kind).toBe("INTERNAL");
  expect((error.cause as Error).message).toMatch(/^result\[1\]: null can't be given to Lua/);
});

it("parameters that don't fit the arguments don't compile", () => {
  const never = () => {
    // @ts-expect-error: the name is not optional
    defineHandle("g", Greeter, { greet: [optional(text("name")), optional(boolean("loud"))] });
    // @ts-expect-error: one is missing
    defineHandle("g", Greeter, { greet: [text("name")] });
    // @ts-expect-error: the types are swapped
    defineHandle("g", Greeter, { greet: [boolean("name"), optional(boolean("loud"))] });
  };
  expect(never).toBeTypeOf("function");
});

it("what can't be a handle or a module is refused", () => {
  expect(() => defineHandle("g", Greeter, { shout: [] } as never)).toThrow('g: the class has no method "shout"');
  expect(() => defineHandle("g", Greeter, {}, { toString: () => "" } as never)).toThrow(
    new TypeError('defineHandle: there is no option "toString"; did you mean "tostring"?'),
  );
  expect(() => defineHandle("g", {} as never, {})).toThrow("class: expected a function, got an object");
  expect(() => defineModule("", {})).toThrow("name: expected a string that is not empty");
  expect(() => defineModule("x", (() => {}) as never)).toThrow("members: expected an object with values by name");
});
