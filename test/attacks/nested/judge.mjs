/**
 * Runs programs (programs.ts) in a process of its own, one after the other, and says of each how it ended and by how
 * much the process grew: a line of JSON for each. They come in on standard input, one in a line.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Host } from "../../../dist/index.js";
import { peak } from "../peak.mjs";

const [isolation] = process.argv.slice(2);
const LIMITS = { timeout: 1000, memory: 32 * 2 ** 20, coroutines: 1_000_000 };

const folder = mkdtempSync(join(tmpdir(), "nested-"));
writeFileSync(join(folder, "registry.yaml"), 'version: "1.0"\nnamespace: app\nentries: []\n');
const host = await Host.open(join(folder, "registry.yaml"), { print() {}, workers: { spares: 1 } });
rmSync(folder, { recursive: true });
await host.run("return 1", { isolation });

for await (const line of createInterface({ input: process.stdin })) {
  const { code, result } = JSON.parse(line);
  globalThis.gc();
  peak();
  const before = process.memoryUsage().rss;
  // What ends by itself is not to be ended because others use the machine.
  const limits = result === undefined ? LIMITS : { ...LIMITS, timeout: 60_000 };
  const ended = await host.run(code, { ...limits, isolation }).then(
    ({ value }) => value,
    (e) => e?.limit ?? `${e?.kind}: ${e?.message} ${e?.cause?.stack ?? ""}`,
  );
  console.log(JSON.stringify({ ended, grown: Math.max(0, (peak() ?? 0) - before) }));
}
await host.close();
