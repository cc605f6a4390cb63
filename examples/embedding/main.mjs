// A Node program that keeps its data in a store, gives Lua a module of its own, and calls a Lua function.
//
//   node examples/embedding/main.mjs

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineModule, fn, Host, MoonkeepError, param } from "moonkeep";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

// A module for Lua. Its functions may be asynchronous: the script waits, but the program does not.
const rates = { at: 20, ch: 8, de: 19 };
const tax = defineModule("tax", {
  rate: fn([param.text("country")], async (_, country) => {
    if (rates[country] === undefined) throw new MoonkeepError("NOT_FOUND", `no tax rate for ${country}`);
    return rates[country];
  }),
});

const host = await Host.open(here("registry.yaml"), { modules: [tax] });

await host.store("app:orders").set("order-1", {
  country: "at",
  lines: [
    { item: "chair", price: 40, count: 4 },
    { item: "table", price: 150, count: 1 },
  ],
});
await host.store("app:orders").set("order-2", { country: "mars", lines: [] }, { ttl: 3600 });

// The script acts as a clerk. It returns a Lua function, which can be called like any other function.
const script = await host.run(readFileSync(here("price.lua")), {
  name: "price.lua",
  actor: { id: "checkout", meta: { role: "clerk" } },
  groups: ["app:shop"],
});
const price = script.value;
console.log("order-1:", await price("order-1"));

for (const id of ["order-2", "order-3"]) {
  try {
    await price(id);
  } catch (error) {
    console.log(`${id}:`, error.kind, "-", error.text);
  }
}
price.release();

// Without that role, the same script is denied.
try {
  await host.run('return require("store").get("app:orders")', { actor: "guest", groups: ["app:shop"] });
} catch (error) {
  console.log("a guest:", error.kind, "-", error.message);
}

await host.close();
