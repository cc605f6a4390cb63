import { expect, test } from "vitest";
import { CanceledError, LimitError } from "../../src/errors.ts";
import { moonkeep } from "../support/cli.ts";
import { cacheHost } from "../support/host.ts";

const long = 'return require("time").sleep("1h")';

test("a sleep ends with the time limit", async () => {
  await using host = await cacheHost();
  await expect(host.host.run(long, { timeout: "20ms" })).rejects.toBeInstanceOf(LimitError);
});

test("a sleep ends when the call is canceled", async () => {
  await using host = await cacheHost();
  const controller = new AbortController();
  const run = host.host.run(long, { signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(run).rejects.toBeInstanceOf(CanceledError);
});

test("the process goes on while a script sleeps", async () => {
  await using host = await cacheHost();
  const order: string[] = [];
  const run = host.host.run('require("time").sleep("20ms")').then(() => order.push("slept"));
  setImmediate(() => order.push("went on"));
  await run;
  expect(order).toEqual(["went on", "slept"]);
});

test("a sleep that was cut off does not keep the process", async () => {
  const { code, err } = await moonkeep(["run", "--timeout", "50ms", "-e", long]);
  expect(code).toBe(4);
  expect(err).toContain("time limit of 50ms");
});
