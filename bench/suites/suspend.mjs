/** What does a call cost that has to wait, on top of the wait? */

import { summary } from "../harness/statistics.mjs";
import { peer } from "../peers.mjs";

export const title = "Calls that wait";

export async function run({ quick }) {
  const { defineModule, Host, plain } = await import("../../dist/index.js");
  const { LuaFactory } = await peer("wasmoon");
  const calls = quick ? 20_000 : 100_000;
  const later = () => Promise.resolve(1);
  const host = await Host.open(undefined, { modules: [defineModule("later", { one: plain([], later) })] });
  const ways = {
    javascript: {
      title: "JavaScript: await",
      loop: async () => {
        for (let i = 0; i < calls; i++) await later();
      },
    },
    moonkeep: {
      title: "moonkeep",
      loop: () => host.run(`local f = require("later").one for i = 1, ${calls} do f() end`, { timeout: 0 }),
    },
    limited: {
      title: "moonkeep, default limits",
      loop: () => host.run(`local f = require("later").one for i = 1, ${calls} do f() end`),
    },
    wasmoon: {
      title: "wasmoon: :await()",
      fewer: 20,
      loop: async () => {
        const engine = await new LuaFactory().createEngine();
        engine.global.set("later", later);
        await engine.doString(`for i = 1, ${calls / 20} do later():await() end`);
        engine.global.close();
      },
    },
  };
  const figures = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = -1; round < (quick ? 3 : 9); round++) {
    for (const [name, { loop, fewer = 1 }] of Object.entries(ways)) {
      const from = performance.now();
      await loop();
      if (round >= 0) figures[name].push(((performance.now() - from) * 1e6 * fewer) / calls);
    }
  }
  await host.close();
  const cells = Object.fromEntries(Object.entries(figures).map(([name, list]) => [name, summary(list)]));
  return {
    tables: [
      {
        title: "A call of a function that answers with a promise",
        unit: "ns",
        columns: Object.entries(ways).map(([name, way]) => ({ name, title: way.title })),
        rows: [{ name: "one call", cells }],
      },
    ],
    goals: [
      {
        goal: "microseconds on top of JavaScript's own await",
        got: (cells.limited.median - cells.javascript.median) / 1000,
        most: true,
        limit: 2,
      },
    ],
    notes: ["The promise is fulfilled already: what is measured is suspending a script and going on with it."],
  };
}
