// node app.mjs
import { Host } from "moonkeep";

const host = await Host.open("registry.yaml");
console.log(await host.call("app:greet", ["Ada"]));
console.log(await host.call("app:greet", ["Ada"]));
await host.close();
