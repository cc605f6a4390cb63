// A process of its own that works on a SQLite store until it is done, or killed.
// Usage: node sqlite-child.mjs FILE write FIRST | count TIMES | tell
import { writeSync } from "node:fs";
import { SqlStore } from "../../dist/stores/sql/sql.js";
import { SqliteDatabase } from "../../dist/stores/sqlite/sqlite.js";

const [path, work, number] = process.argv.slice(2);
const shape = { table: "kv", key: "key", value: "value", expiresAt: "expires_at", version: "version", create: true };
const database = new SqliteDatabase({ path, name: "test.db", timeout: 20_000, synchronous: "normal" });
const store = new SqlStore(database, { ...shape, cleanupInterval: 0 });

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Says that a write is done; waits while the reader is behind. */
function acknowledge(text) {
  for (;;) {
    try {
      return writeSync(1, text);
    } catch (e) {
      if (e.code !== "EAGAIN") throw e;
      Atomics.wait(clock, 0, 0, 1);
    }
  }
}

/** Writes numbers from `first` on, each under its own name, and says so once it is done. */
async function write(first) {
  for (let i = first; ; i++) {
    await store.set(`k${i}`, i, i % 3 === 0 ? 1e9 : undefined);
    if (i % 5 === 0) await store.delete(`k${i - 1}`);
    acknowledge(`${i}\n`);
  }
}

/** Adds one to a counter, so many times, by conditional writes; others do the same. */
async function count(times) {
  for (let done = 0; done < times; ) {
    const entry = await store.entry("counter");
    try {
      if (entry === undefined) await store.put("counter", 1, { onlyIf: "absent" });
      else await store.put("counter", entry.value + 1, { onlyIf: { version: entry.version } });
      done++;
    } catch (e) {
      if (e.kind !== "CONFLICT" && e.kind !== "ALREADY_EXISTS") throw e;
    }
  }
  database.close();
}

/** Tells what reading and writing come to. */
async function tell() {
  for (const call of [() => store.get("k"), () => store.set("k", 2)]) {
    try {
      console.log(JSON.stringify((await call()) ?? null));
    } catch (e) {
      console.log(`${e.kind} ${e.retryable}: ${e.message}`);
    }
  }
}

await { write, count, tell }[work](Number(number));
