/** What a MoonkeepError shows to people in Node. */
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../src/errors.ts";
import { Host } from "../src/host/host.ts";

async function failure(script: string): Promise<MoonkeepError> {
  await using host = await Host.open();
  return await host.run(script, { name: "cart.lua" }).then(
    () => expect.unreachable(),
    (e: unknown) => e as MoonkeepError,
  );
}

it("console.log shows the Lua traceback, then JavaScript's, then what else is known", async () => {
  const error = await failure(
    "local function total()\n  error(errors.new{message = 'no price', kind = 'INVALID', details = {sku = 'a1'}})\nend\ntotal()",
  );
  const shown = inspect(error);
  expect(shown).toMatch(
    /^MoonkeepError: no price\nstack traceback:\n\tcart\.lua:2: in local 'total'\n\tcart\.lua:4: in main chunk\n {4}at /,
  );
  expect(shown).toContain("kind: 'INVALID'");
  expect(shown).toContain("details: { sku: 'a1' }");
});

it("shows a cause, and an error within other data in short", () => {
  const error = new MoonkeepError("INTERNAL", "internal error", { cause: new TypeError("x is undefined") });
  expect(inspect(error)).toContain("cause: TypeError: x is undefined");
  expect(inspect({ a: { b: { c: error } } })).toContain("[MoonkeepError: internal error]");
});

it("shows which limit was hit", () => {
  expect(inspect(new LimitError("memory", 1024))).toMatch(
    /^LimitError: the script was stopped: it uses more.*limit: 'memory'/s,
  );
});
