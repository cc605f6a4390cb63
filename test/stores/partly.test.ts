/** A call that does many things, and fails when some of them are done, does not say that nothing was written. */
import { expect, it, onTestFinished, vi } from "vitest";
import { backendDown } from "../../src/stores/errors.ts";
import { MemoryStore } from "../../src/stores/memory/memory.ts";
import type { Key } from "../../src/value/value.ts";
import { cacheHost, type ScriptHost } from "../support/host.ts";

/** A store of more entries than one slice has; its server goes away after so many slices. */
async function opened(slices: number): Promise<ScriptHost> {
  const host = await cacheHost();
  onTestFinished(() => host[Symbol.asyncDispose]());
  await host.host.store("app:cache").setMany(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, i])));
  const real = MemoryStore.prototype.deleteMany;
  let left = slices;
  const spy = vi.spyOn(MemoryStore.prototype, "deleteMany").mockImplementation(function (
    this: MemoryStore,
    keys: readonly Key[],
  ) {
    if (left-- === 0) throw backendDown("redis at localhost:6379");
    return real.call(this, keys);
  });
  onTestFinished(() => spy.mockRestore());
  return host;
}

const away = { kind: "UNAVAILABLE", retryable: true, message: "redis at localhost:6379 can't be reached" };

it("clear that has deleted a part is uncertain when it fails", async () => {
  const store = (await opened(1)).host.store("app:cache");
  await expect(store.clear()).rejects.toMatchObject({ ...away, details: { uncertain: true } });
  expect((await store.list({ limit: 1000 })).items).toHaveLength(100);
});

it("clear that has deleted nothing is not", async () => {
  const store = (await opened(0)).host.store("app:cache");
  await expect(store.clear()).rejects.toMatchObject({ ...away, details: undefined });
});

const clear =
  'local n, e = store.get("app:cache"):clear() return {n or "nothing", e:message(), (e:details() or {}).uncertain or false}';

it("a script is told the same", async () => {
  const partly = await opened(1);
  expect(await partly.results(clear)).toEqual([["nothing", away.message, true]]);
});

it("a script is told of nothing where nothing was deleted", async () => {
  const notAtAll = await opened(0);
  expect(await notAtAll.results(clear)).toEqual([["nothing", away.message, false]]);
});
