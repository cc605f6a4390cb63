/** Time limits that are longer than a timer of Node.js waits, which is 24 days. */
import { expect, it } from "vitest";
import { acting, memory, policy, ScriptHost } from "../support/host.ts";

const source = 'require("time").sleep("20ms") return require("store").get("app:cache"):lock("k"):release() == nil';

it.each([
  ["shared", { timeout: 2 ** 31 - 1 }, {}],
  ["worker", { timeout: 2 ** 31 - 1 }, {}],
  ["shared", {}, { limits: { timeout: "1000h" } }],
  ["worker", {}, { limits: { timeout: "1000h" } }],
] as const)("a script that waits goes on (%s, %j, %j)", async (isolation, options, config) => {
  await using app = await ScriptHost.open([memory("cache"), policy("all", "allow", "*"), { ...acting(), ...config }]);
  for (let i = 0; i < 2; i++) {
    const result = await app.host.run(source, { isolation, ...options });
    expect(result.values).toHaveLength(1);
  }
});
