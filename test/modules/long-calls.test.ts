/** One call that takes seconds is ended in the middle when the time is up, also where V8 does not watch: after a wait. */
import { expect, it } from "vitest";
import { cacheHost } from "../support/host.ts";

const MOST = 2500;

/** Each takes seconds when nobody ends it. */
const calls: readonly (readonly [string, string, string])[] = [
  ["json.decode of escapes", `'"' .. ("\\\\u00e9"):rep(10000000) .. '"'`, "json.decode(text)"],
  ["json.validate_string", `'"' .. ("\\\\u00e9"):rep(10000000) .. '"'`, "json.validate_string({}, text)"],
  ["yaml.decode of escapes", `'a: "' .. ("\\\\n"):rep(1900000) .. '"'`, "again(yaml.decode)"],
  ["yaml.decode of a block", `"a: |\\n" .. ("  bbbbbbbb\\n"):rep(350000)`, "again(yaml.decode)"],
];

it.each(calls)("%s ends with the time limit after a wait", async (_, text, call) => {
  await using host = await cacheHost();
  const began = performance.now();
  const error = await host.failure(
    `local text, json, yaml, time = nil, require("json"), require("yaml"), require("time")
    local function again(f) while true do assert(f(text)) end end
    text = ${text} time.sleep("1ms") print("begins") local value, err = ${call}
    print(value and "came to its end" or tostring(err))`,
    { timeout: "1s", memory: 0, stringLength: 0 },
  );
  expect(error).toMatchObject({ limit: "time" });
  expect(host.printed).toEqual(["begins\n"]);
  expect(performance.now() - began).toBeLessThan(MOST);
});
