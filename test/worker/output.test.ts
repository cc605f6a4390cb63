/** What scripts in threads print. */
import { expect, test } from "vitest";
import { Host } from "../../src/host/host.ts";

const MiB = 2 ** 20;
const hold = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

test("while the host takes no lines, a script does not go on printing, however short they are", async () => {
  let grown = Number.NaN;
  const enough = new AbortController();
  const print = () => {
    if (!Number.isNaN(grown)) return;
    const before = process.memoryUsage().rss;
    hold(1000);
    grown = process.memoryUsage().rss - before;
    enough.abort();
  };
  await using host = await Host.open(undefined, { isolation: "worker", print });
  await expect(host.run("while true do print() end", { signal: enough.signal })).rejects.toMatchObject({
    kind: "CANCELED",
  });
  expect(grown).toBeLessThan(64 * MiB);
});

test("a script whose time is up while it waits for its output to be taken ends by that", async () => {
  const print = () => void hold(20);
  await using host = await Host.open(undefined, { isolation: "worker", print });
  await expect(host.run('while true do print(("x"):rep(100000)) end', { timeout: 200 })).rejects.toMatchObject({
    name: "LimitError",
    limit: "time",
  });
});

test("every line arrives, in order, however many there are", async () => {
  const lines: string[] = [];
  await using host = await Host.open(undefined, {
    isolation: "worker",
    print: (line) => void lines.push(Buffer.from(line).toString()),
  });
  await host.run('for i = 1, 5000 do print(i) if i % 1000 == 0 then print(("x"):rep(100000)) end end');
  const numbers = lines.map((line) => line.trim()).filter((line) => line.length < 10);
  expect(numbers).toEqual(Array.from({ length: 5000 }, (_, i) => String(i + 1)));
  expect(lines).toHaveLength(5005);
});
