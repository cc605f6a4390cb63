/** What a script that got at JavaScript would find in its thread: nothing that leads to the host, to files or to code. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

const script = `(() => {
const { workerData: { port, harden } } = require("node:worker_threads");
const seen = new Set();
const found = [];
function look(value, path) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  let names = [];
  try {
    const writes = typeof value.write === "function" && value !== Buffer.prototype;
    if (typeof value.postMessage === "function" || writes || typeof value.fd === "number") found.push(path);
    names = Reflect.ownKeys(value);
    look(Object.getPrototypeOf(value), path + ".__proto__");
  } catch {}
  for (const name of names) {
    try { look(value[name], path + "." + String(name)); } catch {}
    try { const { get } = Object.getOwnPropertyDescriptor(value, name); look(get, path + ".get " + String(name)); } catch {}
  }
}
import(harden).then(({ harden }) => {
  harden();
  look(globalThis, "globalThis");
  look(setTimeout(() => {}, 1), "timer");
  look(new Error("x"), "error");
  look(Promise.resolve(), "promise");
  port.postMessage({ found, seen: seen.size });
  port.close();
});
})()`;

it("gives up everything by which a thread could reach a port, a stream or a file", async () => {
  const { port1, port2 } = new MessageChannel();
  const harden = new URL("../../dist/worker/harden.js", import.meta.url).href;
  const worker = new Worker(script, { eval: true, workerData: { port: port2, harden }, transferList: [port2] });
  const [{ found, seen }] = (await once(port1 as unknown as NodeJS.EventEmitter, "message")) as [
    { found: string[]; seen: number },
  ];
  await worker.terminate();
  expect(seen).toBeGreaterThan(500);
  expect(found).toEqual([]);
});
