// A shop with two plugins: one that thanks customers, and one that means harm.
//
//   node examples/plugin-host/main.mjs

import { fileURLToPath } from "node:url";
import { Host } from "moonkeep";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const host = await Host.open(here("registry.yaml"));

await host.plugins.load(here("plugins/greeter"), { grants: { groups: ["shop:order_readers"] } });
await host.plugins.load(here("plugins/miner"), { failures: 2, limits: { timeout: "5s", memory: "16MiB" } });

async function order(id, customer) {
  await host.store("shop:orders").set(id, { customer });
  for (const { plugin, ok, value, error } of await host.hooks.emit("order.created", { id })) {
    console.log(`${id}: ${plugin}: ${ok ? value : `${error.kind}: ${error.message}`}`);
  }
}

for (const id of ["order-1", "order-2", "order-3"]) await order(id, "Ada");

for (const id of ["miner:snoop", "miner:hoard"]) {
  const failure = await host.call(id, [{ id: "order-1" }]).catch((error) => error);
  console.log(`${id}: ${failure.kind}: ${failure.message}`);
}

await host.plugins.unload("miner");
await order("order-4", "Ada");
await host.close();
